"""Our own list of 50,000 revoked certificates, and answers about them: how long a worker's event loop stands still.

Signing runs in a process of its own, as in a worker: its loop, its settings of the collector, a real database. A
heartbeat beats on that loop (see `revocation`); whoever asks is this process. Measured are the loop with nothing to do,
the first list after the start (50,000 entries are read and written), the list asked for while it is known, a list with
one more, and answers (OCSP) about certificates at random, 20 at a time.
"""

import asyncio
import gc
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import uvloop
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from loadtests.revocation import ENTRIES, Heart
from services.desk.migrate import migrate
from services.desk.stores import Stores, opened
from services.pki import lists
from services.signing.holdings import AUTHORITY
from tests.support.signing_desk import assemble

ASKED, LISTS, AT_ONCE = 500, 40, 20
_YEAR_MS = 365 * 86_400_000
_QUESTION = {"Content-Type": "application/ocsp-request"}
Figures = dict[str, float]


async def measure() -> Figures:
    """Milliseconds."""
    with tempfile.TemporaryDirectory(prefix="plenary-") as directory:
        data = Path(directory)
        data.chmod(0o711)
        async with opened(data) as stores:
            await asyncio.to_thread(migrate, stores.database_url)
            serials = await _fill(stores)
            server = await _started(data, stores)
            assert server.stdout is not None
            assert server.stdin is not None
            try:
                url = (await server.stdout.readline()).decode().strip()
                async with aiohttp.ClientSession(url) as client:
                    return await _figures(client, stores, serials)
            finally:
                server.stdin.close()
                await server.wait()


async def _started(data: Path, stores: Stores) -> asyncio.subprocess.Process:
    arguments = str(data), stores.database_url, stores.redis_url
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


async def _fill(stores: Stores) -> list[int]:
    """So many credentials, all revoked in the course of a year; their serial numbers."""
    dice = random.Random(5)
    serials = {dice.getrandbits(158) + 1: dice.randrange(_YEAR_MS) for _ in range(ENTRIES)}
    await _revoke(stores, serials)
    return list(serials)


async def _revoke(stores: Stores, serials: dict[int, int]) -> None:
    """Serial numbers, and how long ago (milliseconds) each was revoked."""
    connection = await asyncpg.connect(stores.database_url)
    try:
        async with connection.transaction():
            await _copy(connection, serials, await connection.fetchval("select pg_current_xact_id()"))
        await connection.execute("analyze signing.credential")
    finally:
        await connection.close()


async def _copy(connection: "asyncpg.Connection[Any]", serials: dict[int, int], revoked_in: int) -> None:
    now = int(time.time() * 1000)
    rows: list[tuple[Any, ...]] = [
        (
            f"{serial:043d}"[-43:],
            "hdnd",
            f"m{serial}",
            serial.to_bytes(20),
            [],
            b"",
            b"",
            now,
            now,
            now - ago,
            "lost",
            revoked_in,
        )
        for serial, ago in serials.items()
    ]
    columns = "thumbprint body member serial chain key request issued_at not_after revoked_at reason"
    await connection.copy_records_to_table(
        "credential", schema_name="signing", records=rows, columns=[*columns.split(), "revoked_in"]
    )


async def _figures(client: aiohttp.ClientSession, stores: Stores, serials: list[int]) -> Figures:
    issuer = x509.load_pem_x509_certificate(await _get(client, "/issuer"))
    found: Figures = {}

    async def part(name: str, act: Callable[[], Awaitable[object]]) -> None:
        await _get(client, "/heart")
        began = time.perf_counter()
        await act()
        took = time.perf_counter() - began
        longest, busiest = map(float, (await _get(client, "/heart")).split())
        found.update(
            {
                f"own_list_{name}_ms": round(took * 1000, 1),
                f"own_list_{name}_stall_ms": round(longest * 1000, 2),
                f"own_list_{name}_cpu_ms": round(busiest * 1000, 2),
            }
        )

    async def one() -> bytes:
        return await _get(client, "/signing/crl/delegates.crl")

    async def many() -> None:
        for _ in range(LISTS // 4):
            await asyncio.gather(*(one() for _ in range(4)))

    async def answers() -> None:
        dice = random.Random(7)
        for _ in range(ASKED // AT_ONCE):
            await asyncio.gather(
                *(_answer(client, issuer, serial) for serial in dice.sample(serials, AT_ONCE))
            )

    await part("idle", lambda: asyncio.sleep(1))
    await part("first", one)
    await part("known", many)
    await _revoke(stores, {1: 0})
    await part("one_more", one)
    told = lists.read(await one(), issuer)
    assert told.revoked.keys() == {1, *serials}
    await part("answers", answers)
    return found


async def _get(client: aiohttp.ClientSession, path: str) -> bytes:
    async with client.get(path) as answer:
        assert answer.status == 200
        return await answer.read()


async def _answer(client: aiohttp.ClientSession, issuer: x509.Certificate, serial: int) -> None:
    # A question takes the issuer's name from the certificate: the name of an authority's issuer is another.
    key = ocsp.OCSPRequestBuilder().add_certificate(issuer, issuer, SHA256()).build().issuer_key_hash
    name = hashlib.sha256(issuer.subject.public_bytes()).digest()
    asked = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name, key, serial, SHA256())
    question = asked.build().public_bytes(Encoding.DER)
    async with client.post("/signing/ocsp/delegates", data=question, headers=_QUESTION) as answer:
        told = ocsp.load_der_ocsp_response(await answer.read())
    assert told.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL, told.response_status
    assert told.certificate_status is ocsp.OCSPCertStatus.REVOKED


async def serve(directory: str, database_url: str, redis_url: str) -> None:
    """Signing on a free port, whose address is printed, until standard input ends; `/heart` gives the longest gap since
    it was last asked."""
    desk = assemble(Path(directory), database_url, redis_url)
    heart = Heart()

    async def beaten(_: web.Request) -> web.Response:
        told = f"{heart.longest} {heart.busiest}"
        heart.longest = heart.busiest = 0.0
        return web.Response(text=told)

    async def issuer(_: web.Request) -> web.Response:
        return web.Response(body=desk.app[AUTHORITY].delegates.certificate.public_bytes(Encoding.PEM))

    desk.root.router.add_get("/heart", beaten)
    desk.root.router.add_get("/issuer", issuer)
    runner = web.AppRunner(desk.root, access_log=None)
    await runner.setup()
    # As a worker does.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    with heart.beating():
        host, port = runner.addresses[0][:2]
        sys.stdout.write(f"http://{host}:{port}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve(*sys.argv[1:]))
