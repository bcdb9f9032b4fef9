// Questions about the floor, asked of what a screen knows: who speaks, who is next, where somebody stands.
import type { FloorShown, Lane, LaneShown, SpeakRequest, Turn } from "../wire.ts";
import type { Shown } from "./state.ts";

const FIRST: readonly Turn["state"][] = ["running", "paused", "called"];

/** The turn that all look at: one that runs, else one that is paused, else one that was called; none if nobody speaks. */
export function speaking(floor: FloorShown | null): Turn | undefined {
  const turns = floor?.turns ?? [];
  // An interposed question runs while the turn that it interrupts is paused: of the running the last called is heard.
  return FIRST.flatMap((state) => turns.filter((turn) => turn.state === state).slice(-1))[0];
}

/** The lanes in which somebody may still be called: open ones, and closed ones with somebody in them. */
export function livingLanes(floor: FloorShown | null): LaneShown[] {
  return (floor?.lanes ?? []).filter(({ lane, waiting }) => lane.state === "open" || (lane.state === "closed" && waiting.length > 0));
}

/** The agenda item that is spoken about: of the turn, else of the lane opened last that still lives; none if none. */
export function itemSpokenAbout(floor: FloorShown | null): string | undefined {
  return speaking(floor)?.item ?? livingLanes(floor).at(-1)?.lane.item;
}

/** A person's requests that wait, in every lane. */
export function waitingOf(floor: FloorShown | null, member: string): SpeakRequest[] {
  return (floor?.lanes ?? []).flatMap(({ waiting }) => waiting.filter((request) => request.member === member));
}

/** Where a waiting request stands, 1 is next, with its lane; none if it waits no more. */
export function placeOf(floor: FloorShown | null, request: string): { lane: Lane; place: number } | undefined {
  for (const { lane, waiting } of floor?.lanes ?? []) {
    const at = waiting.findIndex(({ id }) => id === request);
    if (at >= 0) return { lane, place: at + 1 };
  }
  return undefined;
}

/** A person's own turn that is not over, or none. */
export function turnOf(floor: FloorShown | null, member: string): Turn | undefined {
  return floor?.turns.find((turn) => turn.member === member);
}

/** What is left of a turn's time at a moment, in milliseconds: negative when it is over, none without a limit. */
export function timeLeft(turn: Turn, now: number): number | undefined {
  if (turn.planned_ms === null) return undefined;
  const running = turn.running_since === null ? 0 : Math.max(0, now - turn.running_since);
  return turn.planned_ms - turn.used_ms - running;
}

/** Whether the newest sealed turn log has all that happened on the floor: nothing is left to seal. */
export function isSealed({ revision }: Pick<FloorShown, "revision">, sealed: Shown["records"]): boolean {
  return sealed.some(({ line }) => line >= revision);
}
