import { clock } from "../line/clock.ts";
import type { Session } from "../line/signin.ts";
import { fraction, fractionEn } from "../rules/wording.ts";
import { approvalsToCarry } from "../shown/needed.ts";
import { openPolls, presentCount } from "../shown/polls.ts";
import type { Shown } from "../shown/state.ts";
import { Countdown } from "../views/countdown.tsx";
import { demandWords, quorumWords } from "../views/demand.ts";
import { Glyph } from "../views/glyph.tsx";
import { SeatLegend, SeatMap } from "../views/seat_map.tsx";
import { baseWords } from "../views/shares.ts";
import { CHOICE_WORDS } from "../views/words.ts";
import { say, type Words } from "../words/language.ts";
import type { Option, PollShown } from "../wire.ts";
import { Fitted } from "./fitted.tsx";
import { Kicker, TitleOf } from "./headings.tsx";
import type { Question } from "./question.ts";
import { useSeats, useSigns } from "./seating.ts";
import { WORDS } from "./words.ts";

interface VotingOf {
  readonly poll: PollShown;
  readonly question: Question | undefined;
  readonly shown: Shown;
}

/** The question stands on the screens; nobody can vote yet. */
export function Announced({ poll, question, shown }: VotingOf) {
  return (
    <section class="scene told">
      <Kicker icon="clock">{say(WORDS.announced)}</Kicker>
      <TitleOf poll={poll} question={question} />
      {question && <p class="demanded">{demanded(question, shown).map((text) => say(text)).filter(Boolean).join(". ")}.</p>}
      <p class="hint">{say(WORDS.announcedHint)}</p>
    </section>
  );
}

/** What carries it, and the quorum it needs. */
function demanded({ rule, body }: Question, shown: Shown): Words[] {
  const roll = shown.roll?.entries ?? 0;
  return [demandWords(rule, body, roll, presentCount(shown)), roll ? quorumWords(rule, body, roll) : { vi: "", en: "" }];
}

// A longer title needs the height for itself, as do a speaker beside it and the band of a practice vote; a very long one some of the figures', too.
const SHORT = 140;
const LONG = 220;

/** One votes: the question, what is needed, the time, how many ballots have come and whose; nothing of what is in them. */
export function Voting({ session, poll, question, shown, alone }: VotingOf & { readonly session: Session; readonly alone: boolean }) {
  const others = openPolls(shown).length - 1;
  const seating = useSeats(session, poll.meeting, shown);
  const signOf = useSigns(shown, poll.poll);
  const { length } = question ? say(question.title) : poll.title;
  const withSeats = alone && !poll.practice && seating && length < SHORT;
  return (
    <section class={`scene voting ${withSeats ? "with-seats" : length < LONG ? "" : "long"}`}>
      <div class="top-line">
        <Kicker class={poll.state === "held" ? "held" : "open"} icon={poll.state === "held" ? "clock" : "approve"}>{say(poll.state === "held" ? WORDS.held : WORDS.voting)}</Kicker>
        {question && <Options options={question.options} />}
      </div>
      <TitleOf poll={poll} question={question} most={3.6} />
      <div class="figures">
        <Time poll={poll} />
        <Received poll={poll} />
        {question && <Demand question={question} roll={shown.roll?.entries ?? 0} present={poll.present} />}
      </div>
      {withSeats && <div class="there"><SeatMap {...seating} signOf={signOf} /><SeatLegend seats={seating.seats} signOf={signOf} /></div>}
      {others > 0 && <p class="hint">{say(WORDS.more, { n: others })}</p>}
    </section>
  );
}

function Time({ poll: { state, deadline } }: { poll: PollShown }) {
  const worded = state === "held" ? WORDS.heldHint : WORDS.noDeadline;
  return (
    <div class="figure time">
      <p class="caption">{say(WORDS.timeLeft)}</p>
      {state === "held" || deadline === null ? <p class="worded">{say(worded)}</p> : <p class="huge"><Countdown until={deadline} now={clock.now} /></p>}
    </div>
  );
}

function Received({ poll: { received, present } }: { poll: PollShown }) {
  return (
    <div class="figure received">
      <p class="caption">{say(WORDS.received)}</p>
      <p class="huge number">{received}</p>
      <span class="bar" aria-hidden="true"><span class="fill" style={{ width: `${present ? Math.min(100, (100 * received) / present) : 0}%` }} /></span>
      <p class="caption number">{say(WORDS.ofPresent, { n: present })}</p>
    </div>
  );
}

/** What carries it, in words, and as a number where that is known before the count: "Cần 237/473 đại biểu tán thành". */
function Demand({ question: { rule, body }, roll, present }: { question: Question; roll: number; present: number }) {
  const needed = roll ? approvalsToCarry(rule, roll, present) : undefined;
  const base = baseWords(rule.base, body);
  const noun = { vi: body.noun, en: body.noun_en || "members" };
  return (
    <div class="figure demand">
      <p class="caption">{say(WORDS.toCarry)}</p>
      {needed && <Fitted class="huge" most={4.6} least={1.5}>{`${needed.needed}/${needed.of}`}</Fitted>}
      <p class="caption">{needed
        ? say(WORDS.mustApprove, { noun: say(noun), share: `${say({ vi: fraction(rule.threshold), en: fractionEn(rule.threshold) })} ${say(base)}` })
        : say(demandWords(rule, body, roll, present))}
      </p>
    </div>
  );
}

function Options({ options }: { options: readonly Option[] }) {
  return (
    <ul class="options">
      {options.map(({ choice, label, label_en: labelEn }) => (
        <li key={choice} class={choice}><Glyph of={choice} />{say({ vi: label, en: labelEn || CHOICE_WORDS[choice].en })}</li>
      ))}
    </ul>
  );
}
