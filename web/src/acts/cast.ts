// A ballot from the wish to the proven receipt, in the order of docs/screens.md.
import { ask, Declined, isPassing, persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { make, question, type Cast, type Choice } from "../rules/ballot.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { KINDS, parse, split } from "../rules/jws.ts";
import { mustHold } from "../rules/receipt.ts";
import { refuse, Refused } from "../rules/refused.ts";
import { BallotPayloadShape, ReceiptShape, type BallotPayload, type ConfirmedBallot, type Receipt } from "../wire.ts";
import { ledgerKeys } from "./house.ts";
import { keepVote, lastRecorded, ownVotes, type OwnVote } from "./own_votes.ts";
import { acceptPresiding } from "./presided.ts";
import type { Asked } from "./question.ts";

/** How far a ballot is: being signed; on its way (`again`: so many tries had no answer, for this reason); answered, its
 * receipt being proven. */
export type Stage = { readonly at: "signing" } | { readonly at: "sending"; readonly again: number; readonly reason?: unknown } | { readonly at: "sent" };

/** The answer to a ballot does not prove that this ballot is recorded. */
export class ReceiptWrong extends Error {
  readonly refused: Refused;
  readonly receipt: Receipt;

  constructor(refused: Refused, receipt: Receipt) {
    super(refused.code);
    this.refused = refused;
    this.receipt = receipt;
  }
}

/** That a passkey confirmed a ballot: its payload (base64url), and what goes with the ballot. */
export interface Confirmed extends Omit<ConfirmedBallot, "ballot"> {
  readonly words: string;
}

interface Casting {
  /** Where the question asks for it. */
  readonly confirmed?: Confirmed | undefined;
  readonly told: (stage: Stage) => void;
  readonly signal?: AbortSignal;
}

/**
 * Cast a ballot on a question that was checked: signed, kept, sent until it is answered, its receipt proven and kept.
 * Throws ReceiptWrong for a receipt that does not prove it, Declined for a ballot that is not taken (it is kept as such),
 * NothingKept before anything was sent.
 */
export async function castBallot(session: Session, asked: Asked, choice: Choice, casting: Casting): Promise<OwnVote> {
  casting.told({ at: "signing" });
  // 3. Signed, over the hash of the chair's own bytes; in place of the last one, where there is one.
  const before = lastRecorded(await ownVotes(session.member), asked.definition.id);
  const ballot = await signedBallot(session, asked, choice, before && (await castOf(before)));
  // 4. Kept, before anybody hears of it, with what confirms exactly this.
  const { confirmed } = casting;
  if (confirmed && confirmed.words !== ballot.split(".")[1]) refuse(why.ASSERTION_CHALLENGE_WRONG);
  const vote = await keepVote({ ...(await asOwnVote(session, asked, ballot)), ...(confirmed && { confirmed: { evidence: confirmed.evidence, voucher: confirmed.voucher } }) });
  await acceptPresiding(vote.meeting, asked.presiding);
  return sendBallot(session, vote, casting);
}

/** 5. to 7. for a ballot that is kept: the first time, and again after a reload, a sleep or a lost line. */
export async function sendBallot(session: Session, vote: OwnVote, { told, signal }: Casting): Promise<OwnVote> {
  // 5. The same bytes, until there is an answer.
  let again = 0;
  told({ at: "sending", again });
  const receipt = await persist(() => post(vote, signal), {
    ...(signal && { signal }),
    passing: (error) => isPassing(error) || (error instanceof Declined && error.code === "poll_held"),
    failed: (reason) => told({ at: "sending", again: (again += 1), reason }),
  }).catch((error: unknown) => keptAsRefused(vote, error));
  told({ at: "sent" });
  // 6. The receipt: our very ballot, in its place, under the key that is pinned.
  const { entry } = await mustHold(receipt, vote, await votingKey(session, vote)).catch((error: unknown) => distrusted(error, receipt));
  // 7. Kept with it.
  return keepVote({ ...vote, receipt, recordedAt: entry.at });
}

/** Recorded ballots of a poll, the oldest first, sent once more: a database that was lost may have taken them along. What
 * is still there has the receipt that it had; what is not is recorded again, or refused. Throws as castBallot. */
export async function renewVotes(session: Session, votes: readonly OwnVote[], signal: AbortSignal): Promise<void> {
  for (const { receipt, ...vote } of votes) if (receipt) await sendBallot(session, { ...vote, first: vote.first ?? receipt }, { told: () => undefined, signal });
}

/** The receipts that the ledger has for this person's ballots in a poll, proven and kept: cast with another key of theirs,
 * or on a phone that lost its store. Throws ReceiptWrong for what is not proven, Declined, Unreachable. */
export async function recoverVotes(session: Session, asked: Asked): Promise<OwnVote[]> {
  const { id } = asked.definition;
  const receipts = await session.ask<Receipt[]>("GET", `/voting/polls/${id}/receipts/${session.member}`, { shape: { type: "array", items: ReceiptShape } });
  const found: OwnVote[] = [];
  for (const receipt of receipts) found.push(await keepVote(await recovered(session, asked, receipt).catch((error: unknown) => distrusted(error, receipt))));
  return found;
}

async function recovered(session: Session, asked: Asked, receipt: Receipt): Promise<OwnVote> {
  const ballot = (JSON.parse(receipt.entry) as { jws?: unknown }).jws;
  const vote = await asOwnVote(session, asked, typeof ballot === "string" ? ballot : refuse(why.PROOF_WRONG, { what: "another ballot" }));
  const { entry } = await mustHold(receipt, vote, await votingKey(session, vote));
  return { ...vote, receipt, recordedAt: entry.at };
}

function distrusted(error: unknown, receipt: Receipt): never {
  throw error instanceof Refused ? new ReceiptWrong(error, receipt) : error;
}

/** The key that is pinned; the ballot is on its way already, so this is asked until it is answered. */
async function votingKey(session: Session, { meeting }: OwnVote): Promise<string> {
  return (await persist(() => ledgerKeys(session, meeting))).voting;
}

/** A ballot is admitted by its own signature: nobody needs to be signed in for it. */
async function post(vote: OwnVote, signal: AbortSignal | undefined): Promise<Receipt> {
  const path = `/voting/polls/${encodeURIComponent(vote.poll)}/ballots`;
  const how = { shape: ReceiptShape, ...(signal && { signal }) };
  const alone = () => ask<Receipt>("POST", path, { jose: vote.ballot, ...how });
  if (!vote.confirmed) return alone();
  return ask<Receipt>("POST", `${path}/confirmed`, { json: { ballot: vote.ballot, ...vote.confirmed }, ...how }).catch((error: unknown) => {
    // Its answer was lost a while ago: if the ballot is recorded, its receipt is given without the voucher, too.
    if (error instanceof Declined && error.code === "token_expired") return alone();
    throw error;
  });
}

async function keptAsRefused(vote: OwnVote, error: unknown): Promise<never> {
  if (error instanceof Declined) await keepVote({ ...vote, refused: { code: error.code, vi: error.vi, en: error.en } });
  throw error;
}

function signedBallot(session: Session, { definition, hash }: Asked, choice: Choice, before: Cast | undefined): Promise<string> {
  const { thumbprint, key } = session.identity;
  const own = { member: session.member, thumbprint, key: key.privateKey };
  return make(question(definition, hash, new Set()), choice, own, Math.floor(Date.now() / 1000), before);
}

export async function castOf({ ballot, sha256 }: OwnVote): Promise<Cast> {
  return { payload: parse<BallotPayload>(split(ballot, KINDS.ballot).payload, BallotPayloadShape), sha256 };
}

/** What is kept of a ballot; it says so itself. Refuses one on another question or in another name. */
async function asOwnVote({ member }: Session, { definition, hash }: Asked, ballot: string): Promise<OwnVote> {
  const { header, payload } = split(ballot, KINDS.ballot);
  const said = parse<BallotPayload>(payload, BallotPayloadShape);
  if (said.poll !== hash || said.voter !== member) refuse(why.PROOF_WRONG, { what: "another ballot" });
  return {
    member, meeting: definition.meeting, poll: definition.id, definition: hash, title: definition.title, practice: definition.practice, choice: said.choice, label: said.label,
    ballot, sha256: await digest(bytesOf(ballot)), seq: said.seq, signedAt: header.iat * 1000,
  };
}
