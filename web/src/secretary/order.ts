// The agenda as a list that is written.
import type { AgendaItem } from "../wire.ts";

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
