import assert from "node:assert/strict";
import { test } from "node:test";
import { stageOf } from "../src/hall/scene.ts";
import { NO_FLOOR } from "../src/shown/floor.ts";
import { EMPTY, type Shown } from "../src/shown/state.ts";
import { mustBeOf } from "../src/acts/certified.ts";
import type { Decision, PollShown, Turn } from "../src/wire.ts";
import { result } from "./vectors.ts";

const poll = (id: string, state: PollShown["state"], at: number) => ({ poll: id, state, at }) as PollShown;
const turn = (at: number, state: Turn["state"] = "running") => ({ id: "t", state, called_at: at }) as Turn;

function shown(polls: readonly PollShown[], turns: readonly Turn[] = [], some: Partial<Shown> = {}): Shown {
  return { ...EMPTY, heard: true, polls: Object.fromEntries(polls.map((each) => [each.poll, each])), floor: { ...NO_FLOOR, turns }, ...some };
}

/** The scene, of which poll, and who stands beside it. */
function staged(of: Shown): string {
  const { scene, beside } = stageOf(of);
  return [scene.is, "poll" in scene ? scene.poll.poll : "", beside ? "+ speaker" : ""].filter(Boolean).join(" ");
}

test("before anything was heard the screen says that it knows nothing, not that nothing goes on", () => {
  assert.equal(staged(EMPTY), "unknown");
  assert.equal(staged(shown([])), "waiting");
  assert.equal(staged(shown([poll("p", "draft", 9)])), "waiting");
});

test("a vote comes before everything, on hold too, and shows who speaks beside it", () => {
  const others = [poll("old", "certified", 50), poll("next", "announced", 60)];
  assert.equal(staged(shown([...others, poll("p", "open", 10)], [turn(70)])), "voting p + speaker");
  assert.equal(staged(shown([...others, poll("p", "held", 10)])), "voting p");
  assert.equal(staged(shown([...others, poll("p", "closed", 10)])), "closed p");
  assert.equal(staged(shown([...others, poll("p", "closing", 10)])), "closed p");
  assert.equal(staged(shown([poll("p", "open", 10), poll("q", "closed", 90)])), "voting p");
});

test("of all else, what people did last is shown", () => {
  assert.equal(staged(shown([poll("p", "declared", 10), poll("q", "announced", 20)])), "announced q");
  assert.equal(staged(shown([poll("p", "certified", 30), poll("q", "announced", 20)])), "result p");
  assert.equal(staged(shown([poll("p", "voided", 30), poll("q", "declared", 20)])), "voided p");
});

test("somebody called after a result has the stage; called before it, they stand beside it", () => {
  assert.equal(staged(shown([poll("p", "declared", 10)], [turn(20)])), "speaking");
  assert.equal(staged(shown([poll("p", "declared", 30)], [turn(20)])), "result p + speaker");
  assert.equal(staged(shown([], [turn(20, "called")])), "speaking");
});

test("a meeting that is over says so, unless a vote still waits for its count", () => {
  const over = { meeting: { id: "m", body: "b", title: "Kỳ họp", place: "", starts_at: 0, state: "ended" } } as const;
  assert.equal(staged(shown([poll("p", "certified", 10)], [], over)), "ended");
  assert.equal(staged(shown([poll("p", "closed", 10)], [], over)), "closed p");
});

test("a genuine certificate of another vote says nothing of the one on the screen, nor one that decides otherwise", async () => {
  const decision = { sentence: "Đã được thông qua." } as Decision;
  const certified = { poll: "p1", definition: "d1", decision };
  const on = { poll: "p1", definition_sha256: "d1", decision } as PollShown;
  mustBeOf(certified, on);
  for (const other of [{ poll: "p2" }, { definition: "d2" }]) assert.equal(await result(() => mustBeOf({ ...certified, ...other }, on)), "definition_wrong");
  assert.equal(await result(() => mustBeOf(certified, { ...on, decision: { ...decision, sentence: "Không được thông qua." } })), "decision_wrong");
});
