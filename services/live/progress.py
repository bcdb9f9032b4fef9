"""Ballots received, a few times a second instead of once per batch: the last value is always told.

One beat for all polls of a meeting, not one per poll: what is told at a beat is then everything up to some entry of
the voting stream, so that the position of the last event of a beat leaves nothing behind.
"""

from dataclasses import dataclass

BEAT_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Pending:
    """The newest count of a poll, and the number of the stream's entry it came with."""

    poll: str
    received: int
    number: int


class Beat:
    """Holds back counts between beats. Times are seconds of a monotonic clock, given by the caller."""

    def __init__(self) -> None:
        self._pending: dict[str, Pending] = {}
        self._next = 0.0

    def hold(self, pending: Pending) -> None:
        """Keep the newest count of a poll."""
        self._pending[pending.poll] = pending

    def wait(self, now: float) -> float | None:
        """Seconds until the next beat; None if there is nothing to tell."""
        return max(0.0, self._next - now) if self._pending else None

    def due(self, now: float) -> list[Pending]:
        """What to tell now: nothing before the beat."""
        return self.flush(now) if now >= self._next else []

    def flush(self, now: float) -> list[Pending]:
        """Everything held back, oldest entry first; the next beat is counted from now."""
        if not self._pending:
            return []
        told = sorted(self._pending.values(), key=lambda each: each.number)
        self._pending.clear()
        self._next = now + BEAT_SECONDS
        return told
