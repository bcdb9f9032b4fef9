import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { useKeptFocus } from "../views/focus.ts";
import { useMeeting } from "../views/following.ts";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { LineBanner } from "../views/line_banner.tsx";
import { Problem } from "../views/problem.tsx";
import { MEETING_WORDS } from "../views/words.ts";
import type { Shown } from "../shown/state.ts";
import type { Invite, Meeting } from "../wire.ts";
import { say } from "../words/language.ts";
import { Agenda } from "./agenda.tsx";
import { Annulling } from "./annulling.tsx";
import { Downloads } from "./downloads.tsx";
import { Invites } from "./invites.tsx";
import { Leaving, useWarning, type Way } from "./leaving.tsx";
import { Members } from "./members.tsx";
import { Overview } from "./overview.tsx";
import { Polls } from "./polls.tsx";
import { Presence } from "./presence.tsx";
import { useRecords, type Records } from "./records.ts";
import { RollDesk } from "./roll.tsx";
import { Seats } from "./seats.tsx";
import { SECTION_WORDS, WORDS } from "./words.ts";

export type SectionName = keyof typeof SECTION_WORDS;

/** What every section works with. */
export interface Work {
  readonly session: Session;
  readonly meeting: string;
  readonly shown: Shown;
  readonly records: Records;
  /** The invites just made: they live here, in memory, and nowhere else. */
  readonly invites: readonly Invite[];
  readonly keepInvites: (invites: readonly Invite[]) => void;
  readonly go: (section: SectionName) => void;
  /** Says whether something here is written and not saved: leaving it then asks once. */
  readonly holdsUnsaved: (unsaved: boolean) => void;
}

const SECTIONS: { readonly [name in SectionName]: (work: Work) => preact.JSX.Element } = {
  overview: Overview,
  roll: RollDesk,
  members: Members,
  invites: Invites,
  agenda: Agenda,
  polls: Polls,
  seats: Seats,
  presence: Presence,
  downloads: Downloads,
};

interface DeskOf {
  readonly session: Session;
  readonly meeting: Meeting;
  readonly leave: () => void;
}

/** The secretary's desk: one section at a time, the others one press away. */
export function Desk({ session, meeting, leave }: DeskOf) {
  const { shown, line, failure } = useMeeting(session, meeting.id);
  const records = useRecords(session, meeting.id, shown);
  const [section, setSection] = useState<SectionName>("overview");
  const [unsaved, holdsUnsaved] = useState(false);
  const [invites, keepInvites] = useState<readonly Invite[]>([]);
  const [leaving, setLeaving] = useState<Way>();
  const take = (way: Way) => { holdsUnsaved(false); setLeaving(undefined); if (way === "out") leave(); else setSection(way); };
  // The invites go along from section to section, and are lost with the desk alone.
  const loses = (way: Way) => unsaved || (way === "out" && invites.length > 0);
  const go = (way: Way) => { if (way !== section) (loses(way) ? setLeaving : take)(way); };
  useWarning(loses("out"));
  const root = useKeptFocus<HTMLDivElement>();
  const here = useRef<HTMLElement>(null);
  const Section = SECTIONS[section];
  // Where the sections stand in a row that is wider than the screen, the one that is open is in sight.
  useEffect(() => here.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "center" }), [section]);
  const standing = shown.meeting ?? meeting;
  return (
    <div class="desk" ref={root}>
      <header class="top">
        <div>
          <h1 class="brief" title={standing.title}>{standing.title}</h1>
          <p class="quiet">{[records.body.value?.name, say(MEETING_WORDS[standing.state])].filter(Boolean).join(" · ")}</p>
        </div>
        <div class="who"><strong>{session.identity.name}</strong><br /><button type="button" class="plain small" onClick={() => go("out")}>{say(WORDS.leave)}</button></div>
        <LineBanner state={line} />
        <LanguageSwitch />
      </header>
      <div class="rooms">
        <nav ref={here} aria-label={say(WORDS.sections)}>
          <ul>
            {(Object.keys(SECTIONS) as SectionName[]).map((name) => (
              <li key={name}><button type="button" class="plain" data-section={name} aria-current={name === section} onClick={() => go(name)}>{say(SECTION_WORDS[name])}</button></li>
            ))}
          </ul>
        </nav>
        <main id={section} aria-labelledby="section">
          <h2 id="section" tabIndex={-1}>{say(SECTION_WORDS[section])}</h2>
          {failure !== undefined && <Problem of={failure} />}
          <Annulling {...{ session, shown, records }} />
          <Section {...{ session, meeting: meeting.id, shown, records, invites, keepInvites, go, holdsUnsaved }} />
        </main>
      </div>
      {leaving && <Leaving way={leaving} unsaved={unsaved} invites={invites.length} take={() => take(leaving)} stay={() => setLeaving(undefined)} />}
    </div>
  );
}
