"""Time-stamps (RFC 3161) of an authority by its URL: asked once, over a capped and timed exchange, and never believed.

What comes back must be over what was asked, in answer to this very request, and of an authority that leads to the
operator's anchors for time. Whoever asks does so in a thread or process of their own: `stamp` waits.
"""

import asyncio
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import aiohttp
from asn1crypto import tsp

from services.refusal import Refused
from services.rules import time_stamp
from services.rules.credential import load_anchors
from services.signing.countersigned import tokens
from services.signing.countersigned.pdf_errors import StamperAway

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class TimeStamper(Protocol):
    """Gives time-stamps."""

    def stamp(self, over: bytes) -> bytes:
        """A token (DER) over these bytes. Raises StamperAway."""


@dataclass(frozen=True, slots=True)
class UrlStamper:
    """An authority at a URL of the operator's. `trust`: its anchors (PEM); `timeout`: seconds for one answer, with its
    connection; `tries`: so often it is asked, when it cannot be reached. Plain values: another process may have it."""

    url: str
    trust: bytes
    timeout: float = 20.0
    tries: int = 2

    def stamp(self, over: bytes) -> bytes:
        """A token (DER) over these bytes. Raises StamperAway. Must not be called in a running event loop."""
        nonce = secrets.randbits(63) | 1 << 62
        answer = asyncio.run(self._ask(_request(over, nonce)))
        try:
            token = _token(answer)
            stamp = tokens.read(token, over)
            time_stamp.must_be_trusted(stamp, load_anchors(self.trust))
        except Refused as refused:
            raise StamperAway(what=f"{refused.code}: {refused.facts.get('what', '')}") from refused
        if tokens.nonce_in(token) != nonce:
            raise StamperAway(what="an answer to something else")
        return token

    async def _ask(self, request: bytes) -> bytes:
        limits = aiohttp.ClientTimeout(total=self.timeout, connect=self.timeout / 2)
        headers = {
            "Content-Type": QUERY,
            "Accept": REPLY,
            "Accept-Encoding": "identity",
            "User-Agent": "plenary",
        }
        jar = aiohttp.DummyCookieJar()
        # Nothing is unpacked: what is small on the way could be any size.
        async with aiohttp.ClientSession(
            timeout=limits, cookie_jar=jar, trust_env=False, auto_decompress=False
        ) as session:
            for left in reversed(range(self.tries)):
                try:
                    async with session.post(
                        self.url, data=request, headers=headers, allow_redirects=False
                    ) as answer:
                        return await _body(answer)
                except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                    if not left:
                        raise StamperAway(what=type(error).__name__) from error
        raise StamperAway(what="not asked")


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status != 200:
        raise StamperAway(what=f"HTTP {answer.status}")
    if answer.content_type != REPLY:
        raise StamperAway(what=f"not {REPLY}")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise StamperAway(what="a packed answer")
    raw = bytearray()
    async for piece in answer.content.iter_any():
        raw += piece
        if len(raw) > time_stamp.LARGEST:
            raise StamperAway(what="an answer too large")
    return bytes(raw)


def _request(over: bytes, nonce: int) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(over).digest()}
    request = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    return bytes(tsp.TimeStampReq(request).dump())


def _token(answer: bytes) -> bytes:
    """The token in an answer that grants it."""
    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        status = response["status"]["status"].native
        token = response["time_stamp_token"]
        if status not in ("granted", "granted_with_mods"):
            raise StamperAway(what=f"status {status}")
        return bytes(token.dump())
    except (ValueError, TypeError, KeyError) as error:
        raise StamperAway(what="not a time-stamp response") from error
