import type { Session } from "../line/signin.ts";
import { PresenceShape, type Presence } from "../wire.ts";

/** Come, or leave with a reason; the time is the server's. Throws Declined, Unreachable. */
export function checkIn(session: Session, meeting: string, present = true, reason = ""): Promise<Presence> {
  return session.ask<Presence>("POST", `/meeting/meetings/${encodeURIComponent(meeting)}/presence`, { json: { present, reason }, shape: PresenceShape });
}
