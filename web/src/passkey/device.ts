// The browser's own passkeys (WebAuthn Level 3): what the server asked for in, what it takes out.
import { decode, encode } from "../rules/base64url.ts";
import { bytesOf, type Bytes } from "../rules/bytes.ts";
import type { PasskeyAsserted, PasskeyChallenge, PasskeyMade, PasskeyVouched, PasskeyWanted, StepUpEvidence } from "../wire.ts";
import { FAILED_WORDS } from "./words.ts";

/** The device gave none; `why` is one of FAILED_WORDS, `site` the name that passkeys of this house belong to. */
export class NoPasskey extends Error {
  readonly why: keyof typeof FAILED_WORDS;
  readonly site: string;

  constructor(why: keyof typeof FAILED_WORDS, site: string) {
    super(why);
    this.why = why;
    this.site = site;
  }
}

const TIMEOUT_MS = 110_000;
const ES256 = -7, EDDSA = -8, RS256 = -257;

/** A new passkey on this device, or another one of its owner's. Throws NoPasskey. */
export async function make({ challenge, person, name, member, house, known }: PasskeyWanted): Promise<Omit<PasskeyMade, "name">> {
  const made = await asked(challenge.site, () => navigator.credentials.create({
    publicKey: {
      challenge: bytesOf(challenge.challenge),
      rp: { id: challenge.site, name: house },
      user: { id: decode(person), name: member, displayName: name },
      pubKeyCredParams: [ES256, EDDSA, RS256].map((alg) => ({ type: "public-key", alg })),
      // Nobody is named when one signs in: a passkey that the device does not find by itself would never open.
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      excludeCredentials: known.map((id) => ({ type: "public-key", id: decode(id) })),
      timeout: TIMEOUT_MS,
    },
  }));
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    client_data: text(response.clientDataJSON),
    attestation: text(response.attestationObject),
    transports: response.getTransports?.().slice(0, 8) ?? [],
  };
}

/** A passkey's answer to a challenge; whose it is, it says itself. Throws NoPasskey. */
export async function answer({ challenge, site }: PasskeyChallenge): Promise<PasskeyAsserted> {
  const given = await asked(site, () => navigator.credentials.get({
    publicKey: { challenge: bytesOf(challenge), rpId: site, userVerification: "required", timeout: TIMEOUT_MS },
  }));
  const response = given.response as AuthenticatorAssertionResponse;
  return {
    id: text(given.rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    person: response.userHandle ? text(response.userHandle) : "",
  };
}

/** What one of these passkeys says of a ballot, and which. Throws NoPasskey. */
export async function confirm(site: string, challenge: Bytes, passkeys: readonly PasskeyVouched[]): Promise<Omit<StepUpEvidence, "public_key"> & { readonly id: string }> {
  const allowed = passkeys.map(({ id, transports }) => ({ type: "public-key" as const, id: decode(id), transports: [...transports] as AuthenticatorTransport[] }));
  const given = await asked(site, () => navigator.credentials.get({
    publicKey: { challenge, rpId: site, userVerification: "required", allowCredentials: allowed, timeout: TIMEOUT_MS },
  }));
  const response = given.response as AuthenticatorAssertionResponse;
  return {
    id: text(given.rawId),
    authenticator_data: text(response.authenticatorData),
    client_data: text(response.clientDataJSON),
    signature: text(response.signature),
  };
}

async function asked(site: string, act: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (typeof PublicKeyCredential === "undefined") throw new NoPasskey("unsupported", site);
  try {
    const given = await act();
    if (given instanceof PublicKeyCredential) return given;
  } catch (error) {
    throw new NoPasskey(reason(error), site);
  }
  throw new NoPasskey("cancelled", site);
}

function reason(error: unknown): keyof typeof FAILED_WORDS {
  switch (error instanceof DOMException ? error.name : "") {
    case "InvalidStateError": return "already";
    case "SecurityError": return "address";
    case "NotSupportedError": case "ConstraintError": return "unsupported";
    default: return "cancelled";
  }
}

function text(buffer: ArrayBuffer): string {
  return encode(new Uint8Array(buffer));
}
