"""A journal as its publisher reads it: what there is, what is told of it, and by what its lines are known again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.kit.screen_stream import Reached
from services.kit.work_stream import Work


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the screens' stream at `index` (the last journal entry it covers), copies for work streams, and the
    mark of that entry (see `Source.marks`)."""

    index: int
    message: bytes
    work: tuple[tuple[str, bytes], ...] = ()
    mark: str = ""

    @property
    def reached(self) -> Reached:
        """Where the stream is once this is on it."""
        return Reached(self.index + 1, self.mark)

    @property
    def works(self) -> list[Work]:
        """The copies for work streams, each with its line."""
        return [Work(name, message, self.index, self.mark) for name, message in self.work]


class Source(Protocol):
    """A journal to publish. `read` returns messages in order that cover, without gap, the entries from `start`."""

    async def heads(self) -> dict[str, int]:
        """How many entries each key has."""

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """The messages for at most `limit` entries of a key from `start`; it may stop short after one with work."""

    async def marks(self, key: str, indexes: Sequence[int]) -> dict[int, str]:
        """By index the marks of those of these entries that there are: another text has another mark (`mark_of`)."""


def mark_of(digest: bytes) -> str:
    """The mark of an entry, by a hash of it."""
    return digest[:8].hex()
