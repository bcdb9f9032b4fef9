import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf } from "../rules/bytes.ts";
import { verify, type Vote } from "../rules/certificate.ts";
import { Anchors } from "../rules/credential.ts";
import { useAsked, type Asked } from "../views/asked.ts";
import type { CertificateShown } from "../wire.ts";

/** Who voted how, once it is proven. */
export interface Votes {
  readonly certificate: string;
  readonly of: ReadonlyMap<string, Vote>;
}

// A certificate of five thousand ballots is some twenty megabytes.
const PATIENCE = 120_000;

/** Who voted how, out of the certificate, after this screen has checked all of it under the anchor it pinned. */
export function useVotes(session: Session, shown: CertificateShown | undefined): Asked<Votes> {
  return useAsked(shown && (() => proven(session, shown)), [session, shown?.certificate]);
}

async function proven(session: Session, { certificate, sha256 }: CertificateShown): Promise<Votes> {
  const text = await persist(() => session.askText(`/signing/certificates/${encodeURIComponent(certificate)}.json`, { patience: PATIENCE }));
  const file = bytesOf(text);
  if ((await digest(file)) !== sha256) throw new Error("another certificate than was told");
  const { votes } = await verify(file, await Anchors.read(session.identity.anchors));
  return { certificate, of: votes };
}
