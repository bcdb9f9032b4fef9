import { useMemo, useRef, useState } from "preact/hooks";
import type { SeatPlace } from "../wire.ts";
import { say } from "../words/language.ts";
import { boxOf, keyOfPlace, neighbour, placed, SEAT, STEP } from "./drawing.ts";
import { WORDS } from "./words.ts";

const ARROWS: { readonly [key: string]: readonly [number, number] } = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

interface SeatDrawingOf {
  readonly places: readonly SeatPlace[];
  readonly names: ReadonlyMap<string, string>;
  readonly change: (places: readonly SeatPlace[]) => void;
}

/** Seats on a grid, one of them in hand: dragged, or moved by Shift and the arrow keys; the arrow keys alone go from seat to seat. */
export function SeatDrawing({ places, names, change }: SeatDrawingOf) {
  const first = places[0];
  const [inHand, setInHand] = useState(first ? keyOfPlace(first) : "");
  const [told, setTold] = useState("");
  const svg = useRef<SVGSVGElement>(null);
  const dragging = useRef("");
  const box = useMemo(() => boxOf(places), [dragging.current ? "" : places]);
  const held = places.find((place) => keyOfPlace(place) === inHand) ?? first;
  const nameOf = (place: SeatPlace) => [place.seat && say(WORDS.seatNamed, { seat: place.seat }), names.get(place.member) ?? say(WORDS.emptyChair)].filter(Boolean).join(", ");
  const put = (key: string, x: number, y: number) => {
    const next = placed(places, key, x, y);
    if (next !== places) change(next);
    return next !== places;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (!arrow || !held) return;
    event.preventDefault();
    const [dx, dy] = arrow;
    if (event.shiftKey) {
      const moved = put(keyOfPlace(held), held.x + dx * STEP, held.y + dy * STEP);
      return setTold(say(moved ? WORDS.seatMoved : WORDS.seatBlocked, { seat: nameOf(held), x: held.x + dx * STEP, y: held.y + dy * STEP }));
    }
    const next = neighbour(places, held, dx, dy);
    if (!next) return;
    setInHand(keyOfPlace(next));
    setTold(nameOf(next));
  };
  const onPointerMove = (event: PointerEvent) => {
    const matrix = svg.current?.getScreenCTM()?.inverse();
    if (!dragging.current || !matrix) return;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    put(dragging.current, point.x, point.y);
  };
  const take = (event: PointerEvent, place: SeatPlace) => {
    dragging.current = keyOfPlace(place);
    setInHand(dragging.current);
    svg.current?.setPointerCapture(event.pointerId);
  };
  return (
    <>
      <p class="held-seat" aria-hidden="true">{held && nameOf(held)}</p>
      <svg
        ref={svg} class="drawing" viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`} tabindex={0} role="application" aria-label={say(WORDS.drawing, { seat: held ? nameOf(held) : "" })} aria-describedby="drawing-how"
        onKeyDown={onKeyDown} onPointerMove={onPointerMove} onPointerUp={() => { dragging.current = ""; }} onPointerCancel={() => { dragging.current = ""; }}
      >
        <path class="table" d={`M${(box.width - 2 * SEAT) / 2 - 25} -9h50v6h-50z`} />
        <text class="table-name" x={(box.width - 2 * SEAT) / 2} y="-11">{say(WORDS.chairsTable)}</text>
        {places.map((place) => (
          <g key={keyOfPlace(place)} class={`place ${held && keyOfPlace(place) === keyOfPlace(held) ? "held" : ""} ${place.member ? "" : "vacant"}`} data-seat={place.seat} data-x={place.x} data-y={place.y} onPointerDown={(event) => take(event, place)}>
            <title>{nameOf(place)}</title>
            <rect x={place.x - 4.4} y={place.y - 4.4} width="8.8" height="8.8" rx="2" />
            <text x={place.x} y={place.y + 1.1}>{place.seat || initials(names.get(place.member))}</text>
          </g>
        ))}
      </svg>
      <p class="unseen" aria-live="assertive">{told}</p>
    </>
  );
}

/** The last two words of a name by their first letters: Vietnamese are called by the last. */
function initials(name = ""): string {
  return name.split(/\s+/).slice(-2).map((word) => word[0] ?? "").join("").toUpperCase();
}
