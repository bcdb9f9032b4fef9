import * as why from "../refusals.ts";
import { digest } from "../rules/base64url.ts";
import { hex, sha256, type Bytes } from "../rules/bytes.ts";
import * as certificate from "../rules/certificate.ts";
import type { Proven } from "../rules/certificate.ts";
import { isSignedFile, kindOfSigned, openSigned, type PaperKind, type Signer } from "../rules/countersigned.ts";
import { Anchors } from "../rules/credential.ts";
import * as minutes from "../rules/minutes.ts";
import type { Minuted } from "../rules/minutes.ts";
import { fileIn, isPdf, isSignedPdf, mustCarry, mustName, namedIn as fileNamedIn } from "../rules/pdf.ts";
import { mustBeSealed } from "../rules/pdf_seal.ts";
import { Refused, refuse } from "../rules/refused.ts";
import { chainOf, typOf } from "../rules/seal.ts";
import { readPem } from "../rules/x509.ts";
import type { MinutesStatement, Statement } from "../wire.ts";
import type { CheckName } from "./words.ts";

const KINDS: { readonly [said: string]: PaperKind } = { "certificate.json": "certificate", "minutes.json": "minutes", "plenary-certificate+jws": "certificate", "plenary-minutes+jws": "minutes" };

/** How far the checks came: those passed; then what is proven, the refusal of the next, or that we failed ourselves. */
export interface Verdict {
  readonly kind: PaperKind;
  readonly checks: readonly CheckName[];
  readonly passed: readonly CheckName[];
  readonly sha256: string;
  /** Of a certificate. */
  readonly proven?: Proven;
  /** Of minutes. */
  readonly minuted?: Minuted;
  /** Of what lies beside minutes. */
  readonly compared?: Compared;
  /** Of certificate.signed.json, minutes.signed.json: who signed as what. */
  readonly signers?: readonly Signer[];
  /** Of certificate.signed.pdf, minutes.signed.pdf: what it carries is proven, and who signed the page is not looked at here. */
  readonly pageUnchecked?: true;
  readonly refused?: Refused;
  /** Which file it refuses, where that is one beside the minutes; else "". */
  readonly refusedOf?: string;
  readonly fault?: true;
}

/** A file that was chosen. */
export interface Named {
  readonly name: string;
  readonly bytes: Bytes;
}

/** What was proven and is as the minutes say: files by poll, the edition before; and files that are none of it, by name. */
export interface Compared {
  readonly polls: ReadonlyMap<string, string>;
  readonly before: string;
  readonly others: readonly string[];
}

/** The SHA-256 that the address names after `#`, as the QR code has it; "" for none. */
export function namedIn(hash: string): string {
  return /^#[A-Za-z0-9_-]{43}$/.test(hash) ? hash.slice(1) : "";
}

/** The SHA-256 fingerprints of the anchors in a trust.pem, as people compare them. Refuses with chain_malformed. */
export async function fingerprints(trust: Bytes): Promise<readonly string[]> {
  const found = await Promise.all(readPem(new TextDecoder("latin1").decode(trust)).map(sha256));
  return found.map((hash) => (hex(hash).toUpperCase().match(/../g) ?? []).join(":"));
}

/** What a file looks like, and the checks that are to be made of it. */
interface Plan {
  readonly kind: PaperKind;
  readonly isSigned: boolean;
  readonly isPage: boolean;
  readonly pageUnchecked: boolean;
  readonly checks: readonly CheckName[];
}

type Said = { readonly proven: Proven } | { readonly minuted: Minuted };

function planOf(file: Bytes, expected: string, isCompared: boolean): Plan {
  const isSigned = isSignedFile(file);
  const isPage = !isSigned && isPdf(file);
  const pageUnchecked = isPage && isSignedPdf(file);
  const kind = kindOf(file) ?? "certificate";
  const all: readonly CheckName[] = kind === "minutes" ? minutes.CHECKS : certificate.CHECKS;
  const checks: CheckName[] = ["trust", isSigned ? "signatures" : "file"];
  if (expected) checks.push("qr");
  checks.push(...all.filter((name) => !isSigned || name !== "seal"));
  if (isPage && !pageUnchecked) checks.push("page");
  if (kind === "minutes" && isCompared) checks.push("beside");
  return { kind, isSigned, isPage, pageUnchecked, checks };
}

/** Which kind of paper a file says that it is, in any of its forms; nothing is verified here. */
function kindOf(file: Bytes): PaperKind | undefined {
  try {
    if (isSignedFile(file)) return kindOfSigned(file);
    const said = isPdf(file) ? fileNamedIn(file) : typOf(file);
    return KINDS[said];
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** Check a certificate or minutes (JSON or PDF, sealed or signed) under a trust.pem; `expected` is the hash of the QR code, or "";
 * `beside`: papers that minutes name by hash. */
export async function check(file: Bytes, trust: Bytes, expected: string, beside: readonly Named[] = []): Promise<Verdict> {
  const { kind, isSigned, isPage, pageUnchecked, checks } = planOf(file, expected, beside.length > 0);
  const passed: CheckName[] = [];
  const pass = (name: CheckName) => { passed.push(name); };
  const told = { sha256: "", of: "" };
  const verdict = () => ({ kind, checks, passed, sha256: told.sha256 });
  try {
    // 1. The anchor. 2. The file, alone or out of a PDF, or the signatures on it. 3. Is it the one meant?
    const anchors = await Anchors.read(new TextDecoder("latin1").decode(trust));
    pass("trust");
    const sealed = isPage ? await fileIn(file, `${kind}.json`) : file;
    const opened = isSigned ? await openSigned(kind, file, anchors) : undefined;
    told.sha256 = opened?.sealed ?? (await digest(sealed));
    pass(isSigned ? "signatures" : "file");
    if (expected && told.sha256 !== expected) refuse(why.FILES_DISAGREE, { file: `${kind}.json`, what: "SHA-256" });
    if (expected) pass("qr");
    // 4. All that it claims. 5. The pages of the PDF.
    const said = opened ? await proveStated(opened.statement, anchors, pass) : await proveSealed(kind, sealed, anchors, pass);
    if (isPage && !pageUnchecked) await mustBeSealed(file, chainOf(sealed), anchors);
    if (isPage) mustName(file, told.sha256);
    if (isPage) await mustCarry(file, ("proven" in said ? said.proven : said.minuted).statement.evidence.ledger);
    if (isPage && !pageUnchecked) pass("page");
    // 6. What lies beside minutes is what they name.
    const compared = "minuted" in said ? await compare(said.minuted, beside, trust, (name) => { told.of = name; }) : undefined;
    if (compared && beside.length) pass("beside");
    return { ...verdict(), ...said, ...(compared && { compared }), ...(opened && { signers: opened.signers }), ...(pageUnchecked && { pageUnchecked }) };
  } catch (error) {
    // What is no refusal is our own fault, and proves nothing either way.
    return error instanceof Refused ? { ...verdict(), refused: error, refusedOf: told.of } : { ...verdict(), fault: true };
  }
}

async function proveSealed(kind: PaperKind, file: Bytes, anchors: Anchors, pass: (name: CheckName) => void): Promise<Said> {
  return kind === "minutes" ? { minuted: await minutes.verify(file, anchors, pass) } : { proven: await certificate.verify(file, anchors, pass) };
}

async function proveStated(statement: Statement | MinutesStatement, anchors: Anchors, pass: (name: CheckName) => void): Promise<Said> {
  return statement.format === "plenary-minutes/1"
    ? { minuted: await minutes.prove(statement, anchors, pass) }
    : { proven: await certificate.prove(statement, anchors, pass) };
}

/** Prove each file that lies beside minutes, and compare it with them, as `plenary verify --beside` does; `told` hears which is looked at.
 * Refuses with what is wrong with one, minutes_disagree, minutes_incomplete. */
async function compare(minuted: Minuted, beside: readonly Named[], trust: Bytes, told: (name: string) => void): Promise<Compared> {
  const [polls, others, before] = [new Map<string, string>(), [] as string[], minuted.statement.before?.sha256];
  let found = "";
  for (const { name, bytes } of beside) {
    told(name);
    const kind = kindOf(bytes);
    const one = kind && (await check(bytes, trust, ""));
    if (one?.fault) throw new Error(name);
    // Minutes count only where they are the edition before.
    if (!one || (kind === "minutes" && one.sha256 !== before)) others.push(name);
    else if (one.refused) throw one.refused;
    else if (one.proven) polls.set(await minutes.mustAgree(minuted, one.proven.statement, one.sha256, name), name);
    else found = name;
  }
  return { polls, before: found, others };
}
