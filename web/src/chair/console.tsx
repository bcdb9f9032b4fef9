import { useMemo, useRef, useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { presentCount, quorumNeeded } from "../shown/polls.ts";
import { itemSpokenAbout, speaking } from "../shown/speaking.ts";
import { seatStates } from "../shown/seats.ts";
import { own, type Shown } from "../shown/state.ts";
import { NO_FLOOR } from "../shown/floor.ts";
import { useMeeting } from "../views/following.ts";
import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import type { AgendaItem, Meeting } from "../wire.ts";
import { Bar } from "./bar.tsx";
import { AskingWish, Refusal, useHand } from "./desk.tsx";
import { FloorStage, lanesOf } from "./floor.tsx";
import { endItemAct, floorStanding, turnActs, type FloorDesk } from "./floor_acts.tsx";
import { People } from "./people.tsx";
import { liveRow, mostUrgent, rowsOf, type PollRow } from "./polls.ts";
import { QuorumBar } from "./quorum.tsx";
import { Rail } from "./rail.tsx";
import { personsOf, type Company } from "./readiness.ts";
import { useRecords } from "./records.ts";
import { Shortcuts, useKeys, useLetters } from "./shortcuts.tsx";
import { Tabs, Top, type Tab } from "./top.tsx";
import { Vote } from "./vote.tsx";
import { actsOf, standingOf, type Acts, type Presiding } from "./vote_acts.tsx";
import { WORDS } from "./words.ts";

interface ConsoleOf {
  readonly session: Session;
  readonly meeting: Meeting;
  readonly leave: () => void;
}

/** The chair's desk: what the meeting has before it, the one thing that is being done, who is there, and the acts in one place. */
export function Console({ session, meeting, leave }: ConsoleOf) {
  const { shown, line, failure } = useMeeting(session, meeting.id);
  const records = useRecords(session, meeting.id, shown);
  const hand = useHand(records.again);
  const [tab, setTab] = useState<Tab>("vote");
  const [help, setHelp] = useState(false);
  const [letters, setLetters] = useLetters();
  const [chosenRow, setChosenRow] = useState<string>();
  const [chosenItem, setChosenItem] = useState<string>();

  // 1. What is known: polls, people, the floor.
  const rows = useMemo(() => records.polls && rowsOf(records.polls, shown), [records.polls, shown.polls]);
  const row = rows?.find(({ id }) => id === chosenRow) ?? (rows && mostUrgent(rows));
  const live = rows && liveRow(rows);
  const nextDraft = rows?.find(({ state }) => state === "draft" || state === "announced");
  const roll = records.roll ?? [];
  const people = useMemo(() => personsOf(roll, shown, { keyed: records.keyed, ...companyOf(shown, live) }), [roll, shown, records.keyed, live?.id]);
  const signOf = useMemo(() => seatStates(shown, row?.id), [shown, row?.id]);
  const present = records.roll ? people.filter((one) => one.present).length : presentCount(shown);
  const item = shown.agenda.find(({ id }) => id === (chosenItem ?? itemSpokenAbout(shown.floor))) ?? shown.agenda[0];

  // 2. What can be done.
  const latest = useRef(shown.floor ?? NO_FLOOR);
  latest.current = shown.floor ?? NO_FLOOR;
  const floorDesk: FloorDesk = { session, meeting: meeting.id, floor: shown.floor ?? NO_FLOOR, latest: () => latest.current, hand, roll, agenda: shown.agenda };
  const voteDesk: Presiding = {
    session, hand, roll: roll.length, present, missing: row ? missingOf(row, roll.length, present) : 0,
    nameOf: (member) => roll.find((entry) => entry.member === member)?.name ?? member, chooseNext: nextDraft && (() => setChosenRow(nextDraft.id)),
    wish: row && shown.wishes.find(({ poll }) => poll === row.id),
  };
  const lanes = lanesOf(floorDesk, item);
  const acts: Acts = tab === "floor" ? turnActs(floorDesk, lanes.find(({ waiting }) => waiting.length > 0) ?? lanes[0]) : row ? actsOf(row, voteDesk) : { others: [], note: say(WORDS.noPolls) };
  const nextItem = () => followingItem(shown.agenda, item, floorDesk, (next) => { setChosenItem(next.id); setTab("floor"); });
  const named = (...names: readonly string[]) => [acts.primary, ...acts.others].find((act) => act && names.includes(act.name))?.start;
  useKeys({
    "Ctrl+Enter": hand.busy ? undefined : acts.primary?.start, "?": () => setHelp(true), b: () => setTab("vote"), p: () => setTab("floor"), d: () => setTab("people"),
    t: named("hold", "pause", "resume"), g: named("extend"), n: nextItem,
  }, letters);

  // 3. The desk.
  if (failure) return <main class="entry"><Problem of={failure} /></main>;
  if (!shown.heard || !records.body) return <main class="entry"><p role="status">{say(WORDS.loading)}</p>{records.problem !== undefined && <Problem of={records.problem} />}</main>;
  return (
    <div class="console">
      <Top session={session} meeting={meeting} line={line} leave={leave} help={() => setHelp(true)}>
        <Tabs tab={tab} row={row} choose={setTab} live={live} turn={speaking(shown.floor)} />
      </Top>
      {line === "lost" && <p class="notice bad lost-line" role="alert">{say(WORDS.lineLost)}</p>}
      {shown.meeting && shown.meeting.state !== "open" && <p class="notice warn lost-line" role="status">{say(shown.meeting.state === "planned" ? WORDS.notBegun : WORDS.meetingOver)}</p>}
      <div class={`desk on-${tab}`}>
        <Rail
          agenda={shown.agenda} item={tab === "floor" ? item : shown.agenda.find(({ id }) => id === row?.item)} rows={rows} row={tab === "vote" ? row : undefined} next={nextItem}
          chooseItem={({ id }) => { setChosenItem(id); setTab("floor"); }} chooseRow={({ id }) => { setChosenRow(id); setTab("vote"); }}
        />
        <main class="stage" tabIndex={0}>
          {tab === "floor" ? <FloorStage desk={floorDesk} item={item} kinds={records.lanes} />
            : row ? <Vote row={row} body={records.body} roll={roll.length} present={present} people={people} session={session} certificate={own(shown.certificates, row.id)} wish={voteDesk.wish} nameOf={voteDesk.nameOf} plan={records.plan} signOf={signOf} />
            : <p class="quiet">{say(WORDS.noPolls)}</p>}
        </main>
        <aside class="side" aria-label={say(WORDS.peopleTab)}>
          <QuorumBar rule={row?.rule} body={records.body} roll={roll.length} present={present} />
          <People people={people} voting={live !== undefined} />
        </aside>
      </div>
      <Bar acts={acts} hand={hand}><Refusal hand={hand} standing={tab === "floor" ? floorStanding(floorDesk) : standingOf(row)} /></Bar>
      {hand.wish && <AskingWish key={hand.wish.title} wish={hand.wish} hand={hand} />}
      {help && <Shortcuts letters={letters} setLetters={setLetters} close={() => setHelp(false)} />}
    </div>
  );
}

/** Who is connected and whose ballot was received, as far as the stream tells it to the desk. */
function companyOf({ connected, receivedFrom }: Shown, live: PollRow | undefined): Pick<Company, "connected" | "received"> {
  const voters = live && (own(receivedFrom, live.id) ?? (live.received ? undefined : new Set<string>()));
  return { connected: connected.members ?? undefined, received: voters };
}

function missingOf({ rule }: PollRow, roll: number, present: number): number {
  const needed = rule.quorum?.counted === "present" ? quorumNeeded(rule, roll) : undefined;
  return needed === undefined ? 0 : Math.max(0, needed - present);
}

/** On to the next item; while this one still has people waiting or speaking, ending it is asked first. */
function followingItem(agenda: readonly AgendaItem[], item: AgendaItem | undefined, desk: FloorDesk, go: (next: AgendaItem) => void): void {
  const next = agenda[agenda.findIndex(({ id }) => id === item?.id) + 1];
  if (!item || !next) return;
  const living = desk.floor.lanes.some(({ lane }) => lane.item === item.id && lane.state !== "ended");
  if (living) endItemAct(item, desk, () => go(next)).start();
  else go(next);
}
