import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { persist } from "../line/server.ts";
import { say } from "../words/language.ts";
import type { Meeting } from "../wire.ts";
import { Coming } from "./coming.tsx";
import { Problem } from "./problem.tsx";
import { MEETING_WORDS, WORDS } from "./words.ts";

interface Choosing {
  readonly session: Session;
  /** One wants to choose, also where only one is not over, and among all. */
  readonly asks: boolean;
  readonly chosen: (meeting: Meeting) => void;
  readonly children?: (choose: (meeting: Meeting) => void) => ComponentChildren;
}

/** Which meeting: the one that the address names (`#hop=…`), else the only one that is not over, else one chooses. */
export function Meetings({ session, asks, chosen, children }: Choosing) {
  const [meetings, setMeetings] = useState<readonly Meeting[]>();
  const [problem, setProblem] = useState<unknown>();
  const [unheard, setUnheard] = useState(false);
  const choose = (meeting: Meeting) => {
    history.replaceState(null, "", `#hop=${encodeURIComponent(meeting.id)}`);
    chosen(meeting);
  };
  useEffect(() => {
    const asked = new AbortController();
    persist(() => session.ask<Meeting[]>("GET", `/meeting/bodies/${encodeURIComponent(session.body)}/meetings`), { signal: asked.signal, failed: () => setUnheard(true) }).then((found) => {
      const named = found.find(({ id }) => `#hop=${encodeURIComponent(id)}` === location.hash);
      const living = found.filter(({ state }) => state !== "ended");
      const sure = named ?? (living.length === 1 && !asks ? living[0] : undefined);
      if (sure) choose(sure);
      else setMeetings(asks ? [...living, ...found.filter((each) => !living.includes(each))] : living.length ? living : found);
    }, (error: unknown) => !asked.signal.aborted && setProblem(error));
    return () => asked.abort();
  }, [session]);
  if (problem !== undefined) return <Problem of={problem} />;
  if (!meetings) return <Coming unheard={unheard} />;
  return (
    <>
      <section class="sheet" aria-labelledby="meetings">
        <h2 id="meetings">{say(meetings.length ? WORDS.whichMeeting : WORDS.noMeeting)}</h2>
        <ul class="people">
          {meetings.map((meeting) => (
            <li key={meeting.id}>
              <button type="button" onClick={() => choose(meeting)}>
                <span>{meeting.title}</span>
                <span class="quiet">{say(MEETING_WORDS[meeting.state])}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {children?.(choose)}
    </>
  );
}
