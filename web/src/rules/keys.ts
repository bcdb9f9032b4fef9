import * as why from "../refusals.ts";
import { same, type Bytes } from "./bytes.ts";
import { refuse } from "./refused.ts";

export type Algorithm = "ES256" | "RS256" | "PS256" | "EdDSA";

/** A public key, and the algorithms that it may sign with: the key pins them, no header chooses. */
export interface PublicKey {
  readonly algorithms: readonly Algorithm[];
  verify(algorithm: Algorithm, signature: Bytes, signed: Bytes): Promise<boolean>;
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const PARAMETERS = {
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
} as const;

/** A P-256 key or an RSA key, from a SubjectPublicKeyInfo (DER) whose kind and size the caller has looked at. */
export function keyOf(spki: Bytes, algorithms: readonly ("ES256" | "RS256" | "PS256")[]): PublicKey {
  const imported = new Map<string, Promise<CryptoKey>>();
  return {
    algorithms,
    async verify(algorithm, signature, signed) {
      if (algorithm === "EdDSA" || !algorithms.includes(algorithm)) return refuse(why.ALGORITHM_WRONG);
      if (algorithm === "ES256" && !isLow(signature)) return false;
      const parameters = PARAMETERS[algorithm];
      const key = imported.get(algorithm) ?? crypto.subtle.importKey("spki", spki, parameters, false, ["verify"]);
      imported.set(algorithm, key);
      return crypto.subtle.verify(parameters, await key, signature, signed);
    },
  };
}

/** An Ed25519 key from its 32 bytes (RFC 8032). */
export function ed25519(raw: Bytes): PublicKey {
  return {
    algorithms: ["EdDSA"],
    verify: (algorithm, signature, signed) =>
      algorithm === "EdDSA" ? verifyEd25519(raw, signature, signed) : refuse(why.ALGORITHM_WRONG),
  };
}

async function verifyEd25519(raw: Bytes, signature: Bytes, signed: Bytes): Promise<boolean> {
  const [key, is] = await importedEd25519(raw);
  if (is === "native") return crypto.subtle.verify("Ed25519", key, signature, signed);
  return is === "malformed" ? false : verifyInScript(raw, signature, signed);
}

type Imported = [CryptoKey, "native"] | [undefined, "malformed" | "unknown here"];

async function importedEd25519(raw: Bytes): Promise<Imported> {
  try {
    return [await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]), "native"];
  } catch (error) {
    // Safari before 17 and Chromium before 137 do not know the algorithm.
    const unknown = error instanceof DOMException && error.name === "NotSupportedError";
    return [undefined, unknown ? "unknown here" : "malformed"];
  }
}

/** The same check in script, for phones whose browser has no Ed25519. */
export async function verifyInScript(raw: Bytes, signature: Bytes, signed: Bytes): Promise<boolean> {
  const { verifyAsync } = await import("@noble/ed25519");
  try {
    return await verifyAsync(signature, signed, raw, { zip215: false });
  } catch {
    return false;
  }
}

/** Raw r‖s of 64 bytes, both in range, s in its lower half: of the two signatures that ECDSA would take, one. */
function isLow(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const [r, s] = [number(signature.subarray(0, 32)), number(signature.subarray(32))];
  return r > 0n && r < P256_ORDER && s > 0n && s <= P256_ORDER / 2n;
}

/** A signature by a P-256 key in the one form that is taken: raw r‖s with low s. */
export async function signLow(key: CryptoKey, signed: Bytes): Promise<Bytes> {
  const raw = new Uint8Array(await crypto.subtle.sign(PARAMETERS.ES256, key, signed));
  const s = number(raw.subarray(32));
  if (s > P256_ORDER / 2n) raw.set(bytesOfNumber(P256_ORDER - s), 32);
  return raw;
}

function number(value: Uint8Array): bigint {
  return value.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function bytesOfNumber(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, place) => Number((value >> BigInt(8 * (31 - place))) & 0xffn));
}

// A SubjectPublicKeyInfo of an Ed25519 key (RFC 8410) is this and 32 bytes.
const ED25519_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/** The 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo, or undefined if it is of another kind. */
export function ed25519In(spki: Bytes): Bytes | undefined {
  const is = spki.length === 44 && same(spki.subarray(0, 12), ED25519_PREFIX);
  return is ? spki.slice(12) : undefined;
}
