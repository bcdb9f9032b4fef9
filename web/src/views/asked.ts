import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { persist } from "../line/server.ts";

/** What was asked for, as far as it was answered; `again` asks once more, keeping what is known until then. */
export interface Asked<T> {
  readonly value: T | undefined;
  readonly problem: unknown;
  readonly again: () => void;
}

/** Ask when one of `on` changes, and every so many milliseconds while the page is looked at; undefined asks nothing. */
export function useAsked<T>(ask: (() => Promise<T>) | undefined, on: readonly unknown[], every?: number): Asked<T> {
  const [answer, setAnswer] = useState<{ readonly value?: T; readonly problem?: unknown }>({});
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((count) => count + 1), []);
  useEffect(() => {
    if (!ask) return undefined;
    const over = new AbortController();
    persist(ask, { signal: over.signal }).then(
      (value) => !over.signal.aborted && setAnswer({ value }),
      (problem: unknown) => !over.signal.aborted && setAnswer((known) => ({ ...known, problem })),
    );
    return () => over.abort();
  }, [...on, turn]);
  useEffect(() => {
    if (!every) return undefined;
    const look = () => document.visibilityState === "visible" && again();
    const timer = setInterval(look, every);
    document.addEventListener("visibilitychange", look);
    return () => { clearInterval(timer); document.removeEventListener("visibilitychange", look); };
  }, [every]);
  return { value: answer.value, problem: answer.problem, again };
}

/** The value, taken over at most once in so many milliseconds: the first change at once, those that follow together.
 * To ask about something that may change many times in a second. */
export function useCalm<T>(value: T, every: number): T {
  const [calm, setCalm] = useState(value);
  const taken = useRef(-Infinity);
  useEffect(() => {
    if (Object.is(value, calm)) return undefined;
    const take = () => { taken.current = performance.now(); setCalm(value); };
    const wait = taken.current + every - performance.now();
    if (wait <= 0) return take();
    const timer = setTimeout(take, wait);
    return () => clearTimeout(timer);
  }, [value]);
  return calm;
}
