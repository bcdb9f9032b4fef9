// A list as the chair puts it in order by hand, before it is signed.
import { moved } from "../views/order.ts";

/** Those who wait, in the order put together here: who left is gone, who came stands behind. */
export function inOrder<T extends { readonly id: string }>(waiting: readonly T[], order: readonly string[]): T[] {
  const known = new Map(waiting.map((each) => [each.id, each]));
  const first = order.flatMap((id) => known.get(id) ?? []);
  return [...first, ...waiting.filter(({ id }) => !order.includes(id))];
}

/** The ids with one of them at another place, never beyond the ends; the very same if nothing moves. */
export function placed(ids: readonly string[], id: string, to: number): readonly string[] {
  return moved(ids, ids.indexOf(id), Math.min(Math.max(to, 0), ids.length - 1));
}
