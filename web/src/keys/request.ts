// A certification request (PKCS#10, RFC 2986) in DER: who we are, our public key, and our signature over both.
import { encodeStandard } from "../rules/base64url.ts";
import { bytesOf, type Bytes } from "../rules/bytes.ts";
import { element, signatureDer, TAG } from "../rules/der.ts";

const COMMON_NAME = Uint8Array.of(0x06, 0x03, 0x55, 0x04, 0x03);
const ECDSA_WITH_SHA256 = Uint8Array.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
const VERSION_0 = Uint8Array.of(0x02, 0x01, 0x00);
const NO_ATTRIBUTES = Uint8Array.of(0xa0, 0x00);
const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;

/** A fresh P-256 key whose private half never leaves this browser. */
export function makeKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
}

/** A request for a certificate of this key, PEM. The name in it counts for nothing: the invite says who it is. */
export async function requestOf(key: CryptoKeyPair, member = ""): Promise<string> {
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key.publicKey));
  const asked = element(TAG.sequence, VERSION_0, nameOf(member), spki, NO_ATTRIBUTES);
  const signature = await crypto.subtle.sign({ ...P256, hash: "SHA-256" }, key.privateKey, asked);
  const algorithm = element(TAG.sequence, ECDSA_WITH_SHA256);
  const bits = element(TAG.bitString, Uint8Array.of(0), signatureDer(new Uint8Array(signature)));
  return toPem(element(TAG.sequence, asked, algorithm, bits));
}

function nameOf(member: string): Bytes {
  if (!member) return element(TAG.sequence);
  return element(TAG.sequence, element(TAG.set, element(TAG.sequence, COMMON_NAME, element(TAG.utf8, bytesOf(member)))));
}

function toPem(der: Bytes): string {
  const lines = encodeStandard(der).match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE REQUEST-----", ...lines, "-----END CERTIFICATE REQUEST-----", ""].join("\n");
}
