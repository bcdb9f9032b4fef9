"""What comes too often for screens, told a few times a second instead of once per entry: nothing of it is lost.

Ballots received: of each poll the last count. Requests to speak: all of them, as one change. One beat for a whole
stream, not one per poll or lane: what is told at a beat is then everything up to some entry of the stream, so that the
position of the last event of a beat leaves nothing behind.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

BEAT_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Pending:
    """The newest count of a poll, and the number of the stream's entry it came with."""

    poll: str
    received: int
    number: int


class Beat(Generic[T]):
    """Holds back what came between beats, in order. Times are seconds of a monotonic clock, given by the caller."""

    def __init__(self) -> None:
        self._held: dict[str | int, T] = {}
        self._next = 0.0

    def __bool__(self) -> bool:
        """Whether anything is held back."""
        return bool(self._held)

    def hold(self, key: str | int, thing: T) -> None:
        """Keep the newest thing of a key."""
        self._held.pop(key, None)
        self._held[key] = thing

    def wait(self, now: float) -> float | None:
        """Seconds until the next beat; None if there is nothing to tell."""
        return max(0.0, self._next - now) if self._held else None

    def due(self, now: float) -> list[T]:
        """What to tell now: nothing before the beat."""
        return self.flush(now) if now >= self._next else []

    def flush(self, now: float) -> list[T]:
        """Everything held back, oldest entry first; the next beat is counted from now."""
        if not self._held:
            return []
        told = list(self._held.values())
        self._held.clear()
        self._next = now + BEAT_SECONDS
        return told
