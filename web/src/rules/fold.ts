// The life of one poll, read from its ledger lines: only the listed steps, in order, within their times:
// `services/rules/fold.py`.
//
//     announced -> open <-> held -> (closing ->) closed -> (rechecked ->) counted -> declared
import * as why from "../refusals.ts";
import type { LedgerEntry } from "../wire.ts";
import * as begun from "./begun.ts";
import type { Begun, Closing, Commitments } from "./begun.ts";
import type { Placed } from "./extract.ts";
import { refuse } from "./refused.ts";

type Kind = LedgerEntry["kind"];
type Of<K extends Kind> = Extract<LedgerEntry, { kind: K }>;
const ACTS = ["poll.announced", "poll.held", "poll.resumed", "poll.extended", "poll.closing", "poll.closed", "poll.declared"] as const;
export type ActLine = Of<(typeof ACTS)[number]>;
export type BallotLine = Of<"ballot">;

// From which states a line may come, and to which it leads.
const STEPS: { readonly [kind in Kind]?: readonly [readonly string[], string] } = {
  "poll.announced": [[""], "announced"],
  "poll.opened": [["announced"], "open"],
  "poll.held": [["open"], "held"],
  "poll.resumed": [["held"], "open"],
  "poll.extended": [["open"], "open"],
  "poll.closing": [["open", "held"], "closing"],
  "poll.closed": [["open", "held", "closing"], "closed"],
  "poll.rechecked": [["closed"], "rechecked"],
  "poll.counted": [["closed", "rechecked"], "counted"],
  "poll.declared": [["counted"], "declared"],
};

// In which states a ballot may come, be begun, or lapse; none of them moves the poll.
const BALLOTS: { readonly [kind in Kind]?: readonly string[] } = {
  ballot: ["open", "closing"],
  "ballot.begun": ["open"],
  "ballot.lapsed": ["open", "held", "closing"],
};

/** A declared poll: its opening, what was signed to move it on, its ballots, its end; `closing`: the end of voting, if
 * ballots that were begun before could come after it; `rechecked`: what was found of outside certificates, if any stand
 * behind ballots. */
export interface History {
  readonly announced: Of<"poll.announced">;
  readonly opened: Placed<Of<"poll.opened">>;
  readonly acts: readonly Placed<ActLine>[];
  readonly ballots: readonly Placed<BallotLine>[];
  readonly closed: Of<"poll.closed">;
  readonly rechecked: Of<"poll.rechecked"> | null;
  readonly counted: Placed<Of<"poll.counted">>;
  readonly closing: Closing | null;
  readonly begun: Begun;
}

/** Where the poll stands while its lines are read; times in milliseconds. */
interface Course {
  state: string;
  deadline: number | null;
  heldAt: number;
  readonly milestones: Map<Kind, Placed>;
  readonly acts: Placed<ActLine>[];
  readonly ballots: Placed<BallotLine>[];
  readonly begun: begun.Course;
  readonly committed: Commitments;
}

/** The history of a poll that was declared and not touched since. Refuses with order_wrong, naming the line. */
export function follow(lines: readonly Placed[], poll: string, committed: Commitments): History {
  const course: Course = { state: "", deadline: null, heldAt: 0, milestones: new Map(), acts: [], ballots: [], begun: begun.beginning(), committed };
  const last = lines.filter(({ entry }) => entry.poll === poll).reduce((_, placed) => step(course, placed), 0);
  if (course.state !== "declared") refuse(why.ORDER_WRONG, { index: last, what: "the poll was not declared" });
  return {
    announced: milestone(course, "poll.announced").entry,
    opened: milestone(course, "poll.opened"),
    acts: course.acts,
    ballots: course.ballots,
    closed: milestone(course, "poll.closed").entry,
    rechecked: course.milestones.has("poll.rechecked") ? milestone(course, "poll.rechecked").entry : null,
    counted: milestone(course, "poll.counted"),
    closing: course.begun.closing,
    begun: course.begun,
  };
}

function step(course: Course, placed: Placed): number {
  const { kind } = placed.entry;
  const ballots = BALLOTS[kind];
  const [before, after] = ballots ? [ballots, course.state] : (STEPS[kind] ?? wrong(placed, `${kind} of a poll to be certified`));
  if (!before.includes(course.state)) wrong(placed, misplaced(kind, course.state));
  if (ballots) {
    take(course, placed);
    return placed.index;
  }
  keepTime(course, placed);
  // Who ended it has signed the line with which it ended; the cut that follows a time of grace only repeats it.
  if (is(placed, ACTS) && course.state !== "closing") course.acts.push(placed);
  course.state = after;
  course.milestones.set(kind, placed);
  return placed.index;
}

/** A ballot, or what is said of one that was begun. */
function take(course: Course, placed: Placed): void {
  if (course.state === "open" && placed.entry.kind !== "ballot.lapsed") mustBeInTime(course, placed);
  begun.follow(course.begun, placed, course.state === "closing", course.committed);
  if (is(placed, ["ballot"])) course.ballots.push(placed);
}

function is<K extends Kind>(placed: Placed, kinds: readonly K[]): placed is Placed<Of<K>> {
  return kinds.some((kind) => kind === placed.entry.kind);
}

function misplaced(kind: Kind, state: string): string {
  const after = kind === "ballot" && ["closed", "rechecked", "counted", "declared"].includes(state);
  return after ? "a ballot after the poll was closed" : `${kind} of a poll that is ${state || "not announced"}`;
}

function mustBeInTime({ deadline }: Course, placed: Placed): void {
  if (deadline !== null && placed.entry.at > deadline) wrong(placed, "after the deadline");
}

/** Move the clock of the poll on: it stands while the poll is held, and is never turned back. */
function keepTime(course: Course, placed: Placed): void {
  const { entry } = placed;
  switch (entry.kind) {
    case "poll.opened":
      must(entry.deadline === null || entry.deadline > entry.at, placed, "deadline");
      course.deadline = entry.deadline;
      break;
    case "poll.held":
      mustBeInTime(course, placed);
      course.heldAt = entry.at;
      break;
    case "poll.resumed":
      must(entry.deadline === (course.deadline === null ? null : course.deadline - course.heldAt + entry.at), placed, "the time that was left");
      course.deadline = entry.deadline;
      break;
    case "poll.extended":
      mustBeInTime(course, placed);
      must(course.deadline !== null && entry.deadline > course.deadline, placed, "no longer than before");
      course.deadline = entry.deadline;
      break;
    case "poll.closing":
      mustEndRightly(course, placed, entry);
      begun.end(course.begun, placed, entry);
      break;
    case "poll.closed":
      if (course.state !== "closing") mustEndRightly(course, placed, entry);
      begun.close(course.begun, placed, entry);
      must(entry.ballots === course.ballots.length, placed, "number of ballots");
  }
}

function mustEndRightly(course: Course, placed: Placed, end: Closing | Of<"poll.closed">): void {
  const passed = course.state === "open" && course.deadline !== null && end.at >= course.deadline;
  must(end.cause !== "deadline" || passed, placed, "the deadline had not passed");
}

function milestone<K extends Kind>(course: Course, kind: K): Placed<Of<K>> {
  const placed = course.milestones.get(kind);
  return placed && is(placed, [kind]) ? placed : refuse(why.ORDER_WRONG, { index: 0, what: `no ${kind}` });
}

function must(right: boolean, placed: Placed, what: string): void {
  if (!right) wrong(placed, what);
}

function wrong(placed: Placed, what: string): never {
  return refuse(why.ORDER_WRONG, { index: placed.index, what });
}
