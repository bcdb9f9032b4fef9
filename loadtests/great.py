"""`python -m loadtests.great [hall] [halls] [million]` (`make great`): the largest that one machine is asked to hold.

- `hall`: 10,000 delegates in one meeting: how long it takes to open a poll, until the last of 10,000 ballots, sent at
  the same instant, is acknowledged, to close it, until there is a certificate; what the whole server takes of memory.
- `halls`: 100 meetings of 100 delegates at once, the same.
- `million`: one poll of 10,000 voters who change their vote 99 times, a million ballots: close, files, their check.

Memory is the proportional set size (PSS) of the server and everything it started, stores too, at its highest while
measured. Writes `loadtests/results/great.json`; ends by itself.
"""

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import psutil

from loadtests.ground import Assembly, assembly, gathered, path_of
from loadtests.live import raise_limit
from loadtests.run_json import pid_of
from loadtests.sender import Shot, Volley, fire
from loadtests.signing import sign
from services.desk.client import opened
from services.desk.operator_token import mint
from services.desk.presiding import Opened, close_and_declare

RESULTS = Path(__file__).parent / "results" / "great.json"
DELEGATES, HALLS, SMALL = 10_000, 100, 100
ROUNDS = 3
CHANGES = 100
CONNECTIONS = 200
Figures = dict[str, float]


async def hall() -> Figures:
    """One meeting of ten thousand."""
    began = time.perf_counter()
    async with assembly(DELEGATES) as held, _memory(held.data) as memory:
        gathered_in = time.perf_counter() - began
        await held.heard()
        opens, bursts, closes = [], [], []
        for number in range(1, ROUNDS + 1):
            start = time.perf_counter()
            poll = await held.poll(f"Mười nghìn đại biểu, lần {number}")
            opens.append((time.perf_counter() - start) * 1000)
            bursts.append(await _burst([(held, poll)]))
            closes.append((await close_and_declare(held.client, poll)).milliseconds)
    return {
        "hall_delegates": DELEGATES,
        "hall_gather_s": round(gathered_in, 1),
        "hall_open_ms": _median(opens),
        "hall_burst_ms_last": _median(bursts),
        "hall_close_to_certificate_ms": _median(closes),
        "hall_memory_mb": max(memory),
    }


async def halls() -> Figures:
    """A hundred meetings at once."""
    began = time.perf_counter()
    async with assembly(SMALL) as first, opened(first.url) as client, _memory(first.data) as memory:
        operator = mint(first.data)
        rest = [
            await gathered(client, first.data, operator, SMALL, f"tinh-{number:03}")
            for number in range(2, HALLS + 1)
        ]
        gathered_in = time.perf_counter() - began
        held = [first, *rest]
        await rest[-1].heard()
        opens, bursts, closes, slowest = [], [], [], []
        for number in range(1, ROUNDS + 1):
            start = time.perf_counter()
            polls = await asyncio.gather(*(each.poll(f"Một trăm phòng họp, lần {number}") for each in held))
            opens.append((time.perf_counter() - start) * 1000)
            bursts.append(await _burst(list(zip(held, polls, strict=True))))
            start = time.perf_counter()
            certified = await asyncio.gather(
                *(close_and_declare(each.client, poll) for each, poll in zip(held, polls, strict=True))
            )
            closes.append((time.perf_counter() - start) * 1000)
            slowest.append(max(each.close_ms for each in certified))
    return {
        "halls": HALLS,
        "halls_delegates": HALLS * SMALL,
        "halls_gather_s": round(gathered_in, 1),
        "halls_open_all_ms": _median(opens),
        "halls_burst_ms_last": _median(bursts),
        "halls_close_slowest_ms": _median(slowest),
        "halls_close_to_last_certificate_ms": _median(closes),
        "halls_memory_mb": max(memory),
    }


async def million() -> Figures:
    """A poll of a million ballots, and what it leaves."""
    async with assembly(DELEGATES) as held, _memory(held.data) as memory:
        poll = await held.poll("Một triệu phiếu", changes=True)
        started = time.perf_counter()
        before: dict[str, bytes] = {}
        sending = 0.0
        await held.heard()
        for seq in range(1, CHANGES + 1):
            (before,) = await sign([poll.ask], held.delegates, before, seq)
            start = time.perf_counter()
            await _cast(held, poll, before)
            sending += time.perf_counter() - start
        cast = time.perf_counter() - started
        certified = await close_and_declare(held.client, poll)
        with tempfile.TemporaryDirectory() as out:
            left = await _left(held, certified.certificate, poll.token, Path(out))
    return {
        "million_ballots": DELEGATES * CHANGES,
        "million_cast_s": round(cast, 1),
        "million_per_second": round(DELEGATES * CHANGES / sending),
        "million_close_ms": round(certified.close_ms),
        "million_counted_ms": round(certified.close_ms + certified.count_ms),
        "million_certificate_ms": round(certified.milliseconds),
        "million_memory_mb": max(memory),
        **left,
    }


async def _left(held: Assembly, certificate: str, token: str, out: Path) -> Figures:
    """The files, and the time that `plenary verify` takes for them."""
    figures: Figures = {}
    for kind in ("json", "pdf"):
        file = await held.client.file(certificate, kind, token)
        (out / f"certificate.{kind}").write_bytes(file)
        figures[f"million_{kind}_mb"] = round(len(file) / 1e6, 1)
    (out / "trust.pem").write_bytes(await held.client.trust())
    command = [sys.executable, "-m", "services", "verify", "certificate.json", "--trust", "trust.pem"]
    start = time.perf_counter()
    await asyncio.to_thread(subprocess.run, command, cwd=out, check=True, capture_output=True)
    figures["million_verify_s"] = round(time.perf_counter() - start, 1)
    return figures


async def _burst(polls: list[tuple[Assembly, Opened]]) -> float:
    """One ballot on each of 10,000 open connections at the same instant; milliseconds until the last receipt."""
    lanes = []
    for held, poll in polls:
        (ballots,) = await sign([poll.ask], held.delegates)
        lanes += [[Shot(path_of(poll.poll), ballot)] for ballot in ballots.values()]
    host, port = polls[0][0].address
    landed = await fire(Volley(host, port, lanes))
    assert landed.statuses == {201: len(lanes)}, landed.statuses
    return landed.last * 1000


async def _cast(held: Assembly, poll: Opened, ballots: dict[str, bytes]) -> None:
    """All of them, over 200 connections."""
    shots = [Shot(path_of(poll.poll), ballot) for ballot in ballots.values()]
    host, port = held.address
    landed = await fire(Volley(host, port, [shots[lane::CONNECTIONS] for lane in range(CONNECTIONS)]))
    assert landed.statuses == {201: len(ballots)}, landed.statuses


@contextlib.asynccontextmanager
async def _memory(data: Path) -> AsyncIterator[list[float]]:
    """MB of the server with all it started, taken every second; the last is there when the block ends."""
    server = psutil.Process(pid_of(data))
    taken: list[float] = []

    def take() -> None:
        whole = 0
        for process in (server, *server.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                whole += process.memory_full_info().pss
        taken.append(round(whole / 1e6))

    async def watch() -> None:
        while True:
            await asyncio.to_thread(take)
            await asyncio.sleep(1)

    task = asyncio.create_task(watch())
    try:
        yield taken
        await asyncio.to_thread(take)
    finally:
        task.cancel()


def _median(times: list[float]) -> float:
    return round(statistics.median(times), 1)


PARTS: dict[str, Callable[[], Awaitable[Figures]]] = {"hall": hall, "halls": halls, "million": million}


def main(names: list[str]) -> int:
    """Measure what is named, or all; print and write."""
    raise_limit()
    figures: Figures = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in names or PARTS:
        found = asyncio.run(_run(name))
        figures |= found
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
        RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


async def _run(name: str) -> Figures:
    return await PARTS[name]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
