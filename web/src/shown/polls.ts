// Questions about the polls of a meeting, asked of what a screen knows.
import { KINDS, split } from "../rules/jws.ts";
import { read } from "../rules/json.ts";
import { approvalsNeeded, leastReaching } from "../rules/majority.ts";
import { PollDefinitionShape, type PollDefinition, type PollShown, type Presence, type Rule } from "../wire.ts";
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

/** The question as it stands in the signed bytes; whose signature it is, is not asked. Refuses with message_malformed. */
export function questionOf(jws: string): PollDefinition {
  return read<PollDefinition>(split(jws, KINDS.poll).payload, PollDefinitionShape);
}

/** How many must approve, and of how many: before the votes are counted it is known only of the roll and of those present. */
export function approvalsToCarry({ base, threshold }: Rule, roll: number, present: number): { needed: number; of: number } | undefined {
  const of = base === "roll" ? roll : base === "present" ? present : undefined;
  return of === undefined ? undefined : { needed: approvalsNeeded(of, threshold), of };
}

/** How many members must be there, or take part; none where the rule asks for no quorum. */
export function quorumNeeded({ quorum }: Rule, roll: number): number | undefined {
  return quorum ? leastReaching(roll, quorum.threshold) : undefined;
}

/** How many are checked in now. */
export function presentCount({ presence }: Shown): number {
  return Object.values(presence).filter(({ present }: Presence) => present).length;
}
