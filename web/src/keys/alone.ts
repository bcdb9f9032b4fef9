// One tab of this browser at a time. What one tab begins and cannot end, because it was closed, another one takes over.

/** `waits` hears that another tab is at it; so many milliseconds are given to it, then it counts as asleep. */
interface Among {
  readonly waits: () => void;
  readonly patience?: number;
  readonly signal: AbortSignal;
}

// A phone puts tabs to sleep that are not looked at, and theirs stays theirs for ever.
const PATIENCE = 8_000;

/** Do this while no other tab does what has this name. What must not be done twice must not rest on it: a tab that sleeps is
 * not waited for, and a browser that cannot tell is not asked. Throws the signal's reason. */
export async function alone<T>(name: string, act: () => Promise<T>, { waits, signal, patience = PATIENCE }: Among): Promise<T> {
  const { locks } = globalThis.navigator ?? {};
  let begun: Promise<T> | undefined;
  const begin = () => (begun = act());
  const enough = new AbortController();
  const stop = () => enough.abort();
  signal.addEventListener("abort", stop);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await locks?.request(name, { ifAvailable: true }, (lock) => lock && begin());
    if (locks && !begun) {
      waits();
      timer = setTimeout(stop, patience);
      await locks.request(name, { signal: enough.signal }, begin);
    }
  } catch (error) {
    // What was done has its own end; to have been let wait in vain is none.
    if (begun) throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
  return begun ?? act();
}
