// The floor as a screen folds it from what it is told: `services/live/floor.py`, and the words of `services/wire.py`.
import type { FloorNewsShown, FloorShown, Lane, LaneShown, QueueChange, SpeakRequest, Turn } from "../wire.ts";

/** News of something that was never told: this screen has missed something, and must ask for everything anew. */
export class Missed extends Error {}

export const NO_FLOOR: FloorShown = { revision: 0, lanes: [], turns: [], last: null, votes: [] };

/** The floor after this news. Throws Missed. */
export function foldFloor(before: FloorShown | null, news: FloorNewsShown): FloorShown {
  const floor = before ?? NO_FLOOR;
  return {
    ...floor,
    revision: news.revision,
    lanes: news.lanes.length || news.requests.length || news.queues.length ? lanes(floor.lanes, news) : floor.lanes,
    ...turns(floor, news),
    votes: news.votes ?? floor.votes,
  };
}

function lanes(before: readonly LaneShown[], news: FloorNewsShown): LaneShown[] {
  const shown = new Map(before.map((each) => [keyOf(each.lane), each]));
  for (const lane of news.lanes) shown.set(keyOf(lane), { waiting: [], ...shown.get(keyOf(lane)), lane });
  const touched = new Set([...news.requests.map(keyOf), ...news.queues.map(keyOf)]);
  for (const key of touched) {
    const lane = shown.get(key);
    if (!lane) throw new Missed(`a list ${key}`);
    shown.set(key, { ...lane, waiting: waiting(lane.waiting, key, news) });
  }
  return [...shown.values()];
}

/** Splices first, on the ids alone; only then is looked up who they are: one that comes may stand in a later splice. */
function waiting(before: readonly SpeakRequest[], key: string, news: FloorNewsShown): SpeakRequest[] {
  const known = new Map(before.map((each) => [each.id, each]));
  for (const request of news.requests) if (keyOf(request) === key) known.set(request.id, request);
  const ids = news.queues.filter((each) => keyOf(each) === key).reduce(spliced, before.map(({ id }) => id));
  return ids.map((id) => {
    const request = known.get(id);
    if (!request) throw new Missed(`a request ${id}`);
    return request;
  });
}

function spliced(ids: readonly string[], { start, removed, put }: QueueChange): string[] {
  return [...ids.slice(0, start), ...put, ...ids.slice(start + removed)];
}

/** The turns that are not over, as they were called, and the one that was the last to end. */
function turns(floor: FloorShown, news: FloorNewsShown): Pick<FloorShown, "turns" | "last"> {
  if (!news.turns.length) return { turns: floor.turns, last: floor.last };
  const all = new Map(floor.turns.map((turn) => [turn.id, turn]));
  for (const { turn } of news.turns) all.set(turn.id, turn);
  const isOver = ({ state }: Turn) => state === "ended" || state === "dropped";
  const ended = [...all.values()].filter(({ state }) => state === "ended");
  return {
    turns: [...all.values()].filter((turn) => !isOver(turn)),
    last: ended.reduce((last, turn) => (last && (last.ended_at ?? 0) >= (turn.ended_at ?? 0) ? last : turn), floor.last),
  };
}

function keyOf({ item, lane }: Pick<Lane, "item" | "lane">): string {
  // Neither name has a space in it.
  return `${item} ${lane}`;
}
