// certificate.json, minutes.json: a flattened JWS (RFC 7515 section 7.2.2) by the body's seal, in the one way it may be written:
// `services/rules/seal.py`.
import * as why from "../refusals.ts";
import { CertificateFileShape, StatementShape, type CertificateFile, type Statement } from "../wire.ts";
import { decode, decodeStandard } from "./base64url.ts";
import { bytesOf, type Bytes } from "./bytes.ts";
import type { Anchors } from "./credential.ts";
import { NotThisMessage, readExactly } from "./json.ts";
import { verifyBytes } from "./jws.ts";
import { refuse, Refused, wrapping, type Refusal } from "./refused.ts";
import type { Shape } from "./shape.ts";
import { load, publicKeyOf, thumbprintOf, type Certificate } from "./x509.ts";

interface SealHeader {
  readonly alg: string;
  readonly typ: string;
  readonly cty: string;
  readonly "x5t#S256": string;
  readonly x5c: readonly string[];
  readonly iat: number;
}

const text = { type: "string" } as const satisfies Shape;
const HEADER = {
  type: "object",
  properties: { alg: text, typ: text, cty: text, "x5t#S256": text, x5c: { type: "array", items: text }, iat: { type: "integer", minimum: 0 } },
  required: ["alg", "typ", "cty", "x5t#S256", "x5c", "iat"],
} as const satisfies Shape;

/** The statement of a certificate that a trusted seal signed. Refuses with certificate_malformed, seal_wrong. */
export function openFile(file: Bytes, anchors: Anchors): Promise<Statement> {
  return openSealed<Statement>(file, anchors, "plenary-certificate+jws", StatementShape);
}

/** The same of any paper: `typ` says of which kind it must be. */
export async function openSealed<T extends { readonly issued_at: number }>(file: Bytes, anchors: Anchors, typ: string, shape: Shape): Promise<T> {
  // 1. The file: one way to write it.
  const { payload, protected: head, signature } = exactly<CertificateFile>(file, CertificateFileShape, why.CERTIFICATE_MALFORMED, "not written as certificates are");
  const raw = { head: base64(head, "protected"), statement: base64(payload, "payload") };
  const header = exactly<SealHeader>(raw.head, HEADER, why.SEAL_WRONG, "protected header");
  if (header.cty !== "application/json") wrong("protected header");
  if (header.typ !== typ) wrong("typ");
  // 2. The seal's certificate, up to a trust anchor, valid when it says it signed.
  const leaf = await readLeaf(header, anchors);
  // 3. The signature over the bytes as they are.
  const key = publicKeyOf(leaf);
  const algorithm = key.algorithms.find((each) => each === header.alg) ?? wrong("alg");
  const signed = base64(signature, "signature");
  await wrapping(() => verifyBytes(algorithm, key, signed, bytesOf(`${head}.${payload}`)), sealWrong);
  // 4. Only now what they say.
  const statement = exactly<T>(raw.statement, shape, why.CERTIFICATE_MALFORMED, "statement");
  if (Math.floor(statement.issued_at / 1000) !== header.iat) wrong("iat");
  return statement;
}

/** The seal's chain (DER) in the file, not yet believed. Refuses as `openFile`. */
export function chainOf(file: Bytes): Bytes[] {
  const { protected: head } = exactly<CertificateFile>(file, CertificateFileShape, why.CERTIFICATE_MALFORMED, "not written as certificates are");
  return chainIn(exactly<SealHeader>(base64(head, "protected"), HEADER, why.SEAL_WRONG, "protected header"));
}

/** What a sealed file says that it is, not yet believed. Refuses as `openFile`. */
export function typOf(file: Bytes): string {
  const { protected: head } = exactly<CertificateFile>(file, CertificateFileShape, why.CERTIFICATE_MALFORMED, "not written as certificates are");
  return exactly<SealHeader>(base64(head, "protected"), HEADER, why.SEAL_WRONG, "protected header").typ;
}

function chainIn({ x5c }: SealHeader): Bytes[] {
  return x5c.map((each) => decodeStandard(each) ?? wrong("x5c"));
}

async function readLeaf(header: SealHeader, anchors: Anchors): Promise<Certificate> {
  const chain = chainIn(header);
  return wrapping(async () => {
    const first = load(chain[0] ?? wrong("x5t#S256"));
    if ((await thumbprintOf(first)) !== header["x5t#S256"]) wrong("x5t#S256");
    return anchors.verify(chain, header.iat * 1000, "seal");
  }, sealWrong);
}

function sealWrong(refused: Refused): Refused {
  return refused.refusal === why.SEAL_WRONG ? refused : new Refused(why.SEAL_WRONG, { what: refused.code });
}

function exactly<T>(raw: Bytes, shape: Shape, refusal: Refusal, what: string): T {
  try {
    return readExactly<T>(raw, shape);
  } catch (error) {
    if (error instanceof NotThisMessage) return refuse(refusal, { what });
    throw error;
  }
}

function base64(value: string, what: string): Bytes {
  try {
    return decode(value);
  } catch {
    return refuse(why.CERTIFICATE_MALFORMED, { what: `base64url of ${what}` });
  }
}

function wrong(what: string): never {
  return refuse(why.SEAL_WRONG, { what });
}
