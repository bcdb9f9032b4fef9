"""Looks that spoil: answers cut in the middle, commits that take their time, deliveries that come twice and in another
order."""

import asyncio
from dataclasses import dataclass, field
from random import Random

from tests.faults.pg_talk import Step
from tests.faults.resp import Value
from tests.faults.wire import Gone


@dataclass
class CutShort:
    """Passes on a part of what a server says and hangs up, at a share of all its answers."""

    rng: Random
    share: float

    async def up(self, data: bytes) -> bytes:
        """As it came."""
        return data

    async def down(self, data: bytes) -> bytes:
        """Whole, or only its beginning: then the next piece ends the connection."""
        if self.share < 0:
            raise Gone
        if self.rng.random() < self.share:
            # What is left of this connection never comes.
            self.share = -1.0
            return data[: self.rng.randrange(len(data))]
        return data


@dataclass
class Slow:
    """Every commit takes long, as on a disk that is slow to sync; the first of a share of them takes longer still."""

    rng: Random
    most: float
    """Seconds."""
    steps: int = 0

    async def before(self, step: Step) -> None:
        """At once."""

    async def after(self, step: Step) -> None:
        """Durable, and told only later."""
        if step.service != "stream":
            self.steps += 1
            await asyncio.sleep(self.rng.uniform(0, self.most))


@dataclass
class Shuffled:
    """What a group is given comes twice, in another order, and among it comes again what it was given long ago.

    `given`: all of it so far, by the group's stream.
    """

    rng: Random
    given: dict[bytes, list[Value]] = field(default_factory=dict)
    repeated: int = 0

    def __call__(self, stream: bytes, entries: Value) -> Value:
        """The entries, and others."""
        given = self.given.setdefault(stream, [])
        again = self.rng.sample(given, min(len(given), 20))
        given += entries.parts
        self.repeated += len(again)
        parts = [*entries.parts, *entries.parts, *again]
        self.rng.shuffle(parts)
        return entries.of(tuple(parts))


@dataclass
class Stuck:
    """One batch of ballots hangs for ever between its last statement and its COMMIT, with the ledger in its hands."""

    done: bool = False

    async def before(self, step: Step) -> None:
        """Never passed on: the database takes the ledger back and ends the connection."""
        if not self.done and step.service == "voting" and step.what.endswith("ballot"):
            self.done = True
            await asyncio.Event().wait()

    async def after(self, step: Step) -> None:
        """Nothing."""


class NoHand:
    """Does nothing at any step."""

    async def before(self, step: Step) -> None:
        """Nothing."""

    async def after(self, step: Step) -> None:
        """Nothing."""
