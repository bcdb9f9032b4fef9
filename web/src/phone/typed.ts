// What is typed and not sent yet. It outlives a vote that takes the screen, and a page that is loaded again; it goes with the tab.
import { useState } from "preact/hooks";

const NAME = "plenary.typed";
const known = new Map<string, unknown>();

/** What was typed under this name, or what is there before anything was; kept until undefined is typed. */
export function useTyped<T>(name: string, before: T): readonly [T, (typed: T | undefined) => void] {
  const [, draw] = useState(0);
  if (!known.has(name)) known.set(name, stored(name));
  const type = (typed: T | undefined) => {
    known.set(name, typed);
    store(name, typed);
    draw((count) => count + 1);
  };
  return [(known.get(name) as T | undefined) ?? before, type];
}

function stored(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(`${NAME} ${name}`) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

function store(name: string, typed: unknown): void {
  try {
    if (typed === undefined) sessionStorage.removeItem(`${NAME} ${name}`);
    else sessionStorage.setItem(`${NAME} ${name}`, JSON.stringify(typed));
  } catch {
    // A browser that keeps nothing has it for as long as the page stands.
  }
}
