import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A heading that has the focus when it appears: what one did has brought one here. */
export function Focused({ children, class: named }: { children: ComponentChildren; class?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: false }), []);
  return <h3 ref={heading} tabIndex={-1} {...(named && { class: named })}>{children}</h3>;
}
