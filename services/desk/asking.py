"""Asking over HTTP until there is an answer: the same bytes again, with pauses, within a time.

Workers and stores may die under a request. Every act of Plenary is made so that the same bytes sent twice are
answered twice alike, so whatever was not answered, or was answered "not ready", is sent again; a refusal is final.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import msgspec

from services.kit.complaint import Complaint
from services.kit.problem import Problem

T = TypeVar("T")

JSON, JOSE = "application/json", "application/jose"
# Answers that say "nothing was accepted, try again"; a bare 500 says so too, but may also be a fault that stays.
_NOT_READY = frozenset({429, 502, 503, 504})
_FAULTS_MOST = 8
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.01, 1.0, 1.6
# What is not there yet is asked for soon again: asking costs the server what it has for the answer.
_SOON = 0.01
# Services learn of each other's acts over streams: for a moment one may not know what another has answered.
LAG_SECONDS = 60.0
_NEWS = frozenset(
    {
        *("credential_unknown", "meeting_unknown", "meeting_not_begun", "roll_missing"),
        *("not_counted", "poll_not_open"),
    }
)


class Declined(Exception):
    """The server refused; `code` is the stable word of the problem (RFC 9457), `again` whether we had asked before."""

    def __init__(self, problem: Problem, again: bool) -> None:
        super().__init__(f"{problem.code}: {problem.detail_en} / {problem.detail}")
        self.code = problem.code
        self.status = problem.status
        self.again = again


class Unanswered(Complaint):
    """The server did not answer in the time we are ready to wait; the text says what was asked."""


class Asking:
    """Asks one server; may be shared by any number of tasks."""

    def __init__(self, session: aiohttp.ClientSession, url: str, patience: float = 120.0) -> None:
        """`patience`: seconds after which an unanswered request is given up."""
        self._session = session
        self.url = url.rstrip("/")
        self._patience = patience

    async def ask(
        self, method: str, path: str, body: bytes | None = None, *, token: str = "", media: str = JSON
    ) -> bytes:
        """The answer's bytes. Raises Declined, Unanswered."""
        clock = asyncio.get_running_loop().time
        began, pause, faults, again = clock(), _FIRST_PAUSE, 0, False
        headers = {"Content-Type": media} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        while True:
            status, raw = await self._once(method, path, body, headers)
            if status and status < 400:
                return raw
            faults += status == 500
            code = _problem(raw, status).code
            if not _is_passing(status, code, faults, clock() - began):
                raise Declined(_problem(raw, status), again)
            if clock() - began > self._patience:
                raise Unanswered(
                    f"{method} {path}: no answer in {self._patience:.0f} s (last: {status or raw!r})"
                )
            again = True
            # Spread out: a thousand phones that lost one server must not come back in one instant.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret in this
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    async def _once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Status and bytes of one try; 0 if there was no whole answer. Raises Complaint if that is no address."""
        try:
            async with self._session.request(method, self.url + path, data=body, headers=headers) as response:
                return response.status, await response.read()
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise Complaint(f"{self.url}: an address like http://127.0.0.1:8080 expected") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return 0, type(error).__name__.encode()

    async def get(self, path: str, kind: type[T], token: str) -> T:
        """Read a message."""
        return msgspec.json.decode(await self.ask("GET", path, token=token), type=kind)

    async def send(self, method: str, path: str, message: Any, kind: type[T], token: str = "") -> T:
        """Send a message, get another."""
        raw = await self.ask(method, path, msgspec.json.encode(message), token=token)
        return msgspec.json.decode(raw, type=kind)

    async def soon(self, ask: Callable[[], Awaitable[T | None]], what: str) -> T:
        """The first answer that is not None, of `what`; asked for often at first, then less and less. Raises Unanswered
        after `patience` seconds."""
        clock = asyncio.get_running_loop().time
        until, pause = clock() + self._patience, _SOON
        while (found := await ask()) is None:
            if clock() > until:
                raise Unanswered(f"no {what} in {self._patience:.0f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 1.01, 1.0)
        return found


def _problem(raw: bytes, status: int) -> Problem:
    try:
        return msgspec.json.decode(raw, type=Problem)
    except msgspec.DecodeError:
        text = raw.decode(errors="replace")[:200]
        return Problem(
            type="about:blank", code=f"http_{status}", status=status, title=text, detail=text, detail_en=text
        )


def _is_passing(status: int, code: str, faults: int, waited: float) -> bool:
    """Whether the same bytes may be answered otherwise in a moment."""
    if code in _NEWS:
        return waited < LAG_SECONDS
    return status == 0 or status in _NOT_READY or (status == 500 and faults <= _FAULTS_MOST)
