import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useDoing } from "./doing.ts";

/** A part of a page that is fetched when somebody presses for it. */
export function useFetched(fetch: () => Promise<() => ComponentChildren>) {
  const { problem, act } = useDoing();
  const [shown, setShown] = useState<() => ComponentChildren>();
  // A function that is given to a state is called: wrapped, it is kept.
  return { problem, shown, press: () => act(fetch, (part) => setShown(() => part)) };
}
