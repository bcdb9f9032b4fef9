import { useMemo } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { seatStates, type SeatState } from "../shown/seats.ts";
import type { Shown } from "../shown/state.ts";
import { useAsked } from "../views/asked.ts";
import type { Seat, SeatPlan } from "../wire.ts";

/** The seats of the hall: whose they are, and where they stand. */
export interface Seating {
  readonly seats: readonly Seat[];
  readonly plan: SeatPlan;
}

/** Asked for again when the roll or the plan is another; undefined until it is known. */
export function useSeats(session: Session, meeting: string, { roll, seats: revision }: Shown): Seating | undefined {
  const ask = async () => {
    const path = `/meeting/meetings/${encodeURIComponent(meeting)}/seats`;
    const [seats, plan] = await Promise.all([session.ask<Seat[]>("GET", path), session.ask<SeatPlan>("GET", `${path}/plan`)]);
    return { seats, plan };
  };
  return useAsked(roll ? ask : undefined, [session, meeting, roll?.sha256, revision]).value;
}

/** What each seat shows, the same function as long as nothing of it changes; with a `poll`, whose ballots have come. */
export function useSigns(shown: Shown, poll = ""): (member: string) => SeatState {
  const { presence, floor, connected, receivedFrom } = shown;
  return useMemo(() => seatStates(shown, poll), [presence, floor, connected, receivedFrom, poll]);
}
