import { useEffect, useRef, useState } from "preact/hooks";
import { checkIn } from "../acts/attend.ts";
import { ledgerKeys } from "../acts/house.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { Refused } from "../rules/refused.ts";
import { openPolls } from "../shown/polls.ts";
import { itemSpokenAbout, turnOf } from "../shown/speaking.ts";
import { own, type Shown } from "../shown/state.ts";
import { useDoing } from "../views/doing.ts";
import type { Entered } from "../views/entering.tsx";
import { useMeeting } from "../views/following.ts";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { LineBanner } from "../views/line_banner.tsx";
import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import type { Meeting } from "../wire.ts";
import { Agenda } from "./agenda.tsx";
import { useBallots } from "./ballots.ts";
import { Mine } from "./mine.tsx";
import { Person } from "./person.tsx";
import { Alarm } from "./question.tsx";
import { SpeakDoor } from "./speak_door.tsx";
import { Standing } from "./standing.tsx";
import { OwnTurn } from "./turn.tsx";
import { ALARM_WORDS, STATE_WORDS, TAB_WORDS, WORDS } from "./words.ts";

type Tab = keyof typeof TAB_WORDS;
const TABS = Object.keys(TAB_WORDS) as Tab[];

/** A delegate in a meeting. */
export function Screen({ session, meeting, leave, another }: Entered) {
  const { shown, line, failure } = useMeeting(session, meeting.id);
  const ballots = useBallots(session);
  const [tab, setTab] = useState<Tab>("vote");
  const { broken, again } = useLedgerKey(session, meeting.id);
  const open = openPolls(shown).map(({ poll }) => poll).join();
  // After each snapshot, which brings a roll of its own: it may be of another database than the one that recorded them.
  useEffect(() => ballots.renew(Object.keys(shown.polls).filter((poll) => !own(shown.certificates, poll))), [shown.roll]);
  useVoteComesFirst(open, () => setTab("vote"));
  const turn = turnOf(shown.floor, session.member);
  const item = turn && shown.agenda.find(({ id }) => id === turn.item);
  return (
    <>
      <header class="top">
        <h1>{shown.meeting?.title ?? meeting.title}</h1>
        <LineBanner state={line} />
        <Person session={session} ballots={ballots} ways={{ person: leave, meeting: another }} />
        <LanguageSwitch />
      </header>
      <main class="phone" id="content">
        {failure !== undefined && <Problem of={failure} />}
        {broken !== undefined && <Alarm of={ALARM_WORDS.ledgerKey} code={broken.code} again={again} />}
        {ballots.courses[""]?.error !== undefined && <Problem of={ballots.courses[""].error} />}
        {turn && (!open || tab !== "vote") ? <OwnTurn turn={turn} title={item?.title ?? ""} /> : null}
        <Presence session={session} meeting={meeting} shown={shown} />
        {tab === "vote" && broken === undefined && <Standing session={session} shown={shown} line={line} ballots={ballots} />}
        {tab === "agenda" && <><h2 class="unseen">{say(TAB_WORDS.agenda)}</h2><Agenda items={shown.agenda} now={itemSpokenAbout(shown.floor)} /></>}
        {tab === "speak" && <SpeakDoor session={session} meeting={meeting.id} shown={shown} />}
        {tab === "mine" && <><h2 class="unseen">{say(TAB_WORDS.mine)}</h2><Mine session={session} shown={shown} votes={ballots.votes?.filter((vote) => vote.meeting === meeting.id)} /></>}
      </main>
      <nav class="tabs" aria-label={say(WORDS.tabs)}>
        {TABS.map((each) => (
          <button type="button" key={each} aria-current={each === tab} data-tab={each} onClick={() => setTab(each)}>
            {say(TAB_WORDS[each])}{each === "vote" && open && <span class="dot" aria-hidden="true" />}
          </button>
        ))}
      </nav>
    </>
  );
}

/** The ledger's key is compared with the pinned one when the meeting is entered. */
function useLedgerKey(session: Session, meeting: string): { broken: Refused | undefined; again: () => void } {
  const [broken, setBroken] = useState<Refused>();
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    persist(() => ledgerKeys(session, meeting), { signal: leaving.signal }).then(() => setBroken(undefined), (error: unknown) => error instanceof Refused && setBroken(error));
    return () => leaving.abort();
  }, [session, meeting, tries]);
  return { broken, again: () => setTries((count) => count + 1) };
}

/** A vote that opens comes first, whatever one was looking at, and is read out. */
function useVoteComesFirst(open: string, show: () => void): void {
  const before = useRef("");
  useEffect(() => {
    const fresh = open.split(",").find((poll) => poll && !before.current.split(",").includes(poll));
    before.current = open;
    if (!fresh) return;
    show();
    // Once it is drawn.
    setTimeout(() => document.getElementById(`vote-${fresh}`)?.focus({ preventScroll: true }));
  }, [open]);
}

function Presence({ session, meeting, shown }: { session: Session; meeting: Meeting; shown: Shown }) {
  const { busy, problem, act } = useDoing();
  const isPresent = own(shown.presence, session.member)?.present === true;
  if (!shown.heard || !session.roles.includes("delegate")) return shown.heard ? null : <p role="status">{say(WORDS.away)}</p>;
  if (shown.meeting?.state === "ended") return <p class="notice" role="status">{say(WORDS.ended)}</p>;
  if (isPresent) return <p class="unseen" role="status">{say(STATE_WORDS.present)}</p>;
  const come = () => act(() => persist(() => checkIn(session, meeting.id), { tries: 5 }));
  return (
    <section class="sheet" id="check-in" aria-labelledby="check-in-title">
      <h2 id="check-in-title">{say(WORDS.checkIn)}</h2>
      <p class="quiet">{say(shown.meeting?.state === "open" ? WORDS.checkInWhat : WORDS.notOpen)} {say(STATE_WORDS.absent)}.</p>
      {problem !== undefined && <Problem of={problem} />}
      <button type="button" class="primary wide" aria-disabled={busy} onClick={come}>{say(busy ? WORDS.checkingIn : WORDS.checkInDo)}</button>
    </section>
  );
}
