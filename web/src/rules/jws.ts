import * as why from "../refusals.ts";
import { decode, encode } from "./base64url.ts";
import { bytesOf, type Bytes } from "./bytes.ts";
import { NotThisMessage, read, write } from "./json.ts";
import { signLow, type Algorithm, type PublicKey } from "./keys.ts";
import { refuse } from "./refused.ts";
import type { Shape } from "./shape.ts";

/** What a person signs, by the `typ` and `cty` of its header; the media types are those of `services/rules`. */
export const KINDS = {
  ballot: { typ: "plenary-ballot+jws", cty: "application/vnd.plenary.ballot+json" },
  act: { typ: "plenary-act+jws", cty: "application/vnd.plenary.act+json" },
  poll: { typ: "plenary-poll+jws", cty: "application/vnd.plenary.poll+json" },
  login: { typ: "plenary-login+jws", cty: "application/vnd.plenary.login+json" },
  floor: { typ: "plenary-floor+jws", cty: "application/vnd.plenary.floor+json" },
} as const;
export type Kind = (typeof KINDS)[keyof typeof KINDS];

/** No message that a person signs is longer, in bytes of its compact form. */
export const LONGEST = 65_536;

/** The protected header of a message signed by a person, exactly (JAdES B-B). */
export interface Header {
  readonly alg: string;
  readonly typ: string;
  readonly cty: string;
  readonly "x5t#S256": string;
  readonly iat: number;
}

const text = { type: "string" } as const satisfies Shape;
export const HEADER = {
  type: "object",
  properties: { alg: text, typ: text, cty: text, "x5t#S256": text, iat: { type: "integer", minimum: 0 } },
  required: ["alg", "typ", "cty", "x5t#S256", "iat"],
} as const satisfies Shape;

/** A compact JWS taken apart, not yet believed. `signed` is what the signature is over. */
export interface Parts<H = Header> {
  readonly header: H;
  readonly payload: Bytes;
  readonly signature: Bytes;
  readonly signed: Bytes;
}

/** Take a compact JWS of a person apart without believing it. Refuses with message_malformed. */
export function split(compact: string, { typ, cty }: Kind, limit = LONGEST): Parts {
  const parts = take<Header>(compact, HEADER, limit);
  if (parts.header.typ !== typ || parts.header.cty !== cty) refuse(why.MESSAGE_MALFORMED, { what: "typ or cty" });
  return parts;
}

/** Take any compact JWS apart whose header has this shape. */
export function take<H>(compact: string, header: Shape, limit = LONGEST): Parts<H> {
  if (compact.length > limit) refuse(why.MESSAGE_MALFORMED, { what: "too long" });
  const [first, second, third, ...more] = compact.split(".");
  if (first === undefined || second === undefined || third === undefined || more.length) {
    return refuse(why.MESSAGE_MALFORMED, { what: "three parts expected" });
  }
  const said = parse<H>(decode(first), header);
  return { header: said, payload: decode(second), signature: decode(third), signed: bytesOf(`${first}.${second}`) };
}

/** The thumbprint that a compact JWS names, of one that was found genuine before; nothing is verified here. */
export function signerOf(compact: string): string {
  return take<Header>(compact, HEADER).header["x5t#S256"];
}

/** Bytes to a message. Refuses with message_malformed. */
export function parse<T>(raw: Bytes | string, shape: Shape): T {
  try {
    return read<T>(raw, shape);
  } catch (error) {
    if (error instanceof NotThisMessage) return refuse(why.MESSAGE_MALFORMED, { what: "JSON" });
    throw error;
  }
}

/** Refuse with algorithm_wrong or signature_wrong unless the key made this signature, by its own algorithm. */
export async function verify(parts: Parts<{ readonly alg: string }>, key: PublicKey): Promise<void> {
  const algorithm = key.algorithms.find((each) => each === parts.header.alg) ?? refuse(why.ALGORITHM_WRONG);
  await verifyBytes(algorithm, key, parts.signature, parts.signed);
}

/** Refuse with signature_wrong unless the signature is the key's over these bytes. */
export async function verifyBytes(algorithm: Algorithm, key: PublicKey, signature: Bytes, signed: Bytes): Promise<void> {
  if (!(await key.verify(algorithm, signature, signed))) refuse(why.SIGNATURE_WRONG);
}

/** A compact JWS over exactly these payload bytes, by a P-256 key; `iat` in seconds. */
export async function sign(kind: Kind, payload: Bytes, key: CryptoKey, thumbprint: string, iat: number): Promise<string> {
  const signed = inputOf(kind, payload, "ES256", thumbprint, iat);
  return `${signed}.${encode(await signLow(key, bytesOf(signed)))}`;
}

/** What is signed of a message (RFC 7515 section 5.1), whoever signs it. */
export function inputOf(kind: Kind, payload: Bytes, alg: Algorithm, thumbprint: string, iat: number): string {
  const header: Header = { alg, ...kind, "x5t#S256": thumbprint, iat };
  return `${encode(bytesOf(write(header)))}.${encode(payload)}`;
}
