import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { inOrder } from "../shown/seats.ts";
import type { Seat, SeatPlan } from "../wire.ts";
import { say, useLang } from "../words/language.ts";
import { Glyph } from "./glyph.tsx";
import { drawAll, type Sign } from "./glyphs.ts";
import { SIGN_WORDS, WORDS } from "./words.ts";

interface SeatMapOf {
  readonly plan: SeatPlan;
  readonly seats: readonly Seat[];
  /** What a member's seat shows. */
  readonly signOf: (member: string) => Sign;
}

const R = 4;
const EDGE = 10;

/** The seats as they stand, each with the sign of what it shows; and the same as a list for those who hear it. */
export function SeatMap({ plan, seats, signOf }: SeatMapOf) {
  useLang();
  const drawn = useMemo(() => drawAll(plan.places.filter(({ member }) => member).map(({ x, y, member }) => ({ x, y, sign: signOf(member) })), R), [plan, signOf]);
  const box = useMemo(() => boxOf(plan), [plan]);
  return (
    <figure class="seats">
      <svg class="plan" viewBox={box} aria-hidden="true">
        {plan.places.some(({ member }) => !member) && <path class="empty" d={plan.places.filter(({ member }) => !member).map(({ x, y }) => `M${x - 1} ${y}h2`).join("")} />}
        {drawn.map(({ sign, body, mark }) => (
          <g key={sign} class={sign} data-sign={sign} stroke-width={0.16 * R}><path class="body" d={body} /><path class="mark" d={mark} /></g>
        ))}
      </svg>
      <SeatList seats={seats} signOf={signOf} />
    </figure>
  );
}

/** Every seat in words, in the order of its name. A row that says what it said is the same row: of five thousand, few change at once. */
function SeatList({ seats, signOf }: Pick<SeatMapOf, "seats" | "signOf">) {
  const ordered = useMemo(() => inOrder(seats), [seats]);
  const kept = useRef(new Map<string, { readonly said: string; readonly row: VNode }>()).current;
  const meant = new Map((Object.keys(SIGN_WORDS) as Sign[]).map((sign) => [sign, say(SIGN_WORDS[sign])]));
  const row = ({ seat, member, name, group }: Seat) => {
    const said = `${[seat, name, group].filter(Boolean).join(", ")}: ${meant.get(signOf(member))}`;
    const before = kept.get(member);
    if (before?.said === said) return before.row;
    const made = <li key={member}>{said}</li>;
    kept.set(member, { said, row: made });
    return made;
  };
  return <ol class="unseen" aria-label={say(WORDS.seats)}>{ordered.map(row)}</ol>;
}

/** What the signs mean, with how many seats show each; those that none shows are left out. */
export function SeatLegend({ seats, signOf }: Pick<SeatMapOf, "seats" | "signOf">) {
  const counted = new Map<Sign, number>();
  for (const { member } of seats) counted.set(signOf(member), (counted.get(signOf(member)) ?? 0) + 1);
  const known = (Object.keys(SIGN_WORDS) as Sign[]).filter((sign) => counted.has(sign));
  return (
    <ul class="legend">
      {known.map((sign) => (
        <li key={sign} class={sign} data-sign={sign}><Glyph of={sign} /><span>{say(SIGN_WORDS[sign])}</span> <strong class="number">{counted.get(sign)}</strong></li>
      ))}
    </ul>
  );
}

/** As near as the seats allow, with room for a sign around them. */
function boxOf({ places, width, height }: SeatPlan): string {
  if (!places.length) return `0 0 ${width || 100} ${height || 100}`;
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  const [left, top] = [least(xs) - EDGE, least(ys) - EDGE];
  return `${left} ${top} ${most(xs) + EDGE - left} ${most(ys) + EDGE - top}`;
}

// Not by spreading: five thousand arguments are many.
const least = (values: readonly number[]) => values.reduce((one, other) => Math.min(one, other), Infinity);
const most = (values: readonly number[]) => values.reduce((one, other) => Math.max(one, other), -Infinity);
