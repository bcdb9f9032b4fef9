"""Hands at durable steps: kill -9 of the worker that asks for one, before it is passed on, or before it is answered."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from tests.faults.house import WORKERS, House, kill
from tests.faults.pg_talk import Hand, PgTalk, Step
from tests.faults.valkey_talk import ValkeyTalk
from tests.faults.wire import Gone, Silent, Talk
from tests.support.waiting import until

# A step by its name, and which side of it.
Moment = tuple[str, str]
SIDES = ("before", "after")


@dataclass
class Killer:
    """Kills at each kind of step once before and once after it; at most all workers are dead at a time.

    `wants` may say no to a moment; `most`: so many are killed and no more.
    """

    house: House
    wants: Callable[[Moment], bool]
    most: int = 10**6
    seen: Counter[str] = field(default_factory=Counter)
    killed: dict[Moment, int] = field(default_factory=dict)
    _dead: int = 0
    _mending: set[asyncio.Task[None]] = field(default_factory=set)

    async def before(self, step: Step) -> None:
        """The commit is lost with who asked for it."""
        self.seen[step.name] += 1
        await self._perhaps(step, "before")

    async def after(self, step: Step) -> None:
        """The commit is kept; nobody was told."""
        await self._perhaps(step, "after")

    async def _perhaps(self, step: Step, side: str) -> None:
        moment = step.name, side
        if (
            self._dead >= WORKERS
            or moment in self.killed
            or len(self.killed) >= self.most
            or not self.wants(moment)
        ):
            return
        pid = self.house.worker_at(step.line.port)
        if pid is None:
            return
        self._dead += 1
        self.killed[moment] = pid
        kill(pid, signal.SIGKILL)
        task = asyncio.create_task(self._mended(pid))
        self._mending.add(task)
        task.add_done_callback(self._mending.discard)
        raise Gone

    async def _mended(self, gone: int) -> None:
        async def replaced() -> bool:
            return gone not in self.house.workers()

        await until(replaced, 60, "the dead worker to be noticed")
        await self.house.whole()
        self._dead -= 1

    def missed(self, names: Iterable[str]) -> set[Moment]:
        """The moments of these steps (see `named`) at which nobody was killed yet."""
        hit = {(name, side) for step, side in self.killed for name in _parts(step)}
        return {(name, side) for name in names for side in SIDES} - hit

    async def rest(self) -> None:
        """Wait until what was killed last is whole again."""
        await asyncio.gather(*self._mending)


@contextmanager
def at_steps(house: House, hand: Hand) -> Iterator[None]:
    """The hand sees every durable step of new connections; those that are open are ended, so that all are new."""
    house.postgres.listener = lambda line: PgTalk(line, hand)
    house.valkey.listener = lambda line: ValkeyTalk(line, hand)
    house.postgres.end_all()
    house.valkey.end_all()
    try:
        yield
    finally:
        house.postgres.listener = house.valkey.listener = _silent
        house.postgres.end_all()
        house.valkey.end_all()


def _silent(_: object) -> Talk:
    return Silent()


def some(seed: int, share: float) -> Callable[[Moment], bool]:
    """Says yes to a share of all moments, always the same ones for a seed."""
    return lambda moment: Random(f"{seed} {moment}").random() < share


def named(names: Iterable[str]) -> Callable[[Moment], bool]:
    """Says yes to each step that writes a line or a message of one of these kinds, whatever else it writes."""
    wanted = frozenset(names)
    return lambda moment: not wanted.isdisjoint(_parts(moment[0]))


def _parts(step: str) -> list[str]:
    return step.partition(": ")[2].split(", ")


def report(killer: Killer) -> str:
    """What was seen and killed, a line each."""
    lines = [
        f"  {'x' if (name, 'before') in killer.killed else '.'}{'x' if (name, 'after') in killer.killed else '.'}"
        f" {times:5} {name}"
        for name, times in sorted(killer.seen.items())
    ]
    return f"killed {len(killer.killed)} times at {len(killer.seen)} kinds of steps\n" + "\n".join(lines)
