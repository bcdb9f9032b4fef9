// A ballot confirmed with a passkey, in the order of docs/signatures.md: what it will say is made, the passkey is asked for
// exactly that, then the ballot is signed as ever.
import { castOf, type Confirmed } from "../acts/cast.ts";
import { lastRecorded, ownVotes } from "../acts/own_votes.ts";
import type { Asked } from "../acts/question.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { question, wordsOf, type Choice } from "../rules/ballot.ts";
import { encode } from "../rules/base64url.ts";
import { challengeOf } from "../rules/step_up.ts";
import { PasskeyVouchedShape, type PasskeyVouched, type StepUpDemand } from "../wire.ts";
import { confirm as ask, NoPasskey } from "./device.ts";

const TRIES = 5;

/** One's own passkeys, with the house's word for whose they are. Throws Declined, Unreachable. */
export function vouched(session: Session): Promise<PasskeyVouched[]> {
  return persist(() => session.ask<PasskeyVouched[]>("GET", "/meeting/passkeys/vouchers", { shape: { type: "array", items: PasskeyVouchedShape } }), { tries: TRIES });
}

/** What the passkey says of the ballot with this choice, which is still to be signed. Throws NoPasskey, NothingKept. */
export async function confirm({ member }: Session, { definition, hash }: Asked, demand: StepUpDemand, choice: Choice, passkeys: readonly PasskeyVouched[]): Promise<Confirmed> {
  const { hostname } = new URL(demand.origin);
  if (location.origin !== demand.origin) throw new NoPasskey("address", demand.origin);
  // 1. What the ballot will say: in place of the last one, where there is one.
  const before = lastRecorded(await ownVotes(member), definition.id);
  const words = wordsOf(question(definition, hash, new Set()), choice, member, before && (await castOf(before)));
  // 2. The passkey, for these bytes. 3. Whose it is, by the house's word.
  const { id, ...said } = await ask(hostname, await challengeOf(words), passkeys);
  const { voucher, public_key: key } = passkeys.find((each) => each.id === id) ?? (() => { throw new NoPasskey("cancelled", hostname); })();
  return { words: encode(words), evidence: { ...said, public_key: key }, voucher };
}
