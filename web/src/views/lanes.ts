import { own } from "../shown/state.ts";
import { say } from "../words/language.ts";
import { LANE_WORDS } from "./words.ts";

/** The name of a list of speakers; of one that a body has named itself, that name. */
export function laneText(lane: string): string {
  const known = own(LANE_WORDS, lane);
  return known ? say(known) : lane;
}
