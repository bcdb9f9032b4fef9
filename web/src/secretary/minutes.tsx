import { useState } from "preact/hooks";
import { paperOf, pathOf } from "../acts/countersign.ts";
import { askMinutes } from "../acts/minuted.ts";
import { FileOf, Signatures } from "../countersign/signatures.tsx";
import { isSealed } from "../shown/speaking.ts";
import { Asking } from "../views/asking.tsx";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import type { Doing } from "./doing.tsx";
import { WORDS } from "./words.ts";

const FILES = [["pdf", "minutes.pdf"], ["json", "minutes.json"], ["jsonl", "ledger.jsonl"]] as const;

/** The minutes of the sitting: each edition with its files; the newest to be signed; another to be asked for. */
export function MinutesOfSitting({ work: { session, meeting, shown, records }, doing }: { work: Work; doing: Doing }) {
  const nameOf = (member: string) => records.members.value?.find(({ id }) => id === member)?.name ?? member;
  const newest = shown.minutes.at(-1);
  return (
    <section class="sheet" data-section="minutes-of-sitting">
      <h3>{say(WORDS.minutes)}</h3>
      {shown.minutes.length > 0 ? (
        <ul class="files">
          {shown.minutes.map((each) => {
            const at = pathOf(paperOf(each)), name = say(WORDS.minutesEdition, { n: each.edition });
            return (
              <li key={each.minutes} data-minutes={each.minutes}>
                <span>{name}</span>
                {FILES.map(([kind, file]) => <FileOf key={kind} session={session} path={`${at}.${kind}`} name={file} label={`${file}: ${name}`} />)}
                {each === newest && <Signatures session={session} meeting={meeting} paper={paperOf(each)} place="secretary" nameOf={nameOf} />}
              </li>
            );
          })}
        </ul>
      ) : <p class="notice">{say(WORDS.noMinutes)}</p>}
      <AskingMinutes {...{ session, meeting, shown, doing }} />
    </section>
  );
}

/** Have them drawn up; what they would not have yet is said before. */
function AskingMinutes({ session, meeting, shown, doing }: Pick<Work, "session" | "meeting" | "shown"> & { doing: Doing }) {
  const [asked, setAsked] = useState(false);
  const edition = (shown.minutes.at(-1)?.edition ?? 0) + 1;
  if (!shown.meeting || shown.meeting.state === "planned") return null;
  const ask = () => {
    setAsked(false);
    doing.run(() => askMinutes(session, meeting, edition), WORDS.minutesAsked);
  };
  const isLogged = !shown.floor || shown.floor.revision === 0 || isSealed(shown.floor, shown.records);
  return (
    <>
      <div class="acts"><button type="button" data-act="minutes" disabled={doing.busy} onClick={() => setAsked(true)}>{say(edition === 1 ? WORDS.drawMinutes : WORDS.drawMinutesAgain)}</button></div>
      {asked && (
        <Asking title={say(WORDS.drawMinutes)} confirm={say(WORDS.drawMinutes)} onConfirm={ask} onCancel={() => setAsked(false)}>
          <p>{say(WORDS.minutesMean)}</p>
          {shown.meeting.state !== "ended" && <p class="notice warn">{say(WORDS.minutesEarly)}</p>}
          {!isLogged && <p class="notice warn">{say(WORDS.minutesUnlogged)}</p>}
        </Asking>
      )}
    </>
  );
}
