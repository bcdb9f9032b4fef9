// What can be done with turns and lists now, as data. Every act says which floor this console saw; none is tried again in silence.
import type { ComponentChildren } from "preact";
import { actAtDesk, type DeskAct } from "../acts/floor_desk.ts";
import type { Session } from "../line/signin.ts";
import { speaking } from "../shown/speaking.ts";
import type { Shown } from "../shown/state.ts";
import { laneText } from "../views/lanes.ts";
import { DESK_WORDS } from "../views/words.ts";
import { say, type Words } from "../words/language.ts";
import type { AgendaItem, FloorShown, Lane, LaneShown, RollEntry, SpeakRequest, Turn } from "../wire.ts";
import type { Hand, Wish } from "./desk.tsx";
import { PickSpeaker, speakerIn } from "./pick_speaker.tsx";
import { Spans, spanIn } from "./spans.tsx";
import { TURN_WORDS, WORDS } from "./words.ts";
import type { Act, Acts } from "./vote_acts.tsx";

/** What an act on the floor must know. */
export interface FloorDesk {
  readonly session: Session;
  readonly meeting: string;
  readonly floor: FloorShown;
  /** The floor as it is when asked, not when this was drawn. */
  readonly latest: () => FloorShown;
  readonly hand: Hand;
  readonly roll: readonly RollEntry[];
  readonly agenda: readonly AgendaItem[];
  /** The turn logs that were sealed. */
  readonly sealed: Shown["records"];
}

/** Who speaks or was called, for explanations. */
export function floorStanding({ floor }: Pick<FloorDesk, "floor">): string {
  const turn = speaking(floor);
  return turn ? `${turn.name}: ${say(TURN_WORDS[turn.state])}` : say(WORDS.nobodySpeaks);
}

/** What is next on the floor, and what else one may do with the turn that all look at. */
export function turnActs(desk: FloorDesk, lane: LaneShown | undefined): Acts {
  const turn = speaking(desk.floor);
  if (turn) return { primary: mainAct(turn, desk), others: otherActs(turn, desk) };
  const next = lane?.waiting[0];
  const others = lane ? answerActs(lane.lane, desk) : [];
  return next ? { primary: callAct(next, true, desk), others } : { others, note: say(WORDS.nobodyWaits) };
}

function mainAct(turn: Turn, desk: FloorDesk): Act {
  const values = { name: turn.name };
  switch (turn.state) {
    case "called": return quick("start", WORDS.start, values, desk, { act: "start", turn: turn.id });
    case "paused": return quick("resume", WORDS.goOn, values, desk, { act: "resume", turn: turn.id });
    default: return asked("end", WORDS.endTurn, values, desk, { what: WORDS.endTurnWhat, act: () => ({ act: "end", turn: turn.id }) });
  }
}

function otherActs(turn: Turn, desk: FloorDesk): Act[] {
  const values = { name: turn.name };
  const extend = turn.planned_ms === null ? [] : [extendAct(turn, desk)];
  const end = asked("end", WORDS.endTurn, values, desk, { what: WORDS.endTurnWhat, act: () => ({ act: "end", turn: turn.id }) });
  if (turn.state === "paused") return [end, ...extend];
  if (turn.state === "running") {
    const pause = quick("pause", WORDS.pause, values, desk, { act: "pause", turn: turn.id });
    return [pause, ...extend, ...(turn.role === "interposed" ? [] : [interposeAct(turn, desk)])];
  }
  return turn.request ? [...extend, ...requestActs({ id: turn.request, name: turn.name }, desk)] : [...extend, end];
}

/** Call somebody: the next at once, anybody else with a reason that all can read. */
export function callAct(request: SpeakRequest, isNext: boolean, desk: FloorDesk): Act {
  const values = { name: request.name };
  if (isNext) return quick("call", WORDS.call, values, desk, { act: "call", request: request.id });
  return asked("call", WORDS.callShort, values, desk, { title: WORDS.callOut, what: WORDS.callOutWhat, reason: true, act: () => ({ act: "call", request: request.id }) });
}

/** Skip, defer or remove a request, each with a reason. */
export function requestActs(request: Pick<SpeakRequest, "id" | "name">, desk: FloorDesk): Act[] {
  const values = { name: request.name };
  return [
    asked("skip", WORDS.skipShort, values, desk, { title: WORDS.skip, what: WORDS.skipWhat, reason: true, act: () => ({ act: "skip", request: request.id }) }),
    asked("defer", WORDS.deferShort, values, desk, { title: WORDS.defer, what: WORDS.deferWhat, reason: true, act: () => ({ act: "defer", request: request.id }) }),
    asked("remove", WORDS.removeShort, values, desk, { title: WORDS.remove, what: WORDS.removeWhat, reason: true, danger: true, act: () => ({ act: "remove", request: request.id }) }),
  ];
}

/** Put all who wait in a list into another order. */
export function arrangeAct({ item, lane }: Lane, order: readonly string[], desk: FloorDesk, then: () => void): Act {
  return asked("arrange", WORDS.arrangeShort, { lane: laneText(lane) }, desk, { title: WORDS.arrange, what: WORDS.arrangeWhat, reason: true, act: () => ({ act: "arrange", item, lane, order }), then });
}

/** End a whole item: who was not reached is invited to write. */
export function endItemAct(item: AgendaItem, desk: FloorDesk, then: () => void = () => undefined): Act {
  const waiting = desk.floor.lanes.filter(({ lane }) => lane.item === item.id).reduce((sum, lane) => sum + lane.waiting.length, 0);
  return asked("end-item", WORDS.endItemShort, { item: item.title, n: waiting }, desk, { title: WORDS.endItem, what: WORDS.endItemWhat, danger: true, act: () => ({ act: "item.end", item: item.id }), then });
}

function extendAct(turn: Turn, desk: FloorDesk): Act {
  return asked("extend", WORDS.extendTurnShort, { name: turn.name }, desk, {
    title: WORDS.extendTurn, what: WORDS.extendTurnWhat, reason: true,
    more: () => <Spans />, act: (form) => ({ act: "extend", turn: turn.id, seconds: spanIn(form) }),
  });
}

function interposeAct(turn: Turn, desk: FloorDesk): Act {
  return asked("interpose", WORDS.interpose, { name: turn.name }, desk, {
    what: WORDS.interposeWhat, more: () => <PickSpeaker roll={desk.roll} />, act: (form) => ({ act: "interpose", turn: turn.id, ...speakerIn(form, desk.roll) }),
  });
}

/** In question time: who was asked answers the question that was the last to be put. */
function answerActs(lane: Lane, desk: FloorDesk): Act[] {
  const { last } = desk.floor;
  if (lane.rules.answer_s === null || !last || last.item !== lane.item || last.lane !== lane.lane || last.role !== "speech") return [];
  return [asked("answer", WORDS.answer, { name: last.name }, desk, {
    what: WORDS.answerWhat, more: () => <PickSpeaker roll={desk.roll} />, act: (form) => ({ act: "answer", turn: last.id, ...speakerIn(form, desk.roll) }),
  })];
}

/** Have the turn log so far sealed: everybody's turns, as the ledger has them. */
export function recordAct(desk: FloorDesk): Act {
  return asked("record", DESK_WORDS.sealLog, {}, desk, { what: DESK_WORDS.sealLogMeans, act: () => ({ act: "record" }) });
}

interface Question {
  /** The whole of it, for the question; on the button stands the short word. */
  readonly title?: Words;
  readonly what: Words;
  readonly reason?: boolean;
  readonly danger?: boolean;
  readonly more?: () => ComponentChildren;
  /** What is asked first, if what stands in the form wants that. */
  readonly first?: (form: FormData) => Wish | undefined;
  readonly act: (form: FormData) => DeskAct;
  readonly then?: () => void;
}

type Values = Readonly<Record<string, string | number>>;

/** An act that asks once. */
export function asked(name: string, words: Words, values: Values, desk: FloorDesk, question: Question): Act {
  return { name, words, values, danger: question.danger ?? false, start: () => desk.hand.ask(wishOf(words, values, desk, question)) };
}

/** The question of an act. */
export function wishOf(words: Words, values: Values, desk: FloorDesk, { title = words, what, reason, danger = false, more, first, act, then }: Question): Wish {
  return {
    title: say(title, values), confirm: say(words, values), danger, reason: reason ? say(WORDS.reasonForAll) : undefined,
    ready: {
      what: () => <><p>{say(what, values)}</p>{more?.()}</>,
      act: async (why, form) => {
        const before = first?.(form);
        if (before) return before;
        const wanted = act(form);
        await done(desk, seenBy(desk), why ? { ...wanted, reason: why } : wanted);
        then?.();
        return undefined;
      },
    },
  };
}

async function done({ session, meeting, hand }: FloorDesk, seen: number, act: DeskAct): Promise<void> {
  hand.awaitFloor((await actAtDesk(session, meeting, seen, act)).revision);
}

/** What this console has seen: while a reason was typed, a clock that warned changes nothing for who decides. */
function seenBy({ floor, latest }: FloorDesk): number {
  const now = latest();
  return looks(now) === looks(floor) ? now.revision : floor.revision;
}

function looks({ turns, lanes, votes }: FloorShown): string {
  return JSON.stringify([turns.map(({ id, state }) => [id, state]), lanes.map(({ lane }) => [lane.item, lane.lane, lane.state, lane.arranged]), votes]);
}

function quick(name: string, words: Words, values: Values, desk: FloorDesk, act: DeskAct): Act {
  return { name, words, values, start: () => desk.hand.act(() => done(desk, desk.floor.revision, act)) };
}
