import { clock } from "../line/clock.ts";
import { itemSpokenAbout, livingLanes, timeLeft } from "../shown/speaking.ts";
import type { Shown } from "../shown/state.ts";
import { Countdown, useLeft } from "../views/countdown.tsx";
import { Icon } from "../views/icon.tsx";
import { laneText } from "../views/lanes.ts";
import { clockText } from "../views/times.ts";
import { say } from "../words/language.ts";
import type { FloorShown, LaneShown, Turn } from "../wire.ts";
import { AsMany } from "./as_many.tsx";
import { Fitted } from "./fitted.tsx";
import { Kicker } from "./headings.tsx";
import { WORDS } from "./words.ts";

const NEXT = 3;

/** Who speaks, for how long yet, and who is next in each list. */
export function Speaker({ turn, shown }: { turn: Turn; shown: Shown }) {
  const item = shown.agenda.find(({ id }) => id === turn.item);
  return (
    <section class="scene speaker">
      <Kicker class={turn.state === "paused" ? "held" : "open"} icon="speak">{doing(turn)}</Kicker>
      <div class="who">
        <Fitted as="h2" class="name" most={5} least={1.2}>{turn.name}</Fitted>
        <p class="seat">{[turn.group, turn.seat].filter(Boolean).join(" · ")}</p>
        <TurnClock turn={turn} />
      </div>
      {item && <Fitted class="item" most={1.3} least={1}>{item.title}</Fitted>}
      <NextLists floor={shown.floor} turn={turn} />
    </section>
  );
}

/** The same in a strip, while a vote or a result has the stage. */
export function BesideSpeaker({ turn, floor }: { turn: Turn; floor: FloorShown | null }) {
  const next = livingLanes(floor).flatMap(({ waiting }) => waiting).slice(0, NEXT);
  return (
    <aside class="beside">
      <p class="doing"><Icon name="speak" />{doing(turn)}</p>
      <p class="name">{turn.name}</p>
      {next.length > 0 && <AsMany class="next">{next.map(({ id, name }, at) => <li key={id}>{at === 0 && <span class="caption">{say(WORDS.next)}: </span>}{name}</li>)}</AsMany>}
      <TurnClock turn={turn} />
    </aside>
  );
}

/** The lists in which somebody may still be called, each with its next three: first that of the turn, and no more than can be read from afar. */
export function NextLists({ floor, turn, most = 2 }: { floor: FloorShown | null; turn?: Turn; most?: number }) {
  const item = itemSpokenAbout(floor);
  const lanes = livingLanes(floor).filter(({ lane }) => lane.item === item);
  if (!lanes.length) return null;
  // What nobody waits in is left out where others do.
  const shown = lanes.some(({ waiting }) => waiting.length) ? lanes.filter(({ waiting }) => waiting.length) : lanes.slice(0, 1);
  const ordered = [...shown.filter(({ lane }) => lane.lane === turn?.lane), ...shown.filter(({ lane }) => lane.lane !== turn?.lane)];
  return (
    <div class="lists">
      {ordered.slice(0, most).map((each) => <NextList key={each.lane.lane} {...each} />)}
      {ordered.length > most && <p class="caption">{say(WORDS.listsMore, { n: ordered.length - most })}</p>}
    </div>
  );
}

function NextList({ lane, waiting }: LaneShown) {
  return (
    <section class="list">
      <h3>{say(WORDS.next)} · {laneText(lane.lane)}</h3>
      {waiting.length === 0 && <p class="caption">{say(WORDS.nobody)}</p>}
      <ol>{waiting.slice(0, NEXT).map(({ id, name, group }) => <li key={id}><span class="name">{name}</span>{group && <span class="caption">{group}</span>}</li>)}</ol>
      {waiting.length > NEXT && <p class="caption">{say(WORDS.waitingMore, { n: waiting.length - NEXT })}</p>}
    </section>
  );
}

/** What somebody does on the floor: "Chất vấn", "Trả lời", "Mời phát biểu · Tranh luận". */
function doing({ state, role, lane }: Turn): string {
  const what = role === "answer" ? say(WORDS.answering) : role === "interposed" ? say(WORDS.interposed) : laneText(lane);
  if (state === "running") return what;
  if (state === "called" && lane === "speech" && role === "speech") return say(WORDS.called);
  return `${say(state === "paused" ? WORDS.paused : WORDS.called)} · ${what}`;
}

/** What is left; beyond it, how long it has been over; without a limit, how long it has taken. */
function TurnClock({ turn }: { turn: Turn }) {
  const left = timeLeft(turn, clock.now());
  const since = useLeft(turn.running_since, clock.now);
  if (left === undefined) {
    return <p class="turn-clock"><span class="caption">{say(WORDS.spent)}</span><span class="number">{clockText(turn.used_ms + Math.max(0, -(since ?? 0)))}</span></p>;
  }
  const until = turn.running_since === null ? null : clock.now() + left;
  return <p class={`turn-clock ${left < 0 ? "over" : ""}`}>{left < 0 && <span class="caption">{say(WORDS.overTime)}</span>}<Countdown until={until} left={left} now={clock.now} /></p>;
}
