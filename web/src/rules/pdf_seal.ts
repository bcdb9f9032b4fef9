// The seal on a PDF, of which every byte counts: `services/signing/sealed_pdf.py` and `cms_bytes.py`. One PAdES signature
// (ETSI EN 319 142-1) covers the whole file but the hole that holds it, and what is in the hole has one spelling.
import * as why from "../refusals.ts";
import { joined, same, sha256, type Bytes } from "./bytes.ts";
import type { Anchors } from "./credential.ts";
import { element, NotDer, readAll, readIn, readOne, TAG, type Element } from "./der.ts";
import { refuse, Refused, wrapping } from "./refused.ts";
import { publicKeyOf, rawSignature, type Certificate } from "./x509.ts";

const HOLE = /\/Contents (<[0-9A-F]+>)\n\/ByteRange \[0 ([0-9]+) ([0-9]+) ([0-9]+)\] *\n\/Type \/Sig\n\/Filter \/Adobe\.PPKLite\n\/SubFilter \/ETSI\.CAdES\.detached\n\/M \(D\\072([0-9]{14})Z\)\n/g;
const NOTHING = new Uint8Array();
const CONTEXT_0 = 0xa0;

const bytes = (text: string): Bytes => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const named = (text: string): Bytes => element(TAG.oid, bytes(text));
const OID = {
  data: named("2a864886f70d010701"), signedData: named("2a864886f70d010702"), sha256: named("608648016503040201"), ecdsaSha256: named("2a8648ce3d040302"),
  contentType: named("2a864886f70d010903"), messageDigest: named("2a864886f70d010904"), signingCertificate: named("2a864886f70d010910022f"),
} as const;
const ONE = element(TAG.integer, Uint8Array.of(1));
const SHA256 = element(TAG.sequence, OID.sha256, element(0x05));

/** What is in the hole: the digest of all the rest, who signed, what, and the whole as it must be written. */
interface Signed {
  readonly digest: Bytes;
  readonly attributes: Element;
  readonly signature: Bytes;
}

/**
 * Refuse unless every byte of the PDF is sealed by the first of this chain (DER; the seal that signed what is attached), and
 * that was good when it says it signed. Refuses with pdf_changed, pdf_seal_wrong.
 */
export async function mustBeSealed(pdf: Bytes, chain: readonly Bytes[], anchors: Anchors): Promise<void> {
  // 1. The hole is all that the seal does not cover, and the seal names the digest of the rest.
  const { found, covered, at } = holeOf(pdf);
  const signed = readSigned(found);
  if (!same(signed.digest, await sha256(covered))) changed("digest");
  // 2. The seal is that of what is attached, up to a trust anchor, and good at its own time.
  const leaf = await wrapping(() => anchors.verify(chain, at, "seal"), ({ code }) => new Refused(why.PDF_SEAL_WRONG, { what: code }));
  // 3. The hole holds the one spelling of a signature by it, then zeros only.
  const again = written(signed, chain, leaf);
  if (!same(found.subarray(0, again.length), again)) changed("signature not written as the press writes it");
  if (found.subarray(again.length).some((byte) => byte !== 0)) changed("signature not written as the press writes it");
  // 4. What it signs says whose it is, and the signature over that verifies.
  await mustName(signed.attributes, leaf);
  await mustVerify(signed, leaf);
}

function holeOf(pdf: Bytes): { found: Bytes; covered: Bytes; at: number } {
  // One character a byte, so that places in the text are places in the file.
  const text = new TextDecoder("latin1").decode(pdf);
  const from = text.lastIndexOf("/Contents <");
  const [hole, ...more] = from < 0 ? [] : text.slice(from).matchAll(HOLE);
  if (!hole || more.length) return changed("no seal as the press writes it");
  const [whole, quoted = "", ...numbers] = hole;
  const [start = 0, end = 0, rest = 0] = numbers.slice(0, 3).map(Number);
  const place = from + hole.index + whole.indexOf("<");
  if (start !== place || end !== place + quoted.length || end + rest !== pdf.length || quoted.length % 2) changed("bytes outside the seal");
  return { found: bytes(quoted.slice(1, -1)), covered: joined(pdf.subarray(0, start), pdf.subarray(end)), at: moment(numbers[3] ?? "") };
}

/** Milliseconds of a PDF's date in UTC (ISO 32000-2, 7.9.4). */
function moment(digits: string): number {
  const [year = 0, month = 0, ...rest] = (/^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(digits) ?? []).slice(1).map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // A 13th month would be taken for the first of the next year.
  return at.toISOString().replace(/\D/g, "").slice(0, 14) === digits ? at.getTime() : changed("no seal as the press writes it");
}

/** The parts of the CMS (RFC 5652) that only it knows; whether they stand in the right frame is for `written` to say. */
function readSigned(found: Bytes): Signed {
  return strictly(() => {
    const [, content] = readIn(firstOf(found), TAG.sequence);
    const parts = readIn(readIn(content, CONTEXT_0)[0], TAG.sequence);
    const signer = readIn(readIn(parts.at(-1), TAG.set)[0], TAG.sequence);
    const [attributes, signature] = [signer[3], signer[5]];
    if (attributes?.tag !== CONTEXT_0 || signature?.tag !== TAG.octetString) throw new NotDer();
    return { digest: valueOf(attributes, OID.messageDigest, TAG.octetString).content, attributes, signature: signature.content };
  });
}

/** The first element of bytes that go on with zeros. */
function firstOf(found: Bytes): Element {
  const [, first = 0, ...length] = found.subarray(0, 4);
  if (first !== 0x82) throw new NotDer();
  return readOne(found.slice(0, 4 + (length[0] ?? 0) * 256 + (length[1] ?? 0)), TAG.sequence);
}

/** The only value of the only signed attribute of this kind. */
function valueOf(attributes: Element, kind: Bytes, tag: number): Element {
  const all = readAll(attributes.content).map((one) => readIn(one, TAG.sequence));
  const [found, ...more] = all.filter(([name]) => name && same(name.whole, kind));
  const [value, ...others] = readIn(found?.[1], TAG.set);
  if (value?.tag !== tag || more.length || others.length) throw new NotDer();
  return value;
}

/** The CMS made again from its parts. */
function written({ attributes, signature }: Signed, chain: readonly Bytes[], leaf: Certificate): Bytes {
  const signer = element(
    TAG.sequence, ONE, element(TAG.sequence, leaf.issuer, serialOf(leaf)), SHA256, attributes.whole,
    element(TAG.sequence, OID.ecdsaSha256), element(TAG.octetString, signature),
  );
  const signed = element(
    TAG.sequence, ONE, element(TAG.set, SHA256), element(TAG.sequence, OID.data), element(CONTEXT_0, ...chain), element(TAG.set, signer),
  );
  return element(TAG.sequence, OID.signedData, element(CONTEXT_0, signed));
}

function serialOf({ signed }: Certificate): Bytes {
  return readIn(readOne(signed, TAG.sequence), TAG.sequence)[1]?.whole ?? NOTHING;
}

/** The attributes name the kind of what is signed, and the certificate (ESSCertIDv2, RFC 5035) by its hash. */
async function mustName(attributes: Element, { der }: Certificate): Promise<void> {
  const hash = await sha256(der);
  const [kind, first] = strictly(() => {
    const certificates = readIn(valueOf(attributes, OID.signingCertificate, TAG.sequence), TAG.sequence)[0];
    return [valueOf(attributes, OID.contentType, TAG.oid), readIn(readIn(certificates, TAG.sequence)[0], TAG.sequence)[0]];
  });
  if (!kind || !same(kind.whole, OID.data)) sealWrong("content type");
  if (first?.tag !== TAG.octetString || !same(first.content, hash)) sealWrong("another certificate");
}

/** The signature is over the attributes, written as the SET that they are (RFC 5652 5.4). */
async function mustVerify({ attributes, signature }: Signed, leaf: Certificate): Promise<void> {
  const key = publicKeyOf(leaf);
  if (!key.algorithms.includes("ES256")) sealWrong("algorithm");
  const raw = rawSignature(signature, 32) ?? sealWrong("signature");
  const imported = await crypto.subtle.importKey("spki", leaf.spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const signed = element(TAG.set, attributes.content);
  if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, raw, signed))) sealWrong("signature");
}

function strictly<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotDer) return changed("signature not written as the press writes it");
    throw error;
  }
}

function changed(what: string): never {
  return refuse(why.PDF_CHANGED, { what });
}

function sealWrong(what: string): never {
  return refuse(why.PDF_SEAL_WRONG, { what });
}
