import { SIGNS, type Sign } from "./glyphs.ts";

/** The sign of a choice or of a seat's state, as large as the text beside it. */
export function Glyph({ of }: { of: Sign }) {
  const { body, mark } = SIGNS[of];
  return (
    <svg class="plan glyph" viewBox="-12 -12 24 24" aria-hidden="true">
      <g class={of} stroke-width="1.6"><path class="body" d={body(9)(0, 0)} /><path class="mark" d={mark?.(9)(0, 0) ?? ""} /></g>
    </svg>
  );
}
