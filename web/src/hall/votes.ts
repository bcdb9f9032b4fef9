import { certifiedResult } from "../acts/certified.ts";
import type { Session } from "../line/signin.ts";
import type { Vote } from "../rules/certificate.ts";
import { useAsked, type Asked } from "../views/asked.ts";
import type { CertificateShown, PollShown } from "../wire.ts";

/** Who voted how, once it is proven. */
export interface Votes {
  readonly certificate: string;
  readonly of: ReadonlyMap<string, Vote>;
}

/** Who voted how, out of the poll's certificate, after this screen has checked all of it under the anchor it pinned. */
export function useVotes(session: Session, poll: PollShown, shown: CertificateShown | undefined): Asked<Votes> {
  return useAsked(shown && (() => proven(session, poll, shown)), [session, shown?.certificate, poll.definition_sha256]);
}

async function proven(session: Session, poll: PollShown, shown: CertificateShown): Promise<Votes> {
  const { votes } = await certifiedResult(session, poll, shown);
  return { certificate: shown.certificate, of: votes };
}
