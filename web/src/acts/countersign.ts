// A person signs a certificate, or minutes: all that is to be signed is fetched, checked here, shown, and only then signed.
import { signDer, signRaw } from "../keys/signing.ts";
import { askBytes } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { decodeStandard, encode } from "../rules/base64url.ts";
import { bytesOf, type Bytes } from "../rules/bytes.ts";
import type { Proven } from "../rules/certificate.ts";
import type { Minuted } from "../rules/minutes.ts";
import { refuse } from "../rules/refused.ts";
import { verificationCode } from "../rules/verification_code.ts";
import { readPem } from "../rules/x509.ts";
import { CredentialShape, SignaturePreparedShape, SignaturesShownShape, type CertificateShown, type Credential, type MinutesShown, type RemoteOwnKey, type RemotePairShown, type SignaturePrepared, type SignaturesShown } from "../wire.ts";
import { certifiedFile } from "./certified.ts";
import { signerOf } from "./house.ts";
import { minutedFile } from "./minuted.ts";

// The page is set anew, and may be some megabytes.
const PATIENCE = 120_000;

/** A paper that persons sign: where it is, and the hash to compare; `signed` as of a CertificateShown. */
export interface Paper {
  readonly kind: "certificate" | "minutes";
  readonly id: string;
  readonly sha256: string;
  readonly signed: string;
}

/** A certificate, or minutes, as what persons sign. */
export function paperOf(shown: CertificateShown | MinutesShown): Paper {
  const { sha256, signed } = shown;
  return "minutes" in shown ? { kind: "minutes", id: shown.minutes, sha256, signed } : { kind: "certificate", id: shown.certificate, sha256, signed };
}

/** What is told of a paper once it is proven. */
export type Told = { readonly kind: "certificate"; readonly proven: Proven } | { readonly kind: "minutes"; readonly minuted: Minuted };

/** What was looked at and found to be what it must be: the paper proven, the page, and what is signed of both. */
export interface Looked {
  readonly paper: Paper;
  readonly prepared: SignaturePrepared;
  readonly told: Told;
  readonly page: Bytes;
  readonly attributes: Bytes;
  /** The signing input of the statement: our header, and the very statement that was proven. */
  readonly input: Bytes;
}

/** Who signed a paper, and who is awaited. Throws Declined, Unreachable. */
export function signaturesOf(session: Session, paper: Paper): Promise<SignaturesShown> {
  return session.ask<SignaturesShown>("GET", `${pathOf(paper)}/signatures`, { shape: SignaturesShownShape });
}

/** Have it prepared and look at all of it. `instead`: why another chair signs; `by`: the key at a service with which one signs, and not
 * that of this device. Refuses as `certified` or `minutedFile` does, and with preparation_wrong. Throws Declined, Unreachable, NothingKept. */
export async function look(session: Session, meeting: string, paper: Paper, role: SignaturePrepared["role"], instead = "", by?: RemoteOwnKey): Promise<Looked> {
  // 1. The paper that persons sign, proven to the last line under the anchor that was pinned.
  const { file, told } = await provenFile(session, meeting, paper);
  // 2. What is to be signed.
  const at = `${pathOf(paper)}/signatures`;
  const prepared = await session.ask<SignaturePrepared>("POST", `${at}/begun`, { json: { role, instead, ...(by && { credential: by.thumbprint }) }, shape: SignaturePreparedShape, patience: PATIENCE });
  const page = await askBytes("GET", `${at}/${encodeURIComponent(prepared.id)}/page.pdf`, { token: await session.token(), patience: PATIENCE });
  // 3. It is the page of that paper, and nothing is signed beside it. The check is fetched when it is needed.
  const { mustBeToSign } = await import("../rules/prepared_page.ts");
  const chain = by ? await chainOf(session, by) : session.identity.chain.flatMap(readPem);
  const attributes = await mustBeToSign({ ...prepared, role }, { page, file, name: `${paper.kind}.json`, chain, alg: by?.alg ?? "ES256", now: Math.floor(Date.now() / 1000) });
  // 4. The statement is taken from the file that was proven, never from what was prepared.
  const { payload } = JSON.parse(new TextDecoder().decode(file)) as { payload: string };
  return { paper, prepared, told, page, attributes, input: bytesOf(`${prepared.protected}.${payload}`) };
}

/** Sign both, and send them; asked again, the same bytes are sent. Throws Declined, Unreachable. */
export async function signBoth(session: Session, { paper, prepared, attributes, input }: Looked): Promise<() => Promise<SignaturesShown>> {
  const { identity } = session;
  const json = { prepared: prepared.id, page: encode(await signDer(identity, attributes)), statement: encode(await signRaw(identity, input)) };
  return () => session.ask<SignaturesShown>("POST", `${pathOf(paper)}/signatures`, { json, shape: SignaturesShownShape, patience: PATIENCE });
}

/** Have the service of that key sign both; sent again, it tells how that stands. The codes are of what was looked at. Refuses with
 * preparation_wrong. Throws Declined, Unreachable. */
export async function askService(session: Session, { paper, prepared, attributes, input }: Looked, by: RemoteOwnKey): Promise<RemotePairShown> {
  const json = { prepared: prepared.id, provider: by.provider };
  const shown = await session.ask<RemotePairShown>("POST", `${pathOf(paper)}/signatures/remote`, { json, patience: PATIENCE });
  const codes = [await verificationCode(attributes), await verificationCode(input)];
  if (shown.page_code !== codes[0] || shown.statement_code !== codes[1]) refuse(why.PREPARATION_WRONG, { what: "another verification code" });
  return shown;
}

/** The chain of one's own key at a service, up to the anchor that is pinned, leaf first. Refuses with credential_wrong. */
async function chainOf(session: Session, { thumbprint }: RemoteOwnKey): Promise<Bytes[]> {
  const { member } = await signerOf(session, thumbprint, Date.now());
  if (member !== session.member) refuse(why.CREDENTIAL_WRONG, { thumbprint, member, what: "it names another person" });
  const { chain } = await session.ask<Credential>("GET", `/signing/credentials/${thumbprint}`, { shape: CredentialShape });
  return chain.map((text) => decodeStandard(text) ?? refuse(why.CHAIN_MALFORMED, { what: "base64" }));
}

async function provenFile(session: Session, meeting: string, { kind, id, sha256 }: Paper): Promise<{ readonly file: Bytes; readonly told: Told }> {
  if (kind === "minutes") {
    const { file, minuted } = await minutedFile(session, meeting, { minutes: id, sha256 });
    return { file, told: { kind, minuted } };
  }
  const { file, proven } = await certifiedFile(session, meeting, { certificate: id, sha256 });
  return { file, told: { kind, proven } };
}

/** Where a paper is. */
export function pathOf({ kind, id }: Pick<Paper, "kind" | "id">): string {
  return `/signing/${kind === "minutes" ? "minutes" : "certificates"}/${encodeURIComponent(id)}`;
}
