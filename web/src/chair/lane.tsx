import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../views/icon.tsx";
import { laneText } from "../views/lanes.ts";
import { timeText } from "../views/times.ts";
import { STANCE_WORDS } from "../views/words.ts";
import { say } from "../words/language.ts";
import type { LaneShown, SpeakRequest } from "../wire.ts";
import { arrangeAct, callAct, laneActs, requestActs, type FloorDesk } from "./floor_acts.tsx";
import { inOrder, moved } from "./order.ts";
import { durationText } from "./times.ts";
import { LANE_STATE_WORDS, ORDER_WORDS, WORDS } from "./words.ts";

/** A list of those who wait. One may be moved by dragging or with Alt and the arrows; the new order counts once it is signed with its reason. */
export function LaneList({ lane: { lane, waiting }, desk }: { lane: LaneShown; desk: FloorDesk }) {
  const [order, setOrder] = useState<readonly string[]>();
  const [chosen, setChosen] = useState<string>();
  const [told, setTold] = useState("");
  const dragged = useRef<string | undefined>(undefined);
  const list = useRef<HTMLOListElement>(null);
  const shown = order ? inOrder(waiting, order) : waiting;
  const ids = shown.map(({ id }) => id);
  const changed = order !== undefined && ids.some((id, at) => id !== waiting[at]?.id);
  useEffect(() => { if (order && !changed) setOrder(undefined); }, [changed]);
  const place = (id: string, to: number) => {
    const next = moved(ids, id, to);
    if (next === ids) return;
    setOrder(next);
    setTold(say(WORDS.movedTo, { name: waiting.find((each) => each.id === id)?.name ?? "", n: next.indexOf(id) + 1, of: next.length }));
  };
  const keys = (event: KeyboardEvent, id: string) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (event.altKey) return place(id, ids.indexOf(id) + step);
    focusRow(list.current, ids[ids.indexOf(id) + step]);
  };
  // A row that was moved keeps the focus.
  useEffect(() => { if (order && told) focusRow(list.current, document.activeElement?.closest<HTMLElement>("[data-request]")?.dataset["request"]); }, [order]);
  return (
    <section class={`lane ${lane.state}`} aria-labelledby={`lane-${lane.lane}`} data-lane={lane.lane}>
      <header>
        <h3 id={`lane-${lane.lane}`}>{laneText(lane.lane)} <span class="count number">{waiting.length}</span></h3>
        <p class="quiet">{[say(LANE_STATE_WORDS[lane.state]), say(ORDER_WORDS[lane.rules.order]), lane.rules.turn_s === null ? "" : durationText(lane.rules.turn_s), lane.closes_at === null ? "" : say(WORDS.closesAt, { time: timeText(lane.closes_at) })].filter(Boolean).join(" · ")}</p>
      </header>
      {changed && order && (
        <div class="notice warn" data-unsaved>
          <p>{say(WORDS.orderUnsaved)}</p>
          <div class="acts">
            <button type="button" data-act="arrange" onClick={arrangeAct(lane, ids, desk, () => setOrder(undefined)).start}>{say(WORDS.arrangeShort)}</button>
            <button type="button" class="plain" onClick={() => setOrder(undefined)}>{say(WORDS.orderDrop)}</button>
          </div>
        </div>
      )}
      <ol class="requests" ref={list}>
        {shown.map((request, at) => (
          <li
            key={request.id} data-request={request.id} class={chosen === request.id ? "chosen" : ""} draggable
            onDragStart={(event) => { dragged.current = request.id; event.dataTransfer?.setData("text/plain", request.name); }}
            onDragOver={(event) => { if (dragged.current) event.preventDefault(); }}
            onDrop={(event) => { event.preventDefault(); if (dragged.current) place(dragged.current, at); dragged.current = undefined; }}
            onDragEnd={() => { dragged.current = undefined; }}
          >
            <button type="button" class="row" aria-expanded={chosen === request.id} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown" onKeyDown={(event) => keys(event, request.id)} onClick={() => setChosen(chosen === request.id ? undefined : request.id)}>
              <span class="place number">{at + 1}</span>
              <span class="name">{request.name} <span class="quiet">{about(request, lane.rules.stances.length > 1)}</span></span>
            </button>
            {chosen === request.id && <Row request={request} at={at} last={shown.length - 1} next={waiting[0]?.id === request.id || lane.rules.order === "manual"} desk={desk} place={place} />}
          </li>
        ))}
      </ol>
      {!waiting.length && <p class="quiet">{say(WORDS.nobodyWaits)}</p>}
      <p class="unseen" role="status">{told}</p>
      <div class="acts lane-acts">{laneActs(lane, desk).map((act) => <button type="button" key={act.name} data-act={act.name} onClick={act.start}>{say(act.words, act.values)}</button>)}</div>
    </section>
  );
}

interface RowOf {
  readonly request: SpeakRequest;
  readonly at: number;
  readonly last: number;
  readonly next: boolean;
  readonly desk: FloorDesk;
  readonly place: (id: string, to: number) => void;
}

function Row({ request, at, last, next, desk, place }: RowOf) {
  const acts = [callAct(request, next, desk), ...requestActs(request, desk)];
  return (
    <div class="acts row-acts">
      {request.note && <p class="note">{request.note}</p>}
      <button type="button" aria-label={say(WORDS.moveUp)} disabled={at === 0} onClick={() => place(request.id, at - 1)}><Icon name="up" /></button>
      <button type="button" aria-label={say(WORDS.moveDown)} disabled={at === last} onClick={() => place(request.id, at + 1)}><Icon name="down" /></button>
      {acts.map((act) => <button type="button" key={act.name} data-act={act.name} class={act.danger ? "danger" : ""} onClick={act.start}>{say(act.name === "call" ? WORDS.callShort : act.words, act.values)}</button>)}
    </div>
  );
}

function about({ group, seat, stance, at }: SpeakRequest, withStance: boolean): string {
  return [group, seat, withStance && stance !== "other" ? say(STANCE_WORDS[stance]) : "", timeText(at)].filter(Boolean).join(" · ");
}

function focusRow(list: HTMLElement | null, id: string | undefined): void {
  if (id) list?.querySelector<HTMLElement>(`[data-request="${CSS.escape(id)}"] .row`)?.focus();
}
