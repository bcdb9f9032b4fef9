"""Whoever is told an address of ours finds somebody there."""

import asyncio
import contextlib
import os
import socket
from pathlib import Path

import msgspec
import pytest
import uvloop
from aiohttp import web

from services.desk import doctor, listening, machine, workers
from services.desk.checks import network_checks
from services.desk.checks.finding import Finding, good
from services.kit.settings import Settings

# Ours, or none: an address of each family that is always there.
_LOOPS = {4: "127.0.0.1", 6: "::1"}


def _answered(host: str, asked: list[str]) -> list[str]:
    """Which of these addresses are answered by who listens on `host`, as workers do."""

    async def answered() -> list[str]:
        runner = web.AppRunner(web.Application())
        await runner.setup()
        try:
            async with workers.port_held(host, 0) as port:
                await listening.listen(runner, host, port)
                return [each for each in asked if await _opens(each, port)]
        finally:
            await runner.cleanup()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        return loop.run(answered())


async def _opens(address: str, port: int) -> bool:
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection(address, port)
        writer.close()
        return True
    return False


def _must_have(host: str) -> None:
    try:
        for each in listening.bound(host, 0, reuse=False):
            each.close()
    except OSError:
        pytest.skip("this machine has no IPv6")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "0.0.0.0", "::", "localhost"])  # noqa: S104 - that is asked
def test_whatever_is_told_is_answered(host: str) -> None:
    """At every address that people are told of, and at no other family's loopback than that of the host."""
    _must_have(host)
    told = [str(each) for each in machine.addresses(host)]
    assert _answered(host, told) == told
    found = {each.version for each in machine._resolved(host)} | ({4, 6} if host == "::" else set())
    assert _answered(host, list(_LOOPS.values())) == [_LOOPS[each] for each in sorted(found)]


def test_a_name_may_lead_to_what_this_machine_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """`localhost` where IPv6 is off: the others are enough; none at all is refused."""
    family, kind = socket.AF_INET, socket.SOCK_STREAM
    absent = (family, kind, 6, "", ("192.0.2.1", 0))
    found = [absent, (family, kind, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    (made,) = listening.bound("a name", 0, reuse=False)
    with made:
        assert made.getsockname()[0] == "127.0.0.1"
    del found[1]
    with pytest.raises(OSError, match="assign"):
        listening.bound("a name", 0, reuse=False)


@pytest.mark.parametrize("host", ["192.0.2.7", "0.0.0.0", "::"])  # noqa: S104 - that is asked
async def test_the_doctor_looks_where_it_listens(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `plenary run` was told, whatever the doctor's own shell says: another network of the machine is no fault."""
    said = {
        "pid": os.getpid(),
        "url": "https://192.0.2.7:8443",
        "host": host,
        "database_url": "",
        "redis_url": "",
    }
    (tmp_path / "run.json").write_bytes(msgspec.json.encode(said))
    asked: list[str] = []

    async def opens(address: str, _: int) -> Finding:
        asked.append(address)
        return good("network.reach", "", "")

    monkeypatch.setattr(network_checks, "_opens", opens)
    await network_checks.address(doctor.found(Settings(data=tmp_path)))
    assert asked == [str(each) for each in machine.addresses(host)][:4]
