// Voting with a key at a signing service: the ways to sign, and a ballot that the service is asked to sign.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { anotherPage, beginBallot, courseOf, forgetBallot, recordedBallot, withdrawBallot, type Begun, type Course } from "../acts/outside.ts";
import type { Asked } from "../acts/question.ts";
import { clock } from "../line/clock.ts";
import { Declined, isPassing, pause } from "../line/server.ts";
import type { Choice } from "../rules/ballot.ts";
import { Countdown } from "../views/countdown.tsx";
import { useDoing } from "../views/doing.ts";
import { Icon } from "../views/icon.tsx";
import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import type { Outside } from "./door.tsx";
import { Code } from "./code.tsx";
import { LAPSE_WORDS, WORDS } from "./words.ts";

export { begunBallots } from "../acts/outside.ts";

interface Choosing {
  readonly outside: Outside;
  readonly asked: Asked;
  readonly choice: Choice;
  readonly isHeld: boolean;
  readonly begun: () => void;
}

/** Beside the phone's own key, a button for each service. */
export function Ways({ outside, asked, choice, isHeld, begun }: Choosing) {
  const { busy, problem, act } = useDoing();
  const sign = (key: Outside["keys"][number]) => act(() => beginBallot(outside.session, asked, choice, key), () => { outside.look(); begun(); });
  // A passkey confirms on the phone that signs: a service brings the signature alone.
  if (asked.definition.step_up?.when === "required") return outside.keys.length ? <p class="quiet">{say(WORDS.notConfirmed)}</p> : null;
  return (
    <>
      {problem !== undefined && <Problem of={problem} />}
      {outside.keys.map((key) => (
        <button type="button" key={key.thumbprint} class="wide" data-service={key.provider} disabled={isHeld} aria-disabled={busy} onClick={() => sign(key)}>
          {say(WORDS.signWith, { service: key.service })}
        </button>
      ))}
    </>
  );
}

interface Confirming {
  readonly outside: Outside;
  readonly begun: Begun;
  /** Until when it may still come, of a vote that has ended. */
  readonly graceEndsAt?: number | null | undefined;
  /** How it is said that it went wrong, a receipt that proves nothing before all; `again`: look once more. */
  readonly wrong: (error: unknown, again: () => void) => ComponentChildren;
  /** Vote with the key of this phone instead, where one still can. */
  readonly here?: (() => void) | undefined;
}

type Found = { readonly course?: Course; readonly error?: unknown; readonly again?: true };

/** A ballot at a service: the code, where it stands, and what its voter can do; until it is proven here to be recorded. */
export function Confirming({ outside, begun, graceEndsAt, wrong, here }: Confirming) {
  const { session, look } = outside;
  const [turn, setTurn] = useState(0);
  const found = useCourse(outside, begun, turn);
  const { busy, problem, act } = useDoing();
  const over = () => { void forgetBallot(begun).then(look, look); };
  const withdraw = () => act(() => withdrawBallot(session, begun), over);
  const way = () => act(() => forgetBallot(begun), () => { look(); here?.(); });
  const turnPage = (page: string) => act(() => anotherPage(session, begun, page), () => setTurn(turn + 1));
  const { course, error } = found;
  const state = course?.intent.state;
  const why = state === "lapsed" ? course?.intent.why ?? "failed" : undefined;
  return (
    <div class="confirming" data-state={error !== undefined ? "wrong" : state ?? "sending"} data-service={begun.provider}>
      <p class={`chosen ${begun.choice}`}><Icon name={begun.choice} /><span lang="vi">{begun.label}</span></p>
      {error !== undefined && wrong(error, () => setTurn(turn + 1))}
      {problem !== undefined && <Problem of={problem} />}
      {why !== undefined && <p class="notice bad" role="alert" data-why={why}><strong>{say(WORDS.notRecorded)}</strong> {say(LAPSE_WORDS[why], { service: begun.service })}</p>}
      {why === undefined && error === undefined && <Waiting begun={begun} found={found} graceEndsAt={graceEndsAt} anotherPage={turnPage} />}
      <div class="acts">
        {(why !== undefined || error instanceof Declined) && here && <button type="button" class="primary wide" data-act="here" aria-disabled={busy} onClick={way}>{say(WORDS.signHere)}</button>}
        {(why !== undefined || error instanceof Declined) && <button type="button" class="wide" data-act="anew" onClick={over}>{say(here ? WORDS.chooseAgain : WORDS.read)}</button>}
        {state === "pending" && error === undefined && <button type="button" class="wide" data-act="withdraw" aria-disabled={busy} onClick={withdraw}>{say(WORDS.withdraw)}</button>}
      </div>
      {state === "pending" && error === undefined && <p class="quiet">{say(WORDS.withdrawMeans)}</p>}
    </div>
  );
}

function Waiting({ begun, found: { course, again }, graceEndsAt, anotherPage }: { begun: Begun; found: Found; graceEndsAt: Confirming["graceEndsAt"]; anotherPage: (page: string) => void }) {
  const { service } = begun;
  if (course?.intent.state === "cast") return <p role="status" class="waiting">{say(WORDS.proving)}</p>;
  if (course?.intent.state === "signed") return <p role="status" class="notice warn">{say(WORDS.signedHeld)}</p>;
  const request = course?.request;
  const trouble = request?.trouble && (request.confirm_at && request.trouble === "remote_lost" ? WORDS.pageLost : WORDS.silent);
  return (
    <>
      {graceEndsAt != null && <p class="notice warn grace">{say(WORDS.grace)} <Countdown until={graceEndsAt} now={clock.now} /></p>}
      <Code code={begun.code} service={service} page={request?.confirm_at} anotherPage={anotherPage} />
      <p role="status" class={again || trouble ? "notice warn" : "unseen"}>
        {again ? say(WORDS.unheard) : trouble ? say(trouble, { service }) : say(course ? WORDS.waiting : WORDS.sending, { service })}
      </p>
      {graceEndsAt == null && request && <p class="quiet">{say(WORDS.until)} <Countdown until={request.expires_at} now={clock.now} /></p>}
    </>
  );
}

// A person takes some seconds; whoever waits is told soon after.
const OFTEN_MS = 1_500;

/** How it stands, asked again and again until it is over; what was cast is proven and kept. */
function useCourse({ session, look }: Outside, begun: Begun, turn: number): Found {
  const [found, setFound] = useState<Found>({});
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const follow = async () => {
      for (let tries = 1; ;) {
        try {
          const course = await courseOf(session, begun, signal);
          setFound({ course });
          tries = 1;
          if (course.intent.state === "lapsed") return;
          if (course.intent.state === "cast") {
            await recordedBallot(session, begun);
            await forgetBallot(begun);
            return look();
          }
          await rest(signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!isPassing(error)) return setFound({ error });
          setFound((before) => ({ ...before, again: true }));
          await pause(tries += 1, signal);
        }
      }
    };
    setFound({});
    follow().catch((error: unknown) => !signal.aborted && setFound({ error }));
    return () => leaving.abort();
  }, [session, begun.input, turn]);
  return found;
}

/** Until it is time to ask again, or somebody looks at the screen again. */
function rest(signal: AbortSignal): Promise<void> {
  return new Promise((done, stopped) => {
    const over = (end: () => void) => () => { clearTimeout(timer); document.removeEventListener("visibilitychange", wake); signal.removeEventListener("abort", stop); end(); };
    const wake = over(done);
    const stop = over(() => stopped(signal.reason));
    const timer = setTimeout(wake, OFTEN_MS);
    document.addEventListener("visibilitychange", wake);
    signal.addEventListener("abort", stop);
  });
}
