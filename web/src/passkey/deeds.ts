import { begun, proven, settle } from "../acts/enrol.ts";
import type { Identity } from "../keys/identity.ts";
import { drop } from "../keys/shelf.ts";
import { ask, askText, Declined, persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { AdmissionShape, EnrolledShape, PasskeyChallengeShape, PasskeyShape, PasskeyWantedShape, type Admission, type Enrolled, type Passkey, type PasskeyChallenge, type PasskeyLogged, type PasskeyWanted, type Recovery } from "../wire.ts";
import { answer, make } from "./device.ts";

const TRIES = 5;

/** One's own passkeys. Throws Declined, Unreachable. */
export function ownPasskeys(session: Session): Promise<Passkey[]> {
  return persist(() => session.ask<Passkey[]>("GET", "/meeting/passkeys"), { tries: TRIES });
}

/** Add a passkey under this name. Throws NoPasskey, Declined, Unreachable. */
export async function addPasskey(session: Session, name: string): Promise<Passkey> {
  // 1. Only who has signed in with their key just now may: anew, with the key on this device.
  const token = await session.token(true);
  const wanted = await persist(() => ask<PasskeyWanted>("POST", "/meeting/passkeys/wanted", { token, shape: PasskeyWantedShape }), { tries: TRIES });
  // 2. The device makes it, once its owner says so. 3. The server keeps it.
  const made = { ...(await make(wanted)), name };
  return ask<Passkey>("POST", "/meeting/passkeys", { token, json: made, shape: PasskeyShape });
}

/** Remove one of one's own. Throws Declined, Unreachable. */
export function removePasskey(session: Session, passkey: string): Promise<void> {
  return session.ask<void>("POST", `/meeting/passkeys/${passkey}/remove`);
}

/** What the secretary sees of a body: its passkeys, and what happened to them and with them, the newest first. */
export interface Seen {
  readonly passkeys: readonly Passkey[];
  readonly log: readonly (Pick<PasskeyLogged, "member" | "at" | "by"> & { readonly what: PasskeyLogged["what"] | "recovered" })[];
}

/** What is to be seen of one's own body. Throws Declined, Unreachable. */
export async function seenOf(session: Session): Promise<Seen> {
  const get = <T>(path: string) => persist(() => session.ask<T>("GET", path), { tries: TRIES });
  const [passkeys, log, recoveries] = await Promise.all([
    get<Passkey[]>(`/meeting/bodies/${session.body}/passkeys`),
    get<PasskeyLogged[]>(`/meeting/bodies/${session.body}/passkeys/log`),
    get<Recovery[]>(`/signing/bodies/${session.body}/recoveries`),
  ]);
  const recovered = recoveries.map(({ member, at }) => ({ member, at, by: "", what: "recovered" as const }));
  return { passkeys, log: [...log, ...recovered].sort((one, other) => other.at - one.at) };
}

/** Remove a member's passkey. Throws Declined, Unreachable. */
export function removeOf(session: Session, passkey: string): Promise<void> {
  return session.ask<void>("POST", `/meeting/bodies/${session.body}/passkeys/${passkey}/remove`);
}

/** Sign in with a passkey: who that is, and a token that signs nothing. Throws NoPasskey, Declined, Unreachable. */
export async function enter(): Promise<Admission> {
  const challenge = await persist(() => ask<PasskeyChallenge>("POST", "/meeting/passkeys/challenges", { shape: PasskeyChallengeShape }), { tries: TRIES });
  return ask<Admission>("POST", "/meeting/passkeys/tokens", { json: await answer(challenge), shape: AdmissionShape });
}

/** A new key on this device in place of the one that was lost. Throws Declined, Unreachable, Refused, NothingKept. */
export async function recover({ token, body, member }: Admission): Promise<Identity> {
  const name = `passkey ${body} ${member}`;
  const anchors = await persist(() => askText("GET", "/signing/trust.pem"), { tries: TRIES });
  // 1. A key, kept before anybody hears of it: if the answer is lost, the same request is answered again.
  const enrolled = async () => {
    const { key, request } = await begun(name);
    const issued = await persist(() => ask<Enrolled>("POST", "/signing/credentials/recover", { token, json: { request }, shape: EnrolledShape }), { tries: TRIES });
    return { key, issued };
  };
  const { key, issued } = await enrolled().catch(async (error: unknown) => {
    // What was begun long ago was answered then, and is good no more: begun anew.
    if (!(error instanceof Declined && error.code === "key_taken")) throw error;
    await drop("enrolling", name);
    return enrolled();
  });
  // 2. Is it for our key, and does it lead to the anchor that is pinned with it? 3. Kept.
  const identity = await proven(issued, key, anchors);
  await settle(identity, name);
  return identity;
}
