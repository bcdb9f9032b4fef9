// A ballot that a signing service signs: its words are made and kept here; the service signs them, the server casts them; and it is
// recorded when this phone has found in the ledger the very words that it kept, signed by the voter's own key.
import { drop, put, takeAll } from "../keys/shelf.ts";
import { Declined, persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { question, wordsOf, type Choice } from "../rules/ballot.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { inputOf, KINDS, split, verify } from "../rules/jws.ts";
import { mustHold } from "../rules/receipt.ts";
import { refuse, Refused } from "../rules/refused.ts";
import { verificationCode } from "../rules/verification_code.ts";
import { ReceiptShape, type IntentShown, type Receipt, type RemoteOwnKey, type RemoteRequestShown } from "../wire.ts";
import { castOf, ReceiptWrong } from "./cast.ts";
import { ledgerKeys, signerOf } from "./house.ts";
import { keepVote, lastRecorded, ownVotes, type OwnVote } from "./own_votes.ts";
import { acceptPresiding } from "./presided.ts";
import type { Asked } from "./question.ts";

/** A ballot that a service is to sign, as this phone keeps it. `input`: what is signed; `code`: of just that, to be compared with the
 * one in the service's app; `begunAt`: milliseconds. */
export interface Begun extends Pick<OwnVote, "member" | "meeting" | "poll" | "definition" | "title" | "practice" | "choice" | "label" | "seq"> {
  readonly input: string;
  readonly code: string;
  readonly provider: string;
  readonly service: string;
  readonly thumbprint: string;
  readonly begunAt: number;
}

/** How it stands with the server, and with the service as far as the server knows. */
export interface Course {
  readonly intent: IntentShown;
  readonly request: RemoteRequestShown | undefined;
}

/** What a member has with services on this phone. Throws NothingKept. */
export async function begunBallots(member: string): Promise<Begun[]> {
  return (await takeAll<Begun>("outside")).filter((one) => one.member === member);
}

/** Make the words and keep them, before anybody hears of them. Refuses with credential_wrong a key that is not one's own. */
export async function beginBallot(session: Session, { definition, hash, presiding }: Asked, choice: Choice, key: RemoteOwnKey): Promise<Begun> {
  const now = Date.now();
  const { member } = await signerOf(session, key.thumbprint, now);
  if (member !== session.member) refuse(why.CREDENTIAL_WRONG, { thumbprint: key.thumbprint, member, what: "it names another person" });
  const before = lastRecorded(await ownVotes(session.member), definition.id);
  const previous = before && (await castOf(before));
  const words = wordsOf(question(definition, hash, new Set()), choice, session.member, previous);
  const input = inputOf(KINDS.ballot, words, key.alg, key.thumbprint, Math.floor(now / 1000));
  const begun: Begun = {
    member, meeting: definition.meeting, poll: definition.id, definition: hash, title: definition.title, practice: definition.practice, choice,
    label: definition.options.find((each) => each.choice === choice)?.label ?? "", seq: (previous?.payload.seq ?? 0) + 1,
    input, code: await verificationCode(bytesOf(input)), provider: key.provider, service: key.service, thumbprint: key.thumbprint, begunAt: now,
  };
  await put("outside", nameOf(begun), begun);
  await acceptPresiding(begun.meeting, presiding);
  return begun;
}

/** How it stands; what the server has not heard of yet is told. The same words again are the same ballot. Throws Declined. */
export async function courseOf(session: Session, begun: Begun, signal: AbortSignal): Promise<Course> {
  const hash = await digest(bytesOf(begun.input));
  const known = await persist(() => mine(session, begun), { signal });
  const intent = known?.input_sha256 === hash ? known : await persist(() => session.ask<IntentShown>("POST", `${pathOf(begun)}/intents`, { json: { input: begun.input, provider: begun.provider } }), { signal });
  if (intent.state !== "pending") return { intent, request: undefined };
  // What the service says is a comfort, and no more: that it is not known is no error.
  const request = await session.ask<RemoteRequestShown>("GET", `/signing/remote/own/requests/${hash}`).catch(() => undefined);
  return { intent, request };
}

/** Another page of the service in place of one that cannot be used any more; the same again is the same. Throws Declined, Unreachable. */
export async function anotherPage(session: Session, begun: Begun, page: string): Promise<RemoteRequestShown> {
  const hash = await digest(bytesOf(begun.input));
  return persist(() => session.ask<RemoteRequestShown>("POST", `/signing/remote/own/requests/${hash}/page`, { json: { instead: page } }), { tries: 5 });
}

/** Wait no longer: should it be signed all the same, it is not cast. Throws Declined, Unreachable. */
export async function withdrawBallot(session: Session, begun: Begun): Promise<IntentShown | undefined> {
  return unknownAsNone(persist(() => session.ask<IntentShown>("POST", `${pathOf(begun)}/intents/mine/withdraw`), { tries: 5 }));
}

/** Nothing of it is awaited any more. Throws NothingKept. */
export function forgetBallot(begun: Begun): Promise<void> {
  return drop("outside", nameOf(begun));
}

/** The ballot that was cast, proven: our very words, signed by our key at the service, in its place under the pinned key. Kept as one's
 * own. Throws ReceiptWrong for what does not prove it, Declined, Unreachable. */
export async function recordedBallot(session: Session, begun: Begun): Promise<OwnVote> {
  const receipts = await persist(() => session.ask<Receipt[]>("GET", `/voting/polls/${encodeURIComponent(begun.poll)}/receipts/${begun.member}`, { shape: { type: "array", items: ReceiptShape } }));
  const receipt = receipts.find(({ entry }) => saidIn(entry).startsWith(`${begun.input}.`));
  if (!receipt) throw new ReceiptWrong(new Refused(why.PROOF_WRONG, { what: "another ballot" }), receipts.at(-1) ?? NONE);
  try {
    return await keepVote(await proven(session, begun, receipt));
  } catch (error) {
    throw error instanceof Refused ? new ReceiptWrong(error, receipt) : error;
  }
}

const NONE: Receipt = { v: 1, poll: "", index: 0, entry: "", proof: "" };

async function proven(session: Session, begun: Begun, receipt: Receipt): Promise<OwnVote> {
  const { input, code: _code, provider: _provider, service: _service, thumbprint, begunAt, ...said } = begun;
  const ballot = saidIn(receipt.entry);
  // 1. What was signed is what this phone chose, to the last byte; the signature is that of one's own key.
  const parts = split(ballot, KINDS.ballot);
  const signer = await signerOf(session, thumbprint, begunAt);
  await verify(parts, signer.key);
  if (signer.member !== begun.member || !ballot.startsWith(`${input}.`)) refuse(why.PROOF_WRONG, { what: "another ballot" });
  // 2. It stands in the ledger, under the key that is pinned.
  const { voting } = await persist(() => ledgerKeys(session, begun.meeting));
  const { entry } = await mustHold(receipt, { poll: begun.poll, ballot }, voting);
  return { ...said, ballot, sha256: await digest(bytesOf(ballot)), signedAt: parts.header.iat * 1000, receipt, recordedAt: entry.at };
}

function saidIn(entry: string): string {
  const { jws } = JSON.parse(entry) as { readonly jws?: unknown };
  return typeof jws === "string" ? jws : "";
}

function mine(session: Session, begun: Begun): Promise<IntentShown | undefined> {
  return unknownAsNone(session.ask<IntentShown>("GET", `${pathOf(begun)}/intents/mine`));
}

async function unknownAsNone(asked: Promise<IntentShown>): Promise<IntentShown | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Declined && error.code === "intent_unknown") return undefined;
    throw error;
  }
}

function pathOf({ poll }: Begun): string {
  return `/voting/polls/${encodeURIComponent(poll)}`;
}

function nameOf({ poll, member }: Begun): string {
  return `${poll} ${member}`;
}
