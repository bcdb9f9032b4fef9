// A list as the chair puts it in order by hand, before it is signed.

/** Those who wait, in the order put together here: who left is gone, who came stands behind. */
export function inOrder<T extends { readonly id: string }>(waiting: readonly T[], order: readonly string[]): T[] {
  const known = new Map(waiting.map((each) => [each.id, each]));
  const placed = order.flatMap((id) => known.get(id) ?? []);
  return [...placed, ...waiting.filter(({ id }) => !order.includes(id))];
}

/** The ids with one of them at another place, the others in their order; the very same if nothing moves. */
export function moved(ids: readonly string[], id: string, to: number): readonly string[] {
  const at = Math.min(Math.max(to, 0), ids.length - 1);
  if (!ids.includes(id) || ids[at] === id) return ids;
  const others = ids.filter((each) => each !== id);
  return [...others.slice(0, at), id, ...others.slice(at)];
}
