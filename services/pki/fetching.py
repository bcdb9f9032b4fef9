"""Fetches lists and answers from addresses that certificates name, and from nowhere else.

Whoever wrote a certificate names the address: it must be public, or one of those that the operator lists; every hop of
a redirect is looked at anew; what comes is cut off by size and by time, and is never unpacked.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urljoin

import aiohttp

from services.kit.checked_names import CheckedNames, refusal_behind
from services.kit.complaint import Complaint
from services.pki.errors import EvidenceRefused
from services.refusal import Refused
from services.rules.addresses import Address, must_be_address, must_be_url

LARGEST_LIST = 20_000_000
LARGEST_ANSWER = 65_536
MOST_REDIRECTS = 3
SECONDS = 10.0
# An address that failed is left alone for so long: 500 phones that check in do not wait for it one after the other.
QUIET_SECONDS = 15.0
_REDIRECTS = {301, 302, 303, 307, 308}


class NotFetched(EvidenceRefused):
    """Nothing came from an address; the text says why in a few words."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Names and networks beside the public ones that may be fetched from: an authority within the house."""

    names: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def must(self, host: str, address: Address) -> None:
        """Raise AddressNotTaken; link-local addresses, among them metadata services, never are allowed."""
        private = host in self.names or any(
            address.version == network.version and address in network for network in self.networks
        )
        must_be_address(address, private=private)


def allowed(text: str) -> Allowed:
    """From the operator's list: names and networks, separated by commas. Raises Complaint."""
    names: list[str] = []
    networks: list[IPv4Network | IPv6Network] = []
    for word in filter(None, (each.strip() for each in text.split(","))):
        try:
            networks.append(ip_network(word))
        except ValueError:
            if "/" in word or not word.replace("-", "").replace(".", "").isalnum():
                raise Complaint(f"{word!r} is neither a host's name nor a network") from None
            names.append(word.lower())
    return Allowed(frozenset(names), tuple(networks))


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came, and its SHA-256: made as it came, since 20 MB at once would hold up the event loop."""

    der: bytes
    sha256: bytes


class Fetcher:
    """Fetches; two who want the same at once share one fetch."""

    def __init__(
        self, may: Allowed, clock: Callable[[], float] = time.monotonic, seconds: float = SECONDS
    ) -> None:
        """`seconds`: how long one fetch may take, redirects and all."""
        self._allowed = may
        self._clock = clock
        self._seconds = seconds
        self._names = CheckedNames(may.must)
        self._under_way: dict[tuple[str, bytes], asyncio.Task[Fetched]] = {}
        self._failed: dict[str, float] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End all connections."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._names.close()
        if self._session is not None:
            await self._session.close()

    async def fetch_list(self, url: str) -> Fetched:
        """The file at an address. Raises NotFetched."""
        return await self._once(url, b"", LARGEST_LIST)

    async def ask(self, url: str, question: bytes) -> Fetched:
        """A responder's answer to a question (RFC 6960 appendix A). Raises NotFetched."""
        return await self._once(url, question, LARGEST_ANSWER)

    async def _once(self, url: str, question: bytes, largest: int) -> Fetched:
        # A clock that was set back leaves nothing alone for longer than that.
        if 0 < self._failed.get(url, 0.0) - self._clock() <= QUIET_SECONDS:
            raise NotFetched("failed a moment ago")
        key = url, hashlib.sha256(question).digest()
        if key not in self._under_way:
            task = self._under_way[key] = asyncio.create_task(self._tried(url, question, largest))
            task.add_done_callback(lambda _: self._under_way.pop(key))
        # One of several who wait may leave; the fetch goes on for the others.
        return await asyncio.shield(self._under_way[key])

    async def _tried(self, url: str, question: bytes, largest: int) -> Fetched:
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._followed(url, question, largest)
        except NotFetched:
            self._leave_alone(url)
            raise
        except Refused as refused:
            raise NotFetched(refused.code) from refused
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            self._leave_alone(url)
            raise NotFetched(refusal_behind(error) or f"unreachable ({type(error).__name__})") from error
        self._failed.pop(url, None)
        return found

    def _leave_alone(self, url: str) -> None:
        now = self._clock()
        self._failed = {each: until for each, until in self._failed.items() if until > now}
        self._failed[url] = now + QUIET_SECONDS

    async def _followed(self, url: str, question: bytes, largest: int) -> Fetched:
        for _ in range(1 + MOST_REDIRECTS):
            self._must_be_taken(url)
            async with self._request(url, question) as answer:
                if answer.status in _REDIRECTS and not question:
                    url = urljoin(url, answer.headers.get("Location", ""))
                    continue
                return await _whole(answer, largest)
        raise NotFetched("too many redirects")

    def _must_be_taken(self, url: str) -> None:
        # As text first; an address in the URL itself passes by the resolver.
        parts = must_be_url(url, private=True)
        try:
            address = ip_address(parts.hostname or "")
        except ValueError:
            return
        self._allowed.must(str(address), address)

    def _request(self, url: str, question: bytes) -> "aiohttp.client._RequestContextManager":
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=self._names, use_dns_cache=False, limit=32, limit_per_host=8
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                headers={"User-Agent": "plenary", "Accept-Encoding": "identity"},
            )
        if question:
            headers = {"Content-Type": "application/ocsp-request"}
            return self._session.post(url, data=question, headers=headers, allow_redirects=False)
        return self._session.get(url, allow_redirects=False)


async def _whole(answer: aiohttp.ClientResponse, largest: int) -> Fetched:
    """The body of a good answer, not larger than that. Raises NotFetched."""
    if answer.status != 200:
        raise NotFetched(f"http {answer.status}")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise NotFetched("packed")
    if (answer.content_length or 0) > largest:
        raise NotFetched("too large")
    parts: list[bytes] = []
    told = hashlib.sha256()
    size = 0
    async for part in answer.content.iter_any():
        size += len(part)
        if size > largest:
            raise NotFetched("too large")
        told.update(part)
        parts.append(part)
    return Fetched(b"".join(parts), told.digest())
