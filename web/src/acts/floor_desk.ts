// What the desk does on the floor: each act says which floor its console showed, so that of two consoles one is refused.
import type { Session } from "../line/signin.ts";
import { FloorActShape, type FloorAct, type FloorDone } from "../wire.ts";
import { actOnFloor } from "./speak.ts";

/** Leaves out what is added here, and what has a default; for each kind of act by itself. */
type Plain<Act> = Act extends { readonly seen: number } ? Omit<Act, "v" | "meeting" | "reason" | "seen"> & { readonly reason?: string } : never;
export type DeskAct = Plain<FloorAct>;

/** Do this on the floor as it was `seen`. Throws as `actOnFloor`. */
export function actAtDesk(session: Session, meeting: string, seen: number, act: DeskAct): Promise<FloorDone> {
  return actOnFloor(session, meeting, FloorActShape, { v: 1, meeting, seen, reason: "", ...act });
}
