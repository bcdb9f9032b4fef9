// What a phone believes about this house: whose key it is that signed, and which key the ledger has.
import { holdFast, logKeys, pinOf } from "../keys/pins.ts";
import { put, take } from "../keys/shelf.ts";
import { Declined } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { decodeStandard } from "../rules/base64url.ts";
import type { Holder } from "../rules/ballot.ts";
import { sha256, bytesOf, hex } from "../rules/bytes.ts";
import { Anchors } from "../rules/credential.ts";
import { readHolders } from "../rules/holders.ts";
import { refuse } from "../rules/refused.ts";
import { load, nameIn } from "../rules/x509.ts";
import { CredentialShape, LogKeyShape, type Credential, type LogKey } from "../wire.ts";

/** The keys of a meeting's ledgers, as vkeys, by the key that is pinned. */
export interface LogKeys {
  readonly voting: string;
  readonly floor: string;
}

const known = new WeakMap<Session, Map<string, Promise<LogKeys>>>();

/** The ledgers' keys: pinned when first seen, compared once each time the page is opened. Refuses with checkpoint_wrong
 * if the server shows another than then. Throws Declined, Unreachable, NothingKept. */
export function ledgerKeys(session: Session, meeting: string): Promise<LogKeys> {
  const meetings = known.get(session) ?? new Map<string, Promise<LogKeys>>();
  known.set(session, meetings);
  const found = meetings.get(meeting) ?? readLedgerKeys(session, meeting);
  meetings.set(meeting, found);
  found.catch(() => meetings.delete(meeting));
  return found;
}

async function readLedgerKeys(session: Session, meeting: string): Promise<LogKeys> {
  const { log_key: shown } = await session.ask<LogKey>("GET", `/voting/meetings/${encodeURIComponent(meeting)}/log-key`, { shape: LogKeyShape });
  const pinned = await holdFast(await pinOf(shown, meeting), await trustOf(session));
  return logKeys(pinned, meeting);
}

/** Somebody who signed: their key, and the name in their certificate. */
export interface Signer extends Holder {
  readonly name: string;
}

/** Whose key this is, by the chain to the pinned anchor; `at`: milliseconds. A credential never changes under its
 * thumbprint, so it is asked for once. Refuses with credential_wrong. Throws Declined, Unreachable. */
export async function signerOf(session: Session, thumbprint: string, at: number): Promise<Signer> {
  const { identity } = session;
  const kept = await take<Credential>("pins", `credential ${thumbprint}`);
  const credential = kept ?? (await ofSigning(session, thumbprint));
  const holders = await readHolders([credential], await Anchors.read(identity.anchors), identity.body, at);
  const holder = holders.get(thumbprint) ?? refuse(why.CREDENTIAL_WRONG, { thumbprint, member: credential.member, what: "thumbprint" });
  if (!kept) await put("pins", `credential ${thumbprint}`, credential);
  const leaf = load(decodeStandard(credential.chain[0] ?? "") ?? refuse(why.CREDENTIAL_UNKNOWN));
  return { ...holder, name: nameIn(leaf) ?? holder.member };
}

/** Signing issued it, or nobody did: that it does not know it is no news that will come. */
async function ofSigning(session: Session, thumbprint: string): Promise<Credential> {
  try {
    return await session.ask<Credential>("GET", `/signing/credentials/${thumbprint}`, { shape: CredentialShape });
  } catch (error) {
    if (error instanceof Declined && error.code === why.CREDENTIAL_UNKNOWN.code) return refuse(why.CREDENTIAL_UNKNOWN);
    throw error;
  }
}

/** A name for the anchor under which somebody enrolled: what is pinned is pinned for it. */
async function trustOf({ identity }: Session): Promise<string> {
  return hex(await sha256(bytesOf(identity.anchors)));
}
