import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Confirmed } from "../acts/cast.ts";
import { isUnderWay, lastRecorded } from "../acts/own_votes.ts";
import type { Asked } from "../acts/question.ts";
import { clock } from "../line/clock.ts";
import type { Session } from "../line/signin.ts";
import { Confirmation } from "../passkey/door.tsx";
import { Refused } from "../rules/refused.ts";
import { Countdown } from "../views/countdown.tsx";
import { Icon } from "../views/icon.tsx";
import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import type { Choice } from "../rules/ballot.ts";
import type { PollShown } from "../wire.ts";
import { questionAlarm } from "./alarms.ts";
import type { Ballots } from "./ballots.ts";
import { Failed, Recorded, Steps } from "./casting.tsx";
import { Focused } from "./focused.tsx";
import { Alarm, Label, Question, useQuestion } from "./question.tsx";
import { MEANING_WORDS, WORDS } from "./words.ts";

interface Vote {
  readonly session: Session;
  readonly poll: PollShown;
  readonly ballots: Ballots;
}

/** An open poll: the question checked, the choice, the second look, and what became of the ballot. */
export function Voting({ session, poll, ballots }: Vote) {
  const [tries, setTries] = useState(0);
  const { asked, error } = useQuestion(session, poll, tries);
  const again = () => setTries((count) => count + 1);
  if (error instanceof Refused) return <Alarm of={questionAlarm(error)} code={error.code} again={again} />;
  if (error !== undefined) return <section class="sheet"><Problem of={error} /><button type="button" onClick={again}>{say(WORDS.alarmAgain)}</button></section>;
  const isHeld = poll.state === "held";
  return (
    <section class="sheet vote" aria-labelledby={`vote-${poll.poll}`} data-poll={poll.poll} data-state={poll.state}>
      <div class="vote-head">
        <h2 id={`vote-${poll.poll}`} tabIndex={-1}>{say(isHeld ? WORDS.held : WORDS.opened)}</h2>
        <Clock poll={poll} />
      </div>
      {asked?.definition.practice && <p class="notice warn practice">{say(WORDS.practice)}</p>}
      {isHeld && <p class="notice warn" role="status">{say(WORDS.heldWhat)}</p>}
      {asked && ballots.votes
        ? <Answer session={session} asked={asked} ballots={ballots} isHeld={isHeld} />
        : <p role="status">{say(WORDS.checking)}</p>}
    </section>
  );
}

function Clock({ poll }: { poll: PollShown }) {
  if (poll.state === "held") return null;
  if (poll.deadline === null) return <span class="quiet">{say(WORDS.noClock)}</span>;
  return <span class="vote-clock"><span class="unseen">{say(WORDS.left)} </span><Countdown until={poll.deadline} now={clock.now} /></span>;
}

interface Answering {
  readonly session: Session;
  readonly asked: Asked;
  readonly ballots: Ballots;
  readonly isHeld: boolean;
}

function Answer({ session, asked, ballots, isHeld }: Answering) {
  const { definition, presiding: { name } } = asked;
  const { id, changes } = definition;
  const [chosen, setChosen] = useState<Choice>();
  const [changing, setChanging] = useState(false);
  const votes = (ballots.votes ?? []).filter((vote) => vote.poll === id);
  const recorded = lastRecorded(votes, id);
  const underWay = votes.find(isUnderWay);
  const course = ballots.courses[id] ?? {};

  // What is under way comes before all else; then what went wrong with it.
  const { outside } = ballots;
  const begun = outside?.begun.find(({ poll }) => poll === id);
  if (outside && begun) {
    return <><Question definition={definition} brief /><outside.room.Confirming outside={outside} begun={begun} wrong={(error, again) => <Failed error={error} votes={votes} again={again} />} here={() => ballots.cast(asked, begun.choice)} />{recorded && <Recorded vote={recorded} />}</>;
  }
  if (course.stage) return <><Question definition={definition} brief /><Steps stage={course.stage} /></>;
  if (course.error !== undefined && (underWay || !chosen)) {
    return <><Failed error={course.error} votes={ballots.votes ?? []} again={underWay && (() => ballots.send(underWay))} anew={underWay ? undefined : () => ballots.dismiss(id)} />{recorded && <Recorded vote={recorded} />}</>;
  }
  if (chosen) {
    const sign = (confirmed?: Confirmed) => { ballots.cast(asked, chosen, confirmed); setChosen(undefined); setChanging(false); };
    return <><Question definition={definition} /><Newcomer asked={asked} /><Review session={session} asked={asked} choice={chosen} isHeld={isHeld} sign={sign} back={() => setChosen(undefined)}>{outside && <outside.room.Ways outside={outside} asked={asked} choice={chosen} isHeld={isHeld} begun={() => { setChosen(undefined); setChanging(false); }} />}</Review></>;
  }
  if (recorded && !changing) {
    return (
      <>
        <Question definition={definition} brief />
        {course.already && <p class="notice warn" role="status">{say(WORDS.already)}</p>}
        <Recorded vote={recorded} />
        {changes && <button type="button" class="wide" disabled={isHeld} onClick={() => setChanging(true)}>{say(WORDS.change)}</button>}
        {changes && <p class="quiet">{say(WORDS.mayChange)}</p>}
      </>
    );
  }
  return (
    <>
      <Question definition={definition} />
      <Newcomer asked={asked} />
      <Choices asked={asked} isHeld={isHeld} choose={setChosen} focus={changing} />
      {changing && <button type="button" class="plain wide" onClick={() => setChanging(false)}>{say(WORDS.keep)}</button>}
      <p class="quiet signed-by"><Icon name="approve" /> {say(WORDS.presiding, { name })}</p>
    </>
  );
}

/** Somebody else presides than before: that they may is the server's word, so whoever sees the chair looks. */
function Newcomer({ asked: { presiding: { name }, instead } }: { asked: Asked }) {
  return instead.length ? <p class="notice warn newcomer" role="status">{say(WORDS.newcomer, { name, before: instead.join(", ") })}</p> : null;
}

/** Three equal buttons in the order that was signed; none is preselected. */
function Choices({ asked, isHeld, choose, focus }: { asked: Asked; isHeld: boolean; choose: (choice: Choice) => void; focus: boolean }) {
  const head = say(WORDS.choose);
  return (
    <div class="choices" role="group" aria-label={head}>
      {focus ? <Focused>{head}</Focused> : <h3>{head}</h3>}
      <div class="choice-list">
        {asked.definition.options.map((option) => (
          <button type="button" key={option.choice} class={`choice ${option.choice}`} data-choice={option.choice} disabled={isHeld} onClick={() => choose(option.choice)}>
            <Icon name={option.choice} />
            <span class="choice-words"><strong><Label option={option} /></strong><span>{say(MEANING_WORDS[option.choice])}</span></span>
          </button>
        ))}
      </div>
    </div>
  );
}

function Review({ session, asked, choice, isHeld, sign, back, children }: { session: Session; asked: Asked; choice: Choice; isHeld: boolean; sign: (confirmed?: Confirmed) => void; back: () => void; children?: ComponentChildren }) {
  const option = asked.definition.options.find((each) => each.choice === choice);
  return (
    <div class="review">
      <Focused>{say(WORDS.review)}</Focused>
      <p>{say(WORDS.yourChoice)}</p>
      <p class={`chosen ${choice}`}><Icon name={choice} /><span>{option && <Label option={option} />}</span></p>
      <p class="quiet">{say(asked.definition.changes ? WORDS.mayChange : WORDS.mayNotChange)}</p>
      {asked.definition.step_up
        ? <Confirmation session={session} asked={asked} demand={asked.definition.step_up} choice={choice} isHeld={isHeld} sign={sign} />
        : <button type="button" class="primary wide" disabled={isHeld} onClick={() => sign()}>{say(WORDS.sign)}</button>}
      {children}
      <button type="button" class="wide" onClick={back}>{say(WORDS.back)}</button>
    </div>
  );
}
