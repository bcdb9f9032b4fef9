"""One question to a signing service by HTTP, one answer: within time, within size, in JSON of the shape asked for.

An answer is never trusted and never shown; it goes into evidence as it came. What is asked with may hold a password of
ours: it stands in the body or in a header, never in an address, and no exception here carries it.
"""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import msgspec

from services.kit.checked_names import CheckedNames
from services.kit.clock import Clock
from services.rules.addresses import Address
from services.rules.jws import standard_b64
from services.signing.remote.errors import RemoteBusy, RemoteMalformed, RemoteUnreachable
from services.wire import UNREADABLE, RemoteAnswer

LARGEST = 262_144
# To one service at once; however many signatures are pending, more questions than these wait for their turn.
CONNECTIONS = 128
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
# Not heard at all; and, of something that stands before the service: perhaps heard.
_NOT_HEARD, _PERHAPS_HEARD = frozenset({429, 503}), frozenset({502, 504})

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]
_dice = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Manners:
    """How long an answer may take, how often one asks, and how one waits in between."""

    timeout: aiohttp.ClientTimeout = TIMEOUT
    tries: int = 3
    pause: Pause = asyncio.sleep


PATIENT = Manners()


@asynccontextmanager
async def open_session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session for all services: no cookies, no proxy of the environment, nothing unpacked that came packed, a
    bounded number of connections; names are looked up in threads in which nothing else is done."""
    names = CheckedNames(_taken)
    connector = aiohttp.TCPConnector(resolver=names, limit=2 * CONNECTIONS, limit_per_host=CONNECTIONS)
    try:
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            raise_for_status=False,
            auto_decompress=False,
        ) as session:
            yield session
    finally:
        await names.close()


def _taken(_: str, __: Address) -> None:
    """Whoever keeps the house has named the services: wherever they stand."""


class Exchange:
    """Asks one service."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        provider: str,
        url: str,
        manners: Manners = PATIENT,
    ) -> None:
        self._session = session
        self._clock = clock
        self._provider = provider
        self._url = url.rstrip("/")
        self._manners = manners

    async def post(
        self, act: str, message: Any, *, again: bool, token: str = "", address: str = ""
    ) -> RemoteAnswer:
        """The answer to `<url>/<act>`, whatever its status; at an address of its own the message is a form (RFC 6749).

        A service that did not hear us is asked again a little later; one that heard us, or may have, only if `again`.
        Raises RemoteBusy (not heard), RemoteUnreachable (perhaps heard), RemoteMalformed.
        """
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "plenary"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if not address:
            headers["Content-Type"] = "application/json"
        body = message if address else msgspec.json.encode(message)
        address = address or f"{self._url}/{act}"
        for place in range(self._manners.tries):
            try:
                return await self._once(act, address, headers, body)
            except _NotNow as busy:
                refusal = RemoteUnreachable if busy.heard else RemoteBusy
                if place + 1 == self._manners.tries or (busy.heard and not again):
                    raise refusal(provider=self._provider, what=busy.what) from None
                pause = max(FIRST_PAUSE_S * 2**place, busy.wait_s)
            await self._manners.pause(_jittered(min(pause, LONGEST_PAUSE_S)))
        raise RemoteBusy(provider=self._provider, what="never asked")

    async def _once(self, act: str, address: str, headers: Mapping[str, str], body: Any) -> RemoteAnswer:
        try:
            async with self._session.post(
                address, data=body, headers=headers, allow_redirects=False, timeout=self._manners.timeout
            ) as answer:
                raw = await self._whole(answer)
        # Nor was one had in time: of a service that is down, or that has no more for us.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise _NotNow("no connection", heard=False) from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise _NotNow("no answer", heard=True) from None
        if answer.status in _NOT_HEARD | _PERHAPS_HEARD:
            wait_s = _seconds(answer.headers.get("Retry-After", ""))
            raise _NotNow(f"status {answer.status}", heard=answer.status in _PERHAPS_HEARD, wait_s=wait_s)
        if 300 <= answer.status < 400:
            raise RemoteMalformed(provider=self._provider, what="a redirect")
        return RemoteAnswer(at=self._clock(), act=act, status=answer.status, body=standard_b64(raw))

    async def _whole(self, answer: aiohttp.ClientResponse) -> bytes:
        raw = bytearray()
        async for chunk in answer.content.iter_any():
            raw += chunk
            if len(raw) > LARGEST:
                raise RemoteMalformed(provider=self._provider, what="too long")
        return bytes(raw)


class _NotNow(Exception):
    """It did not work this time; whether the service may have heard us, and how long it asks us to wait (seconds)."""

    def __init__(self, what: str, *, heard: bool, wait_s: float = 0.0) -> None:
        super().__init__(what)
        self.what, self.heard, self.wait_s = what, heard, wait_s


def read(answer: RemoteAnswer, shape: type[T], provider: str) -> T:
    """What an answer says: members that we do not know are passed over, wrong types refused. Raises RemoteMalformed."""
    try:
        return msgspec.json.decode(body_of(answer), type=shape)
    except UNREADABLE as error:
        raise RemoteMalformed(provider=provider, what=answer.act) from error


def body_of(answer: RemoteAnswer) -> bytes:
    """The bytes of an answer."""
    return base64.b64decode(answer.body)


def _jittered(seconds: float) -> float:
    """Between half and all of it: many that failed together do not come back together."""
    return seconds * _dice.uniform(0.5, 1.0)


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0.0
