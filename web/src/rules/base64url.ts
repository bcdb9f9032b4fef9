import * as why from "../refusals.ts";
import { sha256, type Bytes } from "./bytes.ts";
import { refuse } from "./refused.ts";

/** Base64 (RFC 4648 section 4) in its one canonical spelling, or undefined. */
export function decodeStandard(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  try {
    const raw = atob(text);
    const value = Uint8Array.from(raw, (character) => character.charCodeAt(0));
    // One text for each value: bits that belong to no byte must be zero.
    return btoa(raw) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Base64 with padding, as in PEM, x5c and C2SP texts. */
export function encodeStandard(value: Uint8Array): string {
  // In pieces: a function takes only so many arguments.
  let raw = "";
  for (let at = 0; at < value.length; at += 0x8000) raw += String.fromCharCode(...value.subarray(at, at + 0x8000));
  return btoa(raw);
}

/** Base64url without padding, canonical: one text for each value. Refuses with message_malformed. */
export function decode(text: string): Bytes {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  const value = /[+/=]/.test(text) ? undefined : decodeStandard(padded);
  return value ?? refuse(why.MESSAGE_MALFORMED, { what: "base64url" });
}

/** Base64url without padding (RFC 7515 section 2). */
export function encode(value: Uint8Array): string {
  return encodeStandard(value).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** SHA-256 in base64url: 43 characters. */
export async function digest(value: Bytes): Promise<string> {
  return encode(await sha256(value));
}
