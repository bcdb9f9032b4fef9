// Who opened, held, extended, closed and declared a poll: every act's signature, against the line it stands in:
// `services/rules/signed_acts.py`, `services/rules/act.py`.
import * as why from "../refusals.ts";
import { ActPayloadShape, PollDefinitionShape, type ActPayload, type LedgerEntry, type PollDefinition } from "../wire.ts";
import { digest } from "./base64url.ts";
import { bytesOf } from "./bytes.ts";
import type { Placed } from "./extract.ts";
import type { ActLine, History } from "./fold.ts";
import { holderAt, type Holders } from "./holders.ts";
import { KINDS, parse, split, take, verify, verifyBytes } from "./jws.ts";
import type { PublicKey } from "./keys.ts";
import { refuse, Refused, wrapping } from "./refused.ts";
import type { Shape } from "./shape.ts";

/** One transition of a poll as it was signed; `actor` is a member, or "" for the clock. `at` in milliseconds. */
export interface Step {
  readonly act: ActPayload["act"] | "open";
  readonly index: number;
  readonly at: number;
  readonly actor: string;
  readonly reason: string;
}

/** What an act is signed and checked under: the question and its hash, the keys, the ledger's own key. */
export interface Desk {
  readonly definition: PollDefinition;
  readonly hash: string;
  readonly holders: Holders;
  readonly ledgerKey: PublicKey;
  readonly logKey: string;
}

/** Which act a line carries. */
export const NAMES = {
  "poll.announced": "announce", "poll.held": "hold", "poll.resumed": "resume", "poll.extended": "extend",
  "poll.closing": "close", "poll.closed": "close", "poll.declared": "declare",
} as const satisfies { readonly [kind in ActLine["kind"]]: ActPayload["act"] };

const text = { type: "string" } as const satisfies Shape;
const SERVER_HEADER = {
  type: "object",
  properties: { alg: text, typ: text, cty: text, kid: text, iat: { type: "integer", minimum: 0 } },
  required: ["alg", "typ", "cty", "kid", "iat"],
} as const satisfies Shape;
type ServerHeader = { readonly [name in "alg" | "typ" | "cty" | "kid"]: string };

/** The question, signed by the person it names as presiding. Refuses with definition_wrong. */
export async function readDefinition({ opened }: History, holders: Holders): Promise<PollDefinition> {
  const read = async () => {
    const parts = split(opened.entry.definition, KINDS.poll);
    const holder = holderAt(holders, opened.entry.at)(parts.header["x5t#S256"]);
    await verify(parts, holder.key);
    return { holder, definition: parse<PollDefinition>(parts.payload, PollDefinitionShape) };
  };
  const { holder, definition } = await wrapping(read, ({ code }) => new Refused(why.DEFINITION_WRONG, { what: code }));
  if (holder.member !== definition.presiding) refuse(why.DEFINITION_WRONG, { what: "not signed by the person who presides" });
  return definition;
}

/** Every transition, in order, each with a good signature. Refuses with act_line_wrong, declaration_wrong. */
export async function readSteps(history: History, desk: Desk): Promise<readonly Step[]> {
  const { opened, counted } = history;
  const opening: Step = { act: "open", index: opened.index, at: opened.entry.at, actor: desk.definition.presiding, reason: desk.definition.without_quorum };
  const steps = [opening];
  const result = await digest(bytesOf(counted.line));
  const acted = new Set<string>();
  let deadline = opened.entry.deadline;
  for (const placed of history.acts) {
    const { entry, index } = placed;
    const wrong = (what: string) => new Refused(why.ACT_LINE_WRONG, { index, what });
    const { payload, actor } = await wrapping(() => readAct(placed, desk), ({ what }) => wrong(what));
    await wrapping(() => mustBeNew(entry, acted), ({ what }) => wrong(what));
    if (entry.kind === "poll.declared" && payload.result !== result) refuse(why.DECLARATION_WRONG);
    if (entry.kind === "poll.extended" && (deadline === null || payload.seconds === null || deadline + payload.seconds * 1000 !== entry.deadline)) throw wrong("seconds");
    if (entry.kind === "poll.extended" || entry.kind === "poll.resumed") deadline = entry.deadline;
    steps.push({ act: NAMES[entry.kind], index, at: entry.at, actor, reason: payload.reason });
  }
  return steps.sort((one, other) => one.index - other.index);
}

async function readAct({ entry }: Placed<ActLine>, desk: Desk): Promise<{ payload: ActPayload; actor: string }> {
  const name = NAMES[entry.kind];
  const byClock = (entry.kind === "poll.closing" || entry.kind === "poll.closed") && entry.cause === "deadline";
  const { payload, actor } = byClock ? await readServerAct(entry.jws, desk) : await readPersonsAct(entry, desk.holders);
  // Announcing may be done by another of the desk; the rest only by the person who presides.
  if (!byClock && name !== "announce" && actor !== desk.definition.presiding) wrong("not signed by the person who presides");
  const expected = { act: name, meeting: desk.definition.meeting, poll: desk.definition.id, definition: name === "announce" ? "" : desk.hash };
  for (const member of ["act", "meeting", "poll", "definition"] as const) {
    if (payload[member] !== expected[member]) wrong(member);
  }
  return { payload, actor };
}

/** What may be done again in a poll is signed anew each time: the same bytes again are nobody's will. Notes the act. Refuses with act_wrong. */
export function mustBeNew(entry: LedgerEntry, acted: Set<string>): void {
  if (entry.kind !== "poll.held" && entry.kind !== "poll.resumed" && entry.kind !== "poll.extended") return;
  if (acted.has(entry.jws)) wrong("the same act twice");
  acted.add(entry.jws);
}

/** The genuine act of a person, signed with a credential that was good then. Refuses as its signature does. */
export async function readPersonsAct({ jws, at }: Pick<ActLine, "jws" | "at">, holders: Holders): Promise<{ payload: ActPayload; actor: string }> {
  const parts = split(jws, KINDS.act);
  const holder = holderAt(holders, at)(parts.header["x5t#S256"]);
  await verify(parts, holder.key);
  return { payload: parse<ActPayload>(parts.payload, ActPayloadShape), actor: holder.member };
}

/** The genuine act of the ledger itself. */
export async function readServerAct(compact: string, { ledgerKey, logKey }: Pick<Desk, "ledgerKey" | "logKey">): Promise<{ payload: ActPayload; actor: string }> {
  const { header, payload, signature, signed } = take<ServerHeader>(compact, SERVER_HEADER);
  const { typ, cty } = KINDS.act;
  if (header.alg !== "EdDSA" || header.typ !== typ || header.cty !== cty || header.kid !== logKey) wrong("header");
  await verifyBytes("EdDSA", ledgerKey, signature, signed);
  return { payload: parse<ActPayload>(payload, ActPayloadShape), actor: "" };
}

function wrong(what: string): never {
  return refuse(why.ACT_WRONG, { what });
}
