import { useId, useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { say } from "../words/language.ts";
import type { Meeting } from "../wire.ts";
import { Outcome, useDoing } from "./doing.tsx";
import { WORDS } from "./words.ts";

// Times are Vietnam's, wherever the browser thinks it is; the offset has no summer time.
const VIETNAM = "+07:00";

/** Plan a meeting: its title, place and time. The same form sent twice plans one. */
export function Planning({ session, planned }: { session: Session; planned: (meeting: Meeting) => void }) {
  const [title, setTitle] = useState("");
  const [place, setPlace] = useState("");
  const [when, setWhen] = useState("");
  const [planId] = useState(() => `m-${crypto.randomUUID()}`);
  const doing = useDoing();
  const id = useId();
  const submit = (event: Event) => {
    event.preventDefault();
    const plan = { id: planId, title: title.normalize("NFC").trim(), place: place.normalize("NFC").trim(), starts_at: when ? new Date(`${when}:00${VIETNAM}`).getTime() : 0 };
    doing.run(async () => planned(await session.ask<Meeting>("POST", `/meeting/bodies/${encodeURIComponent(session.body)}/meetings`, { json: plan })), WORDS.saved);
  };
  return (
    <form class="sheet" id="planning" onSubmit={submit}>
      <h2>{say(WORDS.planMeeting)}</h2>
      <div class="field">
        <label for={`${id}-title`}>{say(WORDS.meetingTitle)}</label>
        <input id={`${id}-title`} value={title} required maxLength={500} onInput={(event) => setTitle(event.currentTarget.value)} />
      </div>
      <div class="pair">
        <div class="field">
          <label for={`${id}-place`}>{say(WORDS.place)}</label>
          <input id={`${id}-place`} value={place} maxLength={500} onInput={(event) => setPlace(event.currentTarget.value)} />
        </div>
        <div class="field">
          <label for={`${id}-when`}>{say(WORDS.when)}</label>
          <input id={`${id}-when`} type="datetime-local" value={when} onInput={(event) => setWhen(event.currentTarget.value)} />
        </div>
      </div>
      <Outcome of={doing} />
      <div class="acts"><button type="submit" aria-disabled={doing.busy}>{say(WORDS.plan)}</button></div>
    </form>
  );
}
