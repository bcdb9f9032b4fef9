import { useMemo } from "preact/hooks";
import type { Counts } from "../wire.ts";
import { say } from "../words/language.ts";
import { drawAll, halfCircle, type Sign } from "./glyphs.ts";
import { SIGN_WORDS } from "./words.ts";

const SIZE = 1000;
// Smaller than this no mark can be seen: then shape and place tell the choices apart.
const TINY = 10;
const ORDER = ["approve", "reject", "abstain", "none"] as const;

/** A result as a half circle of all on the roll, from left to right: for, against, abstaining, no ballot. `middle`: what stands within. */
export function Hemicycle({ counts, roll, middle = "" }: { counts: Counts; roll: number; middle?: string }) {
  const { approve, reject, abstain } = counts;
  const { drawn, r } = useMemo(() => {
    const signs = signsOf(counts, roll);
    const half = halfCircle(signs.length);
    const scaled = half.points.map(({ x, y }, at) => ({ x: x * SIZE, y: y * SIZE, sign: signs[at] ?? "none" }));
    return { drawn: drawAll(scaled, half.r * SIZE), r: half.r * SIZE };
  }, [approve, reject, abstain, roll]);
  const edge = 1.2 * r;
  return (
    <svg class="plan hemicycle" viewBox={`${-SIZE - edge} ${-SIZE - edge} ${2 * (SIZE + edge)} ${SIZE + 2 * edge}`} preserveAspectRatio="xMidYMax" role="img" aria-label={spoken(counts, roll)}>
      {drawn.map(({ sign, body, mark }) => (
        <g key={sign} class={sign} data-sign={sign} stroke-width={0.16 * r}><path class="body" d={body} />{r > TINY && <path class="mark" d={mark} />}</g>
      ))}
      {middle && <text class="middle" y="0" font-size={Math.min(170, 1_000 / middle.length)}>{middle}</text>}
    </svg>
  );
}

function signsOf({ approve, reject, abstain }: Counts, roll: number): Sign[] {
  const of = { approve, reject, abstain, none: Math.max(0, roll - approve - reject - abstain) };
  return ORDER.flatMap((sign) => Array.from<Sign>({ length: of[sign] }).fill(sign));
}

function spoken({ approve, reject, abstain }: Counts, roll: number): string {
  const of = { approve, reject, abstain, none: Math.max(0, roll - approve - reject - abstain) };
  return ORDER.map((sign) => `${say(SIGN_WORDS[sign])}: ${of[sign]}`).join("; ");
}
