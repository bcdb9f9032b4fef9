import assert from "node:assert/strict";
import { test } from "node:test";
import type { Told } from "../src/line/told.ts";
import { foldFloor, Missed, NO_FLOOR } from "../src/shown/floor.ts";
import { approvalsToCarry, quorumNeeded } from "../src/shown/needed.ts";
import { announcedPoll, closedPoll, openPolls, presentCount } from "../src/shown/polls.ts";
import { inOrder, seatStates } from "../src/shown/seats.ts";
import { itemSpokenAbout, livingLanes, placeOf, speaking, timeLeft, turnOf, waitingOf } from "../src/shown/speaking.ts";
import { EMPTY, fold, type Shown } from "../src/shown/state.ts";
import type { Connected, FloorNewsShown, FloorShown, Lane, QueueChange, Snapshot, SpeakRequest, Turn } from "../src/wire.ts";
import { vectors } from "./vectors.ts";

const { cases } = vectors<{ cases: { name: string; events: Told[]; shown: Snapshot }[] }>("live");

test("what is folded from the stream is what the server's snapshot shows in the end", () => {
  assert.ok(cases.length > 3);
  for (const { name, events, shown } of cases) assert.deepEqual(events.reduce(fold, EMPTY), { ...EMPTY, ...shown, heard: true }, name);
});

test("nothing of what was known is changed by an event: each state stays as it was", () => {
  for (const { events } of cases) {
    const states = [EMPTY];
    const texts = [JSON.stringify(EMPTY)];
    for (const event of events) {
      states.push(fold(states.at(-1) as Shown, event));
      texts.push(JSON.stringify(states.at(-1)));
    }
    assert.deepEqual(states.map((each) => JSON.stringify(each)), texts);
  }
});

test("a new snapshot takes the place of all that was known", () => {
  const [first, second] = cases;
  assert.ok(first && second);
  const before = first.events.reduce(fold, EMPTY);
  assert.deepEqual(fold(before, { name: "snapshot", data: second.shown }), { ...EMPTY, ...second.shown, heard: true });
});

const connected = (some: Partial<Connected>): Told => ({ name: "connected", data: { at: 1, count: 2, members: null, came: [], went: [], ...some } });
const from = (poll: string, ...voters: string[]): Told => ({ name: "received.from", data: { poll, voters } });

test("who is connected: all of them first, then who came and who went; nobody while nobody knows", () => {
  const whole = fold(EMPTY, connected({ members: ["x", "y"] }));
  assert.deepEqual(whole.connected, { at: 1, count: 2, members: new Set(["x", "y"]) });
  const later = fold(whole, connected({ at: 2, came: ["z"], went: ["x"] }));
  assert.deepEqual(later.connected, { at: 2, count: 2, members: new Set(["y", "z"]) });
  assert.deepEqual([...(whole.connected.members ?? [])], ["x", "y"]);
  assert.deepEqual(fold(later, connected({ count: null })).connected, { at: 1, count: null, members: null });
  // A delegate's screen is told how many, and never who.
  assert.deepEqual(fold(EMPTY, connected({ count: 7 })).connected, { at: 1, count: 7, members: null });
});

test("whose ballots have come grows, for each poll by itself, and begins anew with a snapshot", () => {
  const some = [from("p1", "x"), from("p2", "x"), from("p1", "y", "x")].reduce(fold, EMPTY);
  assert.deepEqual(some.receivedFrom, { p1: new Set(["x", "y"]), p2: new Set(["x"]) });
  assert.deepEqual(fold(some, { name: "snapshot", data: cases[0]?.shown as Snapshot }).receivedFrom, {});
});

test("what this page does not know of is passed over", () => {
  const before = (cases[0]?.events ?? []).reduce(fold, EMPTY);
  assert.equal(fold(before, { name: "moon.changed", data: { full: true } } as unknown as Told), before);
  assert.equal(fold(before, { name: "clock", data: { now: 5 } }), before);
  assert.equal(fold(EMPTY, { name: "progress", data: { poll: "constructor", received: 3, pending: 0 } }), EMPTY);
});

// --- Lists of speakers -------------------------------------------------------------------------------------------

/** Numbers that look random and are the same each time (mulberry32). */
function random(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const rules = { order: "registration", turn_s: 60 } as unknown as Lane["rules"];
const lane = (name: string, state: Lane["state"] = "open", item = "i"): Lane => ({ item, lane: name, title: name, rules, state, closes_at: null, arranged: [] });
const request = (id: string, name: string, number = 1): SpeakRequest =>
  ({ id, item: "i", lane: name, member: `m-${id}`, name: id, group: "", seat: "", stance: "other", note: "", number, at: 1, by: "", state: "waiting" });
const news = (some: Partial<FloorNewsShown>): FloorNewsShown => ({ revision: 1, lanes: [], requests: [], left: {}, queues: [], turns: [], votes: null, acts: [], ...some });

const waitingIn = (floor: FloorShown, lane: string) => floor.lanes.find(({ lane: each }) => each.item === "i" && each.lane === lane)?.waiting ?? [];

/** A list that changes at random, told by splices: the smallest ones, needlessly large ones, several in one piece of news. */
function played(seed: number): void {
  const pick = random(seed);
  const lists = new Map<string, string[]>([["a", []], ["b", []]]);
  let floor: FloorShown = foldFloor(null, news({ lanes: [lane("a"), lane("b")] }));
  let count = 0;
  for (let step = 0; step < 60; step++) {
    const requests: SpeakRequest[] = [];
    const left: Record<string, "withdrawn"> = {};
    const queues: QueueChange[] = [];
    for (let part = pick(4); part >= 0; part--) {
      const name = pick(2) ? "a" : "b";
      const list = lists.get(name) ?? [];
      const start = pick(list.length + 1);
      const removed = pick(Math.min(3, list.length - start) + 1);
      const gone = list.slice(start, start + removed);
      const come = Array.from({ length: pick(3) }, () => `r${count++}`);
      // Those who go may come back in the same splice, in another order.
      const put = pick(2) ? [...come, ...gone.reverse()] : come;
      requests.push(...come.map((id) => request(id, name)));
      for (const id of gone) if (!put.includes(id)) left[id] = "withdrawn";
      queues.push({ item: "i", lane: name, start, removed, put });
      lists.set(name, [...list.slice(0, start), ...put, ...list.slice(start + removed)]);
    }
    floor = foldFloor(floor, news({ revision: step, requests, left, queues }));
    for (const [name, ids] of lists) assert.deepEqual(waitingIn(floor, name).map(({ id }) => id), ids, `seed ${seed}, step ${step}`);
  }
}

test("a list of speakers stands as the server's does, however it is spliced", () => {
  for (let seed = 0; seed < 60; seed++) played(seed);
});

test("news of what was never told is not guessed at", () => {
  assert.throws(() => foldFloor(null, news({ queues: [{ item: "i", lane: "a", start: 0, removed: 0, put: [] }] })), Missed);
  const floor = foldFloor(null, news({ lanes: [lane("a")] }));
  assert.throws(() => foldFloor(floor, news({ queues: [{ item: "i", lane: "a", start: 0, removed: 0, put: ["who"] }] })), Missed);
});

test("a request that is told again with another note stands where it stood", () => {
  const put = { item: "i", lane: "a", start: 0, removed: 0, put: ["x", "y"] };
  const floor = foldFloor(null, news({ lanes: [lane("a")], requests: [request("x", "a"), request("y", "a")], queues: [put] }));
  const after = foldFloor(floor, news({ requests: [{ ...request("x", "a"), note: "Điều 5" }] }));
  assert.deepEqual(waitingIn(after, "a").map(({ id, note }) => [id, note]), [["x", "Điều 5"], ["y", ""]]);
});

// --- Questions ---------------------------------------------------------------------------------------------------

const turn = (id: string, state: Turn["state"], some: Partial<Turn> = {}): Turn =>
  ({ id, item: "i", lane: "a", role: "speech", request: "", answers: "", interrupts: "", member: id, name: id, group: "", seat: "", stance: "other",
    state, planned_ms: 60_000, extended_ms: 0, used_ms: 0, running_since: null, deadline: null, warn_at: null, warned: 0, called_at: 1, started_at: null,
    ended_at: null, in_turn: true, next_was: "", ...some });
const floorOf = (...turns: Turn[]): FloorShown => ({ ...NO_FLOOR, turns });
const turnsTold = (before: FloorShown | null, ...turns: Turn[]) =>
  foldFloor(before, news({ turns: turns.map((each) => ({ news: "turn", cause: "start", what: "started", turn: each })) }));

test("all look at the turn that runs; else at one that is paused; else at one that was called", () => {
  assert.equal(speaking(null), undefined);
  assert.equal(speaking(floorOf(turn("x", "called")))?.id, "x");
  assert.equal(speaking(floorOf(turn("x", "paused"), turn("y", "called")))?.id, "x");
  assert.equal(speaking(floorOf(turn("x", "paused"), turn("y", "running"), turn("z", "called")))?.id, "y");
  assert.equal(turnOf(floorOf(turn("x", "paused")), "x")?.id, "x");
});

test("a turn that ended is gone, and the last to end is remembered", () => {
  const floor = turnsTold(floorOf(turn("x", "running"), turn("y", "called")), turn("x", "ended", { ended_at: 9 }));
  assert.deepEqual([floor.turns.map(({ id }) => id), floor.last?.id], [["y"], "x"]);
  assert.equal(turnsTold(floor, turn("y", "dropped")).last?.id, "x");
  assert.equal(turnsTold(floor, turn("y", "ended", { ended_at: 8 })).last?.id, "x");
  assert.equal(turnsTold(floor, turn("y", "ended", { ended_at: 10 })).last?.id, "y");
});

test("the time of a turn is what was granted, less what was used, by the server's clock", () => {
  assert.equal(timeLeft(turn("x", "called"), 1_000), 60_000);
  assert.equal(timeLeft(turn("x", "running", { running_since: 1_000, used_ms: 20_000 }), 31_000), 10_000);
  assert.equal(timeLeft(turn("x", "running", { running_since: 1_000 }), 63_000), -2_000);
  assert.equal(timeLeft(turn("x", "running", { planned_ms: null }), 1_000), undefined);
});

test("places, lanes and the item that is spoken about", () => {
  const put = { item: "i", lane: "b", start: 0, removed: 0, put: ["x", "y"] };
  const lanes = [lane("a", "closed"), lane("b"), lane("c", "ended", "j")];
  const floor = foldFloor(null, news({ lanes, requests: [request("x", "b"), request("y", "b")], queues: [put] }));
  assert.deepEqual(livingLanes(floor).map((each) => each.lane.lane), ["b"]);
  assert.equal(itemSpokenAbout(floor), "i");
  assert.equal(itemSpokenAbout(null), undefined);
  assert.deepEqual([placeOf(floor, "y")?.place, placeOf(floor, "y")?.lane.lane, placeOf(floor, "z")], [2, "b", undefined]);
  assert.deepEqual(waitingOf(floor, "m-x").map(({ id }) => id), ["x"]);
});

test("polls by what one does with them", () => {
  const { shown } = cases[0] ?? { shown: EMPTY };
  const some = { ...EMPTY, ...shown };
  assert.deepEqual(openPolls(some).map(({ poll }) => poll), ["p3"]);
  assert.equal(closedPoll(some)?.poll, "p2");
  assert.equal(announcedPoll(some), undefined);
  assert.equal(presentCount(some), Object.values(shown.presence).filter(({ present }) => present).length);
});

test("how many must approve is said only where it is known before the count", () => {
  const half = { numerator: 1, denominator: 2, strict: true };
  const rule = { base: "roll", threshold: half, quorum: { threshold: { numerator: 2, denominator: 3, strict: false }, base: "roll", counted: "present" }, tie: "fails" } as const;
  assert.deepEqual(approvalsToCarry(rule, 473, 448), { needed: 237, of: 473 });
  assert.deepEqual(approvalsToCarry({ ...rule, base: "present" }, 473, 448), { needed: 225, of: 448 });
  assert.equal(approvalsToCarry({ ...rule, base: "participating" }, 473, 448), undefined);
  assert.deepEqual([quorumNeeded(rule, 473), quorumNeeded({ ...rule, quorum: null }, 473)], [316, undefined]);
});

test("a seat shows one thing: speaking before absent, absent before asking", () => {
  const shown: Shown = {
    ...EMPTY,
    presence: { x: { member: "x", present: true, at: 1, reason: "" }, y: { member: "y", present: false, at: 1, reason: "" }, "m-z": { member: "m-z", present: true, at: 1, reason: "" } },
    floor: { ...floorOf(turn("speaker", "running")), lanes: [{ lane: lane("a"), waiting: [request("z", "a"), request("y", "a")] }] },
  };
  const during = seatStates([connected({ members: ["m-z"] }), from("p", "x")].reduce(fold, { ...shown, presence: { ...shown.presence, w: { member: "w", present: true, at: 1, reason: "" } } }), "p");
  assert.deepEqual(["x", "y", "w", "m-z", "speaker"].map(during), ["received", "absent", "lost", "asking", "speaking"]);
  const stateOf = seatStates(shown);
  assert.deepEqual(["x", "y", "m-z", "speaker", "nobody", "constructor"].map(stateOf), ["present", "absent", "asking", "speaking", "absent", "absent"]);
});

test("seats are read row by row, A2 before A10, and those without one last", () => {
  const seat = (name: string) => ({ seat: name, member: `m${name}`, name, group: "", presence: null });
  assert.deepEqual(inOrder(["B1", "A10", "", "A2"].map(seat) as never).map((each) => each.seat), ["A2", "A10", "B1", ""]);
});
