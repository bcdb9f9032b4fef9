// The keys that evidence names, each believed only with a chain up to a trust anchor: `services/rules/holders.py`.
import * as why from "../refusals.ts";
import type { Credential } from "../wire.ts";
import { decodeStandard } from "./base64url.ts";
import type { Holder } from "./ballot.ts";
import type { Bytes } from "./bytes.ts";
import type { Anchors } from "./credential.ts";
import { isLink } from "./extensions.ts";
import { refuse, Refused, wrapping } from "./refused.ts";
import { load, memberOf, publicKeyOf, thumbprintOf } from "./x509.ts";

export type Holders = ReadonlyMap<string, Holder>;

/** Holders by thumbprint; `at`: when the poll was opened, in milliseconds. Refuses with credential_wrong. */
export async function readHolders(credentials: readonly Credential[], anchors: Anchors, body: string, at: number): Promise<Holders> {
  const found = await Promise.all(credentials.map((one) => readHolder(one, anchors, body, at)));
  const holders = new Map(found.map((holder) => [holder.thumbprint, holder]));
  if (holders.size !== credentials.length) refuse(why.CREDENTIAL_WRONG, { thumbprint: "", member: "", what: "a certificate twice" });
  return holders;
}

async function readHolder(one: Credential, anchors: Anchors, body: string, at: number): Promise<Holder> {
  const wrong = (what: string) => new Refused(why.CREDENTIAL_WRONG, { thumbprint: one.thumbprint, member: one.member, what });
  const read = async () => {
    const chain = one.chain.map((text) => decodeStandard(text) ?? refuse(why.CHAIN_MALFORMED, { what: "base64" }));
    const [notBefore, notAfter] = timesOf(chain);
    // A key enrolled while the poll was open is good from then on, so it is asked at its own beginning.
    const leaf = await anchors.verify(chain, Math.min(Math.max(at, notBefore), notAfter), "person");
    return { leaf, named: memberOf(leaf), key: publicKeyOf(leaf), notBefore, notAfter, linked: isLink(leaf) };
  };
  const { leaf, named, key, notBefore, notAfter, linked } = await wrapping(read, (refused) => wrong(refused.code));
  const thumbprint = await thumbprintOf(leaf);
  if (thumbprint !== one.thumbprint) throw wrong("thumbprint");
  if (named.body !== body || named.member !== one.member) throw wrong("it names another person");
  return { thumbprint, member: one.member, key, notBefore, notAfter, linked };
}

/** When a whole chain is valid, in milliseconds; the last second counts in full. */
function timesOf(chain: readonly Bytes[]): [number, number] {
  if (!chain.length) refuse(why.CHAIN_MALFORMED, { what: "empty" });
  const all = chain.map(load);
  const starts = Math.max(...all.map(({ notBefore }) => notBefore));
  const ends = Math.min(...all.map(({ notAfter }) => notAfter));
  return [starts * 1000, ends * 1000 + 999];
}

/** The holder of a credential that was valid at that time (milliseconds). */
export function holderAt(holders: Holders, at: number): (thumbprint: string) => Holder {
  return (thumbprint) => {
    const holder = holders.get(thumbprint) ?? refuse(why.CREDENTIAL_UNKNOWN);
    return holder.notBefore <= at && at <= holder.notAfter ? holder : refuse(why.CREDENTIAL_EXPIRED);
  };
}
