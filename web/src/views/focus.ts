// Where the focus goes when what had it is gone: never to the top of the page.
import { useEffect, useState } from "preact/hooks";

const FOCUSABLE = "button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";

/** An element and what it stands in, innermost first. */
export type Place = readonly Element[];

export function placeOf(element: Element | null): Place {
  return element && element !== document.body ? [element, ...placeOf(element.parentElement)] : [];
}

/** Focus what had the focus there; if it is gone, the first in what it stood in that can have it. */
export function comeBack(place: Place): void {
  const [was] = place;
  if (was instanceof HTMLElement && was.isConnected) return was.focus();
  for (const around of place.filter(({ isConnected }) => isConnected)) {
    const first = [...around.querySelectorAll<HTMLElement>(FOCUSABLE)].find((each) => each.getClientRects().length > 0);
    if (first) return first.focus();
  }
}

/** What has the focus may go while one works: a list gets shorter, an act is not possible any more. One goes on beside it.
 * The ref of what is watched. */
export function useKeptFocus<T extends HTMLElement>(): (root: T | null) => void {
  const [root, setRoot] = useState<T | null>(null);
  useEffect(() => {
    if (!root) return undefined;
    let place: Place = [];
    const note = (event: FocusEvent) => { place = placeOf(event.target as Element); };
    const look = () => { if (place[0] && !place[0].isConnected && document.activeElement === document.body) comeBack(place); };
    const observer = new MutationObserver(look);
    observer.observe(root, { childList: true, subtree: true });
    root.addEventListener("focusin", note);
    return () => { observer.disconnect(); root.removeEventListener("focusin", note); };
  }, [root]);
  return setRoot;
}
