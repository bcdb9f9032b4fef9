// Counting ballots, by two roads that share no step: `services/rules/tally.py`.
import * as why from "../refusals.ts";
import type { Counts } from "../wire.ts";
import type { Cast } from "./ballot.ts";
import { refuse } from "./refused.ts";

const NONE: ReadonlySet<string> = new Set();

/** First road: ballot by ballot, each taking the place of the voter's last; `excluded` ones (by hash) take nobody's place.
 * Refuses with tally_wrong. */
export function count(ballots: readonly Cast[], voters: ReadonlySet<string>, changes: boolean, excluded = NONE): Counts {
  const counts = { approve: 0, reject: 0, abstain: 0 };
  const standing = new Map<string, Cast>();
  const counted = new Map<string, Cast>();
  for (const ballot of ballots) {
    const { voter, choice } = ballot.payload;
    const old = standing.get(voter);
    mustBeEntitled(voter, voters);
    mustFollow(ballot, old, changes);
    standing.set(voter, ballot);
    if (excluded.has(ballot.sha256)) continue;
    const before = counted.get(voter);
    counts[choice] += 1;
    if (before) counts[before.payload.choice] -= 1;
    counted.set(voter, ballot);
  }
  return counts;
}

/** Second road: each voter's whole history, checked; its end, of those that are not `excluded`, is the ballot that counts.
 * Refuses with tally_wrong. */
export function lastBallots(ballots: readonly Cast[], voters: ReadonlySet<string>, changes: boolean, excluded = NONE): ReadonlyMap<string, Cast> {
  const histories = new Map<string, Cast[]>();
  for (const ballot of ballots) histories.set(ballot.payload.voter, [...(histories.get(ballot.payload.voter) ?? []), ballot]);
  const last = new Map<string, Cast>();
  for (const [voter, history] of histories) {
    mustBeEntitled(voter, voters);
    if (history.length > 1 && !changes) wrong(voter, "a second ballot where a vote cannot be changed");
    if (history.some(({ payload }, place) => payload.seq !== place + 1)) wrong(voter, "a number left out or used twice");
    const named = [null, ...history.map(({ sha256 }) => sha256)];
    if (history.some(({ payload }, place) => payload.supersedes !== named[place])) wrong(voter, "it supersedes another ballot than the last");
    if (new Set(history.map(({ payload }) => payload.poll)).size !== 1) wrong(voter, "a ballot of another poll");
    for (const ballot of history) if (!excluded.has(ballot.sha256)) last.set(voter, ballot);
  }
  return last;
}

/** The end of the second road: one ballot of each voter. */
export function countLast(last: Iterable<Cast>): Counts {
  const choices = Array.from(last, ({ payload }) => payload.choice);
  const of = (wanted: string) => choices.filter((choice) => choice === wanted).length;
  return { approve: of("approve"), reject: of("reject"), abstain: of("abstain") };
}

function mustFollow({ payload }: Cast, old: Cast | undefined, changes: boolean): void {
  const { voter, seq, supersedes, poll } = payload;
  if (!old) {
    if (seq !== 1 || supersedes !== null) wrong(voter, "the first ballot must be number 1 and supersede none");
    return;
  }
  if (!changes) wrong(voter, "a second ballot where a vote cannot be changed");
  if (poll !== old.payload.poll) wrong(voter, "a ballot of another poll");
  if (seq !== old.payload.seq + 1) wrong(voter, "a number left out or used twice");
  if (supersedes !== old.sha256) wrong(voter, "it supersedes another ballot than the last");
}

function mustBeEntitled(voter: string, voters: ReadonlySet<string>): void {
  if (!voters.has(voter)) wrong(voter, "not on the roll");
}

function wrong(voter: string, what: string): never {
  return refuse(why.TALLY_WRONG, { voter, what });
}
