import { useRef, useState } from "preact/hooks";
import type { Session } from "../line/signin.ts";
import { NO_FLOOR } from "../shown/floor.ts";
import { itemSpokenAbout, speaking } from "../shown/speaking.ts";
import { MinutesSigning } from "../countersign/minutes.tsx";
import { useKeptFocus } from "../views/focus.ts";
import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import type { AgendaItem, Meeting } from "../wire.ts";
import { Bar } from "./bar.tsx";
import { AskingWish, Refusal, useHand, type Hand } from "./desk.tsx";
import { lanesOf } from "./floor.tsx";
import { endItemAct, floorStanding, turnActs, type FloorDesk } from "./floor_acts.tsx";
import { missingFor, nameOf, useKnown, type Known } from "./known.ts";
import { mostUrgent, type PollRow } from "./polls.ts";
import { Rail } from "./rail.tsx";
import { Shortcuts, useKeys, useLetters } from "./shortcuts.tsx";
import { Side, Stage } from "./stage.tsx";
import { Tabs, Top, type Tab } from "./top.tsx";
import { actsOf, standingOf, type Acts, type Presiding } from "./vote_acts.tsx";
import { WORDS } from "./words.ts";

interface ConsoleOf {
  readonly session: Session;
  readonly meeting: Meeting;
  readonly leave: () => void;
}

/** What the chair looks at: a room of the desk, a poll and an agenda item in it. */
interface Looking {
  readonly tab: Tab;
  readonly poll?: string;
  readonly item?: string;
}

/** The chair's desk: what the meeting has before it, the one thing that is being done, who is there, and the acts in one place. */
export function Console({ session, meeting, leave }: ConsoleOf) {
  // 1. What is known, and what of it is looked at.
  const known = useKnown(session, meeting.id);
  const { shown, line, failure, records, rows, live } = known;
  const [looking, setLooking] = useState<Looking>({ tab: "vote" });
  const look = (change: Partial<Looking>) => setLooking((before) => ({ ...before, ...change }));
  const { tab } = looking;
  const row = rows?.find(({ id }) => id === looking.poll) ?? (rows && mostUrgent(rows));
  const item = shown.agenda.find(({ id }) => id === (looking.item ?? itemSpokenAbout(shown.floor))) ?? shown.agenda[0];
  // 2. What can be done.
  const hand = useHand(records.again, shown.floor?.revision ?? 0);
  const floor = useFloorDesk(session, meeting.id, known, hand);
  const vote = presidingOf(session, known, hand, row, (poll) => look({ poll }));
  const acts = tab === "floor" ? floorActs(floor, item) : row ? actsOf(row, vote) : { others: [], note: say(WORDS.noPolls) };
  const nextItem = () => followingItem(shown.agenda, item, floor, (next) => look({ item: next.id, tab: "floor" }));
  const [help, setHelp] = useState(false);
  const [letters, setLetters] = useLetters();
  const named = (...names: readonly string[]) => [acts.primary, ...acts.others].find((act) => act && names.includes(act.name))?.start;
  useKeys({
    "Ctrl+Enter": hand.busy ? undefined : acts.primary?.start, "?": () => setHelp(true), b: () => look({ tab: "vote" }), p: () => look({ tab: "floor" }), d: () => look({ tab: "people" }),
    t: named("hold", "pause", "resume"), g: named("extend"), n: nextItem,
  }, letters);
  // 3. The desk.
  const root = useKeptFocus<HTMLDivElement>();
  if (failure) return <main class="entry"><Problem of={failure} /></main>;
  if (!shown.heard || !records.body) return <Loading problem={records.problem} />;
  return (
    <div class="console" ref={root}>
      <Top session={session} meeting={meeting} line={line} leave={leave} help={() => setHelp(true)}>
        <Tabs tab={tab} row={row} choose={(chosen) => look({ tab: chosen })} live={live} turn={speaking(shown.floor)} />
      </Top>
      <Notices known={known} />
      <MinutesSigning session={session} meeting={meeting.id} minutes={shown.minutes} place="chair" nameOf={(member) => nameOf(known, member)} />
      <main class={`desk on-${tab}`}>
        <Rail
          agenda={shown.agenda} item={tab === "floor" ? item : shown.agenda.find(({ id }) => id === row?.item)} rows={rows} row={tab === "vote" ? row : undefined} next={nextItem}
          chooseItem={({ id }) => look({ item: id, tab: "floor" })} chooseRow={({ id }) => look({ poll: id, tab: "vote" })}
        />
        <Stage session={session} known={known} body={records.body} row={row} item={item} floor={tab === "floor" ? floor : undefined} wish={vote.wish} />
        <Side known={known} body={records.body} row={row} />
      </main>
      <Bar acts={acts} hand={hand}><Refusal hand={hand} standing={tab === "floor" ? floorStanding(floor) : standingOf(row)} /></Bar>
      {hand.wish && <AskingWish key={hand.wish.title} wish={hand.wish} hand={hand} />}
      {help && <Shortcuts letters={letters} setLetters={setLetters} close={() => setHelp(false)} />}
    </div>
  );
}

function Loading({ problem }: { problem: unknown }) {
  return <main class="entry"><p role="status">{say(WORDS.loading)}</p>{problem !== undefined && <Problem of={problem} />}</main>;
}

/** What one must know before anything else: the line is lost, or the meeting is not open. */
function Notices({ known: { line, shown: { meeting } } }: { known: Known }) {
  return (
    <>
      {line === "lost" && <p class="notice bad before" id="line-lost" role="alert">{say(WORDS.lineLost)}</p>}
      {meeting && meeting.state !== "open" && <p class="notice warn before" id="not-open" role="status">{say(meeting.state === "planned" ? WORDS.notBegun : WORDS.meetingOver)}</p>}
    </>
  );
}

function useFloorDesk(session: Session, meeting: string, { shown, roll }: Known, hand: Hand): FloorDesk {
  const floor = shown.floor ?? NO_FLOOR;
  const latest = useRef(floor);
  latest.current = floor;
  return { session, meeting, floor, latest: () => latest.current, hand, roll, agenda: shown.agenda, sealed: shown.records };
}

function presidingOf(session: Session, known: Known, hand: Hand, row: PollRow | undefined, choose: (poll: string) => void): Presiding {
  const { rows, roll, present, shown } = known;
  const waits = rows?.find(({ state }) => state === "draft" || state === "announced");
  return {
    session, hand, people: known.people, roll: roll.length, present, missing: row ? missingFor(row, known) : 0, nameOf: (member) => nameOf(known, member),
    chooseNext: waits && (() => choose(waits.id)), wish: row && shown.wishes.find(({ poll }) => poll === row.id),
  };
}

/** What is next on the floor: in the first list of the item in which somebody waits. */
function floorActs(desk: FloorDesk, item: AgendaItem | undefined): Acts {
  const lanes = lanesOf(desk, item);
  return turnActs(desk, lanes.find(({ waiting }) => waiting.length > 0) ?? lanes[0]);
}

/** On to the next item; while this one still has people waiting or speaking, ending it is asked first. */
function followingItem(agenda: readonly AgendaItem[], item: AgendaItem | undefined, desk: FloorDesk, go: (next: AgendaItem) => void): void {
  const next = agenda[agenda.findIndex(({ id }) => id === item?.id) + 1];
  if (!item || !next) return;
  const living = desk.floor.lanes.some(({ lane }) => lane.item === item.id && lane.state !== "ended");
  if (living) endItemAct(item, desk, () => go(next)).start();
  else go(next);
}
