// The line to the live stream of a meeting: it comes back by itself, from where it was, and knows how good it is.
import { clock, type ServerClock } from "./clock.ts";
import { eventReader } from "./events.ts";
import { Declined, pause, refusalIn, Unreachable } from "./server.ts";
import type { Session } from "./signin.ts";
import type { Told } from "./told.ts";

/** good: the stream speaks; weak: it is late, or coming back, or the server's own stores are away; lost: for a while
 * now nothing is known. */
export type LineState = "good" | "weak" | "lost";

/** A line that is held until it is stopped. `failure`: why the server turns us away for good, if it does. */
export interface Line {
  readonly state: LineState;
  readonly failure: unknown;
  /** When the server last said anything, be it only that it is there, by its own clock (milliseconds): what was told until
   * then was all there was to tell. While its stores are away it cannot know, and this stands still. 0: nothing heard yet. */
  readonly heardAt: number;
  /** Hear of each change of state; the returned function ends that. */
  watch(hear: () => void): () => void;
  stop(): void;
}

/** How long is too long, in milliseconds. The server beats every 15 s; without a word for 20 s, something is wrong. */
export interface Patience {
  readonly silence: number;
  readonly lost: number;
  readonly asleep: number;
  readonly round: number;
}

const PATIENCE: Patience = { silence: 20_000, lost: 10_000, asleep: 5_000, round: 500 };

/** Follow a meeting: `told` hears every event, in order, each once. It begins with a snapshot. */
export function follow(session: Pick<Session, "token">, meeting: string, told: (event: Told) => void, patience: Patience = PATIENCE, time: ServerClock = clock): Line {
  const line = new Following(session, meeting, told, patience, time);
  void line.run();
  return line;
}

class Following implements Line {
  state: LineState = "weak";
  failure: unknown;
  heardAt = 0;
  readonly #ending = new AbortController();
  readonly #hearers = new Set<() => void>();
  readonly #session: Pick<Session, "token">;
  readonly #path: string;
  readonly #told: (event: Told) => void;
  readonly #patience: Patience;
  readonly #time: ServerClock;
  #attempt = new AbortController();
  #position = "";
  #spokeAt = performance.now();
  #brokenSince: number | undefined = performance.now();
  #degraded = false;
  #isTurnedAway = false;
  #reader = eventReader();

  constructor(session: Pick<Session, "token">, meeting: string, told: (event: Told) => void, patience: Patience, time: ServerClock) {
    this.#session = session;
    this.#path = `/live/meetings/${encodeURIComponent(meeting)}/events`;
    this.#told = told;
    this.#patience = patience;
    this.#time = time;
  }

  watch(hear: () => void): () => void {
    this.#hearers.add(hear);
    return () => void this.#hearers.delete(hear);
  }

  stop(): void {
    this.#ending.abort();
    this.#attempt.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.#ending;
    const watchdog = setInterval(() => this.#look(), this.#patience.round);
    const stopWatching = this.#watchNetwork();
    for (let failures = 0; !signal.aborted; ) {
      const wasGood = await this.#once();
      // Sent away with all others: not all at once again.
      failures = wasGood ? 3 : failures + 1;
      this.#brokenSince ??= performance.now();
      this.#look();
      if (this.failure) break;
      await pause(failures, signal).catch(() => undefined);
    }
    clearInterval(watchdog);
    stopWatching();
  }

  /** Back from sleep, or on another network: the old connection is dead and does not know it. */
  #watchNetwork(): () => void {
    let hiddenAt: number | undefined;
    const changed = () => this.#attempt.abort();
    const seen = () => {
      // By the calendar: other clocks may stand while a phone sleeps.
      if (document.visibilityState === "hidden") hiddenAt = Date.now();
      else if (hiddenAt !== undefined && Date.now() - hiddenAt > this.#patience.asleep) changed();
    };
    globalThis.document?.addEventListener("visibilitychange", seen);
    for (const name of ["online", "offline"]) globalThis.addEventListener?.(name, changed);
    return () => {
      globalThis.document?.removeEventListener("visibilitychange", seen);
      for (const name of ["online", "offline"]) globalThis.removeEventListener?.(name, changed);
    };
  }

  /** One connection, from its opening to its end; whether it ever spoke. */
  async #once(): Promise<boolean> {
    this.#attempt = new AbortController();
    this.#reader = eventReader();
    let spoke = false;
    try {
      const token = await this.#session.token(this.#isTurnedAway);
      this.#isTurnedAway = false;
      const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: "text/event-stream" };
      if (this.#position) headers["Last-Event-ID"] = this.#position;
      this.#spokeAt = performance.now();
      const response = await fetch(this.#path, { headers, signal: this.#attempt.signal, cache: "no-store", credentials: "omit" });
      if (!response.ok || !response.body) throw refusalIn(await response.text(), response.status);
      for await (const text of pieces(response.body)) {
        if (this.#ending.signal.aborted) return spoke;
        spoke = true;
        this.#hear(text);
      }
    } catch (error) {
      // Another body's meeting, or none at all: asking again would not change it.
      if (error instanceof Declined && [403, 404].includes(error.status)) this.failure = error;
      this.#isTurnedAway = error instanceof Declined && error.status === 401;
    }
    return spoke;
  }

  #hear(text: string): void {
    this.#spokeAt = performance.now();
    this.#brokenSince = undefined;
    for (const { name, data, id } of this.#reader(text)) {
      const event = { name, data: JSON.parse(data) as unknown } as Told;
      if (event.name === "clock") this.#time.heard(event.data.now);
      if (event.name === "degraded" || event.name === "restored") this.#degraded = event.name === "degraded";
      this.#told(event);
      // Only now: what was not folded is asked for again.
      if (id) this.#position = id;
    }
    if (!this.#degraded) this.heardAt = this.#time.now();
    this.#look();
  }

  #look(): void {
    const now = performance.now();
    const silent = now - this.#spokeAt;
    if (silent > this.#patience.silence) {
      this.#brokenSince ??= this.#spokeAt + this.#patience.silence;
      this.#spokeAt = now;
      this.#attempt.abort();
    }
    const broken = this.#brokenSince === undefined ? 0 : now - this.#brokenSince;
    const isOff = this.#brokenSince !== undefined && globalThis.navigator?.onLine === false;
    const state: LineState = this.failure || isOff || broken > this.#patience.lost ? "lost" : this.#brokenSince !== undefined || this.#degraded ? "weak" : "good";
    if (state === this.state) return;
    this.state = state;
    for (const hear of this.#hearers) hear();
  }
}

async function* pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } catch (error) {
    throw new Unreachable(String(error));
  } finally {
    reader.releaseLock();
  }
}
