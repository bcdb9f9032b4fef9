// Questions about the seats of the hall: whose each is, and what it shows.
import type { Choice } from "../rules/ballot.ts";
import type { Seat } from "../wire.ts";
import { speaking } from "./speaking.ts";
import { own, type Shown } from "./state.ts";

/** What a seat shows while one sits there: never how somebody voted. */
export type SeatState = "absent" | "present" | "asking" | "speaking" | "received" | "lost";

/** What a seat shows after a named vote: the choice, or that there was none. */
export type SeatChoice = Choice | "none";

/**
 * A function from a member to what their seat shows now: what matters most to the hall comes first. While a `poll` is
 * open or being counted, whether their ballot has come; never how they voted. Lost: checked in, without a live screen.
 */
export function seatStates(shown: Shown, poll = ""): (member: string) => SeatState {
  const speaker = speaking(shown.floor)?.member;
  const asking = new Set((shown.floor?.lanes ?? []).flatMap(({ waiting }) => waiting.map(({ member }) => member)));
  const received = own(shown.receivedFrom, poll);
  const { members } = shown.connected;
  return (member) => {
    if (member === speaker) return "speaking";
    if (received?.has(member)) return "received";
    if (!own(shown.presence, member)?.present) return "absent";
    if (members && !members.has(member)) return "lost";
    return asking.has(member) ? "asking" : "present";
  };
}

/** The seats in the order in which a plan is read: row by row as their names say (A2 before A10), without a name last. */
export function inOrder(seats: readonly Seat[]): Seat[] {
  const compare = new Intl.Collator("vi", { numeric: true }).compare;
  return [...seats].sort((one, other) => Number(!one.seat) - Number(!other.seat) || compare(one.seat, other.seat) || compare(one.member, other.member));
}
