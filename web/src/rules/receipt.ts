import * as why from "../refusals.ts";
import { LedgerEntryShape, type LedgerEntry, type Receipt } from "../wire.ts";
import { bytesOf } from "./bytes.ts";
import { NotThisMessage, read } from "./json.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import { openCheckpoint, openProof, type Checkpoint } from "./note.ts";
import { refuse } from "./refused.ts";

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
  const proof = openProof(receipt.proof);
  // Our receipts carry no extra data; it would be signed by nobody.
  if (proof.index !== receipt.index || proof.extra) notProven("index of the receipt");
  const checkpoint = await openCheckpoint(proof.checkpoint, logKey);
  if (/\p{Cs}/u.test(receipt.entry)) notProven("Unicode");
  const leaf = await leafHash(bytesOf(receipt.entry));
  await verifyInclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root);
  const entry = readEntry(receipt.entry);
  if (entry.poll !== receipt.poll) notProven("poll of the receipt");
  return { checkpoint, entry };
}

/** The same, and that the line holds exactly the ballot that was sent for this poll, as the phone kept it. */
export async function mustHold(receipt: Receipt, sent: { poll: string; ballot: string }, logKey: string): Promise<ProvenReceipt> {
  const proven = await verify(receipt, logKey);
  if (proven.entry.kind !== "ballot" || proven.entry.jws !== sent.ballot) notProven("another ballot");
  if (receipt.poll !== sent.poll) notProven("poll of the receipt");
  return proven;
}

function readEntry(text: string): LedgerEntry {
  try {
    return read<LedgerEntry>(text, LedgerEntryShape);
  } catch (error) {
    if (error instanceof NotThisMessage) return notProven("ledger line");
    throw error;
  }
}

function notProven(what: string): never {
  return refuse(why.PROOF_WRONG, { what });
}
