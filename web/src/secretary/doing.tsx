import { useState } from "preact/hooks";
import { useDoing as useOne } from "../views/doing.ts";
import { Problem } from "../views/problem.tsx";
import { say, type Words } from "../words/language.ts";

/** One thing that is being done at a time, and how it ended. */
export interface Doing {
  readonly busy: boolean;
  readonly problem: unknown;
  readonly done: { readonly words: Words; readonly values: Readonly<Record<string, string | number>> } | undefined;
  /** Do it; `words` are said when it is done. */
  run(act: () => Promise<unknown>, words: Words, values?: Readonly<Record<string, string | number>>): void;
  clear(): void;
}

export function useDoing(): Doing {
  const { busy, problem, act, clear: forget } = useOne();
  const [done, setDone] = useState<Doing["done"]>();
  const clear = () => { forget(); setDone(undefined); };
  return {
    busy, problem, done, clear,
    run: (what, words, values = {}) => {
      if (busy) return;
      clear();
      act(what, () => setDone({ words, values }));
    },
  };
}

/** How it ended, read out: what was done, or what stands in the way. */
export function Outcome({ of: { problem, done } }: { of: Doing }) {
  return (
    <>
      {problem !== undefined && <Problem of={problem} />}
      <div role="status">{done && <p class="notice good">{say(done.words, done.values)}</p>}</div>
    </>
  );
}
