// One's own vote proven again, from the certificate itself.
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { refuse } from "../rules/refused.ts";
import type { CertificateShown, Decision } from "../wire.ts";
import { certified } from "./certified.ts";
import type { OwnVote } from "./own_votes.ts";

/** What the certificate proves of one's vote: its line in the ledger, and the decision that it went into. */
export interface Rechecked {
  readonly index: number;
  readonly decision: Decision;
}

/**
 * Fetch the certificate, check the whole of it under the pinned anchor, and find this very vote in it. Refuses as `certified`, with
 * definition_wrong, and with proof_wrong for a vote that is not in it. Throws Declined, Unreachable, NothingKept.
 */
export async function recheck(session: Session, vote: OwnVote, shown: Pick<CertificateShown, "certificate" | "sha256">): Promise<Rechecked> {
  const { statement, votes } = await certified(session, vote.meeting, shown);
  // It is about the question that was signed here.
  if (statement.poll !== vote.poll || statement.definition !== vote.definition) refuse(why.DEFINITION_WRONG, { what: "poll" });
  const counted = votes.get(vote.member);
  if (counted?.choice !== vote.choice || counted.index !== vote.receipt?.index) return refuse(why.PROOF_WRONG, { what: "own vote" });
  return { index: counted.index, decision: statement.decision };
}
