import { useMemo, useState } from "preact/hooks";
import { own } from "../shown/state.ts";
import { Asking } from "../views/asking.tsx";
import { matches } from "../views/search.ts";
import type { FrozenRoll, Roll, RollEntry } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { isFrozenAsDrafted } from "./records.ts";
import { Search } from "./search.tsx";
import { SheetImport } from "./sheet_import.tsx";
import { WORDS } from "./words.ts";

const TEMPLATE = "mã,họ tên,tổ,ghế,thuộc tính:giới tính\nDB001,Nguyễn Văn An,Tổ 1,A1,nam\n";
const NOBODY: readonly RollEntry[] = [];

/** The roll: a sheet becomes the draft, the draft is looked through, and frozen. */
export function RollDesk({ session, meeting, records, shown, holdsUnsaved }: Work) {
  const [create, setCreate] = useState(true);
  const path = `/meeting/meetings/${encodeURIComponent(meeting)}/roll`;
  const send = async (csv: string) => {
    const taken = await session.ask<RollEntry[]>("PUT", `${path}?create=${create}`, { csv });
    records.draft.again();
    records.members.again();
    return taken.length;
  };
  const draft = records.draft.value ?? NOBODY;
  // Of hundreds of entries: compared when they change, not at each drawing.
  const isInForce = useMemo(() => isFrozenAsDrafted(draft, records.frozen), [draft, records.frozen]);
  return (
    <div class="columns">
      <section class="sheet">
        <h3>{say(WORDS.sheetOfRoll)}</h3>
        <p class="quiet">{say(WORDS.sheetColumns)}</p>
        <SheetImport template={TEMPLATE} templateName="danh-sach-dai-bieu.csv" {...{ send, holdsUnsaved }} />
        <label class="check"><input type="checkbox" checked={create} onChange={(event) => setCreate(event.currentTarget.checked)} /><span>{say(WORDS.createUnknown)}</span></label>
      </section>
      <section class="sheet">
        <h3>{say(WORDS.draft)} <span class="count number">{draft.length}</span></h3>
        <Standing draft={draft} frozen={records.frozen} isInForce={isInForce} />
        <Entries entries={draft} />
        {draft.length > 0 && !isInForce && shown.meeting?.state !== "ended" && (
          <Freezing draft={draft} frozen={records.frozen} freeze={() => session.ask<FrozenRoll>("POST", `${path}/freeze`)} />
        )}
      </section>
    </div>
  );
}

/** Whether the draft is in force. */
function Standing({ draft, frozen, isInForce }: { draft: readonly RollEntry[]; frozen: Roll | undefined; isInForce: boolean }) {
  if (!frozen) return <p class="notice warn" id="roll-state">{say(draft.length ? WORDS.draftOnly : WORDS.draftEmpty)}</p>;
  return <p class={`notice ${isInForce ? "good" : "warn"}`} id="roll-state">{say(isInForce ? WORDS.frozenAsDrafted : WORDS.frozenOtherwise, { n: frozen.revision, people: frozen.entries.length })}</p>;
}

/** The draft as a table, searched without diacritics. */
function Entries({ entries }: { entries: readonly RollEntry[] }) {
  const [typed, setTyped] = useState("");
  const attributes = useMemo(() => [...new Set(entries.flatMap((entry) => Object.keys(entry.attributes)))], [entries]);
  const found = typed.trim() ? entries.filter(({ name, member, group, seat }) => matches(`${name} ${member} ${group} ${seat}`, typed)) : entries;
  if (!entries.length) return null;
  return (
    <>
      <Search value={typed} onInput={setTyped} found={found.length} all={entries.length} />
      <div class="scroll" role="region" aria-label={say(WORDS.draft)} tabIndex={0}>
        <table>
          <thead><tr><th scope="col">{say(WORDS.memberId)}</th><th scope="col">{say(WORDS.name)}</th><th scope="col">{say(WORDS.group)}</th><th scope="col">{say(WORDS.seat)}</th>{attributes.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
          <tbody>
            {found.map((entry) => (
              <tr key={entry.member}>
                <td><code>{entry.member}</code></td><th scope="row">{entry.name}</th><td>{entry.group}</td><td>{entry.seat}</td>
                {attributes.map((name) => <td key={name}>{own(entry.attributes, name) ?? ""}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Freezing asks once, and says what it means. */
function Freezing({ draft, frozen, freeze }: { draft: readonly RollEntry[]; frozen: Roll | undefined; freeze: () => Promise<unknown> }) {
  const [asked, setAsked] = useState(false);
  const doing = useDoing();
  const confirm = () => { setAsked(false); doing.run(freeze, WORDS.frozenDone); };
  return (
    <>
      <Outcome of={doing} />
      <div class="acts"><button type="button" class="primary" onClick={() => setAsked(true)} aria-disabled={doing.busy}>{say(WORDS.freeze)}</button></div>
      {asked && (
        <Asking title={say(WORDS.freezeAsk, { n: draft.length })} confirm={say(WORDS.freeze)} onConfirm={confirm} onCancel={() => setAsked(false)}>
          <ul class="means">
            <li>{say(WORDS.freezeMeansBase, { n: draft.length })}</li>
            <li>{say(WORDS.freezeMeansHash)}</li>
            <li>{say(WORDS.freezeMeansLater)}</li>
            {frozen && <li>{say(WORDS.freezeMeansOpen)}</li>}
          </ul>
        </Asking>
      )}
    </>
  );
}
