import { useCallback, useEffect, useState } from "preact/hooks";
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
