// What the desk does on the floor: each act says which floor its console showed, so that of two consoles one is refused.
import { signMessage } from "../keys/signing.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { KINDS } from "../rules/jws.ts";
import { FloorActShape, FloorDoneShape, type FloorAct, type FloorDone } from "../wire.ts";

/** Leaves out what is added here, and what has a default; for each kind of act by itself. */
type Plain<Act> = Act extends { readonly seen: number } ? Omit<Act, "v" | "meeting" | "reason" | "seen"> & { readonly reason?: string } : never;
export type DeskAct = Plain<FloorAct>;

/** Do this on the floor as it was `seen`. The same bytes are sent until they are answered. Throws Declined, Unreachable. */
export async function actOnFloor(session: Session, meeting: string, seen: number, act: DeskAct): Promise<FloorDone> {
  const jose = await signMessage(session.identity, KINDS.floor, FloorActShape, { ...act, meeting, seen });
  const path = `/floor/meetings/${encodeURIComponent(meeting)}/acts`;
  return persist(() => session.ask<FloorDone>("POST", path, { jose, shape: FloorDoneShape }), { tries: 6 });
}
