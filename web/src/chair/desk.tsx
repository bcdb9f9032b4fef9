import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Declined } from "../line/server.ts";
import { Asking } from "../views/asking.tsx";
import { Problem, problemOf } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** Something the chair is about to do: it asks once and says what will happen. */
export interface Wish {
  readonly title: string;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly wide?: boolean;
  /** The label of the reason, where the rules want one. */
  readonly reason?: string | undefined;
  /** What stands in the question and what it does; where something must be known first, that is asked for while the dialog stands. */
  readonly ready: Ready | (() => Promise<Ready>);
}

export interface Ready {
  readonly what: () => ComponentChildren;
  /** Does it; a wish that it gives back is asked next. */
  readonly act: (reason: string, form: FormData) => Promise<Wish | void>;
}

/** The chair's hand: one wish at a time, one problem at a time. */
export interface Hand {
  readonly wish: Wish | undefined;
  readonly busy: boolean;
  readonly problem: unknown;
  /** One's own act has made this revision of the floor: the hand is free when the screen shows it, so that nothing is refused for it. */
  awaitFloor(revision: number): void;
  ask(wish: Wish): void;
  /** Without a question, for what can be taken back at once. */
  act(act: () => Promise<unknown>): void;
  done(wish?: Wish | void): void;
  fail(problem: unknown): void;
  dismiss(): void;
}

/** The news of one's own act comes within a moment; if it does not, the line is what is wrong, and says so elsewhere. */
const AWAITED_MS = 5_000;

/** `revision`: of the floor that is shown. */
export function useHand(acted: () => void, revision: number): Hand {
  const [wish, setWish] = useState<Wish>();
  const [acting, setActing] = useState(false);
  const [awaited, setAwaited] = useState(0);
  const busy = acting || revision < awaited;
  const [problem, setProblem] = useState<unknown>();
  const done = (next?: Wish | void) => { setWish(next || undefined); acted(); };
  const fail = (found: unknown) => { setWish(undefined); setProblem(found); acted(); };
  return {
    wish, busy, problem, done, fail,
    awaitFloor: (made) => {
      setAwaited(made);
      setTimeout(() => setAwaited((now) => (now === made ? 0 : now)), AWAITED_MS);
    },
    ask: (asked) => {
      if (busy) return;
      setProblem(undefined);
      setWish(asked);
    },
    act: (act) => {
      if (busy) return;
      setActing(true);
      setProblem(undefined);
      act().then(() => acted(), fail).finally(() => setActing(false));
    },
    dismiss: () => { setWish(undefined); setProblem(undefined); },
  };
}

/** The question of a wish. What the server declines closes it and is explained; what it did not hear can be sent again. */
export function AskingWish({ wish, hand }: { wish: Wish; hand: Hand }) {
  const [ready, setReady] = useState(typeof wish.ready === "function" ? undefined : wish.ready);
  const [busy, setBusy] = useState(false);
  const [unheard, setUnheard] = useState<unknown>();
  useEffect(() => {
    let current = true;
    if (typeof wish.ready === "function") wish.ready().then((found) => current && setReady(found), (error: unknown) => current && hand.fail(error));
    return () => { current = false; };
  }, [wish]);
  const confirm = (reason: string, form: FormData) => {
    if (!ready) return;
    setBusy(true);
    ready.act(reason, form).then(hand.done, (error: unknown) => {
      setBusy(false);
      if (error instanceof Declined) hand.fail(error);
      else setUnheard(error);
    });
  };
  return (
    <Asking
      title={wish.title} confirm={wish.confirm} danger={wish.danger ?? false} wide={wish.wide ?? false} reason={wish.reason} busy={busy} waits={!ready}
      onConfirm={confirm} onCancel={hand.dismiss}
    >
      {ready ? ready.what() : <p role="status">{say(WORDS.preparing)}</p>}
      {unheard !== undefined && <Problem of={unheard} />}
    </Asking>
  );
}

// Somebody or something else was quicker: nothing happened, and the screen shows what stands now.
const CONFLICTS = new Set(["floor_moved", "poll_transition", "arrangement_wrong", "request_not_waiting", "turn_transition", "definition_differs", "called_already", "somebody_speaks", "lane_open", "lane_closed", "deadline_moved", "wish_stands", "wish_unknown"]);

/** Why the last act did not happen, with how things stand now: never tried again in silence. */
export function Refusal({ hand, standing }: { hand: Hand; standing: string }) {
  if (hand.problem === undefined) return null;
  const { code, ...text } = problemOf(hand.problem);
  return (
    <div class="notice bad refusal" role="alert" data-code={code}>
      <p><strong>{say(CONFLICTS.has(code) ? WORDS.conflict : WORDS.declined)}</strong> {say(text)} {code && <code>{code}</code>}</p>
      {standing && <p>{say(WORDS.standsNow)} <strong>{standing}</strong></p>}
      <div class="acts"><button type="button" onClick={hand.dismiss}>{say(WORDS.understood)}</button></div>
    </div>
  );
}
