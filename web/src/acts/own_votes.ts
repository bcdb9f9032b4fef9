// The ballots that this phone signed: kept before they are sent, with their receipts once those are proven.
import { put, take, takeAll } from "../keys/shelf.ts";
import type { Choice } from "../rules/ballot.ts";
import { decode } from "../rules/base64url.ts";
import type { ConfirmedBallot, Receipt } from "../wire.ts";

/** One ballot. With `receipt` it is recorded, at `recordedAt` (milliseconds); with `refused` the server would not take
 * it; with neither it is on its way. `definition`: the hash of the question; `practice`: as it was signed; `sha256`: of the
 * ballot; `confirmed`: what a passkey said of it; `first`: its first receipt, where it was sent once more after it had one:
 * another than `receipt` if the server had lost it. */
export interface OwnVote {
  readonly member: string;
  readonly meeting: string;
  readonly poll: string;
  readonly definition: string;
  readonly title: string;
  readonly practice?: boolean;
  readonly choice: Choice;
  readonly label: string;
  readonly ballot: string;
  readonly sha256: string;
  readonly seq: number;
  readonly signedAt: number;
  readonly confirmed?: Omit<ConfirmedBallot, "ballot">;
  readonly receipt?: Receipt;
  readonly first?: Receipt;
  readonly recordedAt?: number;
  readonly refused?: { readonly code: string; readonly vi: string; readonly en: string };
}

/** A member's ballots on this phone, the newest first. Throws NothingKept. */
export async function ownVotes(member: string): Promise<OwnVote[]> {
  const all = await takeAll<OwnVote>("votes");
  return all.filter((vote) => vote.member === member).sort((one, other) => other.signedAt - one.signedAt || other.seq - one.seq);
}

/** Keep a ballot as it now stands; what is recorded stays recorded, unless the server has lost it. Throws NothingKept. */
export async function keepVote(vote: OwnVote): Promise<OwnVote> {
  const name = `${vote.poll} ${vote.member} ${vote.seq}`;
  const kept = await take<OwnVote>("votes", name);
  if (kept?.receipt && !vote.receipt && !vote.first) return kept;
  await put("votes", name, vote);
  tellOthers();
  return vote;
}

const CHANNEL = "plenary.votes";

/** Hear when another tab of this browser has kept a ballot; the returned function ends that. */
export function whenKeptElsewhere(hear: () => void): () => void {
  if (!("BroadcastChannel" in globalThis)) return () => undefined;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = hear;
  return () => channel.close();
}

function tellOthers(): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(true);
  channel.close();
}

/** Whether nobody knows yet what became of it. */
export function isUnderWay(vote: OwnVote): boolean {
  return !vote.receipt && !vote.refused;
}

/** A member's last recorded ballot in a poll, among these (newest first). */
export function lastRecorded(votes: readonly OwnVote[], poll: string): OwnVote | undefined {
  return votes.filter((vote) => vote.poll === poll && vote.receipt).sort((one, other) => other.seq - one.seq)[0];
}

// Crockford's base32, as in invites: nothing is misread.
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ballot's code, to compare by eye: the first 40 bits of its SHA-256. */
export function codeOf({ sha256 }: Pick<OwnVote, "sha256">): string {
  const bits = [...decode(sha256).subarray(0, 5)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const digits = bits.match(/.{5}/g)?.map((five) => DIGITS[Number.parseInt(five, 2)]).join("") ?? "";
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}
