import { useLayoutEffect, useRef } from "preact/hooks";

interface FittedOf {
  readonly children: string;
  readonly as?: "h1" | "h2" | "p";
  readonly class?: string;
  /** The largest and the smallest size, in rem. */
  readonly most: number;
  readonly least: number;
  readonly lang?: string;
}

/** A text as large as its box has room for. What does not fit at the smallest size is cut off with an ellipsis, for the eye only. */
export function Fitted({ children, as: Tag = "p", class: name = "", most, least, lang }: FittedOf) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const outer = box.current;
    if (!outer) return undefined;
    const fit = () => fitInto(outer, outer.firstElementChild as HTMLElement, most, least);
    fit();
    const seen = new ResizeObserver(fit);
    seen.observe(outer);
    return () => seen.disconnect();
  }, [children, most, least]);
  return <div ref={box} class={`fitted ${name}`}><Tag {...(lang ? { lang } : {})}>{children}</Tag></div>;
}

const STEPS = 7;

function fitInto(outer: HTMLElement, inner: HTMLElement, most: number, least: number): void {
  const fits = (size: number) => {
    inner.style.fontSize = `${size}rem`;
    return inner.scrollHeight <= outer.clientHeight + 1 && inner.scrollWidth <= outer.clientWidth + 1;
  };
  inner.style.removeProperty("-webkit-line-clamp");
  inner.classList.remove("clamped");
  if (fits(most)) return;
  let [low, high] = [least, most];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  if (fits(low)) return;
  const line = parseFloat(getComputedStyle(inner).lineHeight);
  inner.classList.add("clamped");
  inner.style.setProperty("-webkit-line-clamp", String(Math.max(1, Math.floor(outer.clientHeight / line))));
}
