"""Casting a ballot connects to nothing but the stores: no authority is asked, whoever certified the voter's key."""

import asyncio
import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.voting_desk import VotingDesk, assemble

# What Python tells of itself (PEP 578): every way out of this process that a library in Python has. The first lead to
# an address; the last of their arguments is none where the socket is connected already.
_LEADING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_WAYS_OUT = _LEADING | {"socket.getaddrinfo", "socket.gethostbyname"}
_WAYS_OUT |= {"subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.system"}
_ears: list[Callable[[str, tuple[Any, ...]], None]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    for ear in _ears:
        ear(event, arguments)


@pytest.fixture(scope="module", autouse=True)
def _hook() -> None:
    """A hook stays for as long as the process does; it is deaf between tests."""
    sys.addaudithook(_hear)


@contextmanager
def overheard() -> Iterator[list[tuple[str, Any]]]:
    """Each way out that is taken in the block, and where it leads."""
    found: list[tuple[str, Any]] = []

    def ear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _LEADING:
            found.append((event, arguments[0].getpeername() if arguments[-1] is None else arguments[-1]))
        elif event in _WAYS_OUT:
            found.append((event, arguments))

    _ears.append(ear)
    try:
        yield found
    finally:
        _ears.remove(ear)


@pytest.fixture(params=[False, True], ids=["own key", "key that another authority certified"])
async def desk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    aiohttp_client: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> VotingDesk:
    """A desk with five voters, all of one kind."""
    monkeypatch.setattr(VotingDesk, "enrol", functools.partialmethod(VotingDesk.enrol, linked=request.param))
    made = assemble(tmp_path, database_url, redis_url)
    made.client = await aiohttp_client(made.root)
    await made.found()
    return made


def _address(url: str) -> str | int | None:
    """The port of a store, or its socket: PostgreSQL names the directory, and the file has the port in its name."""
    parts = urlsplit(url)
    (directory,) = parse_qs(parts.query).get("host", [""])
    return f"{directory}/.s.PGSQL.{parts.port or 5432}" if directory else parts.port or parts.path


def _end(to: Any) -> str | int:
    """Where a connection leads: a path, or a port."""
    return to if isinstance(to, str) else int(to[1])


async def test_casting_asks_nobody(desk: VotingDesk, database_url: str, redis_url: str) -> None:
    """Five ballots, each on a connection to us that is open: whatever is connected to is a store, or ourselves."""
    ours = {_address(database_url), _address(redis_url), desk.client.port}
    poll, asked = await desk.opened()
    with overheard() as ways_out:
        for voter in sorted(desk.voters):
            await desk.cast(poll, asked, voter)
    others = [(event, to) for event, to in ways_out if event not in _LEADING or _end(to) not in ours]
    assert others == []


async def test_whoever_connects_is_overheard(desk: VotingDesk) -> None:
    """The check above can fail: a connection that is made, a name that is looked up and a program are noticed."""
    with overheard() as ways_out:
        _, writer = await asyncio.open_connection("localhost", desk.client.port)
        writer.close()
        await writer.wait_closed()
        await asyncio.create_subprocess_exec("true")
    assert {event for event, _ in ways_out} >= {"socket.connect", "socket.getaddrinfo", "subprocess.Popen"}
    assert [to[1] for event, to in ways_out if event == "socket.connect"][-1:] == [desk.client.port]
