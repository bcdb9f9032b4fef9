// Public keys of passkeys: COSE (RFC 9052, RFC 9053) in CBOR (RFC 8949), as far as passkeys have it.
import * as why from "../refusals.ts";
import { joined, type Bytes } from "./bytes.ts";
import { encode } from "./base64url.ts";
import { integer, NotDer, readIn, readOne, TAG } from "./der.ts";
import { ed25519 } from "./keys.ts";
import { refuse } from "./refused.ts";

/** Whether this key made a signature as WebAuthn has it: ECDSA in DER, RSA by PKCS#1 v1.5, Ed25519. */
export type Verifies = (signature: Bytes, signed: Bytes) => Promise<boolean>;

const [KTY, ALG, CURVE, X, Y] = [1, 3, -1, -2, -3];
const [RSA_SMALLEST_BYTES, RSA_LARGEST_BYTES] = [256, 512];
const E = "AQAB";
const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

type Member = number | Bytes;

/** The key in these bytes. Refuses with assertion_malformed, passkey_key_not_taken. */
export async function keyOf(cose: Bytes): Promise<Verifies> {
  const key = read(cose);
  const bytes = (name: number): Bytes => {
    const value = key.get(name);
    return typeof value === "object" ? value : malformed();
  };
  const is = [KTY, ALG, CURVE].map((name) => key.get(name)).join();
  // These members in this order, and no others: one key has one text (WebAuthn section 6.5.1.1).
  const members = [...key.keys()].join();
  if (is === "2,-7,1" && members === "1,3,-1,-2,-3") return ecdsa(bytes(X), bytes(Y));
  if (is === "1,-8,6" && members === "1,3,-1,-2") return edDsa(bytes(X));
  if (key.get(KTY) === 3 && key.get(ALG) === -257 && members === "1,3,-1,-2") return rsa(bytes(CURVE), bytes(X));
  return refuse(why.PASSKEY_KEY_NOT_TAKEN);
}

async function ecdsa(x: Bytes, y: Bytes): Promise<Verifies> {
  if (x.length !== 32 || y.length !== 32) return malformed();
  const key = await imported("raw", joined(Uint8Array.of(4), x, y), P256);
  return async (signature, signed) => {
    const raw = rawOf(signature);
    return raw !== undefined && crypto.subtle.verify(P256, key, raw, signed);
  };
}

async function edDsa(raw: Bytes): Promise<Verifies> {
  if (raw.length !== 32) return malformed();
  const key = ed25519(raw);
  return (signature, signed) => key.verify("EdDSA", signature, signed);
}

async function rsa(n: Bytes, e: Bytes): Promise<Verifies> {
  const short = n.length < RSA_SMALLEST_BYTES || (n.length === RSA_SMALLEST_BYTES && (n[0] ?? 0) < 0x80);
  if (short || n.length > RSA_LARGEST_BYTES || n[0] === 0 || encode(e) !== E) return refuse(why.PASSKEY_KEY_NOT_TAKEN);
  const key = await imported("jwk", { kty: "RSA", n: encode(n), e: encode(e) }, RS256);
  return (signature, signed) => crypto.subtle.verify(RS256, key, signature, signed);
}

async function imported(format: "raw" | "jwk", key: Bytes | JsonWebKey, parameters: typeof P256 | typeof RS256): Promise<CryptoKey> {
  try {
    return format === "raw"
      ? await crypto.subtle.importKey(format, key as Bytes, parameters, false, ["verify"])
      : await crypto.subtle.importKey(format, key as JsonWebKey, parameters, false, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException) return malformed();
    throw error;
  }
}

/** Raw r‖s of a signature in DER, undefined if it is none. */
function rawOf(der: Bytes): Bytes | undefined {
  try {
    const parts = readIn(readOne(der, TAG.sequence), TAG.sequence).map(integer);
    if (parts.length !== 2 || parts.some((each) => each <= 0n || each >> 256n)) return undefined;
    return joined(...parts.map((each) => Uint8Array.from({ length: 32 }, (_, place) => Number((each >> BigInt(8 * (31 - place))) & 0xffn))));
  } catch (error) {
    if (error instanceof NotDer) return undefined;
    throw error;
  }
}

/** A map of whole numbers to whole numbers and bytes, and nothing after it. */
function read(cbor: Bytes): ReadonlyMap<number, Member> {
  const found = new Map<number, Member>();
  const start = head(cbor, 0);
  if (start.major !== 5) return malformed();
  let at = start.next;
  for (let left = start.size; left > 0; left -= 1) {
    const name = item(cbor, at);
    const value = item(cbor, name.next);
    if (typeof name.value !== "number" || found.has(name.value)) return malformed();
    found.set(name.value, value.value);
    at = value.next;
  }
  return at === cbor.length ? found : malformed();
}

function item(cbor: Bytes, at: number): { readonly value: Member; readonly next: number } {
  const { major, size, next } = head(cbor, at);
  if (major === 0) return { value: size, next };
  if (major === 1) return { value: -1 - size, next };
  if (major !== 2 || next + size > cbor.length) return malformed();
  return { value: cbor.slice(next, next + size), next: next + size };
}

function head(cbor: Bytes, at: number): { readonly major: number; readonly size: number; readonly next: number } {
  const first = cbor[at] ?? malformed();
  const [major, short] = [first >> 5, first & 0x1f];
  if (short < 24) return { major, size: short, next: at + 1 };
  const length = ({ 24: 1, 25: 2, 26: 4 } as const)[short] ?? malformed();
  if (at + 1 + length > cbor.length) return malformed();
  const size = cbor.subarray(at + 1, at + 1 + length).reduce((sum, byte) => sum * 256 + byte, 0);
  return size < { 1: 24, 2: 256, 4: 65_536 }[length] ? malformed() : { major, size, next: at + 1 + length };
}

function malformed(): never {
  return refuse(why.ASSERTION_MALFORMED, { what: "COSE" });
}
