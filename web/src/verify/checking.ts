import * as why from "../refusals.ts";
import { digest } from "../rules/base64url.ts";
import { hex, sha256, type Bytes } from "../rules/bytes.ts";
import { CHECKS, prove, verify, type Proven } from "../rules/certificate.ts";
import { isSignedFile, openSigned, type Signer } from "../rules/countersigned.ts";
import { Anchors } from "../rules/credential.ts";
import { certificateIn, isPdf, isSignedPdf, mustCarry } from "../rules/pdf.ts";
import { mustBeSealed } from "../rules/pdf_seal.ts";
import { Refused, refuse } from "../rules/refused.ts";
import { chainOf } from "../rules/seal.ts";
import { readPem } from "../rules/x509.ts";
import type { CheckName } from "./words.ts";

/** How far the checks came: those passed; then what is proven, the refusal of the next, or that we failed ourselves. */
export interface Verdict {
  readonly checks: readonly CheckName[];
  readonly passed: readonly CheckName[];
  readonly sha256: string;
  readonly proven?: Proven;
  /** Of certificate.signed.json: who signed as what. */
  readonly signers?: readonly Signer[];
  /** Of certificate.signed.pdf: what it carries is proven, and who signed the page is not looked at here. */
  readonly pageUnchecked?: true;
  readonly refused?: Refused;
  readonly fault?: true;
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

/** Check a certificate (JSON or PDF, sealed or signed) under a trust.pem; `expected` is the hash of the QR code, or "". */
export async function check(file: Bytes, trust: Bytes, expected: string): Promise<Verdict> {
  if (isSignedFile(file)) return checkSigned(file, trust, expected);
  const fromPdf = isPdf(file);
  const pageUnchecked = fromPdf && isSignedPdf(file);
  const checks: CheckName[] = ["trust", "file", ...(expected ? (["qr"] as const) : []), ...CHECKS, ...(fromPdf && !pageUnchecked ? (["page"] as const) : [])];
  const passed: CheckName[] = [];
  const told = { sha256: "" };
  const verdict = () => ({ checks, passed, sha256: told.sha256 });
  try {
    // 1. The anchor. 2. The file, alone or out of a PDF. 3. Is it the one meant? 4. All that it claims. 5. The pages of the PDF.
    const anchors = await Anchors.read(new TextDecoder("latin1").decode(trust));
    passed.push("trust");
    const certificate = fromPdf ? await certificateIn(file) : file;
    told.sha256 = await digest(certificate);
    passed.push("file");
    if (expected && told.sha256 !== expected) refuse(why.FILES_DISAGREE, { file: "certificate.json", what: "SHA-256" });
    if (expected) passed.push("qr");
    const proven = await verify(certificate, anchors, (name) => passed.push(name));
    if (pageUnchecked) {
      await mustCarry(file, proven.statement.evidence.ledger);
      return { ...verdict(), proven, pageUnchecked };
    }
    if (fromPdf) {
      await mustBeSealed(file, chainOf(certificate), anchors);
      await mustCarry(file, proven.statement.evidence.ledger);
      passed.push("page");
    }
    return { ...verdict(), proven };
  } catch (error) {
    // What is no refusal is our own fault, and proves nothing either way.
    return error instanceof Refused ? { ...verdict(), refused: error } : { ...verdict(), fault: true };
  }
}

/** The same of certificate.signed.json: the signatures of persons and seal first, then all that the statement claims. */
async function checkSigned(file: Bytes, trust: Bytes, expected: string): Promise<Verdict> {
  const checks: CheckName[] = ["trust", "signatures", ...(expected ? (["qr"] as const) : []), ...CHECKS.filter((name) => name !== "seal")];
  const passed: CheckName[] = [];
  const told = { sha256: "" };
  try {
    const anchors = await Anchors.read(new TextDecoder("latin1").decode(trust));
    passed.push("trust");
    const { statement, certificate, signers } = await openSigned(file, anchors);
    passed.push("signatures");
    told.sha256 = certificate;
    if (expected && certificate !== expected) refuse(why.FILES_DISAGREE, { file: "certificate.json", what: "SHA-256" });
    if (expected) passed.push("qr");
    const proven = await prove(statement, anchors, (name) => passed.push(name));
    return { checks, passed, sha256: certificate, proven, signers };
  } catch (error) {
    const verdict = { checks, passed, sha256: told.sha256 };
    return error instanceof Refused ? { ...verdict, refused: error } : { ...verdict, fault: true };
  }
}
