"""The limits of this machine, beside which everything else is read."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context

import uvloop
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from loadtests.sender import Shot, Volley, fire

CONNECTIONS = 200
VERIFY_SECONDS = 1.5
WARM, SECONDS = 0.5, 2.5
_MESSAGE = b"x" * 400


async def measure() -> dict[str, float]:
    """Pure P-256 verification on one core, and an aiohttp handler that does nothing."""
    return {
        "limit_p256_verify_per_core": round(await asyncio.to_thread(_verify_per_second)),
        "limit_aiohttp_empty_per_second": round(await _empty_per_second()),
    }


def _verify_per_second() -> float:
    key = ec.generate_private_key(ec.SECP256R1())
    algorithm = ec.ECDSA(SHA256())
    signature, public = key.sign(_MESSAGE, algorithm), key.public_key()
    began = time.perf_counter()
    done = 0
    while (now := time.perf_counter()) - began < VERIFY_SECONDS:
        for _ in range(100):
            public.verify(signature, _MESSAGE, algorithm)
        done += 100
    return done / (now - began)


async def _empty_per_second() -> float:
    """Requests a second of one process with an empty handler, the generator beside it."""
    with bare_server(b"") as (port, _):
        many = int((WARM + SECONDS) * 60_000 / CONNECTIONS)
        lanes = [[Shot("/", b"x" * 600)] * many] * CONNECTIONS
        return (await fire(Volley("127.0.0.1", port, lanes, WARM, SECONDS))).per_second


@contextmanager
def bare_server(answer: bytes) -> Iterator[tuple[int, int]]:
    """A process that reads a body and answers 201 with these bytes, by aiohttp and uvloop: its port and its pid."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        server = get_context("fork").Process(target=_serve, args=(listening, answer), daemon=True)
        server.start()
        try:
            yield listening.getsockname()[1], server.pid or 0
        finally:
            server.terminate()
            server.join()


def _serve(listening: socket.socket, answer: bytes) -> None:
    async def answered(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=201, body=answer)

    async def main() -> None:
        app = web.Application()
        app.router.add_post("/", answered)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        await asyncio.Event().wait()

    uvloop.run(main())
