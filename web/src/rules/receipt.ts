import * as why from "../refusals.ts";
import { LedgerEntryShape, type FloorReceipt, type LedgerEntry, type Receipt } from "../wire.ts";
import { bytesOf } from "./bytes.ts";
import { KINDS, parse, split } from "./jws.ts";
import { NotThisMessage, read } from "./json.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import { openCheckpoint, openProof, type Checkpoint } from "./note.ts";
import { refuse } from "./refused.ts";
import type { Shape } from "./shape.ts";

/** A receipt proven: the checkpoint that it is proven by, and what its ledger line says. */
export interface ProvenReceipt {
  readonly checkpoint: Checkpoint;
  readonly entry: LedgerEntry;
}

/**
 * Prove that the receipt's line stands in the ledger where it says, and belongs to the poll it names. Whose ballot it
 * holds is for `mustHold`. Refuses with proof_wrong, checkpoint_wrong.
 */
export async function verify(receipt: Receipt, logKey: string): Promise<ProvenReceipt> {
  const checkpoint = await mustStand(receipt, logKey);
  const entry = readEntry<LedgerEntry>(receipt.entry, LedgerEntryShape);
  if (entry.poll !== receipt.poll) notProven("poll of the receipt");
  return { checkpoint, entry };
}

/** The line stands in the ledger where its proof says: the same for a vote's ledger and a floor's. */
async function mustStand(receipt: Pick<Receipt, "index" | "entry" | "proof">, logKey: string): Promise<Checkpoint> {
  const proof = openProof(receipt.proof);
  // Our receipts carry no extra data; it would be signed by nobody.
  if (proof.index !== receipt.index || proof.extra) notProven("index of the receipt");
  const checkpoint = await openCheckpoint(proof.checkpoint, logKey);
  if (/\p{Cs}/u.test(receipt.entry)) notProven("Unicode");
  const leaf = await leafHash(bytesOf(receipt.entry));
  await verifyInclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root);
  return checkpoint;
}

/** The same, and that the line holds exactly the ballot that was sent for this poll, as the phone kept it. */
export async function mustHold(receipt: Receipt, sent: { poll: string; ballot: string }, logKey: string): Promise<ProvenReceipt> {
  const proven = await verify(receipt, logKey);
  if (proven.entry.kind !== "ballot" || proven.entry.jws !== sent.ballot) notProven("another ballot");
  if (receipt.poll !== sent.poll) notProven("poll of the receipt");
  return proven;
}

/** The same of an act on the floor: the line holds exactly what was sent. Refuses with proof_wrong, checkpoint_wrong. */
export async function mustHoldAct(receipt: FloorReceipt, sent: { meeting: string; act: string }, logKey: string): Promise<Checkpoint> {
  const checkpoint = await mustStand(receipt, logKey);
  // What else the line says, its news, is for whoever replays the floor.
  const entry = readEntry<{ readonly kind?: unknown; readonly jws?: unknown }>(receipt.entry, {});
  if (entry.kind !== "act" || !(entry.jws === sent.act || isSameRecord(receipt, entry.jws, sent.act)) || receipt.meeting !== sent.meeting) notProven("another act");
  return checkpoint;
}

/** A record that is asked for twice with nothing in between is one: the line is of who asked first, after all that was seen. */
function isSameRecord({ index }: Pick<FloorReceipt, "index">, standing: unknown, sent: string): boolean {
  if (typeof standing !== "string") return false;
  const wanted = saidIn(sent);
  return wanted.act === "record" && saidIn(standing).act === "record" && typeof wanted.seen === "number" && index >= wanted.seen;
}

function saidIn(compact: string): { readonly act?: unknown; readonly seen?: unknown } {
  return parse(split(compact, KINDS.floor).payload, {});
}

function readEntry<T>(text: string, shape: Shape): T {
  try {
    return read<T>(text, shape);
  } catch (error) {
    if (error instanceof NotThisMessage) return notProven("ledger line");
    throw error;
  }
}

function notProven(what: string): never {
  return refuse(why.PROOF_WRONG, { what });
}
