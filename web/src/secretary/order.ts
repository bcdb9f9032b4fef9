// Lists that are put in order by hand.
import type { AgendaItem } from "../wire.ts";

/** The list with the thing at `from` moved to `to`; the same list if there is no such place. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const thing = list[from];
  if (thing === undefined || to < 0 || to >= list.length || from === to) return list;
  const rest = list.filter((_, at) => at !== from);
  return [...rest.slice(0, to), thing, ...rest.slice(to)];
}

/** The list with another thing at this place. */
export function withAt<T>(list: readonly T[], place: number, thing: T): readonly T[] {
  return list.map((each, at) => (at === place ? thing : each));
}

/** Items numbered by their order, their texts composed and without edges, as the server wants them. */
export function numbered(items: readonly AgendaItem[]): AgendaItem[] {
  const clean = (text: string) => text.normalize("NFC").trim();
  return items.map((item, at) => ({
    ...item, position: at + 1, title: clean(item.title), note: clean(item.note), documents: item.documents.map(({ title, sha256 }) => ({ title: clean(title), sha256 })),
  }));
}

/** An id for something new on a list: no two desks make the same. */
export function freshId(prefix: string): string {
  return `${prefix}-${crypto.randomUUID().slice(0, 13)}`;
}
