// The polls of the meeting as the chair sees them: what was prepared, under what the live stream says of it.
import { quorumNeeded } from "../shown/needed.ts";
import { own, type Shown } from "../shown/state.ts";
import type { Poll, PollShown, Rule } from "../wire.ts";

/** A poll on the chair's desk. `present`: checked in when it opened; `at`: its last act, 0 if unknown. */
export interface PollRow extends Pick<Poll, "id" | "meeting" | "title" | "state" | "presiding" | "rule" | "definition" | "deadline" | "received" | "decision" | "practice" | "item" | "pending" | "grace_ends_at">, Pick<PollShown, "rechecking" | "recheck_until"> {
  readonly present: number;
  readonly alarm: boolean;
  readonly at: number;
}

/** Every poll in the order in which they were prepared. */
export function rowsOf(polls: readonly Poll[], shown: Shown): PollRow[] {
  return polls.map((poll) => rowOf(poll, own(shown.polls, poll.id)));
}

function rowOf({ id, meeting, title, state, presiding, rule, definition, deadline, received, decision, practice, item, pending, grace_ends_at }: Poll, told: PollShown | undefined): PollRow {
  const prepared = { id, meeting, title, state, presiding, rule, definition, deadline, received, decision, practice, item, pending, grace_ends_at, present: 0, alarm: false, at: 0, rechecking: 0, recheck_until: null };
  if (!told) return prepared;
  return {
    ...prepared, state: told.state, definition: told.definition_sha256, deadline: told.deadline, received: Math.max(received, told.received),
    decision: told.decision, present: told.present, alarm: told.alarm, at: told.at, pending: told.pending, grace_ends_at: told.grace_ends_at,
    rechecking: told.rechecking, recheck_until: told.recheck_until,
  };
}

// What asks most for the chair comes first.
const URGENCY: readonly PollRow["state"][] = ["open", "held", "closing", "closed", "announced"];

/** The poll that the chair must look at now: live, then undeclared, then announced; else the first that waits, else the last done. */
export function mostUrgent(rows: readonly PollRow[]): PollRow | undefined {
  for (const state of URGENCY) {
    const found = rows.filter((row) => row.state === state).sort((one, other) => other.at - one.at)[0];
    if (found) return found;
  }
  const done = rows.filter(({ at, state }) => at && state !== "draft").sort((one, other) => other.at - one.at)[0];
  return done ?? rows.find(({ state }) => state === "draft");
}

/** The poll in which votes are cast now, or that is held. */
export function liveRow(rows: readonly PollRow[]): PollRow | undefined {
  return rows.find(({ state }) => state === "open" || state === "held");
}

/** How many must be there before a vote may open; none where the rule asks for nobody before it. */
export function neededToOpen(rule: Rule | undefined, roll: number): number | undefined {
  return rule?.quorum?.counted === "present" ? quorumNeeded(rule, roll) : undefined;
}
