import { useEffect, useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { mustFollow } from "../rules/majority.ts";
import { Refused } from "../rules/refused.ts";
import { own, type Shown } from "../shown/state.ts";
import { Bars } from "../views/bars.tsx";
import { Hemicycle } from "../views/hemicycle.tsx";
import { Icon } from "../views/icon.tsx";
import { problemOf } from "../views/problem.tsx";
import { SeatMap } from "../views/seat_map.tsx";
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

// Two figures of the same result by turns; Space changes at once.
const TURN_MS = 20_000;

/** A declared result: carried or not, the bars, the half circle; once it is certified, the seats by choice; and the sentence read out. */
export function Result({ session, shown, poll, question, body }: ResultOf) {
  const lang = useLang();
  const seating = useSeats(session, poll.meeting, shown);
  const certificate = own(shown.certificates, poll.poll);
  const votes = useVotes(session, poll, certificate);
  const of = votes.value?.certificate === certificate?.certificate ? votes.value?.of : undefined;
  const bySeat = useTurns(poll.poll) && seating && of;
  const { decision } = poll;
  const named = question?.body ?? body;
  const wrong = decision && question?.signed && whyWrong(question.signed, decision);
  if (wrong) return <section class="scene told"><Kicker class="bad" icon="warn">{say(WORDS.result)}</Kicker><TitleOf poll={poll} question={question} /><p class="statement bad" role="status" data-code={wrong.code}><Icon name="warn" />{say(WORDS.resultWrong)}</p></section>;
  // No figure before the signed question is here, by whose rule it is checked.
  if (!decision || !named || !question?.signed) return <section class="scene told"><Kicker>{say(WORDS.result)}</Kicker><TitleOf poll={poll} question={question} /></section>;
  return (
    <section class="scene result">
      <div class="said">
        <TitleOf poll={poll} question={question} most={2.2} />
        <Bars decision={decision} body={named} {...(question ? { options: question.options } : {})} />
      </div>
      <div class="figure" data-figure={bySeat ? "seats" : "hemicycle"}>
        <Kicker>{say(WORDS.result)}</Kicker>
        <Outcome decision={decision} />
        {bySeat ? <BySeat seating={seating} signOf={(member) => of.get(member)?.choice ?? "none"} /> : <Half decision={decision} />}
        {certificate && votes.problem !== undefined && !of && <p class="caption bad">{say(WORDS.notProven)} ({problemOf(votes.problem).code || "?"})</p>}
      </div>
      <div class="sentence"><Fitted most={1.05} least={0.5} lang={lang}>{lang === "vi" ? decision.sentence : decision.sentence_en}</Fitted></div>
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
  return <Hemicycle counts={counts} roll={roll} middle={`${participating}/${roll}`} under={say(WORDS.took)} />;
}

function BySeat({ seating, signOf }: { seating: Seating; signOf: (member: string) => "approve" | "reject" | "abstain" | "none" }) {
  return (
    <>
      <SeatMap {...seating} signOf={signOf} />
      <p class="caption">{say(WORDS.seatsByChoice)}</p>
    </>
  );
}

/** True and false by turns while a result stands, false first; Space, or a touch of the button, takes the next turn. */
function useTurns(poll: string): boolean {
  const [second, setSecond] = useState(false);
  useEffect(() => {
    const change = () => setSecond((before) => !before);
    const key = (event: KeyboardEvent) => { if (event.key === " " && event.target === document.body) change(); };
    const timer = setInterval(change, TURN_MS);
    setSecond(false);
    addEventListener("keydown", key);
    return () => { clearInterval(timer); removeEventListener("keydown", key); };
  }, [poll]);
  return second;
}
