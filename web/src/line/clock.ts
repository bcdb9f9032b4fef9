// The server's time, as far as this device can know it: for countdowns. It never goes back.

// So many readings are kept: a clock that drifts is followed, a slow answer is outvoted.
const KEPT = 8;

/** A clock set by what the server says. `ticks`: milliseconds of this device that only go forward. */
export function serverClock(ticks: () => number, guess: () => number) {
  let offsets: number[] = [];
  let last = 0;
  return {
    /** The server said that it was `now` (milliseconds) when it wrote: it is at least as late as that here. */
    heard(now: number): void {
      offsets = [...offsets, now - ticks()].slice(-KEPT);
    },
    /** The server's milliseconds; a guess by this device's own clock until the server has said anything. */
    now(): number {
      if (!offsets.length) return guess();
      // What was on its way the shortest time is nearest to the truth.
      last = Math.max(last, ticks() + Math.max(...offsets));
      return last;
    },
  };
}

export const clock = serverClock(() => performance.now(), () => Date.now());
