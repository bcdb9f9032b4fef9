// Ballots that a service outside signs: begun in the ledger, then cast or lapsed; and the time of grace:
// `services/rules/begun.py`.
import * as why from "../refusals.ts";
import type { LedgerEntry, PollDefinition } from "../wire.ts";
import type { Cast } from "./ballot.ts";
import { decode, digest } from "./base64url.ts";
import { bytesOf } from "./bytes.ts";
import type { Placed } from "./extract.ts";
import { refuse, Refused, wrapping } from "./refused.ts";

type Of<K extends LedgerEntry["kind"]> = Extract<LedgerEntry, { kind: K }>;
export type Closing = Of<"poll.closing">;

/** What each ballot that was begun must have been begun with, by its line's index. */
export type Commitments = ReadonlyMap<number, string>;

/** What became of the ballots that were begun; `cutOff`: still with their services at the cut. `voters`: who began
 * each that came, by its line's index. */
export interface Begun {
  begun: number;
  inTime: number;
  inGrace: number;
  lapsed: number;
  cutOff: number;
  readonly voters: Map<number, string>;
}

/** Where they stand while the lines are read: voter by commitment, and the other way round. */
export interface Course extends Begun {
  readonly pending: Map<string, string>;
  readonly said: Map<string, string>;
  closing: Closing | null;
}

export function beginning(): Course {
  return { begun: 0, inTime: 0, inGrace: 0, lapsed: 0, cutOff: 0, voters: new Map(), pending: new Map(), said: new Map(), closing: null };
}

/** SHA-256 of the salt and the JWS signing input, of each ballot that names a salt. Refuses with order_wrong. */
export async function commitments(lines: readonly Placed[]): Promise<Commitments> {
  const found = new Map<number, string>();
  for (const { entry, index } of lines) {
    if (entry.kind !== "ballot" || !entry.salt) continue;
    const salt = await wrapping(() => decode(entry.salt), () => new Refused(why.ORDER_WRONG, { index, what: "salt" }));
    const input = bytesOf(entry.jws.slice(0, entry.jws.lastIndexOf(".")));
    found.set(index, await digest(Uint8Array.of(...salt, ...input)));
  }
  return found;
}

/** One more line: a ballot begun, cast or lapsed. Refuses with order_wrong. */
export function follow(course: Course, placed: Placed, isOver: boolean, committed: Commitments): void {
  const { entry } = placed;
  if (entry.kind === "ballot.begun") {
    must(!course.pending.has(entry.commitment), placed, "begun twice");
    must(!course.said.has(entry.voter), placed, "two ballots of one voter begun at once");
    course.pending.set(entry.commitment, entry.voter);
    course.said.set(entry.voter, entry.commitment);
    course.begun += 1;
  } else if (entry.kind === "ballot.lapsed") {
    course.pending.delete(course.said.get(entry.voter) ?? wrong(placed, "no ballot of this voter was begun"));
    course.said.delete(entry.voter);
    course.lapsed += 1;
  } else if (entry.kind === "ballot" && entry.salt) {
    cast(course, placed, isOver, committed.get(placed.index) ?? "");
  } else {
    must(!isOver, placed, "a ballot after the end that was not begun before");
  }
}

function cast(course: Course, placed: Placed, isOver: boolean, said: string): void {
  const voter = course.pending.get(said) ?? wrong(placed, "no such ballot was begun");
  must(!isOver || course.closing === null || placed.entry.at <= course.closing.until, placed, "after the time of grace");
  course.pending.delete(said);
  course.said.delete(voter);
  course.voters.set(placed.index, voter);
  if (isOver) course.inGrace += 1;
  else course.inTime += 1;
}

/** The end of voting, with ballots still to come. */
export function end(course: Course, placed: Placed, closing: Closing): void {
  must(closing.begun === course.pending.size && course.pending.size > 0, placed, "number of ballots begun");
  course.closing = closing;
}

/** The cut: nobody's time of grace is cut short, and it is the end's act that is named. */
export function close(course: Course, placed: Placed, closed: Of<"poll.closed">): void {
  const { closing, pending } = course;
  course.cutOff = pending.size;
  if (closing === null) return;
  must(closed.jws === closing.jws && closed.cause === closing.cause, placed, "another act than the end");
  must(closed.present.join() === closing.present.join(), placed, "others present than at the end");
  must(!pending.size || closed.at >= closing.until, placed, "before the time of grace was over");
}

/** Whoever had begun was given the time of grace that the question grants, and no other. */
export function mustBeGranted({ cutOff }: Begun, closing: Closing | null, { grace_s: seconds }: PollDefinition): void {
  const grace = seconds * 1000;
  const right = closing === null ? !(grace && cutOff) : grace > 0 && closing.until === closing.at + grace;
  if (!right) refuse(why.ORDER_WRONG, { index: 0, what: "the time of grace" });
}

/** Each ballot that was begun is of the voter who began it. */
export function mustBeTheirs({ voters }: Begun, ballots: readonly Placed[], casts: readonly Cast[]): void {
  for (const [place, { payload }] of casts.entries()) {
    const placed = ballots[place];
    if (placed && (voters.get(placed.index) ?? payload.voter) !== payload.voter) wrong(placed, "begun by another voter");
  }
}

function must(right: boolean, placed: Placed, what: string): void {
  if (!right) wrong(placed, what);
}

function wrong(placed: Placed, what: string): never {
  return refuse(why.ORDER_WRONG, { index: placed.index, what });
}
