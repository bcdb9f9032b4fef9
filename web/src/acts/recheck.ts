// One's own vote proven again, from the certificate itself: nothing that a server says counts, only what it can show.
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { refuse } from "../rules/refused.ts";
import type { Decision } from "../wire.ts";
import { ledgerKeys } from "./house.ts";
import type { OwnVote } from "./own_votes.ts";

/** What the certificate proves of one's vote: its line in the ledger, and the decision that it went into. */
export interface Rechecked {
  readonly certificate: string;
  readonly index: number;
  readonly decision: Decision;
}

const PATIENCE = 60_000;

/**
 * Fetch the certificate, check the whole of it under the pinned anchor, and find this very vote in it. Refuses with what
 * does not hold. Throws Declined, Unreachable.
 */
export async function recheck(session: Session, vote: OwnVote, certificate: string, sha256: string): Promise<Rechecked> {
  // The check of a whole certificate is as much script as all the rest: fetched when it is needed.
  const [{ verify }, { Anchors }] = await Promise.all([import("../rules/certificate.ts"), import("../rules/credential.ts")]);
  const file = bytesOf(await session.askText(`/signing/certificates/${encodeURIComponent(certificate)}.json`, { patience: PATIENCE }));
  if ((await digest(file)) !== sha256) refuse(why.FILES_DISAGREE, { file: "certificate.json", what: "SHA-256" });
  const { statement, votes } = await verify(file, await Anchors.read(session.identity.anchors));
  // It is about the question that was signed here, and its ledger is the one whose key is pinned.
  if (statement.poll !== vote.poll || statement.definition !== vote.definition) refuse(why.DEFINITION_WRONG, { what: "poll" });
  const { voting } = await ledgerKeys(session, vote.meeting);
  if (statement.evidence.ledger.log_key !== voting) refuse(why.CHECKPOINT_WRONG, { what: "another ledger key than the one pinned" });
  const counted = votes.get(vote.member);
  if (counted?.choice !== vote.choice || counted.index !== vote.receipt?.index) return refuse(why.PROOF_WRONG, { what: "own vote" });
  return { certificate, index: counted.index, decision: statement.decision };
}
