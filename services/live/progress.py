"""What comes too often for screens, told a few times a second instead of once per entry: nothing of it is lost.

Ballots received: of each poll the last count. The floor: all that happened, as one change; only what delegates do for
themselves waits for the beat. One beat for a whole stream, not one per poll or lane: what is told at a beat is then
everything up to some entry of the stream, so that the position of the last event of a beat leaves nothing behind.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

BEAT_SECONDS = 0.25
# What belongs together comes in one commit: if the rest is not there by then, something is wrong.
PATIENCE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Pending:
    """The newest count of a poll, how many are with signing services, and the number of the stream's entry."""

    poll: str
    received: int
    pending: int
    number: int


class Beat(Generic[T]):
    """Holds back what came between beats, in order. Times are seconds of a monotonic clock, given by the caller."""

    def __init__(self) -> None:
        self._held: dict[str | int, T] = {}
        self._next = 0.0
        self._urgent = False
        self._postponed: float | None = None

    def __bool__(self) -> bool:
        """Whether anything is held back."""
        return bool(self._held)

    def held(self) -> list[T]:
        """What is held back, oldest first."""
        return list(self._held.values())

    def last(self) -> T | None:
        """What was held back last."""
        return next(reversed(self._held.values()), None)

    def hold(self, key: str | int, thing: T, *, urgent: bool = False) -> None:
        """Keep the newest thing of a key; if it is urgent, until `due` is asked, whatever the beat."""
        self._held.pop(key, None)
        self._held[key] = thing
        self._urgent |= urgent

    def wait(self, now: float) -> float | None:
        """Seconds until the next beat; None if there is nothing to tell."""
        return max(0.0, self._next - now) if self._held else None

    def is_due(self, now: float) -> bool:
        """Whether there is something to tell now: nothing before the beat, except what is urgent."""
        return bool(self._held) and (self._urgent or now >= self._next)

    def postpone(self, now: float) -> bool:
        """Wait for more, at least until the next beat; False if that was so for `PATIENCE_SECONDS` already."""
        if self._postponed is None:
            self._postponed = now
        self._next = max(self._next, now + BEAT_SECONDS)
        return now - self._postponed < PATIENCE_SECONDS

    def due(self, now: float) -> list[T]:
        """What to tell now."""
        return self.flush(now) if self.is_due(now) else []

    def flush(self, now: float) -> list[T]:
        """Everything held back, oldest entry first; the next beat is counted from now."""
        if not self._held:
            return []
        told = self.held()
        self._held.clear()
        self._urgent, self._postponed = False, None
        self._next = now + BEAT_SECONDS
        return told
