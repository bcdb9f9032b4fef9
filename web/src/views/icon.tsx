/** Drawn in 24 by 24 with one stroke; always beside a word, so hidden from screen readers. */
const DRAWN = {
  approve: "M4 12.5l5.5 5.5L20 6.5",
  reject: "M6 6l12 12M18 6L6 18",
  abstain: "M5 12h14",
  good: "M2.5 9a14 14 0 0119 0M6 13a9 9 0 0112 0M9.5 17a4 4 0 015 0",
  weak: "M6 13a9 9 0 0112 0M9.5 17a4 4 0 015 0M12 21h.01",
  lost: "M2.5 9a14 14 0 0119 0M9.5 17a4 4 0 015 0M4 3l16 18",
  warn: "M12 3.5L22 20.5H2zM12 10v5M12 18h.01",
  clock: "M12 3a9 9 0 110 18 9 9 0 010-18zM12 7.5V12l3.5 2",
  speak: "M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3zM5.5 11a6.5 6.5 0 0013 0M12 17.5V21",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
} as const;

export type IconName = keyof typeof DRAWN;

export function Icon({ name }: { name: IconName }) {
  return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={DRAWN[name]} /></svg>;
}
