// Questions about the polls of a meeting, asked of what a screen knows.
import type { PollShown, Presence } from "../wire.ts";
import type { Shown } from "./state.ts";

export type PollState = PollShown["state"];

/** The polls in one of these states; the one that something happened to last comes first. */
export function pollsIn(shown: Shown, ...states: readonly PollState[]): PollShown[] {
  return Object.values(shown.polls).filter(({ state }) => states.includes(state)).sort((one, other) => other.at - one.at);
}

/** The polls in which one votes, or will again when the chair goes on. */
export function openPolls(shown: Shown): PollShown[] {
  return pollsIn(shown, "open", "held");
}

/** The poll on the screens in which nobody can vote yet, or none. */
export function announcedPoll(shown: Shown): PollShown | undefined {
  return pollsIn(shown, "announced")[0];
}

/** The poll that is over and has no declared result yet, or none; ballots that were begun may still be awaited. */
export function closedPoll(shown: Shown): PollShown | undefined {
  return pollsIn(shown, "closing", "closed")[0];
}

/** How many are checked in now. */
export function presentCount({ presence }: Shown): number {
  return Object.values(presence).filter(({ present }: Presence) => present).length;
}
