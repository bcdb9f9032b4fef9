import { useEffect, useState } from "preact/hooks";
import { say } from "../words/language.ts";
import { clockText, markAt, URGENT } from "./times.ts";
import { WORDS } from "./words.ts";

/** Draw again at each whole second that is left until `until`, by the server's clock; stands still without one. */
export function useLeft(until: number | null, now: () => number): number | null {
  const [, draw] = useState(0);
  const left = until === null ? null : until - now();
  useEffect(() => {
    if (left === null) return undefined;
    const rest = ((left % 1000) + 1000) % 1000;
    const timer = setTimeout(() => draw((count) => count + 1), rest + 5);
    return () => clearTimeout(timer);
  });
  return left;
}

interface CountdownOf {
  /** When it ends, in the server's milliseconds; null while it stands still, with `left` then. */
  readonly until: number | null;
  readonly left?: number;
  readonly now: () => number;
}

// "59:59"; what is longer has hours in it.
const MINUTES = 5;

/** What is left, in large figures. Read out politely at 5 min, 1 min and 30 s, urgently at 15 s. */
export function Countdown({ until, left: standing = 0, now }: CountdownOf) {
  const running = useLeft(until, now);
  const left = running ?? standing;
  const seconds = Math.ceil(left / 1000);
  const figure = clockText(left);
  const mark = running === null ? undefined : markAt(seconds);
  const urgent = running !== null && seconds <= URGENT;
  const told = mark === undefined ? "" : seconds <= 0 ? say(WORDS.timeUp) : mark < 60 ? say(WORDS.secondsLeft, { n: mark }) : say(WORDS.minutesLeft, { n: mark / 60 });
  return (
    <>
      <span class={`countdown ${urgent ? "urgent" : ""} ${figure.length > MINUTES ? "long" : ""}`} role="timer" aria-live="off">{figure}</span>
      <span class="unseen" aria-live="polite">{urgent ? "" : told}</span>
      <span class="unseen" aria-live="assertive">{urgent ? told : ""}</span>
    </>
  );
}
