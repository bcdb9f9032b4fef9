import type { ComponentChildren, TargetedEvent } from "preact";
import { clock } from "../line/clock.ts";
import { speaking } from "../shown/speaking.ts";
import { Countdown } from "../views/countdown.tsx";
import { Icon } from "../views/icon.tsx";
import { laneText } from "../views/lanes.ts";
import { say } from "../words/language.ts";
import type { AgendaItem, FloorProfile, LaneShown, Turn } from "../wire.ts";
import { endItemAct, type FloorDesk } from "./floor_acts.tsx";
import { LaneList } from "./lane.tsx";
import { openLaneAct } from "./lane_acts.tsx";
import { Sealing } from "./sealing.tsx";
import { Used } from "./used.tsx";
import { ROLE_WORDS, TURN_WORDS, WORDS } from "./words.ts";

interface FloorOf {
  readonly desk: FloorDesk;
  readonly item: AgendaItem | undefined;
  /** The lists that this floor's rules know. */
  readonly kinds: FloorProfile["lanes"];
}

/** The floor of one agenda item: who speaks, and the lists of those who wait. */
export function FloorStage({ desk, item, kinds }: FloorOf) {
  const lanes = lanesOf(desk, item);
  return (
    <article class="floor" aria-labelledby="speaking">
      <Turns desk={desk} />
      {item && (
        <section class="item" aria-labelledby="item">
          <header><h2 id="item">{item.title}</h2><ItemActs desk={desk} item={item} lanes={lanes} kinds={kinds} /></header>
          {lanes.length ? <div class="lanes">{lanes.map((lane) => <LaneList lane={lane} desk={desk} key={lane.lane.lane} />)}</div> : <p class="quiet">{say(WORDS.noLanes)}</p>}
        </section>
      )}
    </article>
  );
}

/** The lists of an item, as they were opened. */
export function lanesOf({ floor }: Pick<FloorDesk, "floor">, item: AgendaItem | undefined): readonly LaneShown[] {
  return item ? floor.lanes.filter(({ lane }) => lane.item === item.id) : [];
}

function Turns({ desk }: { desk: FloorDesk }) {
  const turn = speaking(desk.floor);
  const others = desk.floor.turns.filter((each) => each !== turn);
  return (
    <section class={`turn ${turn?.state ?? "none"}`} aria-labelledby="speaking" data-turn={turn?.id ?? ""} data-state={turn?.state ?? "none"}>
      <h2 id="speaking" class="state"><span class={`chip ${turn?.state === "running" ? "open" : ""}`}>{turn?.state === "running" && <span class="dot" aria-hidden="true" />}{say(turn ? TURN_WORDS[turn.state] : WORDS.nobodySpeaks)}</span></h2>
      {turn && <Speaker turn={turn} desk={desk} />}
      {others.map((each) => <p class="beside" key={each.id}><Icon name="clock" />{each.name}: {say(TURN_WORDS[each.state])}</p>)}
      {desk.floor.votes.length > 0 && <p class="notice warn">{say(WORDS.voteUnderWay)}</p>}
    </section>
  );
}

function Speaker({ turn, desk }: { turn: Turn; desk: FloorDesk }) {
  const left = turn.planned_ms === null ? undefined : turn.planned_ms - turn.used_ms;
  const granted = desk.agenda.find(({ id }) => id === turn.item)?.title ?? "";
  const clockShown: ComponentChildren = left === undefined
    ? <Used turn={turn} />
    : <Countdown until={turn.state === "running" && turn.running_since !== null ? turn.running_since + left : null} left={left} now={clock.now} />;
  return (
    <div class="speaker">
      <p class="who-speaks"><strong>{turn.name}</strong> <span class="quiet">{[turn.group, turn.seat, laneText(turn.lane), turn.role === "speech" ? "" : say(ROLE_WORDS[turn.role]), granted].filter(Boolean).join(" · ")}</span></p>
      <p class="turn-clock">{clockShown}</p>
    </div>
  );
}

function ItemActs({ desk, item, lanes, kinds }: { desk: FloorDesk; item: AgendaItem; lanes: readonly LaneShown[]; kinds: FloorProfile["lanes"] }) {
  if (lanes.some(({ lane }) => lane.state === "ended")) return <Sealing desk={desk} />;
  const closed = Object.entries(kinds).filter(([kind]) => !lanes.some(({ lane }) => lane.lane === kind));
  const end = endItemAct(item, desk);
  const open = ({ currentTarget: list }: TargetedEvent<HTMLSelectElement>) => {
    const chosen = closed.find(([kind]) => kind === list.value);
    list.value = "";
    // What was chosen has the focus and goes with the open list: from the question one comes back to the field.
    list.focus();
    if (chosen) openLaneAct(item, ...chosen, desk).start();
  };
  return (
    <div class="acts">
      {closed.length > 0 && (
        <label class="opening"><span class="unseen">{say(WORDS.openLaneOf)}</span>
          <select value="" onChange={open}>
            <option value="">{say(WORDS.openLaneOf)}</option>
            {closed.map(([kind]) => <option value={kind} key={kind}>{laneText(kind)}</option>)}
          </select>
        </label>
      )}
      {lanes.length > 0 && <button type="button" data-act={end.name} class="danger" onClick={end.start}>{say(end.words)}</button>}
    </div>
  );
}
