// DER (ITU-T X.690), strictly, as far as X.509 needs it: definite shortest lengths, one-byte tags, nothing left over.
import { joined, type Bytes } from "./bytes.ts";

/** The bytes are not the DER of what was expected. */
export class NotDer extends Error {}

/** One element: its tag, its whole encoding, and what is in it. */
export interface Element {
  readonly tag: number;
  readonly whole: Bytes;
  readonly content: Bytes;
}

export const TAG = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utf8: 0x0c, printable: 0x13, ia5: 0x16,
  utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31,
} as const;

/** An element of these contents; none of ours is longer than 16 MB. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Bytes {
  const content = joined(...contents);
  const long = [content.length >> 16, (content.length >> 8) & 0xff, content.length & 0xff];
  while (long[0] === 0) long.shift();
  const length = content.length < 0x80 ? [content.length] : [0x80 + long.length, ...long];
  return joined(Uint8Array.of(tag, ...length), content);
}

/** The one element that these bytes are. */
export function readOne(der: Bytes, tag: number): Element {
  const [element, ...more] = readAll(der);
  if (!element || more.length || element.tag !== tag) throw new NotDer();
  return element;
}

/** The elements that these bytes are, one after the other. */
export function readAll(der: Bytes): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < der.length; at += found.at(-1)?.whole.length ?? 0) found.push(readAt(der, at));
  return found;
}

/** The elements in a constructed element of this tag. */
export function readIn(element: Element | undefined, tag: number): Element[] {
  if (element?.tag !== tag) throw new NotDer();
  return readAll(element.content);
}

function readAt(der: Bytes, start: number): Element {
  const [tag, short] = [der[start], der[start + 1]];
  if (tag === undefined || short === undefined || (tag & 0x1f) === 0x1f) throw new NotDer();
  const more = short & 0x80 ? short & 0x7f : 0;
  if (short === 0x80 || more > 3) throw new NotDer();
  const first = start + 2 + more;
  const long = der.subarray(start + 2, first).reduce((sum, byte) => sum * 256 + byte, 0);
  const length = more ? long : short;
  // The shortest way to write a length is the only one.
  if (more && (length < 0x80 || der[start + 2] === 0)) throw new NotDer();
  if (first + length > der.length) throw new NotDer();
  return { tag, whole: der.slice(start, first + length), content: der.slice(first, first + length) };
}

/** Dotted text of an OBJECT IDENTIFIER. Arcs may be long: UUIDs have 128 bits. */
export function oid(element: Element | undefined): string {
  if (element?.tag !== TAG.oid || !element.content.length) throw new NotDer();
  const arcs: bigint[] = [];
  let arc = 0n;
  let isFirst = true;
  for (const byte of element.content) {
    if (isFirst && byte === 0x80) throw new NotDer();
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    isFirst = !(byte & 0x80);
    if (isFirst) [arc, arcs[arcs.length]] = [0n, arc];
  }
  if (!isFirst) throw new NotDer();
  const [joint = 0n, ...rest] = arcs;
  const top = joint < 80n ? joint / 40n : 2n;
  return [top, joint - top * 40n, ...rest].join(".");
}

/** A whole number, in as few bytes as it can be written. */
export function integer(element: Element | undefined): bigint {
  if (element?.tag !== TAG.integer || !element.content.length) throw new NotDer();
  const [first = 0, second = 0] = element.content;
  const padded = element.content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (padded) throw new NotDer();
  const value = element.content.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return first < 0x80 ? value : value - (1n << BigInt(8 * element.content.length));
}

/** TRUE or FALSE in DER. */
export function boolean(element: Element | undefined): boolean {
  const [byte, ...more] = element?.tag === TAG.boolean ? element.content : [];
  if (more.length || (byte !== 0 && byte !== 0xff)) throw new NotDer();
  return byte === 0xff;
}

/** The bytes of a BIT STRING that fills its last byte. */
export function wholeBits(element: Element | undefined): Bytes {
  if (element?.tag !== TAG.bitString || element.content[0] !== 0) throw new NotDer();
  return element.content.slice(1);
}

/** The numbers of the bits that are set in a named BIT STRING (KeyUsage). Zeros at its end are no DER, and some write them. */
export function namedBits(element: Element | undefined): Set<number> {
  const [unused = 8, ...bytes] = element?.tag === TAG.bitString ? element.content : [];
  const last = bytes.at(-1);
  if (unused > 7 || last === undefined || last & ((1 << unused) - 1)) throw new NotDer();
  return new Set(bytes.flatMap((byte, place) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (0x80 >> bit)).map((bit) => place * 8 + bit)));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A character string of a kind that names are written in. */
export function text(element: Element | undefined): string {
  if (!element || ![TAG.utf8, TAG.printable, TAG.ia5].some((tag) => tag === element.tag)) throw new NotDer();
  try {
    return utf8.decode(element.content);
  } catch {
    throw new NotDer();
  }
}

/** Seconds since 1970 of a UTCTime (1950–2049) or GeneralizedTime, to the second and in UTC (RFC 5280 4.1.2.5). */
export function time(element: Element | undefined): number {
  const isUtc = element?.tag === TAG.utcTime;
  if (!element || !(isUtc || element.tag === TAG.generalizedTime)) throw new NotDer();
  const digits = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(String.fromCharCode(...element.content));
  if (!digits || (digits[1]?.length === 2) !== isUtc) throw new NotDer();
  const [year = 0, month = 0, ...rest] = digits.slice(1).map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  if (!isUtc && year === 0) throw new NotDer();
  const moment = Date.UTC(isUtc ? year + (year < 50 ? 2000 : 1900) : year, month - 1, day, hour, minute, second);
  const again = new Date(moment);
  if (again.getUTCMonth() !== month - 1 || again.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) throw new NotDer();
  return moment / 1000;
}

/** An ECDSA signature as X.509 and CMS have it, a SEQUENCE of two numbers, from WebCrypto's r‖s. */
export function signatureDer(raw: Bytes): Bytes {
  return element(TAG.sequence, ...[raw.subarray(0, 32), raw.subarray(32)].map(positive));
}

/** A number in as few bytes as it takes, the first bit zero: it is not negative. */
function positive(raw: Uint8Array): Bytes {
  const first = raw.findIndex((byte) => byte !== 0);
  const bytes = raw.subarray(first < 0 ? raw.length - 1 : first);
  return element(TAG.integer, (bytes[0] ?? 0) & 0x80 ? Uint8Array.of(0) : new Uint8Array(), bytes);
}
