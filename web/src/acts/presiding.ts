// What the chair does with a poll: each act is signed here, and sent again with the same bytes until it is answered.
import { signJws, signMessage } from "../keys/signing.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { read } from "../rules/json.ts";
import { KINDS, split, verify } from "../rules/jws.ts";
import { mustFollow } from "../rules/majority.ts";
import { refuse } from "../rules/refused.ts";
import { questionOf } from "../shown/needed.ts";
import {
  ActPayloadShape, CountedShape, PollCountedShape, PollDefinitionShape,
  type ActPayload, type Counted, type Decision, type Poll, type PollCounted, type PollDefinition, type VoidWish,
} from "../wire.ts";
import { signerOf } from "./house.ts";

export type ActName = Exclude<ActPayload["act"], "void">;
type More = Partial<Pick<ActPayload, "reason" | "seconds" | "result">>;

/** The exact bytes that open a poll, and what they say. */
export interface Prepared {
  readonly raw: string;
  readonly definition: PollDefinition;
}

/** A counted result that was proven: the hash to declare it by, and the decision as its ledger line says it. */
export interface Proven {
  readonly sha256: string;
  readonly decision: Decision;
}

const TRIES = { tries: 6 };

type Presided = Pick<Poll, "id" | "meeting" | "definition">;

/** Announce, hold, resume, extend, close or declare a poll. Throws Declined, Unreachable. */
export function preside(session: Session, poll: Presided, act: ActName, more: More = {}): Promise<Poll> {
  return presiding(session, poll)(act, more);
}

/** The same for one question to the chair: an act whose answer was lost, wished again there, is the very bytes of before,
 * so that nothing is done twice. */
export function presiding(session: Session, poll: Presided): (act: ActName, more?: More) => Promise<Poll> {
  const signed = new Map<string, Promise<string>>();
  return async (act, more = {}) => {
    const message = { act, meeting: poll.meeting, poll: poll.id, definition: poll.definition, ...more };
    const name = JSON.stringify(message);
    const jose = signed.get(name) ?? signMessage(session.identity, KINDS.act, ActPayloadShape, message);
    signed.set(name, jose);
    const bytes = await jose;
    return persist(() => session.ask<Poll>("POST", at(poll.id, act), { jose: bytes }), TRIES);
  };
}

/** What the chair would sign to open this poll, read from the very bytes. Throws Declined, Unreachable; refuses with
 * definition_wrong if it is another poll's. */
export async function prepare(session: Session, poll: Pick<Poll, "id" | "meeting">, withoutQuorum = ""): Promise<Prepared> {
  const query = withoutQuorum ? `?without_quorum=${encodeURIComponent(withoutQuorum)}` : "";
  const raw = await persist(() => session.askText(`${at(poll.id, "definition")}${query}`), TRIES);
  const definition = read<PollDefinition>(raw, PollDefinitionShape);
  if (definition.id !== poll.id || definition.meeting !== poll.meeting) refuse(why.DEFINITION_WRONG, { what: "poll" });
  if (definition.without_quorum !== withoutQuorum) refuse(why.DEFINITION_WRONG, { what: "without_quorum" });
  return { raw, definition };
}

/** Open the vote: sign exactly those bytes. Throws Declined, Unreachable. */
export async function open(session: Session, { raw, definition }: Prepared): Promise<Poll> {
  const jose = await signJws(session.identity, KINDS.poll, bytesOf(raw));
  return persist(() => session.ask<Poll>("POST", at(definition.id, "open"), { jose }), TRIES);
}

/** The counted result, proven from its own ledger line: its hash, its poll, its outcome and sentences. Refuses with declaration_wrong,
 * decision_wrong. Throws Declined, Unreachable. */
export async function countedOf(session: Session, poll: Pick<Poll, "id" | "definition">): Promise<Proven> {
  const counted = await persist(() => session.ask<Counted>("GET", at(poll.id, "result"), { shape: CountedShape }), TRIES);
  const { jws } = await session.ask<Poll>("GET", `/voting/polls/${encodeURIComponent(poll.id)}`);
  const line = read<PollCounted>(counted.line, PollCountedShape);
  if ((await digest(bytesOf(counted.line))) !== counted.sha256) refuse(why.DECLARATION_WRONG);
  if (line.poll !== poll.id || (await digest(bytesOf(jws))) !== line.definition) refuse(why.DECLARATION_WRONG);
  // What is read out is made again here, from the counts on: the server cannot put other words into the chair's mouth.
  return { sha256: counted.sha256, decision: mustFollow(questionOf(jws), line.decision) };
}

/** Sign that a poll be annulled, and leave it for a second person of the desk to sign too. Throws Declined, Unreachable. */
export async function wishVoid(session: Session, poll: Pick<Poll, "id" | "meeting" | "definition">, reason: string): Promise<VoidWish> {
  const payload = { act: "void", meeting: poll.meeting, poll: poll.id, definition: poll.definition, reason };
  const jose = await signMessage(session.identity, KINDS.act, ActPayloadShape, payload);
  return persist(() => session.ask<VoidWish>("PUT", at(poll.id, "void/wish"), { jose }), TRIES);
}

/** Take one's own wish back. Throws Declined, Unreachable. */
export async function withdrawVoid(session: Session, poll: string): Promise<void> {
  await persist(() => session.ask("DELETE", at(poll, "void/wish")), TRIES);
}

/** A question by its id and by the hash that its chair's signature has. */
type Named = Pick<Poll, "id" | "definition">;

/** What a wish says in its signed bytes, signed by whom it is said to be. Refuses with act_wrong unless it annuls this very
 * question, with signature_wrong and credential_wrong. Throws Declined, Unreachable. */
export async function wishedIn(session: Session, wish: VoidWish, poll: Named): Promise<ActPayload> {
  const parts = split(wish.act, KINDS.act);
  const said = read<ActPayload>(parts.payload, ActPayloadShape);
  if (said.act !== "void" || said.poll !== poll.id || said.definition !== poll.definition) refuse(why.ACT_WRONG, { what: "void" });
  const first = await signerOf(session, parts.header["x5t#S256"], wish.at);
  await verify(parts, first.key);
  if (first.member !== wish.by) refuse(why.ACT_WRONG, { what: wish.by });
  return said;
}

/** Annul a poll as the second person: the very bytes that the first signed. Refuses as `wishedIn`. Throws Declined, Unreachable. */
export async function secondVoid(session: Session, wish: VoidWish, poll: Named): Promise<Poll> {
  await wishedIn(session, wish, poll);
  const act = await signJws(session.identity, KINDS.act, split(wish.act, KINDS.act).payload);
  return persist(() => session.ask<Poll>("POST", at(poll.id, "void"), { json: { act, second: wish.act } }), TRIES);
}

function at(poll: string, act: string): string {
  return `/voting/polls/${encodeURIComponent(poll)}/${act}`;
}
