// The whole check of the minutes of a sitting, as any stranger can make it: minutes.json and a trust anchor. The same
// checks in the same order as `services/rules/minutes.py`.
import { WORDS } from "../refusal_words.ts";
import * as why from "../refusals.ts";
import { MinutesStatementShape, RollShape, WithheldShape, type MinutesStatement, type Roll, type Statement, type Withheld } from "../wire.ts";
import { encode } from "./base64url.ts";
import { bytesOf, type Bytes } from "./bytes.ts";
import type { Anchors } from "./credential.ts";
import { openExtract } from "./extract.ts";
import { readHolders } from "./holders.ts";
import { readExactly } from "./json.ts";
import { parse } from "./jws.ts";
import { leafHash } from "./merkle.ts";
import { ledgerKey } from "./note.ts";
import { pollsOf, unsaid, type Voted } from "./proceedings.ts";
import { callFacts, Refused, refuse, wrapping } from "./refused.ts";
import { openSealed } from "./seal.ts";
import { mustBeClean } from "./text.ts";

callFacts(WORDS);

/** Minutes, once all in them has been checked; `unsaid`: see proceedings.ts. */
export interface Minuted {
  readonly statement: MinutesStatement;
  readonly roll: Roll;
  readonly unsaid: readonly string[];
}

/** The checks by name, in the order in which they are made. */
export const CHECKS = ["seal", "ledger", "credentials", "acts", "polls", "roll", "attendance", "agenda"] as const;
export type Check = (typeof CHECKS)[number];
type Passed = (check: Check) => void;

/** Check a whole minutes.json; `passed` hears each check as it is passed. Refuses, naming the check that failed. */
export async function verify(file: Bytes, anchors: Anchors, passed: Passed = () => undefined): Promise<Minuted> {
  const statement = await openSealed<MinutesStatement>(file, anchors, "plenary-minutes+jws", MinutesStatementShape);
  passed("seal");
  return prove(statement, anchors, passed);
}

/** The same of a statement whose signatures were found good; `passed` hears each check but that of the seal. */
export async function prove(statement: MinutesStatement, anchors: Anchors, passed: Passed = () => undefined): Promise<Minuted> {
  const { evidence, body, meeting } = statement;
  // 1. The ledger: whole, all lines together the tree that the checkpoint signs; none withheld but ballots.
  if (evidence.ledger.start) refuse(why.MINUTES_INCOMPLETE, { what: "the beginning of the ledger" });
  const lines = await openExtract(evidence.ledger);
  passed("ledger");
  // 2. The keys of all who signed an act, up to a trust anchor.
  const holders = await readHolders(evidence.credentials, anchors, body.id, lines[0]?.entry.at ?? statement.asked_at);
  passed("credentials");
  // 3. Every act on a poll is signed by who may. 4. The list of polls, made again: none is left out, none invented.
  const logKey = evidence.ledger.log_key;
  const found = await pollsOf(lines, evidence.ledger.lines.length, { meeting, body: body.id, holders, ledgerKey: await ledgerKey(logKey), logKey });
  passed("acts");
  mustBeListed(statement, found);
  passed("polls");
  // 5. The roll, who was there of it, and the agenda.
  const roll = await readRoll(statement);
  passed("roll");
  mustBeAttended(statement.attendance, roll);
  passed("attendance");
  mustBeArranged(statement);
  passed("agenda");
  return { statement, roll, unsaid: unsaid(lines) };
}

/**
 * The poll of a certificate, which was proven before: refuses unless the minutes name that very file, of the very ledger that
 * they carry. `sha256` is of certificate.json, `file` its name. Refuses with minutes_incomplete, minutes_disagree.
 */
export async function mustAgree({ statement: ours }: Minuted, theirs: Statement, sha256: string, file: string): Promise<string> {
  const disagree = (what: string) => refuse(why.MINUTES_DISAGREE, { file, what });
  const [our, their] = [ours.evidence.ledger, theirs.evidence.ledger];
  if (theirs.body.id !== ours.body.id || theirs.meeting !== ours.meeting) disagree("another sitting");
  if (their.origin !== our.origin || their.log_key !== our.log_key) disagree("another ledger");
  const poll = ours.polls.find((one) => one.poll === theirs.poll);
  if (!poll) return refuse(why.MINUTES_INCOMPLETE, { what: `poll ${theirs.poll}` });
  if (poll.certificate !== theirs.id || poll.sha256 !== sha256) disagree("another certificate");
  if (poll.definition !== theirs.definition || JSON.stringify(poll.decision) !== JSON.stringify(theirs.decision)) disagree("another result");
  // Where both have a line, it has the same hash: one ledger, shown alike to both.
  if (their.start + their.lines.length > our.start + our.lines.length) disagree("beyond the ledger of the minutes");
  const [leaves, known] = await Promise.all([their.lines, our.lines.slice(their.start - our.start)].map((lines) => Promise.all(lines.slice(0, their.lines.length).map(leafOf))));
  const other = leaves?.findIndex((leaf, place) => leaf !== known?.[place]) ?? 0;
  if (other >= 0) disagree(`line ${their.start + other} of the ledger`);
  return poll.poll;
}

/** The leaf hash of a line that was proven to be the ledger's, withheld or not. */
async function leafOf(line: string): Promise<string> {
  return line.startsWith('{"kind":"withheld"') ? readExactly<Withheld>(line, WithheldShape).leaf : encode(await leafHash(bytesOf(line)));
}

function mustBeListed({ polls, presiding }: MinutesStatement, found: readonly Voted[]): void {
  const missing = found.find(({ poll }) => !polls.some((one) => one.poll === poll));
  if (missing) refuse(why.MINUTES_INCOMPLETE, { what: `poll ${missing.poll}` });
  if (polls.length > found.length) wrong("a poll that the ledger does not have");
  found.forEach((made, place) => mustBePoll(polls[place], made));
  const opened = found.filter(({ opened_at: at }) => at !== null);
  const last = opened.reduce<Voted | undefined>((late, one) => (late && (late.opened_at ?? 0) >= (one.opened_at ?? 0) ? late : one), undefined);
  if (presiding !== (last?.presiding ?? "")) wrong("presiding");
}

function mustBePoll(stated: Voted | undefined, made: Voted): void {
  if (!stated) return wrong(`poll ${made.poll}`);
  // The item is the word of the voting room; a certificate that came after the ledger's last line, of who seals.
  const known = { ...made, item: stated.item, ...(made.certificate ? {} : { certificate: stated.certificate, sha256: stated.sha256 }) };
  if (JSON.stringify(known) !== JSON.stringify(stated)) wrong(`poll ${made.poll}`);
  const isCertified = made.declared_at !== null && !made.practice;
  if (isCertified !== (stated.certificate !== "") || isCertified !== (stated.sha256 !== "")) refuse(why.MINUTES_INCOMPLETE, { what: `the certificate of poll ${made.poll}` });
}

async function readRoll({ evidence, body, meeting }: MinutesStatement): Promise<Roll> {
  const roll = await wrapping(() => parse<Roll>(evidence.roll, RollShape), () => new Refused(why.ROLL_WRONG, { what: "not well formed" }));
  if (roll.body !== body.id || roll.meeting !== meeting) refuse(why.ROLL_WRONG, { what: "body or meeting" });
  if (!roll.entries.length || new Set(roll.entries.map(({ member }) => member)).size !== roll.entries.length) refuse(why.ROLL_WRONG, { what: "a member twice, or none" });
  return roll;
}

/** Of everybody on the roll it is said, in its order, from when to when they were there. */
function mustBeAttended(attendance: MinutesStatement["attendance"], roll: Roll): void {
  if (attendance.length < roll.entries.length) refuse(why.MINUTES_INCOMPLETE, { what: "a member of the roll" });
  const who = (all: readonly { readonly member: string; readonly name: string; readonly group: string; readonly seat: string }[]) => JSON.stringify(all.map(({ member, name, group, seat }) => [member, name, group, seat]));
  if (who(attendance) !== who(roll.entries)) wrong("attendance");
  for (const { member, stays, reason } of attendance) {
    const moments = stays.flatMap(({ came, left }) => (left === null ? [came] : [came, left]));
    if (moments.some((moment, place) => place > 0 && moment < (moments[place - 1] ?? 0)) || stays.slice(0, -1).some(({ left }) => left === null)) wrong(`attendance of ${member}`);
    if (reason && stays.some(({ left }) => left === null)) wrong(`reason of ${member}`);
  }
}

function mustBeArranged({ agenda, polls, edition, before, ended_at: ended, opened_at: opened, title, place }: MinutesStatement): void {
  const ids = new Set(agenda.map(({ id }) => id));
  if (ids.size !== agenda.length || agenda.some(({ position }, at) => at > 0 && position <= (agenda[at - 1]?.position ?? 0))) wrong("agenda");
  if (polls.some(({ item }) => item && !ids.has(item))) wrong("item of a poll");
  if ((edition === 1) !== (before === null)) wrong("edition");
  if (ended !== null && ended < opened) wrong("times");
  mustBeClean(title, "title");
  mustBeClean(place, "place");
}

function wrong(what: string): never {
  return refuse(why.MINUTES_WRONG, { what });
}
