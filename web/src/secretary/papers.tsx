import { digest } from "../rules/base64url.ts";
import { useDoing } from "../views/doing.ts";
import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import type { Document } from "../wire.ts";
import { withAt } from "./order.ts";
import { WORDS } from "./words.ts";

interface PapersOf {
  readonly id: string;
  readonly papers: readonly Document[];
  readonly change: (papers: readonly Document[]) => void;
}

/** The papers of an item, by title and the hash of their bytes, which is made here: the file itself goes nowhere. */
export function Papers({ id, papers, change }: PapersOf) {
  const { problem, act } = useDoing();
  const add = (files: FileList | null) => act(
    () => Promise.all([...(files ?? [])].map(async (file) => ({ title: titleOf(file.name), sha256: await digest(new Uint8Array(await file.arrayBuffer())) }))),
    (made) => change([...papers, ...made.filter(({ sha256 }) => !papers.some((paper) => paper.sha256 === sha256))]),
  );
  return (
    <div class="papers">
      {papers.length > 0 && (
        <ul>
          {papers.map((paper, at) => (
            <li key={paper.sha256}>
              <div class="field">
                <label class="unseen" for={`${id}-paper-${at}`}>{say(WORDS.paperTitle)}</label>
                <input id={`${id}-paper-${at}`} value={paper.title} maxLength={500} onInput={(event) => change(withAt(papers, at, { ...paper, title: event.currentTarget.value }))} />
                <code title={paper.sha256}>SHA-256 {paper.sha256.slice(0, 16)}…</code>
              </div>
              <button type="button" class="plain small danger" onClick={() => change(papers.filter((_, place) => place !== at))} aria-label={`${say(WORDS.remove)}: ${paper.title}`}>{say(WORDS.remove)}</button>
            </li>
          ))}
        </ul>
      )}
      {problem !== undefined && <Problem of={problem} />}
      <div class="acts" onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); event.stopPropagation(); add(event.dataTransfer?.files ?? null); }}>
        <label class="button small" for={`${id}-papers`}>{say(WORDS.addPapers)}</label>
        <input id={`${id}-papers`} class="unseen" type="file" multiple onChange={(event) => { add(event.currentTarget.files); event.currentTarget.value = ""; }} />
        <span class="quiet small">{say(WORDS.papersStay)}</span>
      </div>
    </div>
  );
}

/** A file's name as a title, without its ending. */
function titleOf(name: string): string {
  return (name.replace(/\.[A-Za-z0-9]{1,5}$/, "").replaceAll("_", " ").normalize("NFC").trim() || name).slice(0, 500);
}
