import { forget, identities, keep, type Identity } from "../keys/identity.ts";
import { makeKey, requestOf } from "../keys/request.ts";
import { drop, put, take } from "../keys/shelf.ts";
import { ask, askText, persist } from "../line/server.ts";
import * as why from "../refusals.ts";
import { decodeStandard } from "../rules/base64url.ts";
import { same, type Bytes } from "../rules/bytes.ts";
import { Anchors } from "../rules/credential.ts";
import { refuse } from "../rules/refused.ts";
import { load, memberOf, nameIn, thumbprintOf } from "../rules/x509.ts";
import { EnrolledShape, type Enrolled } from "../wire.ts";

/** A key and the request for its certificate, kept until the certificate is here. */
interface Enrolling {
  readonly key: CryptoKeyPair;
  readonly request: string;
}

/**
 * Enrol with the code of an invite: a key is made here, its certificate comes back and is proven. Asked again after a
 * lost answer, with the same key. Throws Declined, Unreachable, Refused, NothingKept.
 */
export async function enrol(typed: string): Promise<Identity> {
  const code = plainCode(typed);
  // 1. A key, kept before anybody hears of it: a code opens once, and only for this very request.
  const { key, request } = await begun(code);
  // 2. The anchor, then the certificate.
  const anchors = await persist(() => askText("GET", "/signing/trust.pem"), { tries: 5 });
  const issued = await persist(() => ask<Enrolled>("POST", "/signing/enrolments", { json: { code, request }, shape: EnrolledShape }), { tries: 5 });
  // 3. Is it for our key, and does it lead to the anchor that is pinned with it?
  const identity = await proven(issued, key, anchors);
  // 4. Kept; from here on this is somebody.
  await settle(identity, code);
  return identity;
}

/** Keep who enrolled under this name. A key of theirs from before is good no more: the new one took its place. Throws NothingKept. */
export async function settle(identity: Identity, name: string): Promise<void> {
  await keep(identity);
  for (const { thumbprint, body, member } of await identities()) {
    if (body === identity.body && member === identity.member && thumbprint !== identity.thumbprint) await forget(thumbprint);
  }
  await drop("enrolling", name);
}

/** A code as it is meant, however it was typed; "" for none. */
export function plainCode(typed: string): string {
  return (codeIn(typed) || typed).toUpperCase().replace(/[\s–—-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
}

/** The code in an invite's address (`#moi=…`), "" for none; one that is escaped wrongly is taken as it stands. */
export function codeIn(address: string): string {
  const found = /[#?&]moi=([^&\s]+)/.exec(address)?.[1] ?? "";
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}

/** Whether this can be a code: 28 characters of Crockford's base32. */
export function isCode(typed: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{28}$/.test(plainCode(typed));
}

/** The key that is being enrolled under this name, kept before anybody hears of it. Throws NothingKept. */
export async function begun(code: string): Promise<Enrolling> {
  const kept = await take<Enrolling>("enrolling", code);
  if (kept) return kept;
  const key = await makeKey();
  const enrolling = { key, request: await requestOf(key) };
  await put("enrolling", code, enrolling);
  return enrolling;
}

/** Who this certificate makes of the key, once it is proven to be for it, under the anchors. Refuses with credential_wrong and what a chain is refused with. */
export async function proven(issued: Enrolled, key: CryptoKeyPair, anchors: string): Promise<Identity> {
  const chain = issued.chain.map(derOf);
  const leaf = load(chain[0] ?? refuse(why.CHAIN_MALFORMED, { what: "empty" }));
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key.publicKey));
  if (!same(leaf.spki, spki)) refuse(why.CREDENTIAL_WRONG, { thumbprint: issued.thumbprint, member: issued.member, what: "it is for another key" });
  // Asked at the middle of its life: a phone whose clock is wrong must be able to enrol all the same.
  await (await Anchors.read(anchors)).verify(chain, ((leaf.notBefore + leaf.notAfter) / 2) * 1000, "person");
  const { body, member } = memberOf(leaf);
  const thumbprint = await thumbprintOf(leaf);
  if (member !== issued.member || thumbprint !== issued.thumbprint) refuse(why.CREDENTIAL_WRONG, { thumbprint, member, what: "it names another person" });
  const name = nameIn(leaf) ?? member;
  return { thumbprint, member, body, name, roles: [], chain: issued.chain, anchors, key, made: Date.now() };
}

function derOf(pem: string): Bytes {
  const text = pem.trim().split("\n").slice(1, -1).join("").replaceAll("\r", "");
  return decodeStandard(text) ?? refuse(why.CHAIN_MALFORMED, { what: "not canonical PEM" });
}
