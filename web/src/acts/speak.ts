// What a delegate does on the floor: signed, sent until it is answered, and its receipt proven.
import { signMessage } from "../keys/signing.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { KINDS } from "../rules/jws.ts";
import { mustHoldAct } from "../rules/receipt.ts";
import type { Shape } from "../rules/shape.ts";
import {
  AskShape, ChangeRequestShape, FloorDoneShape, WithdrawShape, WriteOpinionShape, type Ask, type FloorAct, type FloorDone, type SpeakRequest,
} from "../wire.ts";
import { ledgerKeys } from "./house.ts";

const TRIES = 6;

/** Ask to speak in a lane. */
export function askToSpeak(session: Session, meeting: string, { item, lane, stance, note }: Pick<Ask, "item" | "lane" | "stance" | "note">): Promise<FloorDone> {
  return actOnFloor(session, meeting, AskShape, { act: "ask", v: 1, meeting, id: crypto.randomUUID(), item, lane, stance, note, member: "", guest: "" });
}

/** Change the stance or the note of one's request; the place stays. */
export function changeRequest(session: Session, meeting: string, { id, stance, note }: Pick<SpeakRequest, "id" | "stance" | "note">): Promise<FloorDone> {
  return actOnFloor(session, meeting, ChangeRequestShape, { act: "change", v: 1, meeting, request: id, stance, note });
}

/** Take one's request back. */
export function withdraw(session: Session, meeting: string, request: string): Promise<FloorDone> {
  return actOnFloor(session, meeting, WithdrawShape, { act: "withdraw", v: 1, meeting, request });
}

/** Write what one would have said, when the item ended before one was reached. */
export function writeOpinion(session: Session, meeting: string, item: string, text: string): Promise<FloorDone> {
  return actOnFloor(session, meeting, WriteOpinionShape, { act: "write", v: 1, meeting, item, text });
}

/**
 * Any act on the floor: signed once, the same bytes sent until there is an answer, its receipt proven under the pinned
 * key. Throws Declined, Unreachable, Refused, NothingKept.
 */
export async function actOnFloor(session: Session, meeting: string, shape: Shape, act: FloorAct): Promise<FloorDone> {
  const jose = await signMessage(session.identity, KINDS.floor, shape, act);
  const path = `/floor/meetings/${encodeURIComponent(meeting)}/acts`;
  const done = await persist(() => session.ask<FloorDone>("POST", path, { jose, shape: FloorDoneShape }), { tries: TRIES });
  await mustHoldAct(done.receipt, { meeting, act: jose }, (await ledgerKeys(session, meeting)).floor);
  return done;
}
