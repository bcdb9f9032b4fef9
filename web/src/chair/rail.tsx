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

/** What the meeting has before it: its agenda, and the polls that were prepared. */
export function Rail({ agenda, item, rows, row, chooseItem, chooseRow, next }: RailOf) {
  const at = agenda.findIndex(({ id }) => id === item?.id);
  return (
    <div class="rail">
      <section aria-labelledby="agenda">
        <h2 id="agenda">{say(WORDS.agenda)}</h2>
        <ol class="list">
          {agenda.map((each) => (
            <li key={each.id}><button type="button" class="entry-button" aria-current={each.id === item?.id} data-item={each.id} onClick={() => chooseItem(each)}><span class="number">{each.position}.</span> {each.title}</button></li>
          ))}
        </ol>
        {!agenda.length && <p class="quiet">{say(WORDS.noAgenda)}</p>}
        {at < agenda.length - 1 && <button type="button" data-act="next-item" onClick={next}>{say(WORDS.nextItem)}</button>}
      </section>
      <section aria-labelledby="polls">
        <h2 id="polls">{say(WORDS.polls)}</h2>
        <ul class="list">
          {(rows ?? []).map((each) => (
            <li key={each.id}>
              <button type="button" class={`entry-button poll ${each.state}`} aria-current={each.id === row?.id} data-row={each.id} onClick={() => chooseRow(each)}>
                <span>{each.title}</span><span class={`chip ${each.state}`}>{say(POLL_WORDS[each.state])}{each.practice && ` · ${say(DESK_WORDS.practice)}`}</span>
              </button>
            </li>
          ))}
        </ul>
        {rows && !rows.length && <p class="quiet">{say(WORDS.noPolls)}</p>}
      </section>
    </div>
  );
}
