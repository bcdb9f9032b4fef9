// The signs of persons in plans and figures: each has a shape and a mark of its own, so that no colour is needed to tell them apart.
import type { SeatChoice, SeatState } from "../shown/seats.ts";

export type Sign = SeatState | SeatChoice;

/** Draws a shape around a point, as SVG path data. */
type Stamp = (x: number, y: number) => string;

/** A sign by its size: its body, and the mark on it. What is the same at every point is made once. */
interface Drawn {
  readonly body: (r: number) => Stamp;
  readonly mark?: (r: number) => Stamp;
}

const n = (value: number) => String(Math.round(value * 100) / 100);
/** A shape that begins at this distance from its point, and goes on in relative steps. */
const stamp = (dx: number, dy: number, rest: string): Stamp => (x, y) => `M${n(x + dx)} ${n(y + dy)}${rest}`;
const disc = (r: number) => stamp(-r, 0, `a${n(r)} ${n(r)} 0 1 0 ${n(2 * r)} 0a${n(r)} ${n(r)} 0 1 0 ${n(-2 * r)} 0z`);
const square = (r: number) => stamp(-0.9 * r, -0.9 * r, `h${n(1.8 * r)}v${n(1.8 * r)}h${n(-1.8 * r)}z`);
const diamond = (r: number) => stamp(0, -1.15 * r, `l${n(1.15 * r)} ${n(1.15 * r)}l${n(-1.15 * r)} ${n(1.15 * r)}l${n(-1.15 * r)} ${n(-1.15 * r)}z`);
const triangle = (r: number) => stamp(0, -1.1 * r, `l${n(1.1 * r)} ${n(1.9 * r)}h${n(-2.2 * r)}z`);
const check = (r: number) => stamp(-0.45 * r, 0.02 * r, `l${n(0.33 * r)} ${n(0.35 * r)}l${n(0.6 * r)} ${n(-0.7 * r)}`);
const cross = (r: number) => stamp(-0.4 * r, -0.4 * r, `l${n(0.8 * r)} ${n(0.8 * r)}m0 ${n(-0.8 * r)}l${n(-0.8 * r)} ${n(0.8 * r)}`);
const dash = (r: number) => stamp(-0.45 * r, 0, `h${n(0.9 * r)}`);
const slash = (r: number) => stamp(-r, r, `l${n(2 * r)} ${n(-2 * r)}`);

export const SIGNS: { readonly [sign in Sign]: Drawn } = {
  approve: { body: disc, mark: check },
  reject: { body: square, mark: cross },
  abstain: { body: diamond, mark: dash },
  none: { body: (r) => disc(0.55 * r) },
  absent: { body: (r) => disc(0.8 * r) },
  present: { body: disc },
  asking: { body: triangle },
  speaking: { body: (r) => disc(1.15 * r), mark: (r) => disc(0.5 * r) },
  received: { body: square, mark: (r) => disc(0.3 * r) },
  lost: { body: (r) => disc(0.8 * r), mark: slash },
};

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** All points that carry the same sign, as two paths: thousands of seats are then a handful of elements. */
export function drawAll(points: readonly (Point & { readonly sign: Sign })[], r: number): { sign: Sign; body: string; mark: string }[] {
  const bySign = new Map<Sign, Point[]>();
  for (const point of points) {
    const own = bySign.get(point.sign);
    if (own) own.push(point);
    else bySign.set(point.sign, [point]);
  }
  return (Object.keys(SIGNS) as Sign[]).flatMap((sign) => {
    const own = bySign.get(sign);
    if (!own) return [];
    const [body, mark] = [SIGNS[sign].body(r), SIGNS[sign].mark?.(r)];
    return [{ sign, body: own.map(({ x, y }) => body(x, y)).join(""), mark: mark ? own.map(({ x, y }) => mark(x, y)).join("") : "" }];
  });
}

/** `count` places in a half circle of outer radius 1 around (0, 0), from left to right, and the radius each has room for. */
export function halfCircle(count: number): { points: Point[]; r: number } {
  const pitch = largestPitch(count);
  const rows = rowsOf(pitch);
  const shares = shared(count, rows.map((radius) => capacity(radius, pitch)));
  const placed = rows.flatMap((radius, row) => {
    const own = shares[row] ?? 0;
    return Array.from({ length: own }, (_, at) => ({ radius, angle: own === 1 ? Math.PI / 2 : Math.PI * (1 - at / (own - 1)) }));
  });
  placed.sort((one, other) => other.angle - one.angle || other.radius - one.radius);
  return { points: placed.map(({ radius, angle }) => ({ x: radius * Math.cos(angle), y: -radius * Math.sin(angle) })), r: 0.42 * pitch };
}

const INNER = 0.38;
const WIDEST = 0.3;

function rowsOf(pitch: number): number[] {
  return Array.from({ length: 1 + Math.floor((1 - INNER) / pitch) }, (_, row) => 1 - row * pitch);
}

function capacity(radius: number, pitch: number): number {
  return 1 + Math.floor((Math.PI * radius) / pitch);
}

/** The largest distance between neighbours at which so many have room; found by halving. */
function largestPitch(count: number): number {
  let [low, high] = [0.001, WIDEST];
  for (let step = 0; step < 40; step++) {
    const pitch = (low + high) / 2;
    const room = rowsOf(pitch).reduce((all, radius) => all + capacity(radius, pitch), 0);
    if (room >= count) low = pitch;
    else high = pitch;
  }
  return low;
}

/** `count` shared out in proportion to what each row has room for, the outer rows first where it does not come out even. */
function shared(count: number, room: readonly number[]): number[] {
  const all = room.reduce((sum, each) => sum + each, 0);
  const shares = room.map((each) => Math.min(each, Math.floor((count * each) / all)));
  let left = count - shares.reduce((sum, each) => sum + each, 0);
  for (let row = 0; left > 0; row = (row + 1) % room.length) {
    if ((shares[row] ?? 0) >= (room[row] ?? 0)) continue;
    shares[row] = (shares[row] ?? 0) + 1;
    left -= 1;
  }
  return shares;
}
