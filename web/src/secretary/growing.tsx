import { useLayoutEffect, useRef } from "preact/hooks";

interface GrowingOf {
  readonly id: string;
  readonly value: string;
  readonly most: number;
  readonly write: (value: string) => void;
}

/** One line of text that is seen whole however long it is: it is as high as it needs, and no line can be broken in it. */
export function Growing({ id, value, most, write }: GrowingOf) {
  const box = useRef<HTMLTextAreaElement>(null);
  const grow = () => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight + box.current.offsetHeight - box.current.clientHeight}px`;
  };
  useLayoutEffect(grow, [value]);
  useLayoutEffect(() => {
    const seen = new ResizeObserver(grow);
    if (box.current?.parentElement) seen.observe(box.current.parentElement);
    return () => seen.disconnect();
  }, []);
  return (
    <textarea
      ref={box} id={id} class="growing" rows={1} value={value} required maxLength={most}
      onKeyDown={(event) => { if (event.key === "Enter") event.preventDefault(); }}
      onInput={(event) => write(event.currentTarget.value.replace(/\s*\n\s*/g, " "))}
    />
  );
}
