// A plan of seats being drawn: seats are moved on the grid, and never stand on each other. Pure.
import type { SeatPlace } from "../wire.ts";

/** A seat takes 10 by 10; it is moved by half of that. */
export const SEAT = 10;
export const STEP = 5;
const FARTHEST = 4_095;

/** The seat by what it is known by: its name, or its member. */
export function keyOfPlace({ seat, member }: SeatPlace): string {
  return seat ? `seat ${seat}` : `member ${member}`;
}

/** The places with one of them moved there, on the grid; the very same places if it stands there, or another seat is in the way. */
export function placed(places: readonly SeatPlace[], key: string, x: number, y: number): readonly SeatPlace[] {
  const to = { x: onGrid(x), y: onGrid(y) };
  const from = places.find((place) => keyOfPlace(place) === key);
  if (!from || (from.x === to.x && from.y === to.y)) return places;
  const taken = places.some((place) => keyOfPlace(place) !== key && Math.abs(place.x - to.x) < SEAT && Math.abs(place.y - to.y) < SEAT);
  if (taken) return places;
  return places.map((place) => (place === from ? { ...place, ...to } : place));
}

function onGrid(value: number): number {
  return Math.min(FARTHEST, Math.max(STEP, Math.round(value / STEP) * STEP));
}

/** What is sent of a drawn plan: a named seat by its name, whoever sits there. */
export function drawn(places: readonly SeatPlace[]): SeatPlace[] {
  return places.map((place) => (place.seat ? { ...place, member: "" } : place));
}

/** What is seen: all seats with air around them, and room to move some outwards. */
export function boxOf(places: readonly SeatPlace[]): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
  const right = places.reduce((most, { x }) => Math.max(most, x), 2 * SEAT);
  const low = places.reduce((most, { y }) => Math.max(most, y), 2 * SEAT);
  return { x: -SEAT, y: -2 * SEAT, width: right + 3 * SEAT, height: low + 4 * SEAT };
}

/** The seat that an arrow key leads to: the nearest in that direction. */
export function neighbour(places: readonly SeatPlace[], from: SeatPlace, dx: number, dy: number): SeatPlace | undefined {
  const ahead = places.filter((place) => (place.x - from.x) * dx + (place.y - from.y) * dy > 0);
  const far = (place: SeatPlace) => {
    const [along, aside] = dx ? [(place.x - from.x) * dx, Math.abs(place.y - from.y)] : [(place.y - from.y) * dy, Math.abs(place.x - from.x)];
    return along + 3 * aside;
  };
  return ahead.reduce<SeatPlace | undefined>((best, place) => (!best || far(place) < far(best) ? place : best), undefined);
}
