import { useMemo } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { presentCount } from "../shown/polls.ts";
import { own, type Shown } from "../shown/state.ts";
import { useMeeting, type Followed } from "../views/following.ts";
import type { RollEntry } from "../wire.ts";
import { liveRow, neededToOpen, rowsOf, type PollRow } from "./polls.ts";
import { personsOf, type Company, type Person } from "./readiness.ts";
import { useRecords, type Records } from "./records.ts";

/** All that the desk knows of its meeting: told by the stream, and asked for beside it. */
export interface Known extends Followed {
  readonly records: Records;
  /** Undefined until the polls were read once. */
  readonly rows: readonly PollRow[] | undefined;
  readonly live: PollRow | undefined;
  readonly roll: readonly RollEntry[];
  readonly people: readonly Person[];
  /** Of the roll, checked in. */
  readonly present: number;
}

const NOBODY: readonly RollEntry[] = [];

export function useKnown(session: Session, meeting: string): Known {
  const followed = useMeeting(session, meeting);
  const { shown } = followed;
  const records = useRecords(session, meeting, shown);
  const rows = useMemo(() => records.polls && rowsOf(records.polls, shown), [records.polls, shown.polls]);
  const live = rows && liveRow(rows);
  const roll = records.roll ?? NOBODY;
  const people = useMemo(() => personsOf(roll, shown, { keyed: records.keyed, ...companyOf(shown, live) }), [roll, shown, records.keyed, live?.id]);
  const present = records.roll ? people.filter((one) => one.present).length : presentCount(shown);
  return { ...followed, records, rows, live, roll, people, present };
}

/** A member's name as the roll has it; who is not on it presides or writes by another role. */
export function nameOf({ roll, records }: Pick<Known, "roll" | "records">, member: string): string {
  return roll.find((entry) => entry.member === member)?.name ?? records.names.get(member) ?? member;
}

/** How many are missing so that a poll may open. */
export function missingFor({ rule }: PollRow, { roll, present }: Pick<Known, "roll" | "present">): number {
  return Math.max(0, (neededToOpen(rule, roll.length) ?? 0) - present);
}

/** Who is connected and whose ballot was received, as far as the stream tells it to the desk. */
function companyOf({ connected, receivedFrom }: Shown, live: PollRow | undefined): Pick<Company, "connected" | "received"> {
  const voters = live && (own(receivedFrom, live.id) ?? (live.received ? undefined : new Set<string>()));
  return { connected: connected.members ?? undefined, received: voters };
}
