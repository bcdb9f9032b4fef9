// What one X.509 certificate says (RFC 5280), well formed but not yet believed: `services/rules/certified.py`.
import * as why from "../refusals.ts";
import { decodeStandard, digest, encodeStandard } from "./base64url.ts";
import { type Bytes } from "./bytes.ts";
import { boolean, integer, NotDer, oid, readAll, readIn, readOne, TAG, text, time, wholeBits, type Element } from "./der.ts";
import { constraintsOf, policiesOf, purposesOf, usageOf } from "./extensions.ts";
import { ed25519, ed25519In, keyOf, type PublicKey } from "./keys.ts";
import { refuse } from "./refused.ts";

/** One certificate; times in seconds. Names and keys are the bytes that they were written in. */
export interface Certificate {
  readonly der: Bytes;
  readonly signed: Bytes;
  readonly signatureAlgorithm: string;
  readonly signature: Bytes;
  readonly issuer: Bytes;
  readonly subject: Bytes;
  readonly names: readonly { readonly oid: string; readonly text: string | undefined }[];
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Bytes;
  readonly keyKind: KeyKind;
  readonly extensions: ReadonlyMap<string, Extension>;
}

export interface KeyKind {
  readonly name: "P-256" | "P-384" | "P-521" | "Ed25519" | "RSA" | "unknown";
  readonly bits: number;
  readonly exponent: bigint;
}

interface Extension {
  readonly critical: boolean;
  readonly value: Bytes;
}

const OID = { commonName: "2.5.4.3", member: "0.9.2342.19200300.100.1.1", body: "2.5.4.97" } as const;
const CURVES: { readonly [oid: string]: KeyKind["name"] } = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521" };
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A certificate from DER, well formed to the last extension. Refuses with chain_malformed. */
export function load(der: Bytes): Certificate {
  try {
    return readCertificate(der);
  } catch (error) {
    if (error instanceof NotDer) return refuse(why.CHAIN_MALFORMED, { what: "X.509" });
    throw error;
  }
}

function readCertificate(der: Bytes): Certificate {
  const [tbs, algorithm, signature, ...more] = readIn(readOne(der, TAG.sequence), TAG.sequence);
  const [version, serial, inner, issuer, validity, subject, spki, ...rest] = readIn(tbs, TAG.sequence);
  if (!tbs || !issuer || !subject || !spki || more.length || !inner || !algorithm) throw new NotDer();
  if (encodeStandard(inner.whole) !== encodeStandard(algorithm.whole)) throw new NotDer();
  const [number, ...behind] = readIn(version, 0xa0);
  if (behind.length) throw new NotDer();
  if (integer(number) !== 2n) refuse(why.CHAIN_MALFORMED, { what: "version" });
  if (integer(serial) <= 0n) refuse(why.CHAIN_MALFORMED, { what: "serial number" });
  const [starts, ends, ...other] = readIn(validity, TAG.sequence);
  if (other.length) throw new NotDer();
  mustHaveNoParameters(algorithm);
  const certificate: Certificate = {
    der,
    signed: tbs.whole,
    signatureAlgorithm: oid(readIn(algorithm, TAG.sequence)[0]),
    signature: wholeBits(signature),
    issuer: issuer.whole,
    subject: subject.whole,
    names: readNames(subject),
    notBefore: time(starts),
    notAfter: time(ends),
    spki: spki.whole,
    keyKind: readKeyKind(spki),
    extensions: readExtensions(rest),
  };
  // Asked once here, so that what is malformed is found before anything is believed.
  for (const ask of [constraintsOf, usageOf, purposesOf, policiesOf]) ask(certificate);
  return certificate;
}

const BARE = ["1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4", "1.3.101.112"];

/** ECDSA and Ed25519 have none (RFC 5758, RFC 8410). */
function mustHaveNoParameters(algorithm: Element): void {
  const [kind, ...parameters] = readIn(algorithm, TAG.sequence);
  if (parameters.length && BARE.includes(oid(kind))) throw new NotDer();
}

function readNames(name: Element): Certificate["names"] {
  return readIn(name, TAG.sequence).flatMap((set) =>
    readIn(set, TAG.set).map((attribute) => {
      const [kind, value, ...more] = readIn(attribute, TAG.sequence);
      if (!value || more.length) throw new NotDer();
      const isText = [TAG.utf8, TAG.printable, TAG.ia5].some((tag) => tag === value.tag);
      return { oid: oid(kind), text: isText ? text(value) : undefined };
    }),
  );
}

function readKeyKind(spki: Element): KeyKind {
  const [algorithm, bits] = readIn(spki, TAG.sequence);
  const [kind, parameters] = readIn(algorithm, TAG.sequence);
  const none = { bits: 0, exponent: 0n };
  switch (oid(kind)) {
    case "1.2.840.10045.2.1":
      // A point may be compressed (SEC 1), which not every browser reads.
      return { name: parameters?.tag === TAG.oid && wholeBits(bits)[0] === 4 ? (CURVES[oid(parameters)] ?? "unknown") : "unknown", ...none };
    case "1.2.840.113549.1.1.1": {
      const [modulus, exponent] = readIn(readOne(wholeBits(bits), TAG.sequence), TAG.sequence).map(integer);
      if (modulus === undefined || exponent === undefined || modulus <= 0n) throw new NotDer();
      return { name: "RSA", bits: modulus.toString(2).length, exponent };
    }
    case "1.3.101.112":
      return { name: "Ed25519", ...none };
    default:
      return { name: "unknown", ...none };
  }
}

/** What is in a BIT STRING: how many of its last bits are unused, and zero, and all of them. */
function isBits([unused = 8, ...bytes]: Uint8Array): boolean {
  const last = bytes.at(-1);
  return unused < 8 && (last === undefined ? unused === 0 : !(last & ((1 << unused) - 1)));
}

function readExtensions(rest: readonly Element[]): Map<string, Extension> {
  const found = new Map<string, Extension>();
  const place = rest.findIndex((element) => element.tag === 0xa3);
  // Before the extensions may stand two unique identifiers that nobody has used for thirty years.
  if (rest.some(({ tag }) => ![0x81, 0x82, 0xa3].includes(tag)) || (place >= 0 && place !== rest.length - 1)) throw new NotDer();
  if (rest.some(({ tag, content }) => tag !== 0xa3 && !isBits(content))) throw new NotDer();
  const all = place < 0 ? [] : readIn(readOne(rest[place]?.content ?? new Uint8Array(), TAG.sequence), TAG.sequence);
  for (const one of all) {
    const [kind, second, third, ...more] = readIn(one, TAG.sequence);
    const value = third ?? second;
    const critical = third ? boolean(second) : false;
    // FALSE is the default, which DER does not write.
    if (value?.tag !== TAG.octetString || more.length || (third && !critical) || found.has(oid(kind))) throw new NotDer();
    found.set(oid(kind), { critical, value: value.content });
  }
  return found;
}

/** The key, if it is of a kind and strength we take. Refuses with key_not_taken. */
export function publicKeyOf({ keyKind, spki }: Certificate): PublicKey {
  const raw = ed25519In(spki);
  if (raw) return ed25519(raw);
  if (keyKind.name === "P-256") return keyOf(spki, ["ES256"]);
  if (keyKind.name !== "RSA") return refuse(why.KEY_NOT_TAKEN, { what: keyKind.name });
  if (keyKind.bits < 2048 || keyKind.bits > 4096) refuse(why.KEY_NOT_TAKEN, { what: `RSA ${keyKind.bits}` });
  if (keyKind.exponent < 65537n) refuse(why.KEY_NOT_TAKEN, { what: "RSA exponent" });
  // The one way to write an RSA key has parameters, which say nothing (RFC 3279 2.3.1).
  if (readIn(readIn(readOne(spki, TAG.sequence), TAG.sequence)[0], TAG.sequence).length !== 2) refuse(why.KEY_NOT_TAKEN, { what: "unknown" });
  return keyOf(spki, ["RS256", "PS256"]);
}

/** The body and the member that a person's certificate names. Refuses with chain_not_person. */
export function memberOf(certificate: Certificate): { body: string; member: string } {
  const [body, member] = [OID.body, OID.member].map((kind) => {
    const [one, ...more] = certificate.names.filter((name) => name.oid === kind);
    return !more.length && one?.text !== undefined && ID.test(one.text) ? one.text : refuse(why.CHAIN_NOT_PERSON);
  });
  return { body: body ?? "", member: member ?? "" };
}

/** The common name of the subject, if it has one: what people call them. */
export function nameIn({ names }: Certificate): string | undefined {
  return names.find(({ oid }) => oid === OID.commonName)?.text;
}

/** `x5t#S256`: SHA-256 of the DER, base64url. */
export function thumbprintOf({ der }: Certificate): Promise<string> {
  return digest(der);
}

/** The DER of each certificate in a text of canonical PEM (RFC 7468, 64 columns) and of nothing else. */
export function readPem(pem: string): Bytes[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n/g) ?? [];
  if (blocks.join("") !== pem || !blocks.length) refuse(why.CHAIN_MALFORMED, { what: "not canonical PEM" });
  return blocks.map((block) => {
    const der = decodeStandard(block.split("\n").slice(1, -2).join("")) ?? refuse(why.CHAIN_MALFORMED, { what: "base64" });
    return toPem(der) === block ? der : refuse(why.CHAIN_MALFORMED, { what: "not canonical base64 in 64 columns" });
  });
}

function toPem(der: Bytes): string {
  const lines = encodeStandard(der).match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** ECDSA's DER pair as raw r‖s, as WebCrypto wants it. */
export function rawSignature(der: Bytes, size: number): Bytes | undefined {
  try {
    const pair = readAll(readOne(der, TAG.sequence).content).map(integer);
    if (pair.length !== 2 || pair.some((each) => each <= 0n || each >= 1n << BigInt(8 * size))) return undefined;
    const digits = pair.map((each) => each.toString(16).padStart(2 * size, "0")).join("");
    return Uint8Array.from(digits.match(/../g) ?? [], (pairOfDigits) => Number.parseInt(pairOfDigits, 16));
  } catch (error) {
    if (error instanceof NotDer) return undefined;
    throw error;
  }
}
