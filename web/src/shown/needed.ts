// What a signed question needs to be carried, for screens that say so beforehand. (A phone has no use for it before the result.)
import { read } from "../rules/json.ts";
import { KINDS, split } from "../rules/jws.ts";
import { approvalsNeeded, leastReaching } from "../rules/majority.ts";
import { PollDefinitionShape, type PollDefinition, type Rule } from "../wire.ts";

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
