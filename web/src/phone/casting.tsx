import { ReceiptWrong } from "../acts/cast.ts";
import { codeOf, isUnderWay, lastRecorded, type OwnVote } from "../acts/own_votes.ts";
import { Declined } from "../line/server.ts";
import { Icon } from "../views/icon.tsx";
import { Problem } from "../views/problem.tsx";
import { timeText } from "../views/times.ts";
import { say } from "../words/language.ts";
import { receiptAlarm } from "./alarms.ts";
import type { Ballots, Way } from "./ballots.ts";
import { Focused } from "./focused.tsx";
import { Alarm } from "./question.tsx";
import { WORDS } from "./words.ts";

/** Đang ký → Đã gửi → Ghi nhận: where a ballot is. What a step says is true when it says it. */
export function Steps({ stage }: { stage: Way }) {
  const reached = stage.at === "signing" ? 0 : stage.at === "sent" ? 2 : 1;
  const isElsewhere = stage.at === "elsewhere";
  const isHeld = stage.at === "sending" && stage.reason instanceof Declined && stage.reason.code === "poll_held";
  const names = [reached > 0 ? WORDS.signed : WORDS.signing, reached > 1 ? WORDS.sent : reached === 1 ? WORDS.sending : WORDS.send, WORDS.recordedStep];
  return (
    <div class="steps-box">
      <p role="status" class={isElsewhere || isHeld || (stage.at === "sending" && stage.again > 0) ? "notice warn" : "unseen"}>
        {isElsewhere ? say(WORDS.elsewhere) : isHeld ? say(WORDS.waitingHeld) : stage.at === "sending" && stage.again > 0 ? say(WORDS.sendingAgain, { n: stage.again + 1 }) : say(names[reached] ?? WORDS.send)}
      </p>
      <ol class="steps" data-stage={stage.at}>
        {names.map((name, place) => (
          <li key={place} class={place < reached ? "done" : place === reached ? "now" : "later"} aria-current={place === reached ? "step" : undefined}>
            <span class="mark" aria-hidden="true">{place < reached ? <Icon name="approve" /> : place + 1}</span>
            <span>{say(name)}{place === reached && "…"}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** A ballot whose receipt was proven here: time, code, line. */
export function Recorded({ vote }: { vote: OwnVote }) {
  return (
    <div class="recorded" data-choice={vote.choice}>
      <Focused class="recorded-head"><Icon name="approve" />{say(WORDS.recorded)}</Focused>
      <Lost vote={vote} />
      <p class={`chosen ${vote.choice}`}><Icon name={vote.choice} /><span lang="vi">{vote.label}</span></p>
      <Particulars vote={vote} />
    </div>
  );
}

/** That the server has lost a ballot, if it has: its first receipt is kept. */
function Lost({ vote }: { vote: OwnVote }) {
  return vote.first && vote.first.entry !== vote.receipt?.entry ? <p class="notice warn">{say(WORDS.lost)}</p> : null;
}

/** Time, code and line of a recorded ballot. */
export function Particulars({ vote }: { vote: OwnVote }) {
  return (
    <dl class="particulars">
      <div><dt>{say(WORDS.at)}</dt><dd>{timeText(vote.recordedAt ?? vote.signedAt)}</dd></div>
      <div><dt>{say(WORDS.code)}</dt><dd><code class="ballot-code">{codeOf(vote)}</code></dd></div>
      {vote.receipt && <div><dt>{say(WORDS.line)}</dt><dd>{vote.receipt.index}</dd></div>}
    </dl>
  );
}

/** What is known of one's own ballot in a poll that is open no more. */
export function Fate({ poll, ballots, graceEndsAt }: { poll: string; ballots: Ballots; graceEndsAt?: number | null | undefined }) {
  const { outside } = ballots;
  const begun = outside?.begun.find((one) => one.poll === poll);
  const votes = ballots.votes ?? [];
  const own = votes.filter((vote) => vote.poll === poll);
  const [course, underWay, recorded, last] = [ballots.courses[poll] ?? {}, own.find(isUnderWay), lastRecorded(own, poll), own[0]];
  if (outside && begun) return <outside.room.Confirming outside={outside} begun={begun} graceEndsAt={graceEndsAt} wrong={(error, again) => <Failed error={error} votes={own} again={again} />} />;
  if (course.stage) return <Steps stage={course.stage} />;
  if (course.error !== undefined) return <Failed error={course.error} votes={votes} again={underWay && (() => ballots.send(underWay))} />;
  if (recorded) return <p class={`chosen small ${recorded.choice}`}><Icon name={recorded.choice} /><span>{say(WORDS.yourChoice)}: <span lang="vi">{recorded.label}</span></span></p>;
  return last?.refused ? <><Lost vote={last} /><p class="notice bad"><strong>{say(WORDS.notTaken)}</strong> {say(last.refused)}</p></> : null;
}

interface Failed {
  readonly error: unknown;
  readonly votes: readonly OwnVote[];
  /** Send the same bytes again, where that makes sense. */
  readonly again: (() => void) | undefined;
  /** Choose again, where nothing is under way and one can still vote. */
  readonly anew?: (() => void) | undefined;
}

/** What became of a ballot that is not recorded, as far as is known. */
export function Failed({ error, votes, again, anew }: Failed) {
  if (error instanceof ReceiptWrong) return <Alarm of={receiptAlarm(error, votes)} code={error.refused.code} again={again ?? anew ?? (() => undefined)} />;
  return (
    <section class="not-taken">
      <Focused>{say(error instanceof Declined ? WORDS.notTaken : WORDS.notRecorded)}</Focused>
      <Problem of={error} />
      {again && !(error instanceof Declined) && <button type="button" class="primary" onClick={again}>{say(WORDS.sendAgain)}</button>}
      {anew && <button type="button" class="primary" onClick={anew}>{say(WORDS.chooseAgain)}</button>}
    </section>
  );
}
