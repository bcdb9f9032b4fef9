// A key at a signing service is linked beside the key of this device: the service itself signs what links it, its owner confirming.
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { decode } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { refuse } from "../rules/refused.ts";
import { verificationCode } from "../rules/verification_code.ts";
import type { RemoteKeyShown, RemoteLinkShown, RemoteOwnKey, RemoteServiceShown } from "../wire.ts";
import { signerOf } from "./house.ts";

// A service outside answers slowly.
const PATIENCE = 45_000;

/** A key there that is to be linked: whose, which; `attempt`: one more each time that somebody begins. */
export interface Linking {
  readonly service: RemoteServiceShown;
  readonly user: string;
  readonly key: RemoteKeyShown;
  readonly attempt: number;
}

/** The services that one's body may use. Throws Declined, Unreachable. */
export function servicesOf(session: Session): Promise<RemoteServiceShown[]> {
  return persist(() => session.ask<RemoteServiceShown[]>("GET", "/signing/remote"), { tries: 5 });
}

/** One's own keys there. Throws Declined, Unreachable. */
export function ownKeys(session: Session): Promise<RemoteOwnKey[]> {
  return persist(() => session.ask<RemoteOwnKey[]>("GET", "/signing/remote/own"), { tries: 5 });
}

/** The keys that a user has at a service: asked once, as each asking counts. Throws Declined, Unreachable. */
export function keysAt(session: Session, service: RemoteServiceShown, user: string): Promise<RemoteKeyShown[]> {
  return session.ask<RemoteKeyShown[]>("POST", `/signing/remote/${service.id}/own/keys`, { json: { user }, patience: PATIENCE });
}

/** Begin, ask, link: the same each time; `instead`: another page of the service in place of this one. What is signed there is looked at here: it links this key to this very person, by the word of the
 * key of this device; and the code is of just that. Refuses with proof_wrong. Throws Declined, Unreachable. */
export async function link(session: Session, { service, user, key, attempt }: Linking, instead = ""): Promise<RemoteLinkShown> {
  const shown = await session.ask<RemoteLinkShown>("POST", `/signing/remote/${service.id}/own/links`, { json: { user, key: key.id, attempt, instead }, patience: PATIENCE });
  const said = JSON.parse(new TextDecoder().decode(decode(shown.input?.split(".")[1] ?? ""))) as { readonly [name: string]: unknown };
  const { identity, member, body } = session;
  if (said["member"] !== member || said["body"] !== body || said["beside"] !== identity.thumbprint || said["invite"] !== "") refuse(why.PROOF_WRONG, { what: "another person" });
  if ((await verificationCode(bytesOf(shown.input ?? ""))) !== shown.verification_code) refuse(why.PROOF_WRONG, { what: "another verification code" });
  if (shown.enrolled) await mustBeMine(session, shown.enrolled.thumbprint);
  return shown;
}

/** The certificate of the link is one's own, under the anchor that is pinned. The desk learns of it a moment later. */
async function mustBeMine(session: Session, thumbprint: string): Promise<void> {
  const { member } = await persist(() => signerOf(session, thumbprint, Date.now()), { tries: 5 });
  if (member !== session.member) refuse(why.CREDENTIAL_WRONG, { thumbprint, member, what: "it names another person" });
}

/** Sign no more with it. Throws Declined, Unreachable. */
export function giveUp(session: Session, key: RemoteOwnKey): Promise<void> {
  return persist(() => session.ask<void>("POST", `/signing/remote/own/${key.thumbprint}/remove`), { tries: 5 });
}
