"""Sends one webhook once: to an address that was checked and to no other, following nobody anywhere else.

Names are resolved here, every address is checked, and the connection goes to exactly these addresses: a name that means
something else a moment later changes nothing. Of the answer only its status is looked at.
"""

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from services.rules.addresses import AddressNotTaken, UrlNotTaken, must_be_address, must_be_url

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=4)
LONGEST_PAUSE_S = 60
# So many names are looked up at once. In threads of their own: names that nobody answers for take half a minute each,
# and the threads that all else is done in are not theirs to hold.
LOOKUPS = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a webhook was taken; else why not, in a word, and how long the receiver asks us to wait (seconds).
    `gone`: it wants no more."""

    error: str = ""
    gone: bool = False
    pause: float = 0.0


class Courier:
    """Sends webhooks; `private`: also to private networks and to this machine."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")
        connector = aiohttp.TCPConnector(
            resolver=_Checked(self._lookups, private=private),
            use_dns_cache=False,
            limit=100,
            limit_per_host=8,
            keepalive_timeout=75,
        )
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        )

    async def close(self) -> None:
        """End all connections."""
        self._lookups.shutdown(wait=False, cancel_futures=True)
        await self._session.close()

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """One try; never raises for what the receiver, its name or the network does."""
        try:
            # An address in the URL itself passes by the resolver.
            must_be_url(url, private=self._private)
            async with self._session.post(
                url,
                data=body,
                headers={**headers, "Content-Type": "application/json", "User-Agent": "plenary"},
                allow_redirects=False,
            ) as answer:
                return _outcome(answer)
        except (AddressNotTaken, UrlNotTaken) as refused:
            return Outcome(error=refused.code)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            # No more than that: what a port answers that is none of theirs is nobody's business.
            return Outcome(error=_refusal_behind(error) or "unreachable")


def _outcome(answer: aiohttp.ClientResponse) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome()
    pause = answer.headers.get("Retry-After", "")
    seconds = (
        min(int(pause), LONGEST_PAUSE_S) if pause.isascii() and pause.isdecimal() and len(pause) < 9 else 0
    )
    return Outcome(error=f"http {answer.status}", gone=answer.status == 410, pause=seconds)


def _refusal_behind(error: BaseException) -> str:
    """The code of the refusal that the resolver raised, which arrives wrapped."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error.code if isinstance(error, AddressNotTaken) else ""


class _Checked(AbstractResolver):
    """Names to addresses, all of them checked: one that may not be sent to makes the name one that may not."""

    def __init__(self, lookups: ThreadPoolExecutor, *, private: bool) -> None:
        self._lookups = lookups
        self._private = private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._lookups, socket.getaddrinfo, host, port, family, socket.SOCK_STREAM
        )
        return [self._result(host, kind, proto, address) for kind, _, proto, _, address in found]

    def _result(self, host: str, family: int, proto: int, address: tuple[object, ...]) -> ResolveResult:
        try:
            must_be_address(ip_address(str(address[0])), private=self._private)
        except AddressNotTaken as refused:
            raise OSError("address not taken") from refused
        return ResolveResult(
            hostname=host,
            host=str(address[0]),
            port=int(str(address[1])),
            family=family,
            proto=proto,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )

    async def close(self) -> None:
        """Nothing is kept."""
