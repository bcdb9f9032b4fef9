import assert from "node:assert/strict";
import { afterEach, test as plain } from "node:test";
import { alone } from "../src/keys/alone.ts";

const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
const test = (name: string, act: () => Promise<void>) => plain(name, { timeout: 20_000 }, act);
afterEach(() => { Object.defineProperty(globalThis, "navigator", before ?? { value: undefined, configurable: true, writable: true }); });

/** A browser whose locks are asked in this way. */
function withLocks(request: unknown): void {
  Object.defineProperty(globalThis, "navigator", { value: { locks: request && { request } }, configurable: true });
}

interface Asked { readonly ifAvailable?: boolean; readonly signal?: AbortSignal }

/** Another tab has it until `free` is called. */
function elsewhere(): () => void {
  let free = () => undefined as void;
  const freed = new Promise<void>((done) => { free = done; });
  withLocks(async (_: string, { ifAvailable, signal }: Asked, act: (lock: unknown) => unknown) => {
    if (ifAvailable) return act(null);
    signal?.throwIfAborted();
    await Promise.race([freed, new Promise((_, failed) => signal?.addEventListener("abort", () => failed(new DOMException("", "AbortError"))))]);
    return act({});
  });
  return () => free();
}

const signal = new AbortController().signal;

test("a browser without locks, or one that refuses them, does it at once", async () => {
  for (const request of [undefined, async () => { throw new DOMException("", "SecurityError"); }]) {
    withLocks(request);
    assert.equal(await alone("x", async () => 5, { waits: () => undefined, signal }), 5);
  }
});

test("what another tab does is waited for, and then done here", async () => {
  const told: string[] = [];
  const free = elsewhere();
  const done = alone("x", async () => told.push("done"), { waits: () => { told.push("waits"); free(); }, signal });
  await done;
  assert.deepEqual(told, ["waits", "done"]);
});

test("a tab that sleeps is not waited for", async () => {
  elsewhere();
  assert.equal(await alone("x", async () => 5, { waits: () => undefined, signal, patience: 5 }), 5);
});

test("who leaves while waiting does nothing more", async () => {
  elsewhere();
  const leaving = new AbortController();
  let isDone = false;
  await assert.rejects(alone("x", async () => { isDone = true; }, { waits: () => leaving.abort(new Error("left")), signal: leaving.signal }), /left/);
  assert.equal(isDone, false);
});

test("what fails is done once, and says why", async () => {
  let times = 0;
  withLocks(async (_: string, __: Asked, act: (lock: unknown) => unknown) => act({}));
  await assert.rejects(alone("x", async () => { times += 1; throw new Error("refused"); }, { waits: () => undefined, signal }), /refused/);
  assert.equal(times, 1);
});
