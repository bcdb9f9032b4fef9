import assert from "node:assert/strict";
import { afterEach, test as plain } from "node:test";
import { codeOf } from "../src/acts/own_votes.ts";
import { isCode, plainCode } from "../src/acts/enrol.ts";
import { serverClock } from "../src/line/clock.ts";
import { eventReader } from "../src/line/events.ts";
import { follow, type Line, type LineState } from "../src/line/follow.ts";
import { ask, Declined, isPassing, persist, Unreachable } from "../src/line/server.ts";
import type { Told } from "../src/line/told.ts";
import { PresenceShape } from "../src/wire.ts";

const network = globalThis.fetch;
/** A test that waits for what does not come fails; it does not hang. */
const test = (name: string, act: () => void | Promise<void>) => plain(name, { timeout: 20_000 }, act);
afterEach(() => { globalThis.fetch = network; });

type Answer = (request: { path: string; headers: Headers; signal: AbortSignal | null }) => Response | Promise<Response>;

/** A network that answers as told, once each; what is asked beyond that is not answered. */
function answering(...answers: Answer[]): { asked: { path: string; headers: Headers }[] } {
  const asked: { path: string; headers: Headers }[] = [];
  globalThis.fetch = async (input, init) => {
    const request = { path: String(input), headers: new Headers(init?.headers), signal: init?.signal ?? null };
    asked.push(request);
    const answer = answers.shift();
    if (!answer) throw new TypeError("no network");
    return answer(request);
  };
  return { asked };
}

const problem = (code: string, status: number) => () => Response.json({ code, status, detail: "Không.", detail_en: "No." }, { status });

// --- One request ---------------------------------------------------------------------------------------------------

test("a refusal is Declined, with its code and both texts", async () => {
  answering(problem("poll_closed", 409));
  const error = await ask("GET", "/x").catch((thrown: unknown) => thrown);
  assert.ok(error instanceof Declined);
  assert.deepEqual([error.code, error.status, error.vi, error.en], ["poll_closed", 409, "Không.", "No."]);
  assert.ok(!isPassing(error));
});

test("no answer, and an answer that is not ours, are Unreachable", async () => {
  answering(() => new Response("<html>Đăng nhập Wi-Fi</html>"), () => new Response("bad gateway", { status: 502 }), () => Response.json({ member: "an" }));
  await assert.rejects(ask("GET", "/x"), Unreachable);
  await assert.rejects(ask("GET", "/x"), Unreachable);
  await assert.rejects(ask("GET", "/x", { shape: PresenceShape }), Unreachable);
  await assert.rejects(ask("GET", "/x"), Unreachable);
});

test("an answer that does not come is given up", async () => {
  answering(({ signal }) => new Promise((_, failed) => signal?.addEventListener("abort", () => failed(new Error("aborted")))));
  await assert.rejects(ask("GET", "/x", { patience: 5 }), Unreachable);
});

test("what is passing is asked again, what is final is not", async () => {
  const heard: unknown[] = [];
  const { asked } = answering(problem("not_ready", 503), problem("our_fault", 500), () => Response.json({ good: true }));
  assert.deepEqual(await persist(() => ask("GET", "/x"), { failed: (error) => heard.push(error) }), { good: true });
  assert.equal(asked.length, 3);
  assert.equal(heard.length, 2);
  answering(problem("already_voted", 409));
  await assert.rejects(persist(() => ask("GET", "/x")), Declined);
});

test("asking again ends when it is told to", async () => {
  answering();
  const ending = new AbortController();
  await assert.rejects(persist(() => ask("GET", "/x"), { signal: ending.signal, failed: () => ending.abort(new Error("left")) }), /left/);
});

// --- The clock -----------------------------------------------------------------------------------------------------

test("the clock goes by the answer that was quickest, and never back", () => {
  let ticks = 1_000;
  const clock = serverClock(() => ticks, () => 77);
  assert.equal(clock.now(), 77);
  clock.heard(500_000);
  assert.equal(clock.now(), 500_000);
  ticks += 1_000;
  clock.heard(500_200); // eight tenths of a second on its way
  assert.equal(clock.now(), 501_000);
  clock.heard(503_000); // the first one was slow
  assert.equal(clock.now(), 503_000);
  for (let times = 0; times < 8; times += 1) clock.heard(502_000);
  assert.equal(clock.now(), 503_000);
  ticks += 2_000;
  assert.equal(clock.now(), 504_000);
  // An hour ahead by mistake: outvoted by the readings after it, and not held on to.
  clock.heard(4_104_000);
  assert.equal(clock.now(), 4_104_000);
  for (let times = 0; times < 8; times += 1) clock.heard(505_000);
  assert.equal(clock.now(), 505_000);
});

// --- Events --------------------------------------------------------------------------------------------------------

test("events are read wherever the stream is cut", () => {
  const stream = 'retry: 1000\n\n: hb\nevent: clock\ndata: {"now":5}\n\nevent: snapshot\nid: m1.v2.s0.f0\ndata: {"a":"é"}\r\n\r\nevent: bye\ndata: {}\n\nevent: cut';
  const whole = eventReader()(stream);
  assert.deepEqual(whole, [
    { name: "clock", data: '{"now":5}', id: "" }, { name: "snapshot", data: '{"a":"é"}', id: "m1.v2.s0.f0" }, { name: "bye", data: "{}", id: "m1.v2.s0.f0" },
  ]);
  for (let at = 0; at <= stream.length; at += 1) {
    const read = eventReader();
    assert.deepEqual([...read(stream.slice(0, at)), ...read(stream.slice(at))], whole, `cut at ${at}`);
  }
});

// --- Following -----------------------------------------------------------------------------------------------------

const session = { token: async () => "token" };
const event = (name: string, data: unknown, id = "") => `event: ${name}\n${id && `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** A stream that says these and ends; with `stays` it says no more until it is given up. */
function streaming(texts: string[], stays = false): Answer {
  return ({ signal }) => new Response(new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      if (stays) signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
      else controller.close();
    },
  }));
}

/** A stream that says what it is told to, when it is told to. */
function speaking(): { answer: Answer; say: (text: string) => void } {
  let say = (_: string): void => undefined;
  const answer: Answer = ({ signal }) => new Response(new ReadableStream({
    start(controller) {
      say = (text) => controller.enqueue(new TextEncoder().encode(text));
      signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
    },
  }));
  return { answer, say: (text) => say(text) };
}

/** Resolves when this is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((done) => setTimeout(done, 1));
}

/** Resolves when the line is in this state. */
function reaching(line: Line, state: LineState): Promise<void> {
  return new Promise((done) => {
    const look = () => { if (line.state === state) { end(); done(); } };
    const end = line.watch(look);
    look();
  });
}

const patience = { silence: 40, lost: 120, asleep: 5_000, round: 5 };

test("a line comes back by itself, from where it was, and loses nothing", async () => {
  const told: Told[] = [];
  const { asked } = answering(
    streaming([event("snapshot", { n: 1 }, "m1.v1.s0.f0"), event("clock", { now: 9 })]),
    problem("not_ready", 503),
    streaming([event("progress", { n: 2 }, "m1.v2.s0.f0")], true),
  );
  const line = follow(session, "phien 1", (one) => told.push(one), { ...patience, silence: 10_000, lost: 10_000 });
  assert.equal(line.state, "weak");
  await reaching(line, "good");
  await reaching(line, "weak");
  await reaching(line, "good");
  line.stop();
  assert.deepEqual(told.map(({ name }) => name), ["snapshot", "clock", "progress"]);
  assert.equal(asked[0]?.path, "/live/meetings/phien%201/events");
  assert.equal(asked[0]?.headers.get("Authorization"), "Bearer token");
  assert.deepEqual(asked.map(({ headers }) => headers.get("Last-Event-ID")), [null, "m1.v1.s0.f0", "m1.v1.s0.f0"]);
});

test("a line that is silent is weak, one that does not come back is lost, and it is good again with the first word", async () => {
  let isBack = false;
  answering(streaming([event("clock", { now: 1 })], true));
  const once = globalThis.fetch;
  const line = follow(session, "m", () => undefined, patience);
  await reaching(line, "good");
  await reaching(line, "weak");
  await reaching(line, "lost");
  globalThis.fetch = (input, init) => (isBack ? Promise.resolve(new Response(event("clock", { now: 2 }))) : once(input, init));
  isBack = true;
  await reaching(line, "good");
  line.stop();
});

test("when the server was last heard is its own time of its last word, of a mere beat, too", async () => {
  const ticks = { now: 1_000 };
  const time = serverClock(() => ticks.now, () => 77);
  const stream = speaking();
  const { asked } = answering(stream.answer);
  const line = follow(session, "m", () => undefined, { ...patience, silence: 10_000 }, time);
  assert.equal(line.heardAt, 0);
  await until(() => asked.length > 0);
  const heard = async (text: string, ticked: number) => {
    ticks.now += ticked;
    const before = line.heardAt;
    stream.say(text);
    await until(() => line.heardAt !== before);
    return line.heardAt;
  };
  assert.equal(await heard(event("clock", { now: 500_000 }), 0), 500_000);
  assert.equal(await heard(": hb\n\n", 15_000), 515_000);
  assert.equal(await heard(event("progress", {}), 250), 515_250);
  // Its stores are away: it goes on speaking, and knows nothing new.
  stream.say(event("degraded", {}));
  await reaching(line, "weak");
  ticks.now += 60_000;
  stream.say(": hb\n\n");
  assert.equal(await heard(event("restored", {}), 1_000), 576_250);
  line.stop();
});

test("the server's own trouble makes the line weak", async () => {
  answering(streaming([event("clock", { now: 1 }), event("degraded", {})], true));
  const line = follow(session, "m", () => undefined, { ...patience, silence: 10_000 });
  await reaching(line, "weak");
  line.stop();
});

test("a token that is not taken is not tried again", async () => {
  const { asked } = answering(problem("not_signed_in", 401), streaming([event("clock", { now: 1 })], true));
  const line = follow({ token: async (fresh) => (fresh ? "fresh" : "old") }, "m", () => undefined, { ...patience, silence: 10_000, lost: 10_000 });
  await reaching(line, "good");
  line.stop();
  assert.deepEqual(asked.map(({ headers }) => headers.get("Authorization")), ["Bearer old", "Bearer fresh"]);
});

test("a meeting that is not ours is not asked for again", async () => {
  const { asked } = answering(problem("foreign_body", 403));
  const line = follow(session, "m", () => undefined, patience);
  await reaching(line, "lost");
  assert.ok(line.failure instanceof Declined);
  assert.equal(asked.length, 1);
  line.stop();
});

// --- Codes ---------------------------------------------------------------------------------------------------------

test("a code is taken however it is typed, or out of a link", () => {
  const code = "0123456789ABCDEFGHJKMNPQRSTV";
  const typed = ["0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV", " o123 4567 89ab cdef ghjk mnpq rstv\n", "https://x.vn/phone#moi=OI23-4567-89AB-CDEF-GHJK-MNPQ-RSTV", "0L23–4567–89AB–CDEF–GHJK–MNPQ–RSTV"];
  for (const one of typed) assert.deepEqual([plainCode(one), isCode(one)], [code, true], one);
  for (const one of ["", code.slice(1), `${code}0`, code.replace("V", "U")]) assert.ok(!isCode(one), one);
});

test("a ballot's code is the first 40 bits of its hash", () => {
  assert.equal(codeOf({ sha256: "A".repeat(43) }), "0000-0000");
  assert.equal(codeOf({ sha256: `_____${"A".repeat(38)}` }), "ZZZZ-ZZ00");
});
