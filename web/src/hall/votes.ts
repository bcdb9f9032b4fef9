import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { verify, type Vote } from "../rules/certificate.ts";
import { Anchors } from "../rules/credential.ts";
import { refuse } from "../rules/refused.ts";
import { useAsked, type Asked } from "../views/asked.ts";
import type { CertificateShown, PollShown, Statement } from "../wire.ts";

/** Who voted how, once it is proven. */
export interface Votes {
  readonly certificate: string;
  readonly of: ReadonlyMap<string, Vote>;
}

// A certificate of five thousand ballots is some twenty megabytes.
const PATIENCE = 120_000;

/** Who voted how, out of the poll's certificate, after this screen has checked all of it under the anchor it pinned. */
export function useVotes(session: Session, poll: PollShown, shown: CertificateShown | undefined): Asked<Votes> {
  return useAsked(shown && (() => proven(session, poll, shown)), [session, shown?.certificate, poll.definition_sha256]);
}

async function proven(session: Session, poll: PollShown, { certificate, sha256 }: CertificateShown): Promise<Votes> {
  const text = await persist(() => session.askText(`/signing/certificates/${encodeURIComponent(certificate)}.json`, { patience: PATIENCE }));
  const file = bytesOf(text);
  if ((await digest(file)) !== sha256) refuse(why.FILES_DISAGREE, { file: "certificate.json", what: "SHA-256" });
  const { statement, votes } = await verify(file, await Anchors.read(session.identity.anchors));
  mustBeOf(statement, poll);
  return { certificate, of: votes };
}

/** A genuine certificate of another vote says nothing of this one; and what it certifies is what stands on the screen. */
export function mustBeOf(statement: Pick<Statement, "poll" | "definition" | "decision">, { poll, definition_sha256: definition, decision }: PollShown): void {
  if (statement.poll !== poll || statement.definition !== definition) refuse(why.DEFINITION_WRONG, { what: "poll" });
  if (decision?.sentence !== statement.decision.sentence) refuse(why.DECISION_WRONG, { what: "sentence" });
}
