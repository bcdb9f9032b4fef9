import assert from "node:assert/strict";
import { test } from "node:test";
import { presiding } from "../src/acts/presiding.ts";
import { makeKey } from "../src/keys/request.ts";
import type { Session } from "../src/line/signin.ts";
import { closingIn, rulesIn } from "../src/chair/lane_form.tsx";
import { inOrder, placed } from "../src/chair/order.ts";
import { mostUrgent, type PollRow } from "../src/chair/polls.ts";
import { isReady, lostCount, personsOf } from "../src/chair/readiness.ts";
import { isSealed } from "../src/shown/speaking.ts";
import { EMPTY, type Shown } from "../src/shown/state.ts";
import { clockText, durationText, markAt } from "../src/views/times.ts";
import { matches } from "../src/views/search.ts";
import type { LaneRules } from "../src/wire.ts";

const people = ["an", "binh", "chi"].map((id) => ({ id }));
const idsOf = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id);

test("an order by hand: who left is gone, who came stands behind, and one who stays does not move", () => {
  assert.deepEqual(idsOf(inOrder(people, ["chi", "xa", "an"])), ["chi", "an", "binh"]);
  const ids = idsOf(people);
  assert.deepEqual(placed(ids, "chi", 0), ["chi", "an", "binh"]);
  assert.deepEqual(placed(ids, "an", 9), ["binh", "chi", "an"]);
  assert.equal(placed(ids, "an", -1), ids);
  assert.equal(placed(ids, "xa", 1), ids);
});

test("a list's form: rules that stand are no other rules, what is no number is refused, a closing time is kept or set", () => {
  const form = (entries: { readonly [name: string]: string }) => Object.entries(entries).reduce((made, [name, value]) => (made.set(name, value), made), new FormData());
  const standing = { turn_s: 420, length: null, stances: ["for"] } as unknown as LaneRules;
  assert.equal(rulesIn(form({ length: " " }), standing), null);
  assert.deepEqual(rulesIn(form({ length: "12", turn: "" }), standing), { ...standing, turn_s: null, length: 12 });
  for (const length of ["0", "-1", "1e3", "hai", "1,5"]) assert.throws(() => rulesIn(form({ length }), standing), { message: "lane_rules_unsound" });
  assert.deepEqual([closingIn(form({ closing: "600" }), null), closingIn(form({ closing: "" }), 9), closingIn(form({}), null)], [600, null, null]);
  assert.equal(closingIn(form({ closing: "keep" }), 1), 1);
});

test("a turn log is sealed until something happens on the floor", () => {
  const sealed = [{ record: "a", line: 7, sha256: "" }];
  assert.deepEqual([6, 7, 8].map((revision) => isSealed({ revision }, sealed)), [true, true, false]);
});

test("the chair looks first at what is live, then at what waits to be declared, then at what is announced", () => {
  const row = (id: string, state: PollRow["state"], at: number) => ({ id, state, at }) as PollRow;
  const rows = [row("a", "draft", 0), row("b", "announced", 5), row("c", "closed", 4), row("d", "open", 3), row("e", "certified", 9)];
  const order = ["d", "c", "b", "e", "a"];
  for (const [at, id] of order.entries()) assert.equal(mostUrgent(rows.filter((each) => !order.slice(0, at).includes(each.id)))?.id, id);
  assert.equal(mostUrgent([]), undefined);
});

test("ready is who is present and lacks nothing that is known; what nobody told is no lack, and is not counted", () => {
  const roll = ["an", "binh", "chi"].map((member) => ({ member, name: member, group: "", seat: "", attributes: {} }));
  const presence = { an: { member: "an", present: true, at: 1, reason: "" }, binh: { member: "binh", present: true, at: 1, reason: "" } };
  const shown: Shown = { ...EMPTY, presence };
  const told = personsOf(roll, shown, { keyed: new Set(["an", "binh"]), connected: new Set(["an"]), received: new Set() });
  assert.deepEqual(told.map(isReady), [true, false, false]);
  assert.equal(lostCount(told), 1);
  const silent = personsOf(roll, shown, { keyed: undefined, connected: undefined, received: undefined });
  assert.deepEqual(silent.map(isReady), [true, true, false]);
  assert.equal(lostCount(silent), undefined);
});

test("a clock shows whole seconds that have begun, and how far it is over; it is read out at its marks only", () => {
  assert.deepEqual([65_000, 64_001, 900, 0, -400, -12_300, 3_600_000].map(clockText), ["1:05", "1:05", "0:01", "0:00", "0:00", "+0:12", "1:00:00"]);
  assert.deepEqual([301, 300, 61, 60, 30, 16, 15, 1, -3].map(markAt), [undefined, 300, 300, 60, 30, 30, 15, 15, 15]);
});

test("a span of time is said in minutes and seconds, neither of them for nothing", () => {
  assert.deepEqual([30, 60, 90, 600, 0].map(durationText), ["30 giây", "1 phút", "1 phút 30 giây", "10 phút", "0 giây"]);
});

test("names are found without marks, by the beginnings of their words", () => {
  assert.ok(matches("Đặng Thùy Dương", "thuy duong"));
  assert.ok(matches("Đặng Thùy Dương", "DAN"));
  assert.ok(!matches("Đặng Thùy Dương", "uong"));
});

test("an extension whose answer was lost, wished again in the same question, is the same act; in another it is a new one", async () => {
  const sent: string[] = [];
  const ask = (_method: string, _path: string, { jose = "" }: { jose?: string }) => {
    sent.push(jose);
    return sent.length === 1 ? Promise.reject(new Error("the page slept")) : Promise.resolve({});
  };
  const session = { identity: { thumbprint: "A".repeat(43), key: await makeKey() }, ask } as unknown as Session;
  const poll = { id: "nghi-quyet", meeting: "ky-hop-1", definition: "B".repeat(43) };
  const extend = presiding(session, poll);
  await assert.rejects(extend("extend", { seconds: 60 }), /slept/);
  await extend("extend", { seconds: 60 });
  await extend("extend", { seconds: 120 });
  await presiding(session, poll)("extend", { seconds: 60 });
  const [lost, again, longer, later] = sent;
  assert.equal(again, lost);
  assert.equal(new Set([lost, longer, later]).size, 3);
});
