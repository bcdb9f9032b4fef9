import { clock } from "../line/clock.ts";
import type { Session } from "../line/signin.ts";
import type { Shown } from "../shown/state.ts";
import { Countdown } from "../views/countdown.tsx";
import { Icon } from "../views/icon.tsx";
import { problemOf } from "../views/problem.tsx";
import { say, type Words } from "../words/language.ts";
import type { Body, Meeting, PollShown } from "../wire.ts";
import { Fitted } from "./fitted.tsx";
import { Kicker, TitleOf } from "./headings.tsx";
import type { Question } from "./question.ts";
import { Result } from "./result.tsx";
import type { Scene } from "./scene.ts";
import { Speaker } from "./speaker.tsx";
import { Announced, Voting } from "./voting.tsx";
import { Waiting } from "./waiting.tsx";
import { WORDS } from "./words.ts";

export interface SceneOf {
  readonly session: Session;
  readonly shown: Shown;
  readonly scene: Scene;
  readonly question: Question | undefined;
  /** Why it is not proven that the chair signed the question, if it is not. */
  readonly problem: unknown;
  readonly body: Body | undefined;
  readonly meeting: Meeting;
  /** Nobody speaks beside it. */
  readonly alone: boolean;
}

/** The scene that the stage has now. */
export function SceneShown({ session, shown, scene, question, problem, body, meeting, alone }: SceneOf) {
  if ("poll" in scene && problem !== undefined) return <NotProven scene={scene} problem={problem} />;
  switch (scene.is) {
    case "unknown": return <section class="scene quietly"><Fitted most={2.5} least={1}>{say(WORDS.connecting)}</Fitted></section>;
    case "waiting": return <Waiting {...{ session, shown, body, meeting }} />;
    case "ended": return (
      <section class="scene quietly">
        <Kicker>{say(WORDS.ended)}</Kicker>
        <Fitted as="h2" most={3.4} least={1}>{shown.meeting?.title ?? meeting.title}</Fitted>
        <p class="hint thanks">{say(WORDS.thanks)}</p>
      </section>
    );
    case "announced": return <Announced poll={scene.poll} question={question} shown={shown} />;
    case "voting": return <Voting {...{ session, poll: scene.poll, question, shown, alone }} />;
    case "closed": return <Closed poll={scene.poll} question={question} />;
    case "voided": return <Voided poll={scene.poll} question={question} />;
    case "result": return <Result {...{ session, shown, poll: scene.poll, question, body }} />;
    case "speaking": return <Speaker turn={scene.turn} shown={shown} />;
  }
}

const VOTED = { announced: WORDS.announced, voting: WORDS.voting, closed: WORDS.closed, result: WORDS.result, voided: WORDS.voided } as const;

/** A vote whose question is not shown, as nothing proves that it is the chair's. */
function NotProven({ scene, problem }: { scene: Extract<Scene, { poll: PollShown }>; problem: unknown }) {
  const { code, ...why } = problemOf(problem);
  return (
    <section class="scene told" data-code={code}>
      <Kicker class="bad" icon="warn">{say(VOTED[scene.is])}</Kicker>
      <Fitted as="h2" class="question" most={3.2} least={0.9}>{say(WORDS.questionNotProven)}</Fitted>
      <p class="statement bad" role="alert"><Icon name="warn" />{say(scene.is === "voting" ? WORDS.lookAtPhones : WORDS.tellSecretary)}</p>
      <p class="caption">{say(why)} {code && <code>{code}</code>}</p>
    </section>
  );
}

function Closed({ poll, question }: { poll: PollShown; question: Question | undefined }) {
  return (
    <section class="scene told">
      <Kicker class={poll.alarm ? "bad" : ""} icon={poll.alarm ? "warn" : "clock"}>{say(WORDS.closed)}</Kicker>
      <TitleOf poll={poll} question={question} />
      <p class={`statement ${poll.alarm ? "bad" : ""}`} role="status">{say(standing(poll), { n: poll.pending })}</p>
      {poll.state === "closing" && poll.grace_ends_at !== null && <p class="statement grace"><Icon name="clock" />{say(WORDS.atMost)} <Countdown until={poll.grace_ends_at} now={clock.now} /></p>}
    </section>
  );
}

/** What is waited for after the end of a vote: ballots that were begun before it, the count, the chair. */
function standing({ state, alarm, decision }: PollShown): Words {
  if (alarm) return WORDS.alarm;
  if (state === "closing") return WORDS.closing;
  return decision ? WORDS.counted : WORDS.counting;
}

function Voided({ poll, question }: { poll: PollShown; question: Question | undefined }) {
  return (
    <section class="scene told">
      <Kicker class="bad" icon="reject">{say(WORDS.voided)}</Kicker>
      <TitleOf poll={poll} question={question} />
      <p class="statement"><Icon name="warn" />{say(WORDS.voidedHint)}</p>
    </section>
  );
}
