import { useState } from "preact/hooks";

/** One thing that is done at a time: whether it is under way, and what went wrong with it. */
export interface Doing {
  readonly busy: boolean;
  readonly problem: unknown;
  /** Do it, unless something is under way; `then` hears what came of it. */
  readonly act: <T>(what: () => Promise<T>, then?: (done: T) => void) => void;
  readonly clear: () => void;
}

export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const act = <T>(what: () => Promise<T>, then: (done: T) => void = () => undefined) => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    what().then(then).catch(setProblem).finally(() => setBusy(false));
  };
  return { busy, problem, act, clear: () => setProblem(undefined) };
}
