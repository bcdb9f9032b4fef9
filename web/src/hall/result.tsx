import { useEffect, useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { mustFollow } from "../rules/majority.ts";
import { Refused } from "../rules/refused.ts";
import { own, type Shown } from "../shown/state.ts";
import { Bars } from "../views/bars.tsx";
import type { Sign } from "../views/glyphs.ts";
import { Hemicycle } from "../views/hemicycle.tsx";
import { Icon } from "../views/icon.tsx";
import { problemOf } from "../views/problem.tsx";
import { SeatLegend, SeatMap } from "../views/seat_map.tsx";
import { say, useLang } from "../words/language.ts";
import type { Body, Decision, PollDefinition, PollShown } from "../wire.ts";
import { Fitted } from "./fitted.tsx";
import { Kicker, TitleOf } from "./headings.tsx";
import type { Question } from "./question.ts";
import { useSeats, type Seating } from "./seating.ts";
import { useVotes } from "./votes.ts";
import { OUTCOME_WORDS, WORDS } from "./words.ts";

interface ResultOf {
  readonly session: Session;
  readonly shown: Shown;
  readonly poll: PollShown;
  readonly question: Question | undefined;
  readonly body: Body | undefined;
}

// Figures of the same result by turns; Space takes the next at once.
const TURN_MS = 20_000;
// Beside a longer title the bars stand two and two, and the half circle has no room.
const LONG = 200;

/** A declared result: carried or not; and by turns the bars and the half circle, the sentence read out, and once it is certified the seats by choice. */
export function Result({ session, shown, poll, question, body }: ResultOf) {
  const lang = useLang();
  const seating = useSeats(session, poll.meeting, shown);
  const certificate = own(shown.certificates, poll.poll);
  const votes = useVotes(session, poll, certificate);
  const of = votes.value?.certificate === certificate?.certificate ? votes.value?.of : undefined;
  const bySeat = seating && of && { ...seating, signOf: (member: string) => of.get(member)?.choice ?? "none" as const };
  const figure = useTurns(poll.poll, bySeat ? [...ALWAYS, "seats"] : ALWAYS);
  const { decision } = poll;
  const named = question?.body ?? body;
  const wrong = decision && question?.signed && whyWrong(question.signed, decision);
  if (wrong) return <section class="scene told"><Kicker class="bad" icon="warn">{say(WORDS.result)}</Kicker><TitleOf poll={poll} question={question} /><p class="statement bad" role="status" data-code={wrong.code}><Icon name="warn" />{say(WORDS.resultWrong)}</p></section>;
  // No figure before the signed question is here, by whose rule it is checked.
  if (!decision || !named || !question?.signed) return <section class="scene told"><Kicker>{say(WORDS.result)}</Kicker><TitleOf poll={poll} question={question} /></section>;
  const isLong = say(question.title).length >= LONG;
  return (
    <section class={`scene result ${isLong ? "long" : ""}`} data-figure={figure}>
      <div class="verdict"><Kicker>{say(WORDS.result)}</Kicker><Outcome decision={decision} /></div>
      {/* The sentence has the title in it. */}
      {figure !== "sentence" && <TitleOf poll={poll} question={question} most={2.8} />}
      {figure === "hemicycle" && (
        <div class="shares">
          <Bars decision={decision} body={named} options={question.options} />
          {!isLong && <Half decision={decision} />}
        </div>
      )}
      {figure === "sentence" && <Fitted class="sentence" most={1.9} least={0.8} lang={lang}>{lang === "vi" ? decision.sentence : decision.sentence_en}</Fitted>}
      {figure === "seats" && bySeat && <BySeat {...bySeat} />}
      {certificate && votes.problem !== undefined && !of && <p class="caption bad">{say(WORDS.notProven)} ({problemOf(votes.problem).code || "?"})</p>}
    </section>
  );
}

/** Why this decision is not what the signed question makes of its figures, if it is not. */
function whyWrong(signed: PollDefinition, decision: Decision): Refused | undefined {
  try {
    mustFollow(signed, decision);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

function Outcome({ decision: { outcome } }: { decision: Decision }) {
  return (
    <p class={`outcome ${outcome}`} data-outcome={outcome} role="status">
      <Icon name={outcome === "carried" ? "approve" : outcome === "rejected" ? "reject" : "warn"} /><span>{say(OUTCOME_WORDS[outcome])}</span>
    </p>
  );
}

function Half({ decision: { counts, roll, participating } }: { decision: Decision }) {
  return <div class="half"><Hemicycle counts={counts} roll={roll} middle={`${participating}/${roll}`} /><p class="caption">{say(WORDS.took)}</p></div>;
}

function BySeat({ signOf, ...seating }: Seating & { signOf: (member: string) => Sign }) {
  return (
    <>
      <SeatMap {...seating} signOf={signOf} />
      <SeatLegend seats={seating.seats} signOf={signOf} />
      <p class="caption">{say(WORDS.seatsByChoice)}</p>
    </>
  );
}

type Figure = "hemicycle" | "sentence" | "seats";
const ALWAYS: readonly Figure[] = ["hemicycle", "sentence"];

/** These figures of a poll's result by turns, the first of them first; Space takes the next. */
function useTurns(poll: string, figures: readonly Figure[]): Figure {
  const [turn, setTurn] = useState({ poll, at: 0 });
  const at = turn.poll === poll ? turn.at % figures.length : 0;
  const next = () => setTurn({ poll, at: (at + 1) % figures.length });
  useEffect(() => {
    const key = (event: KeyboardEvent) => { if (event.key === " " && event.target === document.body) next(); };
    const timer = setTimeout(next, TURN_MS);
    addEventListener("keydown", key);
    return () => { clearTimeout(timer); removeEventListener("keydown", key); };
  }, [poll, at, figures.length]);
  return figures[at] ?? "hemicycle";
}
