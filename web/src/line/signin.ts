import type { Identity, Role } from "../keys/identity.ts";
import { put, take } from "../keys/shelf.ts";
import { signMessage } from "../keys/signing.ts";
import * as why from "../refusals.ts";
import { KINDS } from "../rules/jws.ts";
import { refuse } from "../rules/refused.ts";
import { AdmissionShape, ChallengeShape, LoginPayloadShape, type Admission, type Challenge } from "../wire.ts";
import { clock } from "./clock.ts";
import { ask, askText, Declined, isPassing, pause, persist, type Method, type Options } from "./server.ts";

// A token is renewed when so little of it is left: a request on a slow line must still arrive in time.
const MARGIN_MS = 60_000;

/** Somebody who is signed in, for as long as the page is open. */
export interface Session {
  readonly identity: Identity;
  readonly member: string;
  readonly body: string;
  readonly roles: readonly Role[];
  /** A token that is good for a while yet; a `fresh` one where the server would not take the last. Throws Declined,
   * Unreachable. */
  token(fresh?: boolean): Promise<string>;
  /** Ask as this person; a token that the server will not take any more is renewed, once. Throws Declined, Unreachable. */
  ask<T>(method: Method, path: string, options?: Options): Promise<T>;
  askText(path: string, options?: Options): Promise<string>;
}

/** Sign in with a key: sign the server's challenge, get a token. A page that is loaded again goes on with the one it had:
 * it is back at the open vote two round trips sooner. `failed` hears of each try that was not answered. Refuses with audience_wrong.
 * Throws Declined, Unreachable, NothingKept. */
export async function signIn(identity: Identity, failed: (error: unknown) => void = () => undefined): Promise<Session> {
  const { thumbprint } = identity;
  let admission: Admission = remembered(thumbprint) ?? (await admit(identity, failed));
  remember(thumbprint, admission);
  let renewing: Promise<Admission> | undefined;
  const renew = async () => {
    try {
      admission = await (renewing ??= admit(identity, () => undefined));
      remember(thumbprint, admission);
    } finally {
      renewing = undefined;
    }
    return admission.token;
  };
  const token = async (fresh = false) => (!fresh && clock.now() < admission.expires_at - MARGIN_MS ? admission.token : renew());
  const asking = async <T>(act: (token: string) => Promise<T>): Promise<T> => {
    try {
      return await act(await token());
    } catch (error) {
      if (!(error instanceof Declined) || error.status !== 401) throw error;
      return act(await renew());
    }
  };
  return {
    identity,
    member: admission.member,
    body: admission.body,
    roles: admission.roles,
    token,
    ask: <T>(method: Method, path: string, options: Options = {}) => asking((token) => ask<T>(method, path, { ...options, token })),
    askText: (path, options = {}) => asking((token) => askText("GET", path, { ...options, token })),
  };
}

const NAME = "plenary.session";

/** The admission of before, in this tab, if it is this key's and good for a while yet by this device's clock. */
function remembered(thumbprint: string): Admission | undefined {
  try {
    const { of, ...admission } = JSON.parse(sessionStorage.getItem(NAME) ?? "{}") as Partial<Admission> & { of?: string };
    return of === thumbprint && (admission.expires_at ?? 0) > clock.now() + MARGIN_MS ? (admission as Admission) : undefined;
  } catch {
    return undefined;
  }
}

function remember(thumbprint: string, admission: Admission): void {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ of: thumbprint, ...admission }));
  } catch {
    // Then one signs in again the next time.
  }
}

/** A challenge is signed for the address of this page, or for the one that this key's first was for: a house may be known by
 * several. What was first is held fast, as long as there is the key. Refuses with audience_wrong. Throws NothingKept. */
async function mustBeOurs({ thumbprint }: Identity, audience: string): Promise<void> {
  if (audience === globalThis.location?.origin) return;
  const name = `audience ${thumbprint}`;
  const held = await take<string>("pins", name);
  if (held === undefined) return put("pins", name, audience);
  if (held !== audience) refuse(why.AUDIENCE_WRONG, { audience: held });
}

// Just enrolled, the desk may not have heard of it yet; after so many tries it never will.
const NEWS_TRIES = 12;

async function admit(identity: Identity, failed: (error: unknown) => void): Promise<Admission> {
  for (let again = 1; ; again += 1) {
    // 1. A challenge for this certificate, asked for until the line is there.
    let unheard = 0;
    const given = await persist(() => ask<Challenge>("POST", "/meeting/challenges", { json: { credential: identity.thumbprint }, shape: ChallengeShape }), {
      failed,
      passing: (error) => isPassing(error) && !(error instanceof Declined && error.code === "credential_unknown" && (unheard += 1) > NEWS_TRIES),
    });
    // 2. Signed, for this house alone: what another one passes on is not signed.
    await mustBeOurs(identity, given.audience);
    const jose = await signMessage(identity, KINDS.login, LoginPayloadShape, { challenge: given.challenge, audience: given.audience });
    try {
      // 3. A token. The challenge opens once: if the answer is lost, there is another.
      return await ask<Admission>("POST", "/meeting/tokens", { jose, shape: AdmissionShape });
    } catch (error) {
      if (!isPassing(error) && (again >= 3 || !(error instanceof Declined) || error.code !== "challenge_used")) throw error;
      failed(error);
      await pause(again);
    }
  }
}
