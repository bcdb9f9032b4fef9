// Evidence beside a ballot: a passkey confirmed this very payload (WebAuthn Level 3, section 7.2). The same checks as
// `services/rules/step_up.py` and `assertion.py`. It is no signature of the ballot.
import * as why from "../refusals.ts";
import type { PollDefinition, StepUpDemand, StepUpEvidence } from "../wire.ts";
import type { Cast } from "./ballot.ts";
import { decode, encode } from "./base64url.ts";
import { bytesOf, joined, same, sha256, type Bytes } from "./bytes.ts";
import { keyOf } from "./cose.ts";
import type { Placed } from "./extract.ts";
import type { BallotLine } from "./fold.ts";
import { mustBeSingle } from "./json.ts";
import { refuse, wrapping, Refused } from "./refused.ts";

/** What the device said: whether the passkey can be and is backed up. */
export interface Flags {
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

const PREFIX = bytesOf("plenary-ballot-v1\0");
const LARGEST_CLIENT_DATA = 4_096;
const HEAD = 37;
const [PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, EXTENDED] = [0x01, 0x04, 0x08, 0x10, 0x80];
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a passkey is asked for a ballot with these payload bytes. */
export function challengeOf(payload: Bytes): Promise<Bytes> {
  return sha256(joined(PREFIX, payload));
}

/** By ledger line, what passkeys said that confirmed ballots. Refuses with step_up_wrong: one that was not asked for, is
 * missing, does not hold, or is by the passkey of another voter. */
export async function read(ballots: readonly Placed<BallotLine>[], cast: readonly Cast[], { step_up: demand }: PollDefinition): Promise<ReadonlyMap<number, Flags>> {
  const found = new Map<number, Flags>();
  const owners = new Map<string, string>();
  for (const [place, { entry, index }] of ballots.entries()) {
    const wrong = (what: string) => refuse(why.STEP_UP_WRONG, { index, what });
    const { confirmed } = entry;
    if (!confirmed) {
      if (demand?.when === "required") wrong("not confirmed");
      continue;
    }
    if (!demand) return wrong("not asked for");
    const payload = decode(entry.jws.split(".")[1] ?? "");
    found.set(index, await wrapping(() => verify(confirmed, payload, demand), ({ code }) => new Refused(why.STEP_UP_WRONG, { index, what: code })));
    const voter = cast[place]?.payload.voter ?? "";
    if ((owners.get(confirmed.public_key) ?? voter) !== voter) wrong("the passkey of another voter");
    owners.set(confirmed.public_key, voter);
  }
  return found;
}

/** What the device said, if this passkey confirmed this payload on those pages. */
export async function verify(evidence: StepUpEvidence, payload: Bytes, { origin }: StepUpDemand): Promise<Flags> {
  const { device, browser, signature, key } = bytesIn(evidence);
  // 1. What the device says: for our site, with its owner there and known to it.
  const flags = await readFlags(device, hostOf(origin));
  // 2. What the browser says: asked for this, by our own page, at the top.
  mustBeFor(browser, encode(await challengeOf(payload)), origin);
  if (device.length > HEAD && !((device[32] ?? 0) & EXTENDED)) malformed("authenticatorData");
  // 3. Signed by this very passkey, over the bytes as they came.
  const verifies = await keyOf(key);
  if (!(await verifies(signature, joined(device, await sha256(browser))))) refuse(why.ASSERTION_UNSIGNED);
  return flags;
}

/** As it stands in the signed question. Not by `URL`: that makes 127.0.0.1 of 0x7f.1, and fails where a name or a port is none. */
function hostOf(origin: string): string {
  return origin.replace(/^https?:\/\//, "").replace(/:[0-9]+$/, "");
}

function bytesIn(evidence: StepUpEvidence): { device: Bytes; browser: Bytes; signature: Bytes; key: Bytes } {
  try {
    const { authenticator_data: device, client_data: browser, signature, public_key: key } = evidence;
    return { device: decode(device), browser: decode(browser), signature: decode(signature), key: decode(key) };
  } catch (error) {
    if (error instanceof Refused) return malformed("base64url");
    throw error;
  }
}

async function readFlags(device: Bytes, host: string): Promise<Flags> {
  if (device.length < HEAD) malformed("authenticatorData");
  if (!same(device.subarray(0, 32), await sha256(bytesOf(host)))) refuse(why.ASSERTION_SITE_WRONG, { site: host });
  const said = device[32] ?? 0;
  if (!(said & PRESENT)) refuse(why.ASSERTION_UNATTENDED);
  if (!(said & VERIFIED)) refuse(why.ASSERTION_UNVERIFIED);
  if (said & BACKED_UP && !(said & BACKUP_ELIGIBLE)) refuse(why.ASSERTION_BACKUP_WRONG);
  return { backupEligible: Boolean(said & BACKUP_ELIGIBLE), backedUp: Boolean(said & BACKED_UP) };
}

function mustBeFor(browser: Bytes, challenge: string, origin: string): void {
  const said = clientData(browser);
  if (said["type"] !== "webauthn.get") refuse(why.ASSERTION_KIND_WRONG);
  if (said["challenge"] !== challenge) refuse(why.ASSERTION_CHALLENGE_WRONG);
  if (said["origin"] !== origin) refuse(why.ASSERTION_ORIGIN_WRONG, { origin });
  if (("crossOrigin" in said && said["crossOrigin"] !== false) || "topOrigin" in said) refuse(why.ASSERTION_EMBEDDED);
}

/** A browser may say more than we know of (section 5.8.1): the rest is let be; a name twice is not. */
function clientData(browser: Bytes): { readonly [name: string]: unknown } {
  if (browser.length > LARGEST_CLIENT_DATA) malformed("clientDataJSON");
  try {
    const text = utf8.decode(browser);
    const said: unknown = JSON.parse(text);
    mustBeSingle(text);
    if (typeof said !== "object" || said === null || Array.isArray(said)) return malformed("clientDataJSON");
    const record = said as { readonly [name: string]: unknown };
    return ["type", "challenge", "origin"].every((name) => typeof record[name] === "string") ? record : malformed("clientDataJSON");
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return malformed("clientDataJSON");
    throw error;
  }
}

function malformed(what: string): never {
  return refuse(why.ASSERTION_MALFORMED, { what });
}
