"""A revocation list of 50,000 entries: how long the event loop stands still meanwhile, how long a status takes.

The authority is a process of its own, as anywhere. A heartbeat beats each half millisecond on the loop that asks; its
longest gap beyond what it slept is the stall, and the most CPU time that the whole process used between two beats is
the part of it that is ours, also on a busy machine. Beside them stand those of the same loop with nothing to do, and
what the path library takes for the same list, which is for how long it would hold up the loop.
"""

import asyncio
import datetime
import functools
import gc
import random
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network

from aiohttp import web
from cryptography import x509

from services.pki import paths
from services.pki.demands import PERSON
from services.pki.examiner import Examiner
from services.pki.fetching import Allowed, Fetcher
from services.pki.inquiry import Inquirer, Question
from services.pki.paths import Evidence
from services.pki.status import StatusBook
from services.signing.rechecking import SLICE
from tests.support.outside import HOUR, Outside, revocation_list
from tests.support.waiting import until

ENTRIES = 50_000
PERSONS = 200
BEAT_SECONDS = 0.0005
DAY_MS = 86_400_000


class Heart:
    """Beats on the loop, and remembers its longest gap, and the busiest (seconds, seconds of CPU)."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.busiest = 0.0

    async def beat(self) -> None:
        """Until cancelled."""
        last, used = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            now, cpu = time.perf_counter(), time.process_time()
            self.longest = max(self.longest, now - last - BEAT_SECONDS)
            self.busiest = max(self.busiest, cpu - used)
            last, used = now, cpu

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat in the block."""
        task = asyncio.create_task(self.beat())
        yield
        task.cancel()


class Nowhere:
    """Keeps no evidence: the database is not what is measured."""

    async def keep(self, sha256: bytes, der: bytes, at: int) -> None:
        """Pass it over."""


async def measure() -> dict[str, float]:
    """Milliseconds."""
    there, lists = _authority(_free_port())
    persons = [there.person(str(number)) for number in range(PERSONS)]
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, there.url.rpartition(":")[2]), stdin=asyncio.subprocess.PIPE
    )
    await _hand(server, lists)
    examiner = Examiner()
    fetcher = Fetcher(Allowed(networks=(ip_network("127.0.0.0/8"),)))
    book = StatusBook(Inquirer(examiner, fetcher, Nowhere(), DAY_MS), lambda: int(time.time() * 1000))
    questions = [Question(there.chain(each), there.anchors, PERSON) for each in persons]
    try:
        await until(functools.partial(is_listening, int(there.url.rpartition(":")[2])))
        return await _figures(book, examiner, questions, there, lists)
    finally:
        await fetcher.close()
        await examiner.close()
        server.kill()
        await server.wait()


async def _figures(
    book: StatusBook, examiner: Examiner, questions: list[Question], there: Outside, lists: dict[str, bytes]
) -> dict[str, float]:
    await examiner.ask(sum, (1, 2))
    # As a worker does.
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    idle = Heart()
    with idle.beating():
        await asyncio.sleep(1)
    first, rest = Heart(), Heart()
    with first.beating():
        began = time.perf_counter()
        assert (await book.status(questions[0])).kind == "good"
        one = time.perf_counter() - began
    with rest.beating():
        began = time.perf_counter()
        # As check-ins are asked about: a few at a time.
        found = [
            status
            for start in range(1, PERSONS, SLICE)
            for status in await asyncio.gather(*map(book.status, questions[start : start + SLICE]))
        ]
        others = time.perf_counter() - began
    assert {each.kind for each in found} == {"good"}
    began = time.perf_counter()
    at = int(time.time() * 1000)
    evidence = Evidence(tuple(lists.values()))
    await paths.validate(questions[0].chain, there.anchors, at, PERSON, evidence)
    library = time.perf_counter() - began
    return {
        "revocation_list_kb": round(len(lists["issuing"]) / 1000),
        "revocation_idle_stall_ms": round(idle.longest * 1000, 2),
        "revocation_first_stall_ms": round(first.longest * 1000, 2),
        "revocation_rest_stall_ms": round(rest.longest * 1000, 2),
        "revocation_idle_cpu_ms": round(idle.busiest * 1000, 2),
        "revocation_first_cpu_ms": round(first.busiest * 1000, 2),
        "revocation_rest_cpu_ms": round(rest.busiest * 1000, 2),
        "revocation_first_ms": round(one * 1000, 1),
        "revocation_each_of_rest_ms": round(others * 1000 / len(found), 2),
        "revocation_library_on_loop_ms": round(library * 1000, 1),
    }


def _authority(port: int) -> tuple[Outside, dict[str, bytes]]:
    dice = random.Random(5)
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    there = Outside(f"http://127.0.0.1:{port}")
    held = now - HOUR, x509.ReasonFlags.key_compromise
    revoked = {dice.getrandbits(120) + 1: held for _ in range(ENTRIES)}
    made = functools.partial(revocation_list, this_update=now - HOUR, next_update=now + 24 * HOUR)
    return there, {"root": made(there.root), "issuing": made(there.issuing, revoked)}


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


async def _hand(server: asyncio.subprocess.Process, lists: dict[str, bytes]) -> None:
    """Each list with its length before it."""
    assert server.stdin is not None
    for der in lists.values():
        server.stdin.write(len(der).to_bytes(4) + der)
    server.stdin.close()
    await server.stdin.wait_closed()


async def is_listening(port: int) -> bool:
    """Whether a program of this machine answers there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def serve(port: int) -> None:
    """The authority's server, in a process of its own: both lists come by standard input."""
    files = {
        f"/{name}.crl": sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4)))
        for name in ("root", "issuing")
    }

    async def give(request: web.Request) -> web.Response:
        return web.Response(body=files[request.path])

    app = web.Application()
    app.router.add_get("/{name}", give)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
