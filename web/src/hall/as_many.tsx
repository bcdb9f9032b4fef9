import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface AsManyOf {
  readonly children: readonly VNode[];
  readonly class: string;
  /** What says how many were left out. */
  readonly more?: (left: number) => string;
}

/** As many of these as their box has room for, each of them whole; at least one. */
export function AsMany({ children, class: name, more }: AsManyOf) {
  const box = useRef<HTMLDivElement>(null);
  const [left, setLeft] = useState(0);
  const fit = () => { if (box.current) setLeft(leaveOut(box.current)); };
  useLayoutEffect(fit);
  useLayoutEffect(() => {
    const seen = new ResizeObserver(fit);
    if (box.current) seen.observe(box.current);
    return () => seen.disconnect();
  }, []);
  return <div ref={box} class={`as-many ${name}`}><ol>{children}</ol>{more && <p class="caption" hidden={left === 0}>{more(left)}</p>}</div>;
}

/** Hides the last ones until the rest fits; how many that are. */
function leaveOut(outer: HTMLElement): number {
  const [items, note] = [[...(outer.firstElementChild?.children ?? [])] as HTMLElement[], outer.querySelector<HTMLElement>(":scope > .caption")];
  const isOver = () => outer.scrollHeight > outer.clientHeight + 1 || outer.scrollWidth > outer.clientWidth + 1;
  let shown = items.length;
  for (const item of items) item.hidden = false;
  if (note) note.hidden = true;
  while (shown > 1 && isOver()) {
    shown -= 1;
    (items[shown] as HTMLElement).hidden = true;
    if (note) note.hidden = false;
  }
  return items.length - shown;
}
