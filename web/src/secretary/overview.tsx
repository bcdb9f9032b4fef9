import { useState } from "preact/hooks";
import { Asking } from "../views/asking.tsx";
import { presentCount } from "../shown/polls.ts";
import { dateText, timeText } from "../views/times.ts";
import { MEETING_WORDS } from "../views/words.ts";
import type { Meeting } from "../wire.ts";
import { say } from "../words/language.ts";
import type { SectionName, Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { Planning } from "./planning.tsx";
import { isPresent, keyOf } from "./records.ts";
import { SECTION_WORDS, WORDS } from "./words.ts";

/** How far the preparation is, a line for each section, and the two acts of a meeting: open and end. */
export function Overview(work: Work) {
  const { shown } = work;
  const meeting = shown.meeting;
  return (
    <>
      <section class="sheet">
        <h3>{say(WORDS.preparation)}</h3>
        <ul class="steps">
          {stepsOf(work).map(({ section, ready, text }) => (
            <li key={section} class={ready ? "ready" : "open"}>
              <span class="mark" aria-hidden="true">{ready ? "✓" : "○"}</span>
              <strong>{say(SECTION_WORDS[section])}</strong>
              <span>{text}</span>
              <button type="button" class="small" onClick={() => work.go(section)} aria-label={`${say(WORDS.goThere)}: ${say(SECTION_WORDS[section])}`}>{say(WORDS.goThere)}</button>
            </li>
          ))}
        </ul>
      </section>
      {meeting && <Sitting work={work} meeting={meeting} />}
      <details>
        <summary>{say(WORDS.planMeeting)}</summary>
        <Planning session={work.session} planned={enter} />
      </details>
    </>
  );
}

/** Go on in another meeting: the page begins anew there. */
function enter({ id }: Meeting): void {
  history.replaceState(null, "", `#hop=${encodeURIComponent(id)}`);
  location.reload();
}

interface Step {
  readonly section: SectionName;
  readonly ready: boolean;
  readonly text: string;
}

function stepsOf({ shown, records }: Work): Step[] {
  const roll = records.frozen?.entries ?? records.draft.value ?? [];
  const keyed = roll.filter(({ member }) => keyOf(records.keys, member) === "good").length;
  const drafts = (records.polls.value ?? []).filter(({ state }) => state === "draft").length;
  const present = presentCount(shown);
  return [
    { section: "roll", ready: records.frozen !== undefined, text: records.frozen ? say(WORDS.frozenNow, { n: records.frozen.revision, people: roll.length }) : say(WORDS.notFrozen, { people: roll.length }) },
    { section: "invites", ready: roll.length > 0 && keyed === roll.length, text: say(WORDS.keyedOf, { n: keyed, all: roll.length }) },
    { section: "agenda", ready: shown.agenda.length > 0, text: say(WORDS.itemsCount, { n: shown.agenda.length }) },
    { section: "polls", ready: (records.polls.value ?? []).length > 0, text: say(WORDS.draftsCount, { n: drafts }) },
    { section: "seats", ready: shown.seats > 0, text: say(shown.seats ? WORDS.seatsDrawn : WORDS.seatsAutomatic) },
    { section: "presence", ready: roll.length > 0 && roll.every(({ member }) => isPresent(shown, member) !== undefined), text: say(WORDS.presentOf, { n: present, all: roll.length }) },
  ];
}

/** Opening and ending the meeting; each asks once. */
function Sitting({ work: { session }, meeting }: { work: Work; meeting: Meeting }) {
  const [asked, setAsked] = useState<"open" | "end">();
  const doing = useDoing();
  const act = (step: "open" | "end") => {
    setAsked(undefined);
    doing.run(() => session.ask("POST", `/meeting/meetings/${encodeURIComponent(meeting.id)}/${step}`), step === "open" ? WORDS.openedNow : WORDS.endedNow);
  };
  return (
    <section class="sheet">
      <h3>{say(WORDS.sitting)}</h3>
      <dl class="facts">
        <dt>{say(WORDS.state)}</dt><dd>{say(MEETING_WORDS[meeting.state])}</dd>
        {meeting.starts_at > 0 && <><dt>{say(WORDS.when)}</dt><dd>{`${dateText(meeting.starts_at)}, ${timeText(meeting.starts_at).slice(0, 5)}`}</dd></>}
        {meeting.place && <><dt>{say(WORDS.place)}</dt><dd>{meeting.place}</dd></>}
      </dl>
      <Outcome of={doing} />
      <div class="acts">
        {meeting.state === "planned" && <button type="button" class="primary" onClick={() => setAsked("open")}>{say(WORDS.openMeeting)}</button>}
        {meeting.state === "open" && <button type="button" class="danger" onClick={() => setAsked("end")}>{say(WORDS.endMeeting)}</button>}
      </div>
      {asked === "open" && <Asking title={say(WORDS.openMeetingAsk)} confirm={say(WORDS.openMeeting)} onConfirm={() => act("open")} onCancel={() => setAsked(undefined)}><p>{say(WORDS.openMeetingMeans)}</p></Asking>}
      {asked === "end" && <Asking title={say(WORDS.endMeetingAsk)} confirm={say(WORDS.endMeeting)} danger onConfirm={() => act("end")} onCancel={() => setAsked(undefined)}><p>{say(WORDS.endMeetingMeans)}</p></Asking>}
    </section>
  );
}
