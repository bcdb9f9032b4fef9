// certificate.signed.json, minutes.signed.json: a statement signed by secretary and chair, under both the body's seal, each up to a trust anchor:
// `services/rules/countersigned.py`. What stands behind a signature, time-stamps and lists of revocations, is not looked at
// here: `stamped` says that there is something, and only that the seal (or, of its own, nobody) covers it.
import * as why from "../refusals.ts";
import { MinutesStatementShape, StatementShape, type MinutesStatement, type Statement } from "../wire.ts";
import { decode, decodeStandard, digest } from "./base64url.ts";
import { bytesOf, type Bytes } from "./bytes.ts";
import type { Anchors } from "./credential.ts";
import { NotThisMessage, readExactly, write } from "./json.ts";
import { verifyBytes } from "./jws.ts";
import { refuse, Refused, wrapping } from "./refused.ts";
import type { Shape } from "./shape.ts";
import { load, memberOf, publicKeyOf, thumbprintOf } from "./x509.ts";

export const PLACES = ["secretary", "chair", "seal"] as const;
export type Place = (typeof PLACES)[number];

/** What persons sign: how its statement is read, and the `typ` of each signature, so that none on one kind passes for one on another. */
interface Paper {
  readonly shape: Shape;
  readonly types: { readonly [place in Place]: string };
}
interface Statements {
  readonly certificate: Statement;
  readonly minutes: MinutesStatement;
}
export type PaperKind = keyof Statements;

const typesOf = (kind: PaperKind) => ({ secretary: `plenary-${kind}-secretary+jws`, chair: `plenary-${kind}-chair+jws`, seal: `plenary-${kind}-signed+jws` });
const PAPERS: { readonly [kind in PaperKind]: Paper } = {
  certificate: { shape: StatementShape, types: typesOf("certificate") },
  minutes: { shape: MinutesStatementShape, types: typesOf("minutes") },
};
const LARGEST = 300_000_000;
const text = { type: "string" } as const satisfies Shape;
const texts = { type: "array", items: text } as const satisfies Shape;
const NAMES = ["alg", "typ", "cty", "x5t#S256", "x5c", "iat"];
const COMMON = { alg: text, typ: text, cty: text, "x5t#S256": text, x5c: texts, iat: { type: "integer", minimum: 0 } } as const;
const HEADER = { type: "object", properties: COMMON, required: NAMES } as const satisfies Shape;
const SEALING = { type: "object", properties: { ...COMMON, certificate: text, signatures: texts }, required: [...NAMES, "certificate", "signatures"] } as const satisfies Shape;
const PART = {
  type: "object",
  // Without a time-stamp there is no `header`, and no word of it.
  properties: { protected: text, header: { type: "object", properties: { etsiU: texts }, required: ["etsiU"] }, signature: text },
  required: ["protected", "signature"],
} as const satisfies Shape;
const FILE = { type: "object", properties: { payload: text, signatures: { type: "array", items: PART } }, required: ["payload", "signatures"] } as const satisfies Shape;

interface Header {
  readonly alg: string;
  readonly typ: string;
  readonly cty: string;
  readonly "x5t#S256": string;
  readonly x5c: readonly string[];
  readonly iat: number;
  readonly certificate?: string;
  readonly signatures?: readonly string[];
}

interface Part {
  readonly protected: string;
  readonly header?: { readonly etsiU: readonly string[] };
  readonly signature: string;
}

/** Who signed as what, when by their own word (seconds); `member` of the seal is empty. */
export interface Signer {
  readonly place: Place;
  readonly member: string;
  readonly body: string;
  readonly at: number;
  readonly stamped: boolean;
}

/** What persons and the seal signed; the statement is still to be proven. `sealed`: the SHA-256 of certificate.json or minutes.json. */
export interface Countersigned<Kind extends PaperKind> {
  readonly statement: Statements[Kind];
  readonly sealed: string;
  readonly signers: readonly Signer[];
}

/** Whether it looks like one, from its ends; nothing is verified here. */
export function isSignedFile(file: Bytes): boolean {
  const [head, tail] = [file.subarray(0, 12), file.subarray(-3)].map((bytes) => String.fromCharCode(...bytes));
  return head === '{"payload":"' && tail === "}]}";
}

/** Of which kind the file says that it is, by its first signature; what says nothing of the kind is read as a certificate. */
export function kindOfSigned(file: Bytes): PaperKind {
  const [head] = /"protected":"[\w-]+"/.exec(new TextDecoder("latin1").decode(file)) ?? [""];
  const raw = head && base64(head.slice(13, -1), "protected");
  return raw && new TextDecoder().decode(raw).includes(`"typ":"${PAPERS.minutes.types.secretary}"`) ? "minutes" : "certificate";
}

/** The signatures on a paper of this kind, each up to a trust anchor. Refuses with certificate_malformed, countersignature_wrong. */
export async function openSigned<Kind extends PaperKind>(kind: Kind, file: Bytes, anchors: Anchors): Promise<Countersigned<Kind>> {
  // 1. The file: one way to write it, three signatures in their order.
  if (file.length > LARGEST) malformed("too large");
  const { payload, signatures } = exactly<{ payload: string; signatures: readonly Part[] }>(file, FILE, "not written as certificates are");
  if (signatures.length !== PLACES.length) malformed("three signatures expected");
  const statement = exactly<Statements[Kind]>(base64(payload, "payload"), PAPERS[kind].shape, "statement");
  // 2. Each signature: header, chain up to an anchor, signature.
  const signers: Signer[] = [];
  for (const [index, place] of PLACES.entries()) signers.push(await read({ place, types: PAPERS[kind].types }, signatures[index] ?? malformed("three signatures expected"), payload, anchors));
  // 3. Two persons of the body, one after the other, then the seal over both as they stand.
  mustBeTwoOf(statement, signers);
  mustFollow(statement, signers);
  const { certificate: sealed = "", signatures: covered } = headerOf("seal", PAPERS[kind].types, signatures[2]?.protected ?? "");
  const digests = await Promise.all(signatures.slice(0, 2).map((part) => digest(bytesOf(write(part)))));
  if (covered?.join() !== digests.join()) wrong("seal", "not over these signatures");
  return { statement, sealed, signers };
}

async function read({ place, types }: { place: Place; types: Paper["types"] }, part: Part, payload: string, anchors: Anchors): Promise<Signer> {
  const header = headerOf(place, types, part.protected);
  const signature = base64(part.signature, "signature");
  return wrapping(async () => {
    const chain = header.x5c.map((each) => decodeStandard(each) ?? wrong(place, "x5c"));
    const first = load(chain[0] ?? wrong(place, "x5t#S256"));
    if ((await thumbprintOf(first)) !== header["x5t#S256"]) wrong(place, "x5t#S256");
    const leaf = await anchors.verify(chain, header.iat * 1000, place === "seal" ? "seal" : "person");
    const key = publicKeyOf(leaf);
    // The one algorithm by which a key signs page and statement.
    const [algorithm] = key.algorithms;
    if (algorithm !== header.alg || !["ES256", "RS256"].includes(algorithm)) return refuse(why.ALGORITHM_WRONG);
    await verifyBytes(algorithm, key, signature, bytesOf(`${part.protected}.${payload}`));
    const { member, body } = place === "seal" ? { member: "", body: "" } : memberOf(leaf);
    return { place, member, body, at: header.iat, stamped: part.header !== undefined };
  }, (refused) => (refused.refusal === why.COUNTERSIGNATURE_WRONG ? refused : new Refused(why.COUNTERSIGNATURE_WRONG, { role: place, what: refused.code })));
}

function headerOf(place: Place, types: Paper["types"], head: string): Header {
  const raw = base64(head, "protected");
  try {
    const header = readExactly<Header>(raw, place === "seal" ? SEALING : HEADER);
    if (header.cty !== "application/json") wrong(place, "protected header");
    if (header.typ !== types[place]) wrong(place, "typ");
    return header;
  } catch (error) {
    if (error instanceof NotThisMessage) return wrong(place, "protected header");
    throw error;
  }
}

function mustBeTwoOf(statement: Statement | MinutesStatement, [secretary, chair]: readonly Signer[]): void {
  for (const signer of [secretary, chair]) if (signer?.body !== statement.body.id) wrong(signer?.place ?? "chair", "of another body");
  if (secretary?.member === chair?.member) wrong("chair", "the same person twice");
}

function mustFollow({ issued_at }: Statement | MinutesStatement, signers: readonly Signer[]): void {
  let before = Math.floor(issued_at / 1000);
  for (const { place, at } of signers) {
    if (at < before) wrong(place, "signed before what it follows");
    before = at;
  }
}

function exactly<T>(raw: Bytes, shape: Shape, what: string): T {
  try {
    return readExactly<T>(raw, shape);
  } catch (error) {
    if (error instanceof NotThisMessage) return malformed(what);
    throw error;
  }
}

function base64(value: string, what: string): Bytes {
  try {
    return decode(value);
  } catch {
    return malformed(`base64url of ${what}`);
  }
}

function malformed(what: string): never {
  return refuse(why.CERTIFICATE_MALFORMED, { what });
}

function wrong(role: Place, what: string): never {
  return refuse(why.COUNTERSIGNATURE_WRONG, { role, what });
}
