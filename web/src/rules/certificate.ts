// The whole check of a certificate, as any stranger can make it: one file, a trust anchor, no network, no clock. The
// same checks in the same order as `services/rules/proof.py`; what is not proven is refused with the code of its check.
import { WORDS } from "../refusal_words.ts";
import * as why from "../refusals.ts";
import { RollShape, type Decision, type PollDefinition, type Roll, type Statement } from "../wire.ts";
import { readDefinition, readSteps, type Step } from "./acts.ts";
import * as ballot from "./ballot.ts";
import { digest } from "./base64url.ts";
import { commitments, mustBeGranted, mustBeTheirs } from "./begun.ts";
import { bytesOf, type Bytes } from "./bytes.ts";
import type { Anchors } from "./credential.ts";
import { openExtract, type Placed } from "./extract.ts";
import { follow, type BallotLine, type History } from "./fold.ts";
import { holderAt, readHolders, type Holders } from "./holders.ts";
import { parse } from "./jws.ts";
import { decide } from "./majority.ts";
import { ledgerKey } from "./note.ts";
import * as rechecked from "./rechecked.ts";
import type { Weighed } from "./rechecked.ts";
import { callFacts, Refused, refuse, wrapping } from "./refused.ts";
import { openFile } from "./seal.ts";
import * as stepUp from "./step_up.ts";
import { count, countLast, lastBallots } from "./tally.ts";
import { mustBeClean } from "./text.ts";

callFacts(WORDS);

/** The checks by name, in the order in which they are made. */
export const CHECKS = ["seal", "ledger", "order", "credentials", "question", "roll", "acts", "ballots", "count", "decision"] as const;
export type Check = (typeof CHECKS)[number];

/** What one voter chose in the end, the ledger line that says so, and the hash of the ballot in it. */
export interface Vote {
  readonly choice: ballot.Choice;
  readonly index: number;
  readonly sha256: string;
}

/** What a certificate says, once everything in it has been checked. `votes` is by member id; `replaced`: the ballots that
 * their voter changed later, by hash, and whose they were; `weighed`: what became of ballots by certificates of other
 * authorities; `confirmed`: by ledger line, what passkeys said that confirmed one. */
export interface Proven {
  readonly statement: Statement;
  readonly definition: PollDefinition;
  readonly roll: Roll;
  readonly steps: readonly Step[];
  readonly ballots: number;
  readonly votes: ReadonlyMap<string, Vote>;
  readonly replaced: ReadonlyMap<string, string>;
  readonly weighed: Weighed;
  readonly confirmed: ReadonlyMap<number, stepUp.Flags>;
}

/** Check a whole certificate.json; `passed` hears each check as it is passed. Refuses, naming the check that failed. */
export async function verify(file: Bytes, anchors: Anchors, passed: (check: Check) => void = () => undefined): Promise<Proven> {
  // 0. The seal, up to a trust anchor; then everything that is sealed.
  const statement = await openFile(file, anchors);
  passed("seal");
  return prove(statement, anchors, passed);
}

/** The same of a statement whose signatures were found good; `passed` hears each check but that of the seal. */
export async function prove(statement: Statement, anchors: Anchors, passed: (check: Check) => void = () => undefined): Promise<Proven> {
  const { evidence } = statement;
  // 1. The ledger: every line readable, all lines together the tree that the checkpoint signs.
  const lines = await openExtract(evidence.ledger);
  passed("ledger");
  // 2. The life of the poll: announced, opened, closed, counted, declared, in order and in time.
  const history = follow(lines, statement.poll, await commitments(lines.filter(({ entry }) => entry.poll === statement.poll)));
  passed("order");
  // 3. The keys: every credential up to a trust anchor.
  const holders = await readHolders(evidence.credentials, anchors, statement.body.id, history.opened.entry.at);
  passed("credentials");
  // 4. The question: signed by the person presiding, with the hash that every ballot names; what it says is stated; asked in earnest.
  const definition = await readDefinition(history, holders);
  await mustBeStated(statement, definition, history);
  mustBeGranted(history.begun, history.closing, definition);
  if (definition.practice) refuse(why.PRACTICE_VOTE);
  passed("question");
  // 5. The roll: the bytes that the question names.
  const roll = await readRoll(statement, definition);
  passed("roll");
  // 6. The acts: each signed by who may, saying what its line says; the result declared is the result counted.
  const logKey = evidence.ledger.log_key;
  const steps = await readSteps(history, { definition, hash: statement.definition, holders, logKey, ledgerKey: await ledgerKey(logKey) });
  passed("acts");
  // 7. The ballots: each signed by its voter over this question; what passkeys confirmed beside them, where it asks for that.
  const asked = ballot.question(definition, statement.definition, new Set(roll.entries.map(({ member }) => member)));
  const cast = await Promise.all(history.ballots.map((placed) => readBallot(placed, asked, holders)));
  mustBeTheirs(history.begun, history.ballots, cast);
  const confirmed = await stepUp.read(history.ballots, cast, definition);
  passed("ballots");
  // 8. What was found after the cut of certificates of other authorities; the counts, by two roads: a voter's last ballot
  //    that is not excluded for it counts.
  const weighed = rechecked.read(history, definition, cast, holders);
  const last = countTwice(cast, asked, definition, history, weighed.excluded);
  passed("count");
  // 9. The decision and its sentences, made again from the rule.
  mustBeDecided(statement, definition, history, roll, last, weighed);
  passed("decision");
  const indexes = new Map(cast.map(({ sha256 }, place) => [sha256, history.ballots[place]?.index ?? -1]));
  const votes = new Map(Array.from(last, ([voter, { payload, sha256 }]) => [voter, { choice: payload.choice, index: indexes.get(sha256) ?? -1, sha256 }]));
  const replaced = new Map(cast.filter(({ payload, sha256 }) => last.get(payload.voter)?.sha256 !== sha256).map(({ payload, sha256 }) => [sha256, payload.voter]));
  return { statement, definition, roll, steps, ballots: cast.length, votes, replaced, weighed, confirmed };
}

/** The statement, the announcement and the signed question say the same. */
async function mustBeStated(statement: Statement, definition: PollDefinition, { opened, announced, counted }: History): Promise<void> {
  const { duration_s: duration } = definition;
  const pairs: { readonly [name: string]: readonly [unknown, unknown] } = {
    hash: [await digest(bytesOf(opened.entry.definition)), statement.definition],
    origin: [definition.origin, statement.evidence.ledger.origin],
    body: [JSON.stringify(definition.body), JSON.stringify(statement.body)],
    meeting: [definition.meeting, statement.meeting],
    poll: [definition.id, statement.poll],
    title: [definition.title, statement.title],
    "announced title": [definition.title, announced.title],
    deadline: [opened.entry.deadline, duration === null ? null : opened.entry.at + duration * 1000],
    "hash in the counted line": [counted.entry.definition, statement.definition],
  };
  for (const [what, [one, other]] of Object.entries(pairs)) if (one !== other) refuse(why.DEFINITION_WRONG, { what });
  await mustHaveCleanOptions(definition);
}

async function mustHaveCleanOptions({ options, title }: PollDefinition): Promise<void> {
  const [choices, labels] = [new Set(options.map(({ choice }) => choice)), new Set(options.map(({ label }) => label))];
  if (!options.length || choices.size !== options.length || labels.size !== options.length) refuse(why.DEFINITION_WRONG, { what: "options" });
  const clean = () => {
    for (const label of labels) mustBeClean(label, "label");
    mustBeClean(title, "title");
  };
  await wrapping(clean, ({ code }) => new Refused(why.DEFINITION_WRONG, { what: code }));
}

async function readRoll({ evidence }: Statement, definition: PollDefinition): Promise<Roll> {
  const wrong = (what: string) => new Refused(why.ROLL_WRONG, { what });
  const raw = bytesOf(evidence.roll);
  if ((await digest(raw)) !== definition.roll) throw wrong("hash");
  const roll = await wrapping(() => parse<Roll>(raw, RollShape), () => wrong("not well formed"));
  if (roll.body !== definition.body.id || roll.meeting !== definition.meeting) throw wrong("body or meeting");
  if (!roll.entries.length || new Set(roll.entries.map(({ member }) => member)).size !== roll.entries.length) throw wrong("a member twice, or none");
  return roll;
}

function readBallot({ entry, index }: Placed<BallotLine>, asked: ballot.Question, holders: Holders): Promise<ballot.Cast> {
  return wrapping(
    () => ballot.read(entry.jws, asked, holderAt(holders, entry.at)),
    ({ code }) => new Refused(why.BALLOT_WRONG, { index, what: code }),
  );
}

function countTwice(cast: readonly ballot.Cast[], { voters }: ballot.Question, { changes }: PollDefinition, { counted }: History, excluded: ReadonlySet<string>): ReadonlyMap<string, ballot.Cast> {
  const running = count(cast, voters, changes, excluded);
  const last = lastBallots(cast, voters, changes, excluded);
  if (!isSame(countLast(last.values()), running)) refuse(why.COUNT_WRONG, { what: "two counts differ" });
  if (!isSame(counted.entry.decision.counts, running)) refuse(why.COUNT_WRONG, { what: "counted line" });
  return last;
}

function mustBeDecided(statement: Statement, definition: PollDefinition, history: History, roll: Roll, last: ReadonlyMap<string, ballot.Cast>, weighed: Weighed): void {
  const [atOpen, atClose] = [history.opened.entry.present, history.closed.present];
  const members = new Set(roll.entries.map(({ member }) => member));
  for (const present of [atOpen, atClose]) {
    if (new Set(present).size !== present.length || !present.every((one) => members.has(one))) wrongly("present");
  }
  const decision = decide(definition, history.counted.entry.decision.counts, {
    roll: roll.entries.length,
    presentOpen: atOpen.length,
    // Whoever cast a ballot was there, checked in or not.
    presentClose: new Set([...atClose, ...last.keys()]).size,
    chair: last.get(definition.presiding)?.payload.choice ?? null,
    rechecked: weighed.counts,
  });
  if (decision.quorum_open?.met === false && !definition.without_quorum) wrongly("opened without quorum and without a reason");
  const claims: readonly (readonly [string, Decision])[] = [["counted line", history.counted.entry.decision], ["statement", statement.decision]];
  for (const [name, other] of claims) {
    const members = Object.keys({ ...decision, ...other }) as (keyof Decision)[];
    const different = members.find((member) => !isSame(decision[member], other[member]));
    if (different) wrongly(`${name}: ${different}`);
  }
}

// Both have their members in the order of the wire.
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function wrongly(what: string): never {
  return refuse(why.DECISION_WRONG, { what });
}
