import type { Admission } from "../wire.ts";
import { drop, put, takeAll } from "./shelf.ts";

export type Role = Admission["roles"][number];

/** Somebody who has a key on this device. `chain`: their certificate and its issuers, PEM; `anchors`: the trust.pem that
 * was pinned when they enrolled; `roles`: as of the last time they signed in; `made`: milliseconds. */
export interface Identity {
  readonly thumbprint: string;
  readonly member: string;
  readonly body: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly chain: readonly string[];
  readonly anchors: string;
  readonly key: CryptoKeyPair;
  readonly made: number;
}

/** Who has a key here, the newest first. Throws NothingKept. */
export async function identities(): Promise<Identity[]> {
  return (await takeAll<Identity>("identities")).sort((one, other) => other.made - one.made);
}

/** Keep somebody's key; it stays in this browser and cannot be taken out of it. Throws NothingKept. */
export async function keep(identity: Identity): Promise<void> {
  await put("identities", identity.thumbprint, identity);
  // Asked, not awaited: a browser that clears away what is old leaves what is persistent.
  void navigator.storage?.persist?.().catch(() => false);
}

/** Forget a key for ever. Throws NothingKept. */
export function forget(thumbprint: string): Promise<void> {
  return drop("identities", thumbprint);
}
