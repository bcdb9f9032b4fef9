// The polls of a whole sitting, made from its ledger: every line is there, ballots as their leaf hashes alone:
// `services/rules/proceedings.py`.
import * as why from "../refusals.ts";
import { ActPayloadShape, PollDefinitionShape, type ActPayload, type LedgerEntry, type MinutesStatement, type PollDefinition } from "../wire.ts";
import { mustBeNew, NAMES, readPersonsAct, readServerAct } from "./acts.ts";
import { decode, digest } from "./base64url.ts";
import { bytesOf } from "./bytes.ts";
import type { Placed } from "./extract.ts";
import { holderAt, type Holders } from "./holders.ts";
import { KINDS, parse, signerOf, split, verify } from "./jws.ts";
import type { PublicKey } from "./keys.ts";
import { Refused, refuse, wrapping } from "./refused.ts";
import { isBlank } from "./text.ts";
import { Stretch } from "./withheld.ts";

type Kind = LedgerEntry["kind"];
type Of<K extends Kind> = Extract<LedgerEntry, { kind: K }>;
export type Voted = MinutesStatement["polls"][number];

const UNDER_WAY = ["open", "held", "closing"];
const CUT = ["closed", "rechecked"];
// From which states a line may come, and to which it leads; other lines move no poll.
const STEPS: { readonly [kind in Kind]?: readonly [readonly string[], string] } = {
  "poll.announced": [[""], "announced"],
  "poll.opened": [["announced"], "open"],
  "poll.held": [["open"], "held"],
  "poll.resumed": [["held"], "open"],
  "poll.extended": [["open"], "open"],
  "poll.closing": [["open", "held"], "closing"],
  "poll.closed": [UNDER_WAY, "closed"],
  "poll.rechecked": [["closed"], "rechecked"],
  "poll.counted": [CUT, "counted"],
  "poll.alarmed": [CUT, "alarmed"],
  "poll.declared": [["counted"], "declared"],
  "poll.certified": [["declared"], "certified"],
  "poll.voided": [["announced", ...UNDER_WAY, ...CUT, "counted", "alarmed", "declared", "certified"], "voided"],
};
// As people are told of them.
const TOLD: { readonly [state: string]: Voted["state"] } = { rechecked: "closed", counted: "closed", alarmed: "closed" };

/** A poll while its lines are read. */
interface Course {
  readonly poll: string;
  state: string;
  readonly lines: Map<Kind, Placed>;
  definition: PollDefinition | undefined;
  hash: string;
}

/** Under what acts are checked: whose sitting it is, the keys, the ledger's own key. */
export interface Sitting {
  readonly meeting: string;
  readonly body: string;
  readonly holders: Holders;
  readonly ledgerKey: PublicKey;
  readonly logKey: string;
}

/** Every poll that the ledger tells of, each act signed by who may, in the order in which they were announced. `count`: of
 * all lines, with those withheld. Refuses with order_wrong, act_line_wrong. */
export async function pollsOf(lines: readonly Placed[], count: number, sitting: Sitting): Promise<readonly Voted[]> {
  const courses = new Map<string, Course>();
  const stretch = new Stretch();
  const acted = new Set<string>();
  let following = 0;
  for (const placed of lines) {
    stretch.passOver(following, placed.index);
    following = placed.index + 1;
    const { poll } = placed.entry;
    const course = courses.get(poll) ?? { poll, state: "", lines: new Map(), definition: undefined, hash: "" };
    courses.set(poll, course);
    step(course, placed);
    stretch.take(placed);
    await wrapping(() => mustBeGenuine(placed, course, sitting).then(() => mustBeNew(placed.entry, acted)), ({ code, what }) => new Refused(why.ACT_LINE_WRONG, { index: placed.index, what: what || code }));
  }
  stretch.passOver(following, count);
  return [...courses.values()].map((course) => voted(course, sitting));
}

/** Those that have no end where the ledger ends: whether all that is withheld since is ballots, nobody can tell. */
export function underWay(polls: readonly Voted[]): readonly Voted[] {
  return polls.filter(({ state }) => UNDER_WAY.includes(state));
}

/** The polls annulled under way by a line of the older form, which does not say how many ballots were cast: whether all
 * that was withheld meanwhile is ballots, nobody can tell. */
export function unsaid(lines: readonly Placed[]): readonly string[] {
  const of = (kind: Kind) => new Set(lines.filter(({ entry }) => entry.kind === kind).map(({ entry }) => entry.poll));
  const [opened, closed] = [of("poll.opened"), of("poll.closed")];
  return lines.flatMap(({ entry }) => (entry.kind === "poll.voided" && entry.ballots === undefined && opened.has(entry.poll) && !closed.has(entry.poll) ? [entry.poll] : []));
}

function step(course: Course, placed: Placed): void {
  const { entry, index } = placed;
  const [before, after] = STEPS[entry.kind] ?? [undefined, course.state];
  if (before ? !before.includes(course.state) : !course.state) refuse(why.ORDER_WRONG, { index, what: `${entry.kind} of a poll that is ${course.state || "not announced"}` });
  course.state = after;
  course.lines.set(entry.kind, placed);
}

async function mustBeGenuine({ entry }: Placed, course: Course, sitting: Sitting): Promise<void> {
  switch (entry.kind) {
    case "poll.opened": return mustBeAsked(entry, course, sitting);
    case "poll.voided": return mustBeAnnulled(entry, course, sitting);
    case "poll.counted": return entry.definition === course.hash ? undefined : wrong("definition");
    case "poll.announced": case "poll.held": case "poll.resumed": case "poll.extended": case "poll.closing": case "poll.closed": case "poll.declared": {
      const name = NAMES[entry.kind];
      const byClock = (entry.kind === "poll.closing" || entry.kind === "poll.closed") && entry.cause === "deadline";
      const { payload, actor } = byClock ? await readServerAct(entry.jws, sitting) : await readPersonsAct(entry, sitting.holders);
      if (!byClock && course.definition && name !== "announce" && actor !== course.definition.presiding) wrong("not signed by the person who presides");
      mustSay(payload, name, sitting.meeting, entry.poll, name === "announce" ? "" : course.hash);
      const counted = course.lines.get("poll.counted");
      if (name === "declare" && counted && payload.result !== (await digest(bytesOf(counted.line)))) wrong("result");
      return;
    }
    // Nobody's act: the ledger's word, under its checkpoint.
    default: return;
  }
}

/** The question is signed by who presides, and is the one that was announced. */
async function mustBeAsked(entry: Of<"poll.opened">, course: Course, { meeting, body, holders }: Sitting): Promise<void> {
  const parts = split(entry.definition, KINDS.poll);
  const holder = holderAt(holders, entry.at)(parts.header["x5t#S256"]);
  await verify(parts, holder.key);
  const said = parse<PollDefinition>(parts.payload, PollDefinitionShape);
  const pairs = { presiding: [holder.member, said.presiding], meeting: [said.meeting, meeting], body: [said.body.id, body], poll: [said.id, entry.poll], title: [said.title, line(course, "poll.announced")?.title] };
  for (const [what, [one, other]] of Object.entries(pairs)) if (one !== other) wrong(what);
  course.definition = said;
  course.hash = await digest(bytesOf(entry.definition));
}

/** Two persons signed the same bytes. */
async function mustBeAnnulled({ jws, second, at, poll }: Of<"poll.voided">, course: Course, { meeting, holders }: Sitting): Promise<void> {
  const [one, other] = [await readPersonsAct({ jws, at }, holders), await readPersonsAct({ jws: second, at }, holders)];
  mustSay(one.payload, "void", meeting, poll, course.hash);
  if (jws.split(".")[1] !== second.split(".")[1]) wrong("second");
  if (one.actor === other.actor || isBlank(one.payload.reason)) wrong("second person");
}

function mustSay(payload: ActPayload, act: ActPayload["act"], meeting: string, poll: string, definition: string): void {
  const expected = { act, meeting, poll, definition };
  for (const member of ["act", "meeting", "poll", "definition"] as const) if (payload[member] !== expected[member]) wrong(member);
}

/** With its members in the order in which they are written. */
function voted(course: Course, { holders }: Sitting): Voted {
  const { definition } = course;
  const [opened, closed, certified, voided] = [line(course, "poll.opened"), line(course, "poll.closed"), line(course, "poll.certified"), line(course, "poll.voided")];
  return {
    poll: course.poll,
    title: line(course, "poll.announced")?.title ?? "",
    item: "",
    state: TOLD[course.state] ?? (course.state as Voted["state"]),
    practice: definition?.practice ?? false,
    reruns: definition?.reruns ?? "",
    definition: course.hash,
    presiding: definition?.presiding ?? "",
    opened_at: opened?.at ?? null,
    closed_at: closed?.at ?? null,
    declared_at: line(course, "poll.declared")?.at ?? null,
    present: opened?.present.length ?? 0,
    ballots: closed?.ballots ?? 0,
    decision: line(course, "poll.counted")?.decision ?? null,
    annulled: voided ? annulled(voided, holders) : null,
    certificate: certified?.certificate ?? "",
    sha256: certified?.sha256 ?? "",
  };
}

function annulled({ at, jws, second }: Of<"poll.voided">, holders: Holders): NonNullable<Voted["annulled"]> {
  const [by, other] = [jws, second].map((compact) => holders.get(signerOf(compact))?.member ?? "");
  const { reason } = parse<ActPayload>(decode(jws.split(".")[1] ?? ""), ActPayloadShape);
  return { at, reason, by: by ?? "", second: other ?? "" };
}

function line<K extends Kind>({ lines }: Course, kind: K): Of<K> | undefined {
  return lines.get(kind)?.entry as Of<K> | undefined;
}

function wrong(what: string): never {
  return refuse(why.ACT_WRONG, { what });
}
