// A certificate, fetched and proven: nothing that a server says counts, only what it can show.
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf, type Bytes } from "../rules/bytes.ts";
import type { Proven } from "../rules/certificate.ts";
import { refuse } from "../rules/refused.ts";
import type { CertificateShown, PollShown, Statement } from "../wire.ts";
import { ledgerKeys } from "./house.ts";

// A certificate of five thousand ballots is some twenty megabytes.
const PATIENCE = 120_000;

/**
 * Fetch a certificate and check the whole of it: under the anchor that was pinned, over the ledger whose key was. Refuses with what does
 * not hold. Throws Declined, Unreachable, NothingKept.
 */
export async function certified(session: Session, meeting: string, shown: Pick<CertificateShown, "certificate" | "sha256">): Promise<Proven> {
  return (await certifiedFile(session, meeting, shown)).proven;
}

/** The same, with certificate.json itself. */
export async function certifiedFile(session: Session, meeting: string, { certificate, sha256 }: Pick<CertificateShown, "certificate" | "sha256">): Promise<{ readonly file: Bytes; readonly proven: Proven }> {
  // The check is as much script as all the rest of a page: fetched when it is needed.
  const [{ verify }, { Anchors }] = await Promise.all([import("../rules/certificate.ts"), import("../rules/credential.ts")]);
  const file = bytesOf(await session.askText(`/signing/certificates/${encodeURIComponent(certificate)}.json`, { patience: PATIENCE }));
  if ((await digest(file)) !== sha256) refuse(why.FILES_DISAGREE, { file: "certificate.json", what: "SHA-256" });
  const proven = await verify(file, await Anchors.read(session.identity.anchors));
  const { voting } = await ledgerKeys(session, meeting);
  if (proven.statement.evidence.ledger.log_key !== voting) refuse(why.CHECKPOINT_WRONG, { what: "another ledger key than the one pinned" });
  return { file, proven };
}

/** A declared result proven to the last ballot. Refuses as `certified` and `mustBeOf` do. Throws Declined, Unreachable, NothingKept. */
export async function certifiedResult(session: Session, poll: PollShown, shown: CertificateShown): Promise<Proven> {
  const proven = await certified(session, poll.meeting, shown);
  mustBeOf(proven.statement, poll);
  return proven;
}

/** A genuine certificate of another vote says nothing of this one; and what it certifies is what stands on the screen. Refuses with
 * definition_wrong, decision_wrong. */
export function mustBeOf(statement: Pick<Statement, "poll" | "definition" | "decision">, { poll, definition_sha256: definition, decision }: PollShown): void {
  if (statement.poll !== poll || statement.definition !== definition) refuse(why.DEFINITION_WRONG, { what: "poll" });
  if (decision?.sentence !== statement.decision.sentence) refuse(why.DECISION_WRONG, { what: "sentence" });
}
