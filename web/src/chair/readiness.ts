// Who is ready to vote: present, with a key, connected. Plain questions to what the console knows.
import { own, type Shown } from "../shown/state.ts";
import type { RollEntry } from "../wire.ts";

/** One person of the roll: each mark is true, false, or undefined where nobody has told. */
export interface Person {
  readonly entry: RollEntry;
  readonly present: boolean;
  readonly keyed: boolean | undefined;
  readonly connected: boolean | undefined;
  /** Whether their ballot is in the ledger; never how they voted. */
  readonly received: boolean | undefined;
}

export interface Company {
  readonly keyed: ReadonlySet<string> | undefined;
  readonly connected: ReadonlySet<string> | undefined;
  readonly received: ReadonlySet<string> | undefined;
}

export function personsOf(roll: readonly RollEntry[], shown: Shown, { keyed, connected, received }: Company): Person[] {
  return roll.map((entry) => ({
    entry,
    present: own(shown.presence, entry.member)?.present ?? false,
    keyed: keyed?.has(entry.member),
    connected: connected?.has(entry.member),
    received: received?.has(entry.member),
  }));
}

/** Ready: present, and nothing that is known stands in the way. */
export function isReady({ present, keyed, connected }: Person): boolean {
  return present && keyed !== false && connected !== false;
}

/** How many of some people, of whom something is known; undefined where it is not told. */
export function countOf(people: readonly Person[], mark: "keyed" | "connected" | "received"): number | undefined {
  if (people.some((one) => one[mark] === undefined)) return undefined;
  return people.filter((one) => one[mark]).length;
}

/** Of those present who have not voted, how many have lost their connection; undefined where it is not told. */
export function lostCount(people: readonly Person[]): number | undefined {
  const waited = people.filter(({ present, received }) => present && !received);
  const connected = countOf(waited, "connected");
  return connected === undefined ? undefined : waited.length - connected;
}
