"""`python -m loadtests.great [hall] [halls] [million] [--share 1]`: the largest that one machine is asked to hold.

- `hall`: 10,000 delegates in one meeting: how long it takes to open a poll, until the last of 10,000 ballots, sent at
  the same instant, is acknowledged, to close it, until there is a certificate; what the whole server takes of memory.
- `halls`: 100 meetings of 100 delegates at once, the same.
- `million`: one poll of 10,000 voters who change their vote 99 times, a million ballots: close, files, their check.

Memory is the proportional set size (PSS) of the server and everything it started, stores too, at its highest while
measured, and by whom it was held then. Writes `loadtests/results/great.json`; ends by itself. With a `--share` of, say,
0.2 there are so many fewer delegates (meetings, ballots): that is for who mends something, and nothing is written.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from loadtests.ground import Assembly, assembly, gathered, path_of
from loadtests.live import raise_limit
from loadtests.memory import watched
from loadtests.sender import Shot, Volley, fire
from loadtests.signing import sign, sign_changes
from services.desk.client import opened
from services.desk.operator_token import mint
from services.desk.presiding import Opened, close_and_declare
from services.wire import ActName, ActPayload

RESULTS = Path(__file__).parent / "results" / "great.json"
SMALL, CHANGES = 100, 100
ROUNDS = 3
# A part that takes longer has failed; and of it the certificate.
LONGEST_S, CERTIFICATE_S = 3_600, 1_200
CONNECTIONS = 200
# So many changes of everybody's are signed in advance.
AT_ONCE = 10
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Size:
    """How many delegates in the one meeting, and how many meetings of 100."""

    delegates: int
    halls: int


async def hall(size: Size, figures: Figures) -> None:
    """One meeting of ten thousand."""
    began = time.perf_counter()
    async with assembly(size.delegates) as held, watched(held.data) as memory:
        gathered_in = time.perf_counter() - began
        await held.heard()
        opens, bursts, closes = [], [], []
        for number in range(1, ROUNDS + 1):
            start = time.perf_counter()
            poll = await held.poll(f"Mười nghìn đại biểu, lần {number}")
            opens.append((time.perf_counter() - start) * 1000)
            bursts.append(await _burst([(held, poll)]))
            closes.append((await close_and_declare(held.client, poll)).milliseconds)
    figures |= {
        "hall_delegates": size.delegates,
        "hall_gather_s": round(gathered_in, 1),
        "hall_open_ms": _median(opens),
        "hall_burst_ms_last": _median(bursts),
        "hall_close_to_certificate_ms": _median(closes),
        **memory.figures("hall"),
    }


async def halls(size: Size, figures: Figures) -> None:
    """A hundred meetings at once."""
    began = time.perf_counter()
    async with assembly(SMALL) as first, opened(first.url) as client, watched(first.data) as memory:
        operator = mint(first.data)
        rest = [
            await gathered(client, first.data, operator, SMALL, f"tinh-{number:03}")
            for number in range(2, size.halls + 1)
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
    figures |= {
        "halls": size.halls,
        "halls_delegates": size.halls * SMALL,
        "halls_gather_s": round(gathered_in, 1),
        "halls_open_all_ms": _median(opens),
        "halls_burst_ms_last": _median(bursts),
        "halls_close_slowest_ms": _median(slowest),
        "halls_close_to_last_certificate_ms": _median(closes),
        **memory.figures("halls"),
    }


async def million(size: Size, figures: Figures) -> None:
    """A poll of a million ballots, and what it leaves."""
    async with assembly(size.delegates) as held, watched(held.data) as memory:
        poll = await held.poll("Một triệu phiếu", changes=True)
        await held.heard()
        sending = await _cast_with_changes(held, poll)
        ballots = size.delegates * CHANGES
        figures |= {"million_ballots": ballots, "million_per_second": round(ballots / sending)}
        start = time.perf_counter()
        await _act(held, poll, "close")
        figures["million_close_ms"] = round((time.perf_counter() - start) * 1000)
        counted = await held.client.counted(poll.poll, poll.token)
        figures["million_counted_ms"] = round((time.perf_counter() - start) * 1000)
        assert counted.decision.participating == size.delegates
        figures |= memory.figures("million")
        await _act(held, poll, "declare", counted.sha256)
        async with opened(held.url, patience=CERTIFICATE_S) as patient:
            certificate = await patient.certificate(poll.poll, poll.token)
        figures["million_certificate_ms"] = round((time.perf_counter() - start) * 1000)
        with tempfile.TemporaryDirectory() as out:
            figures |= await _left(held, certificate, poll.token, Path(out))
    figures |= memory.figures("million")


async def _cast_with_changes(held: Assembly, poll: Opened) -> float:
    """Everybody's ballots, one round after the other; how many seconds the server took for them."""
    before: dict[str, bytes] = {}
    sending = 0.0
    for first in range(1, CHANGES + 1, AT_ONCE):
        seqs = range(first, min(first + AT_ONCE, CHANGES + 1))
        rounds = await sign_changes(poll.ask, held.delegates, before, seqs)
        for ballots in rounds:
            start = time.perf_counter()
            await _cast(held, poll, ballots)
            sending += time.perf_counter() - start
        before = rounds[-1]
    return sending


async def _act(held: Assembly, poll: Opened, name: ActName, result: str = "") -> None:
    payload = ActPayload(
        act=name, meeting=held.convened.meeting, poll=poll.poll, definition=poll.ask.hash, result=result
    )
    await held.client.act(poll.poll, name, poll.chair.act(payload), poll.token)


async def _left(held: Assembly, certificate: str, token: str, out: Path) -> Figures:
    """The files, and the time that `plenary verify` takes for them."""
    figures: Figures = {}
    for kind in ("json", "pdf"):
        file = await held.client.file(certificate, kind, token)
        (out / f"certificate.{kind}").write_bytes(file)
        figures[f"million_{kind}_mb"] = round(len(file) / 1e6, 1)
    start = time.perf_counter()
    figures["million_jsonl_mb"] = await _download(held, f"{certificate}.jsonl", out / "ledger.jsonl")
    figures["million_jsonl_s"] = round(time.perf_counter() - start, 1)
    (out / "trust.pem").write_bytes(await held.client.trust())
    command = [*(sys.executable, "-m", "services", "verify", "certificate.json", "--trust", "trust.pem")]
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    await asyncio.to_thread(
        subprocess.run, [*command, "--ledger", "ledger.jsonl"], cwd=out, check=True, capture_output=True
    )
    figures["million_verify_s"] = round(time.perf_counter() - start, 1)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # The largest child there ever was: known only if it was this one.
    figures |= {"million_verify_mb": round(most / 1024)} if most > before else {}
    return figures


async def _download(held: Assembly, name: str, file: Path) -> float:
    """A file of a certificate, piece by piece; how many MB."""
    patient = aiohttp.ClientTimeout(total=None, sock_read=60)
    address = f"{held.url}/signing/certificates/{name}"
    async with aiohttp.ClientSession(timeout=patient) as session, session.get(address) as answer:
        answer.raise_for_status()
        with file.open("wb") as out:
            async for piece in answer.content.iter_chunked(1_000_000):
                out.write(piece)
    return round(file.stat().st_size / 1e6, 1)


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


def _median(times: list[float]) -> float:
    return round(statistics.median(times), 1)


PARTS: dict[str, Callable[[Size, Figures], Awaitable[None]]] = {
    "hall": hall,
    "halls": halls,
    "million": million,
}


def main(arguments: Sequence[str]) -> int:
    """Measure what is named, or all; print and write. 1 if a part failed: the others are measured all the same."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.great", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="|".join(PARTS))
    parser.add_argument("--share", type=float, default=1.0, help="so much of the size; nothing is written")
    given = parser.parse_args(arguments)
    size = Size(delegates=round(10_000 * given.share), halls=max(2, round(100 * given.share)))
    raise_limit()
    failed = False
    for name in given.parts or PARTS:
        found: Figures = {}
        try:
            asyncio.run(_run(name, size, found))
        except Exception:
            # What one part asks too much of says nothing of the others, nor of what it had found before.
            traceback.print_exc()
            failed = True
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
        if given.share == 1.0:
            figures = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
            RESULTS.write_text(json.dumps(figures | found, indent=1) + "\n")
    return 1 if failed else 0


async def _run(name: str, size: Size, figures: Figures) -> None:
    async with asyncio.timeout(LONGEST_S):
        await PARTS[name](size, figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
