import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../views/icon.tsx";
import { laneText } from "../views/lanes.ts";
import { durationText, timeText } from "../views/times.ts";
import { STANCE_WORDS } from "../views/words.ts";
import { say } from "../words/language.ts";
import type { Lane, LaneShown, SpeakRequest } from "../wire.ts";
import { arrangeAct, callAct, requestActs, type FloorDesk } from "./floor_acts.tsx";
import { laneActs } from "./lane_acts.tsx";
import { inOrder, placed } from "./order.ts";
import { LANE_STATE_WORDS, ORDER_WORDS, WORDS } from "./words.ts";

/** A list of those who wait. One may be moved by dragging or with Alt and the arrows; the new order counts once it is signed with its reason. */
export function LaneList({ lane: { lane, waiting }, desk }: { lane: LaneShown; desk: FloorDesk }) {
  const list = useRef<HTMLOListElement>(null);
  const { shown, ids, changed, told, place, keepOld } = useOrder(waiting, list);
  return (
    <section class={`lane ${lane.state}`} aria-labelledby={`lane-${lane.lane}`} data-lane={lane.lane}>
      <header>
        <h3 id={`lane-${lane.lane}`}>{laneText(lane.lane)} <span class="count number">{waiting.length}</span></h3>
        <p class="quiet">{rulesText(lane)}</p>
      </header>
      {changed && (
        <div class="notice warn" data-unsaved>
          <p>{say(WORDS.orderUnsaved)}</p>
          <div class="acts">
            <button type="button" data-act="arrange" onClick={arrangeAct(lane, ids, desk, keepOld).start}>{say(WORDS.arrangeShort)}</button>
            <button type="button" class="plain" onClick={keepOld}>{say(WORDS.orderDrop)}</button>
          </div>
        </div>
      )}
      <Requests list={list} shown={shown} next={lane.rules.order === "manual" ? undefined : waiting[0]?.id} withStance={lane.rules.stances.length > 1} desk={desk} place={place} />
      {!waiting.length && <p class="quiet">{say(WORDS.nobodyWaits)}</p>}
      <p class="unseen" role="status">{told}</p>
      <div class="acts lane-acts">{laneActs(lane, desk).map((act) => <button type="button" key={act.name} data-act={act.name} onClick={act.start}>{say(act.words, act.values)}</button>)}</div>
    </section>
  );
}

function rulesText({ state, rules, closes_at: closesAt }: Lane): string {
  return [say(LANE_STATE_WORDS[state]), say(ORDER_WORDS[rules.order]), rules.turn_s === null ? "" : durationText(rules.turn_s), rules.length === null ? "" : say(WORDS.lengthShown, { n: rules.length }), closesAt === null ? "" : say(WORDS.closesAt, { time: timeText(closesAt) })].filter(Boolean).join(" · ");
}

/** The order as it is being put together by hand, until it is signed or dropped. */
function useOrder(waiting: readonly SpeakRequest[], list: RefObject<HTMLOListElement | null>) {
  const [order, setOrder] = useState<readonly string[]>();
  const [told, setTold] = useState("");
  const shown = order ? inOrder(waiting, order) : waiting;
  const ids = shown.map(({ id }) => id);
  const changed = order !== undefined && ids.some((id, at) => id !== waiting[at]?.id);
  const keepOld = () => setOrder(undefined);
  useEffect(() => { if (order && !changed) keepOld(); }, [changed]);
  // A row that was moved keeps the focus.
  useEffect(() => { if (order && told) focusRow(list.current, document.activeElement?.closest<HTMLElement>("[data-request]")?.dataset["request"]); }, [order]);
  const place = (id: string, to: number) => {
    const next = placed(ids, id, to);
    if (next === ids) return;
    setOrder(next);
    setTold(say(WORDS.movedTo, { name: waiting.find((each) => each.id === id)?.name ?? "", n: next.indexOf(id) + 1, of: next.length }));
  };
  return { shown, ids, changed, told, place, keepOld };
}

interface RequestsOf {
  readonly list: RefObject<HTMLOListElement | null>;
  readonly shown: readonly SpeakRequest[];
  /** Who is next by the order of the list; none where the chair calls as they like. */
  readonly next: string | undefined;
  readonly withStance: boolean;
  readonly desk: FloorDesk;
  readonly place: (id: string, to: number) => void;
}

function Requests({ list, shown, next, withStance, desk, place }: RequestsOf) {
  const [chosen, setChosen] = useState<string>();
  const dragged = useRef<string | undefined>(undefined);
  const keys = (event: KeyboardEvent, at: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const id = shown[at]?.id;
    if (!step || !id) return;
    event.preventDefault();
    if (event.altKey) place(id, at + step);
    else focusRow(list.current, shown[at + step]?.id);
  };
  return (
    <ol class="requests" ref={list}>
      {shown.map((request, at) => (
        <li
          key={request.id} data-request={request.id} class={chosen === request.id ? "chosen" : ""} draggable
          onDragStart={(event) => { dragged.current = request.id; event.dataTransfer?.setData("text/plain", request.name); }}
          onDragOver={(event) => { if (dragged.current) event.preventDefault(); }}
          onDrop={(event) => { event.preventDefault(); if (dragged.current) place(dragged.current, at); dragged.current = undefined; }}
          onDragEnd={() => { dragged.current = undefined; }}
        >
          <button type="button" class="row" aria-expanded={chosen === request.id} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown" onKeyDown={(event) => keys(event, at)} onClick={() => setChosen(chosen === request.id ? undefined : request.id)}>
            <span class="place number">{at + 1}</span>
            <span class="name">{request.name} <span class="quiet">{about(request, withStance)}</span></span>
          </button>
          {chosen === request.id && <Row request={request} at={at} last={shown.length - 1} next={next === undefined || next === request.id} desk={desk} place={place} />}
        </li>
      ))}
    </ol>
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
