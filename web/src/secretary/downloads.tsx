import { useState } from "preact/hooks";
import { actAtDesk } from "../acts/floor_desk.ts";
import { paperOf } from "../acts/countersign.ts";
import { Signatures } from "../countersign/signatures.tsx";
import { isSealed } from "../shown/speaking.ts";
import { own } from "../shown/state.ts";
import { Asking } from "../views/asking.tsx";
import { timeText } from "../views/times.ts";
import { DESK_WORDS } from "../views/words.ts";
import type { Presence, RollEntry } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing, type Doing } from "./doing.tsx";
import { saveFrom, saveText } from "./files.ts";
import { MinutesOfSitting } from "./minutes.tsx";
import { csvOf } from "./sheet.ts";
import { FILTER_WORDS, TURN_SHEET_WORDS, WORDS } from "./words.ts";

/** All that leaves the house: results, turn logs, ledgers, lists, and what it is checked against. */
export function Downloads(work: Work) {
  const { session, meeting, shown, records } = work;
  const doing = useDoing();
  const save = (path: string, name: string, type: string) => doing.run(() => saveFrom(session, path, name, type), WORDS.fileSaved, { name });
  const at = `meetings/${encodeURIComponent(meeting)}`;
  const roll = records.frozen?.entries ?? [];
  return (
    <>
      <Outcome of={doing} />
      <MinutesOfSitting work={work} doing={doing} />
      <Certificates {...work} />
      <Logs work={work} doing={doing} save={save} />
      <section class="sheet">
        <h3>{say(WORDS.lists)}</h3>
        <ul class="files">
          {records.frozen && <li><span>{say(WORDS.frozenRoll)}</span><button type="button" class="small" onClick={() => doing.run(async () => saveText("roll.json", (await session.ask<{ roll: string }>("GET", `/meeting/${at}/roll`)).roll, "application/json"), WORDS.fileSaved, { name: "roll.json" })}>roll.json</button></li>}
          <li><span>{say(WORDS.presenceSheet)}</span><button type="button" class="small" onClick={() => saveText("diem-danh.csv", csvOf(presenceRows(roll, shown.presence)), "text/csv")}>diem-danh.csv</button></li>
        </ul>
      </section>
      <section class="sheet">
        <h3>{say(WORDS.ledgers)}</h3>
        <p class="quiet">{say(WORDS.ledgersWhy)}</p>
        <ul class="files">
          <li><span>{say(WORDS.ledgerOfVotes)}</span><button type="button" class="small" onClick={() => save(`/voting/${at}/ledger`, "ledger.jsonl", "application/x-ndjson")}>ledger.jsonl</button><button type="button" class="small" onClick={() => save(`/voting/${at}/checkpoint`, "checkpoint.txt", "text/plain")}>checkpoint.txt</button></li>
          <li><span>{say(WORDS.ledgerOfFloor)}</span><button type="button" class="small" onClick={() => save(`/floor/${at}/ledger`, "floor.jsonl", "application/x-ndjson")}>floor.jsonl</button></li>
          <li><span>{say(WORDS.trust)}</span><a class="button small" href="/signing/trust.pem" download="trust.pem">trust.pem</a></li>
        </ul>
      </section>
    </>
  );
}

/** The certificate of each declared result. A practice vote has none, and so nothing of it leaves. */
function Certificates({ session, meeting, records, shown }: Work) {
  const issued = (records.polls.value ?? []).flatMap((poll) => {
    const certificate = own(shown.certificates, poll.id);
    return certificate ? [{ poll, certificate }] : [];
  });
  const nameOf = (member: string) => records.members.value?.find(({ id }) => id === member)?.name ?? member;
  return (
    <section class="sheet">
      <h3>{say(WORDS.certificates)}</h3>
      {issued.length > 0 ? (
        <ul class="files">
          {issued.map(({ poll, certificate }) => (
            <li key={poll.id}>
              <span>{poll.title}</span><Papers at={`/signing/certificates/${encodeURIComponent(certificate.certificate)}`} name={poll.id} of={poll.title} />
              <Signatures session={session} meeting={meeting} paper={paperOf(certificate)} place="secretary" nameOf={nameOf} />
            </li>
          ))}
        </ul>
      ) : <p class="notice">{say(WORDS.noCertificates)}</p>}
    </section>
  );
}

/** The files of one paper: to be read, to be checked by a program, and its ledger's lines. */
function Papers({ at, name, of }: { at: string; name: string; of: string }) {
  return <>{["pdf", "json", "jsonl"].map((kind) => <a key={kind} class="button small" href={`${at}.${kind}`} download={`${name}.${kind}`} aria-label={`${kind.toUpperCase()}: ${of}`}>{kind.toUpperCase()}</a>)}</>;
}

/** Turn logs: as sheets now, and as they were sealed. */
function Logs({ work: { session, meeting, shown }, doing, save }: { work: Work; doing: Doing; save: (path: string, name: string, type: string) => void }) {
  const turns = `/floor/meetings/${encodeURIComponent(meeting)}/turns`;
  const sheets = Object.keys(TURN_SHEET_WORDS) as (keyof typeof TURN_SHEET_WORDS)[];
  return (
    <section class="sheet">
      <h3>{say(WORDS.turnLogs)}</h3>
      <ul class="files">
        {sheets.map((sheet) => {
          const path = sheet === "turns" ? `${turns}.csv` : `${turns}/${sheet}.csv`;
          return <li key={sheet}><span>{say(TURN_SHEET_WORDS[sheet])}</span><button type="button" class="small" onClick={() => save(path, `${sheet}.csv`, "text/csv")}>{`${sheet}.csv`}</button></li>;
        })}
        {shown.records.map(({ record, line }) => (
          <li key={record}>
            <span>{say(WORDS.sealedLog, { n: line })}</span>
            <Papers at={`/signing/records/${encodeURIComponent(record)}`} name={record} of={say(WORDS.sealedLog, { n: line })} />
          </li>
        ))}
      </ul>
      <Sealing session={session} meeting={meeting} shown={shown} doing={doing} />
    </section>
  );
}

/** Have the turn log so far sealed; not again while nothing came since. */
function Sealing({ session, meeting, shown: { floor, records }, doing }: Pick<Work, "session" | "meeting" | "shown"> & { doing: Doing }) {
  const [asked, setAsked] = useState(false);
  if (!floor || floor.revision === 0) return null;
  if (isSealed(floor, records)) return <p class="quiet">{say(WORDS.sealedAll)}</p>;
  const seal = () => {
    setAsked(false);
    doing.run(() => actAtDesk(session, meeting, floor.revision, { act: "record" }), WORDS.sealAsked);
  };
  return (
    <>
      <div class="acts"><button type="button" data-act="record" onClick={() => setAsked(true)}>{say(DESK_WORDS.sealLog)}</button></div>
      {asked && <Asking title={say(DESK_WORDS.sealLog)} confirm={say(DESK_WORDS.sealLog)} onConfirm={seal} onCancel={() => setAsked(false)}><p>{say(DESK_WORDS.sealLogMeans)}</p></Asking>}
    </>
  );
}

function presenceRows(roll: readonly RollEntry[], presence: { readonly [member: string]: Presence }): string[][] {
  const head = [WORDS.memberId, WORDS.name, WORDS.group, WORDS.seat, WORDS.state, WORDS.when, WORDS.reasonAbsent].map((text) => say(text));
  const rows = roll.map(({ member, name, group, seat }) => {
    const mark = own(presence, member);
    return [member, name, group, seat, say(mark?.present ? FILTER_WORDS.present : FILTER_WORDS.absent), mark ? timeText(mark.at) : "", mark?.reason ?? ""];
  });
  return [head, ...rows];
}
