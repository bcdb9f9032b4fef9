"""Sends one webhook once: to an address that was checked and to no other, following nobody anywhere else.

Names are resolved here, every address is checked, and the connection goes to exactly these addresses: a name that means
something else a moment later changes nothing. Of the answer only its status is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from services.kit.checked_names import CheckedNames, refusal_behind
from services.rules.addresses import AddressNotTaken, UrlNotTaken, must_be_address, must_be_url

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=4)
LONGEST_PAUSE_S = 60


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
        self._names = CheckedNames(lambda _, address: must_be_address(address, private=private))
        connector = aiohttp.TCPConnector(
            resolver=self._names,
            use_dns_cache=False,
            # None in all: each way has one message under way, and ports that swallow what comes, however many a body
            # names, are not to keep another's from theirs.
            limit=0,
            limit_per_host=8,
            keepalive_timeout=75,
        )
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        )

    async def close(self) -> None:
        """End all connections."""
        await self._names.close()
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
            return Outcome(error=refusal_behind(error) or "unreachable")


def _outcome(answer: aiohttp.ClientResponse) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome()
    pause = answer.headers.get("Retry-After", "")
    seconds = (
        min(int(pause), LONGEST_PAUSE_S) if pause.isascii() and pause.isdecimal() and len(pause) < 9 else 0
    )
    return Outcome(error=f"http {answer.status}", gone=answer.status == 410, pause=seconds)
