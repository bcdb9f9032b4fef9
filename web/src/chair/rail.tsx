import { useEffect, useRef } from "preact/hooks";
import { DESK_WORDS, POLL_WORDS } from "../views/words.ts";
import { say } from "../words/language.ts";
import type { AgendaItem } from "../wire.ts";
import type { PollRow } from "./polls.ts";
import { WORDS } from "./words.ts";

interface RailOf {
  readonly agenda: readonly AgendaItem[];
  readonly item: AgendaItem | undefined;
  readonly rows: readonly PollRow[] | undefined;
  readonly row: PollRow | undefined;
  readonly chooseItem: (item: AgendaItem) => void;
  readonly chooseRow: (row: PollRow) => void;
  readonly next: () => void;
}

/** What the meeting has before it: its agenda, and the polls that were prepared, each in a list that moves by itself. */
export function Rail(rail: RailOf) {
  const place = useRef<HTMLDivElement>(null);
  const { item, row } = rail;
  useEffect(() => place.current?.querySelectorAll<HTMLElement>("[aria-current=true]").forEach(show), [item?.id, row?.id]);
  return <div class="rail" ref={place}><Agenda {...rail} /><Polls {...rail} /></div>;
}

/** What is looked at is in sight, as far as its list can be moved: never the page. */
function show(current: HTMLElement): void {
  const list = current.closest(".list");
  if (!list) return;
  const [box, frame] = [current.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollTop += box.top < frame.top ? box.top - frame.top : Math.max(0, box.bottom - frame.bottom);
}

function Agenda({ agenda, item, chooseItem, next }: RailOf) {
  const at = agenda.findIndex(({ id }) => id === item?.id);
  return (
    <section aria-labelledby="agenda">
      <h2 id="agenda">{say(WORDS.agenda)}</h2>
      <ol class="list">
        {agenda.map((each) => (
          <li key={each.id}>
            <button type="button" class="entry-button" aria-current={each.id === item?.id} data-item={each.id} title={each.title} onClick={() => chooseItem(each)}>
              <span class="number">{each.position}.</span> <span class="brief">{each.title}</span>
            </button>
          </li>
        ))}
      </ol>
      {!agenda.length && <p class="quiet">{say(WORDS.noAgenda)}</p>}
      {at < agenda.length - 1 && <button type="button" data-act="next-item" onClick={next}>{say(WORDS.nextItem)}</button>}
    </section>
  );
}

function Polls({ rows, row, chooseRow }: RailOf) {
  return (
    <section aria-labelledby="polls">
      <h2 id="polls">{say(WORDS.polls)}</h2>
      <ul class="list">
        {(rows ?? []).map((each) => (
          <li key={each.id}>
            <button type="button" class={`entry-button poll ${each.state}`} aria-current={each.id === row?.id} data-row={each.id} title={each.title} onClick={() => chooseRow(each)}>
              <span class="brief">{each.title}</span><span class={`chip ${each.state}`}>{say(POLL_WORDS[each.state])}{each.practice && ` · ${say(DESK_WORDS.practice)}`}</span>
            </button>
          </li>
        ))}
      </ul>
      {rows && !rows.length && <p class="quiet">{say(WORDS.noPolls)}</p>}
    </section>
  );
}
