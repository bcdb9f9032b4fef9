// A person signs a certificate: all that is to be signed is fetched, checked here, shown, and only then signed.
import { signDer, signRaw } from "../keys/signing.ts";
import { askBytes } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { encode } from "../rules/base64url.ts";
import { bytesOf, type Bytes } from "../rules/bytes.ts";
import type { Proven } from "../rules/certificate.ts";
import { readPem } from "../rules/x509.ts";
import { SignaturePreparedShape, SignaturesShownShape, type CertificateShown, type SignaturePrepared, type SignaturesShown } from "../wire.ts";
import { certifiedFile } from "./certified.ts";

// The page is set anew, and may be some megabytes.
const PATIENCE = 120_000;

/** What was looked at and found to be what it must be: the certificate proven, the page, and what is signed of both. */
export interface Looked {
  readonly prepared: SignaturePrepared;
  readonly proven: Proven;
  readonly page: Bytes;
  readonly attributes: Bytes;
  /** The signing input of the statement: our header, and the very statement that was proven. */
  readonly input: Bytes;
}

/** Who signed a certificate, and who is awaited. Throws Declined, Unreachable. */
export function signaturesOf(session: Session, certificate: string): Promise<SignaturesShown> {
  return session.ask<SignaturesShown>("GET", `${pathOf(certificate)}/signatures`, { shape: SignaturesShownShape });
}

/** Have it prepared and look at all of it. `instead`: why another chair signs. Refuses as `certified` does, and with
 * preparation_wrong. Throws Declined, Unreachable, NothingKept. */
export async function look(session: Session, meeting: string, shown: CertificateShown, role: SignaturePrepared["role"], instead = ""): Promise<Looked> {
  // 1. The certificate that persons sign, proven to the last ballot under the anchor that was pinned.
  const { file, proven } = await certifiedFile(session, meeting, shown);
  // 2. What is to be signed.
  const at = `${pathOf(shown.certificate)}/signatures`;
  const prepared = await session.ask<SignaturePrepared>("POST", `${at}/begun`, { json: { role, instead }, shape: SignaturePreparedShape, patience: PATIENCE });
  const page = await askBytes("GET", `${at}/${encodeURIComponent(prepared.id)}/page.pdf`, { token: await session.token(), patience: PATIENCE });
  // 3. It is the page of that certificate, and nothing is signed beside it. The check is fetched when it is needed.
  const { mustBeToSign } = await import("../rules/prepared_page.ts");
  const chain = session.identity.chain.flatMap(readPem);
  const attributes = await mustBeToSign({ ...prepared, role }, { page, file, chain, now: Math.floor(Date.now() / 1000) });
  // 4. The statement is taken from the file that was proven, never from what was prepared.
  const { payload } = JSON.parse(new TextDecoder().decode(file)) as { payload: string };
  return { prepared, proven, page, attributes, input: bytesOf(`${prepared.protected}.${payload}`) };
}

/** Sign both, and send them; asked again, the same bytes are sent. Throws Declined, Unreachable. */
export async function signBoth(session: Session, { prepared, attributes, input }: Looked): Promise<() => Promise<SignaturesShown>> {
  const { identity } = session;
  const json = { prepared: prepared.id, page: encode(await signDer(identity, attributes)), statement: encode(await signRaw(identity, input)) };
  return () => session.ask<SignaturesShown>("POST", `${pathOf(prepared.certificate)}/signatures`, { json, shape: SignaturesShownShape, patience: PATIENCE });
}

function pathOf(certificate: string): string {
  return `/signing/certificates/${encodeURIComponent(certificate)}`;
}
