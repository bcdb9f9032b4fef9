// The minutes of a sitting: asked for, fetched and proven. Nothing that a server says counts, only what it can show.
import type { Session } from "../line/signin.ts";
import * as why from "../refusals.ts";
import { digest } from "../rules/base64url.ts";
import { bytesOf, type Bytes } from "../rules/bytes.ts";
import type { Minuted } from "../rules/minutes.ts";
import { refuse } from "../rules/refused.ts";
import { MinutesWantedShape, type MinutesShown, type MinutesWanted } from "../wire.ts";
import { ledgerKeys } from "./house.ts";

const PATIENCE = 120_000;

/** Ask for an edition; asked for before, nothing is done again. Throws Declined, Unreachable. */
export function askMinutes(session: Session, meeting: string, edition: number): Promise<MinutesWanted> {
  return session.ask<MinutesWanted>("POST", `/meeting/meetings/${encodeURIComponent(meeting)}/minutes`, { json: { edition }, shape: MinutesWantedShape });
}

/** Fetch minutes.json and check the whole of it: under the anchor that was pinned, over the ledger whose key was. Refuses with
 * what does not hold. Throws Declined, Unreachable, NothingKept. */
export async function minutedFile(session: Session, meeting: string, { minutes, sha256 }: Pick<MinutesShown, "minutes" | "sha256">): Promise<{ readonly file: Bytes; readonly minuted: Minuted }> {
  // The check is fetched when it is needed.
  const [{ verify }, { Anchors }] = await Promise.all([import("../rules/minutes.ts"), import("../rules/credential.ts")]);
  const file = bytesOf(await session.askText(`/signing/minutes/${encodeURIComponent(minutes)}.json`, { patience: PATIENCE }));
  if ((await digest(file)) !== sha256) refuse(why.FILES_DISAGREE, { file: "minutes.json", what: "SHA-256" });
  const minuted = await verify(file, await Anchors.read(session.identity.anchors));
  const { statement } = minuted;
  if (statement.meeting !== meeting) refuse(why.FILES_DISAGREE, { file: "minutes.json", what: "meeting" });
  const { voting } = await ledgerKeys(session, meeting);
  if (statement.evidence.ledger.log_key !== voting) refuse(why.CHECKPOINT_WRONG, { what: "another ledger key than the one pinned" });
  return { file, minuted };
}
