import { sha256, type Bytes } from "./bytes.ts";

/** The verification code of a JWS signing input: four digits, here and in the app of the service that signs it.
 * Of the SHA-256 of the hash that is signed, the last two bytes, big-endian, as the last four of their decimal digits. */
export async function verificationCode(signingInput: Bytes): Promise<string> {
  const twice = await sha256(await sha256(signingInput));
  const number = new DataView(twice.buffer).getUint16(30);
  return String(number % 10_000).padStart(4, "0");
}
