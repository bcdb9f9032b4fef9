"""The load generator: HTTP/1.1 over raw connections, one request at a time on each, as cheap as Python can be.

It shares the two cores with the server it measures, so it builds no request and parses no more of an answer than its
status and length. It runs in a process of its own.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import cast

import uvloop

# One in so many answers is kept, to be proven after the measurement.
_KEEP_EVERY = 97


@dataclass(frozen=True, slots=True)
class Shot:
    """One request: the path it goes to and its body; `token` of who sends it, where one is asked for."""

    path: str
    body: bytes
    token: str = ""


@dataclass(frozen=True, slots=True)
class Volley:
    """What to send: the shots of each connection, one after the other; `warm` seconds are not counted. `every`: so many
    seconds lie between two requests of a connection at least; 0: the next follows the answer."""

    host: str
    port: int
    lanes: Sequence[Sequence[Shot]]
    warm: float = 0.0
    seconds: float = 3600.0
    method: str = "POST"
    media: str = "application/jose"
    every: float = 0.0


@dataclass(frozen=True, slots=True)
class Landed:
    """What came back: answers in the counted window by status, its length and the time of each in seconds."""

    statuses: dict[int, int]
    window: float
    times: list[float]
    last: float
    kept: list[bytes] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers per second in the window."""
        return len(self.times) / self.window if self.window else 0.0

    def quantile_ms(self, share: float) -> float:
        """The time within which this share of requests was answered, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


class _Lane(asyncio.Protocol):
    """One connection and its shots."""

    def __init__(self, volley: Volley, shots: Sequence[Shot], done: asyncio.Future[None]) -> None:
        # The head of a request is made once for each path and token, not for each request.
        self._heads: dict[tuple[str, str], bytes] = {}
        self._volley = volley
        self._shots = iter(shots)
        self._done = done
        self._answer = b""
        self._sent = 0.0
        self._until = float("inf")
        self.answers: list[tuple[float, float, int]] = []
        self.kept: list[bytes] = []
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not say that they are asyncio's.
        self.transport = cast("asyncio.Transport", transport)

    def begin(self, until: float) -> None:
        self._until = until
        self._next()

    def _next(self) -> None:
        shot = next(self._shots, None)
        self._sent = time.perf_counter()
        if shot is None or self._sent > self._until:
            if not self._done.done():
                self._done.set_result(None)
            return
        head = self._heads.get((shot.path, shot.token))
        if head is None:
            head = self._heads[shot.path, shot.token] = (
                f"{self._volley.method} {shot.path} HTTP/1.1\r\nHost: plenary\r\n"
                f"Content-Type: {self._volley.media}\r\n{_authorization(shot)}Content-Length: "
            ).encode()
        assert self.transport is not None
        self.transport.write(b"%b%d\r\n\r\n%b" % (head, len(shot.body), shot.body))

    def data_received(self, data: bytes) -> None:
        answer = self._answer = self._answer + data if self._answer else data
        end = answer.find(b"\r\n\r\n")
        if end < 0:
            return
        at = answer.find(b"Content-Length: ", 0, end) + 16
        length = int(answer[at : answer.find(b"\r\n", at)]) if at > 15 else 0
        if len(answer) < end + 4 + length:
            return
        self._answer = b""
        now = time.perf_counter()
        self.answers.append((now, now - self._sent, int(answer[9:12])))
        if len(self.answers) % _KEEP_EVERY == 1:
            self.kept.append(answer[end + 4 :])
        if (early := self._sent + self._volley.every - now) > 0:
            asyncio.get_running_loop().call_later(early, self._next)
        else:
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionResetError("the server closed the connection"))


def _authorization(shot: Shot) -> str:
    return f"Authorization: Bearer {shot.token}\r\n" if shot.token else ""


async def _fire(volley: Volley) -> Landed:
    loop = asyncio.get_running_loop()
    lanes = []
    for shots in volley.lanes:
        done: asyncio.Future[None] = loop.create_future()
        _, lane = await loop.create_connection(
            lambda shots=shots, done=done: _Lane(volley, shots, done),  # type: ignore[misc]
            volley.host,
            volley.port,
        )
        lanes.append((lane, done))
    began = time.perf_counter()
    for lane, _ in lanes:
        lane.begin(began + volley.warm + volley.seconds)
    # The window ends when the first connection has nothing more to send: after that the load is no longer full.
    await asyncio.wait([done for _, done in lanes], return_when=asyncio.FIRST_COMPLETED)
    ended = time.perf_counter()
    await asyncio.gather(*(done for _, done in lanes))
    for lane, _ in lanes:
        assert lane.transport is not None
        lane.transport.abort()
    return _landed([lane for lane, _ in lanes], began, began + volley.warm, ended)


def _landed(lanes: list[_Lane], began: float, starts: float, ends: float) -> Landed:
    answers = [answer for lane in lanes for answer in lane.answers]
    if starts == began:
        ends = max(at for at, _, _ in answers)
    counted = [(took, status) for at, took, status in answers if starts <= at <= ends]
    return Landed(
        statuses=dict(Counter(status for _, status in counted)),
        window=ends - starts,
        times=[took for took, _ in counted],
        last=max(at for at, _, _ in answers) - began,
        kept=[body for lane in lanes for body in lane.kept],
    )


def _run(volley: Volley) -> Landed:
    return uvloop.run(_fire(volley))


async def fire(volley: Volley) -> Landed:
    """Send it all from a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, _run, volley)
