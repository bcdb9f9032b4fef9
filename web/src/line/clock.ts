// The server's time, as far as this device can know it: for countdowns. It never goes back, unless the server's own was put right.

// So many readings are kept: a clock that drifts is followed, a slow answer is outvoted.
const KEPT = 8;

// So far back is no uneven line any more: the server's own clock was put right.
const JUMP_MS = 30_000;

export interface ServerClock {
  /** The server said that it was `now` (milliseconds) when it wrote: it is at least as late as that here. */
  heard(now: number): void;
  /** The server's milliseconds; a guess by this device's own clock until the server has said anything. */
  now(): number;
}

/** A clock set by what the server says. `ticks`: milliseconds of this device that only go forward. */
export function serverClock(ticks: () => number, guess: () => number): ServerClock {
  let offsets: number[] = [];
  let last = 0;
  return {
    heard(now: number): void {
      offsets = [...offsets, now - ticks()].slice(-KEPT);
    },
    now(): number {
      if (!offsets.length) return guess();
      // What was on its way the shortest time is nearest to the truth.
      const found = ticks() + Math.max(...offsets);
      // A server whose own clock was wrong for a moment must not leave every countdown at nought for the rest of the day.
      last = last - found > JUMP_MS ? found : Math.max(last, found);
      return last;
    },
  };
}

export const clock = serverClock(() => performance.now(), () => Date.now());
