"""kill -9 of all of it in the midst of its first start, at a migration: the next start makes it whole."""

from dataclasses import dataclass
from os import getpid
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from services.desk import own_server
from services.desk.stores import opened
from tests.faults.conftest import ROUNDS
from tests.faults.house import postgres_url, socket_of
from tests.faults.sitting import news_flow
from tests.faults.wire import Gone, Line, Silent, to_socket, wired
from tests.support.stores import reachable_directory

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class KillsAll:
    """Kills whoever asks for the nth statement of a migration, with all that belongs to it, before it is passed on or
    when the database has answered."""

    nth: int
    side: str
    seen: int = 0
    done: bool = False

    def __call__(self, line: Line) -> "Migrating":
        """A connection that begins."""
        return Migrating(line, self)

    def kill(self, port: int) -> NoReturn:
        """Raise Gone."""
        self.done = True
        process = _process_at(port)
        while process.ppid() != getpid():
            process = psutil.Process(process.ppid())
        for each in [*process.children(recursive=True), process]:
            each.kill()
        raise Gone


@dataclass
class Migrating:
    """One connection; only those that migrate are counted."""

    line: Line
    kills: KillsAll
    migrates: bool = False
    due: bool = False

    async def up(self, data: bytes) -> bytes:
        """A piece of what is asked."""
        self.migrates = self.migrates or b"plenary migrate" in data
        if self.migrates and not self.kills.done:
            self.kills.seen += 1
            self.due = self.kills.seen == self.kills.nth
            if self.due and self.kills.side == "before":
                self.kills.kill(self.line.port)
        return data

    async def down(self, data: bytes) -> bytes:
        """A piece of the answer."""
        if self.due and not self.kills.done:
            self.kills.kill(self.line.port)
        return data


def _process_at(port: int) -> psutil.Process:
    """Of those that we started, the one whose connection has this port of its own."""
    for process in psutil.Process().children(recursive=True):
        if any(each.laddr[1:] == (port,) for each in process.net_connections("tcp")):
            return process
    raise AssertionError(f"nobody at port {port}")


@pytest.mark.parametrize("side", ["before", "after"] if ROUNDS else ["after"])
@pytest.mark.parametrize("nth", [9, 60, 150] if ROUNDS else [60])
async def test_killed_in_the_midst_of_the_first_start(nth: int, side: str) -> None:
    """The start that follows applies what is missing, once, and everything works."""
    with reachable_directory() as home, reachable_directory() as data:
        async with opened(home) as stores, wired(to_socket(socket_of(stores.database_url))) as wire:
            settings = {
                "workers": "2",
                "database_url": postgres_url(wire),
                "redis_url": stores.redis_url,
            }
            kills = KillsAll(nth, side)
            wire.listener = kills
            with pytest.raises(own_server.NotStarted):
                await _start(settings, data)
            assert kills.done
            wire.listener = lambda _: Silent()
            await _start(settings, data)


async def _start(settings: dict[str, str], data: Path) -> None:
    async with own_server.running(settings, data) as (url, where):
        await news_flow(url, where)
