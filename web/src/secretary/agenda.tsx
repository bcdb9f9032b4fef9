import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../views/icon.tsx";
import { moved } from "../views/order.ts";
import type { AgendaItem } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { Growing } from "./growing.tsx";
import { freshId, numbered, withAt } from "./order.ts";
import { Papers } from "./papers.tsx";
import { WORDS } from "./words.ts";

/** An agenda that was saved here, and the one that the stream had told of until then. */
interface Kept {
  readonly items: readonly AgendaItem[];
  readonly over: readonly AgendaItem[];
}

/** The agenda: items are written, put in order by mouse or keyboard, given their papers, and kept as a whole. */
export function Agenda({ session, meeting, shown, holdsUnsaved }: Work) {
  const [edited, setEdited] = useState<readonly AgendaItem[]>();
  const [told, setTold] = useState("");
  const dragged = useRef<number>(undefined);
  const [kept, setKept] = useState<Kept>();
  // What was saved here stands until the stream tells of an agenda: not the old one again for a moment.
  const standing = kept?.over === shown.agenda ? kept.items : shown.agenda;
  const began = useRef(standing);
  const list = useRef<HTMLOListElement>(null);
  const doing = useDoing();
  const items = edited ?? standing;
  useEffect(() => holdsUnsaved(edited !== undefined), [edited]);
  const change = (next: readonly AgendaItem[]) => { doing.clear(); if (!edited) began.current = standing; setEdited(next); };
  const move = (from: number, to: number) => {
    const next = moved(items, from, to);
    if (next === items) return;
    change(next);
    setTold(say(WORDS.movedTo, { title: items[from]?.title ?? "", n: to + 1 }));
    // The handle goes with its item, and so does the focus.
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>(".handle")[to]?.focus());
  };
  const add = () => {
    change([...items, { id: freshId("muc"), position: items.length + 1, title: "", note: "", documents: [] }]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>("li:last-child .growing")?.focus());
  };
  const save = () => doing.run(async () => {
    const saved = await session.ask<AgendaItem[]>("PUT", `/meeting/meetings/${encodeURIComponent(meeting)}/agenda`, { json: numbered(items) });
    setKept({ items: saved, over: shown.agenda });
    began.current = saved;
    // What was written while it was on its way is not saved.
    setEdited((now) => (now === items ? undefined : now));
  }, WORDS.agendaKept);
  const whole = items.every(({ title }) => title.trim());
  return (
    <section class="sheet">
      <p class="quiet">{say(WORDS.agendaHow)}</p>
      <p class="unseen" aria-live="polite">{told}</p>
      <ol class="agenda" ref={list}>
        {items.map((item, at) => (
          <li
            key={item.id} class="item" draggable={false}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => { event.preventDefault(); if (dragged.current !== undefined) move(dragged.current, at); dragged.current = undefined; }}
          >
            <Handle item={item} at={at} move={move} take={() => { dragged.current = at; }} />
            <Item item={item} at={at} change={(next) => change(withAt(items, at, next))} />
            <button type="button" class="plain small danger" onClick={() => change(items.filter((_, place) => place !== at))} aria-label={`${say(WORDS.remove)}: ${item.title}`}>{say(WORDS.remove)}</button>
          </li>
        ))}
      </ol>
      <div class="acts"><button type="button" onClick={add}>{say(WORDS.addItem)}</button></div>
      <Outcome of={doing} />
      {edited && isOther(standing, began.current) && <p class="notice warn" role="alert">{say(WORDS.agendaMoved)}</p>}
      {edited && (
        <div class="acts unsaved">
          <p>{say(whole ? WORDS.unsaved : WORDS.titlesMissing)}</p>
          <button type="button" class="primary" onClick={save} disabled={!whole} aria-disabled={doing.busy || !whole}>{say(WORDS.saveAgenda)}</button>
          <button type="button" class="plain" onClick={() => setEdited(undefined)}>{say(WORDS.discard)}</button>
        </div>
      )}
    </section>
  );
}

/** Whether two agendas say different things; a snapshot that comes again is another object and says the same. */
function isOther(one: readonly AgendaItem[], other: readonly AgendaItem[]): boolean {
  return one !== other && JSON.stringify(one) !== JSON.stringify(other);
}

/** Takes the item along: dragged, or with the arrow keys. */
function Handle({ item, at, move, take }: { item: AgendaItem; at: number; move: (from: number, to: number) => void; take: () => void }) {
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!by) return;
    event.preventDefault();
    move(at, at + by);
  };
  return (
    <button
      type="button" class="handle number" draggable aria-label={say(WORDS.moveItem, { n: at + 1, title: item.title || say(WORDS.untitled) })}
      onDragStart={(event) => { event.dataTransfer?.setData("text/plain", item.id); take(); }} onKeyDown={onKeyDown}
    >
      <Icon name="up" /><span>{at + 1}</span><Icon name="down" />
    </button>
  );
}

function Item({ item, at, change }: { item: AgendaItem; at: number; change: (item: AgendaItem) => void }) {
  return (
    <div class="fields">
      <div class="field"><label for={`title-${item.id}`}>{say(WORDS.itemTitle, { n: at + 1 })}</label><Growing id={`title-${item.id}`} value={item.title} most={500} write={(title) => change({ ...item, title })} /></div>
      <details open={Boolean(item.note) || item.documents.length > 0}>
        <summary>{say(WORDS.noteAndPapers, { n: item.documents.length })}</summary>
        <div class="field"><label for={`note-${item.id}`}>{say(WORDS.note)}</label><textarea id={`note-${item.id}`} rows={2} maxLength={20000} value={item.note} onInput={(event) => change({ ...item, note: event.currentTarget.value })} /></div>
        <Papers id={item.id} papers={item.documents} change={(documents) => change({ ...item, documents })} />
      </details>
    </div>
  );
}
