import { say } from "../words/language.ts";
import type { AgendaItem } from "../wire.ts";
import { WORDS } from "./words.ts";

/** Today's agenda: each item with its papers, by title and hash. */
export function Agenda({ items, now }: { items: readonly AgendaItem[]; now: string | undefined }) {
  if (!items.length) return <p class="sheet quiet">{say(WORDS.noAgenda)}</p>;
  return (
    <ol class="agenda">
      {[...items].sort((one, other) => one.position - other.position).map((item) => (
        <li key={item.id} class="sheet" aria-current={item.id === now ? "step" : undefined}>
          <h3>{item.title}</h3>
          {item.note && <p class="question-text">{item.note}</p>}
          {item.documents.length > 0 && (
            <div>
              <h4>{say(WORDS.papers)}</h4>
              <ul class="papers">{item.documents.map(({ title, sha256 }) => <li key={sha256}>{title}<br /><code class="quiet">{sha256}</code></li>)}</ul>
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
