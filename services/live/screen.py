"""One connected screen: bytes go straight to its transport, nobody waits for it, and it is cut off if it lags.

What is waiting here is only what the kernel would not take: its send buffer is kept small, so that a screen that
stopped reading shows within a few events, and a peer that vanished (a phone out of range) is given up by TCP itself.
"""

import asyncio
import contextlib
import socket
from typing import Any

from services.kit import metrics
from services.live.frame import chunk

LARGEST_BACKLOG = 256 * 1024
LONGEST_BACKLOG_SECONDS = 10.0
SEND_BUFFER = 64 * 1024
# A phone out of range is to be seen on the chair's screen while a vote runs; one that comes back resumes.
PEER_TIMEOUT_MS = 15_000


class Screen:
    """A connection that follows a meeting. `gone` is resolved when it ends, from whichever side."""

    __slots__ = (
        "_allowance",
        "_chunked",
        "_lagging_since",
        "_transport",
        "desk",
        "expires_at",
        "gone",
        "member",
        "near",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        chunked: bool,
        expires_at: int,
        member: str = "",
        near: bool = False,
        desk: bool = False,
    ) -> None:
        """`chunked`: whether the body is in HTTP/1.1 chunks. `expires_at`: end of the token, in milliseconds.

        `member`: who shows as connected by it, "" for nobody. `near`: it is told who is connected and who has voted.
        `desk`: also what the desk wishes.
        """
        self.desk = desk
        self.member = member
        self.near = near
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.expires_at = expires_at
        self._transport = transport
        self._chunked = chunked
        self._allowance = LARGEST_BACKLOG
        self._lagging_since: float | None = None
        _limit_buffers(transport)

    def show(self, payload: bytes, chunked: bytes) -> None:
        """Write one or more events, given bare and as a chunk; never waits."""
        if self.gone.done():
            return
        if self._transport.is_closing():
            self._end()
            return
        if self._transport.get_write_buffer_size() > self._allowance:
            self.cut_off()
            return
        if payload:
            # A large opening, or what a whole hall asks, may wait on top of the usual backlog until it is through.
            self._allowance = max(self._allowance, LARGEST_BACKLOG + len(payload))
            self._transport.write(chunked if self._chunked else payload)

    def look(self, now: float) -> None:
        """See whether it still reads. `now`: seconds of a monotonic clock, about once a second."""
        if self.gone.done():
            return
        if self._transport.is_closing():
            self._end()
        elif self._transport.get_write_buffer_size() == 0:
            self._allowance = LARGEST_BACKLOG
            self._lagging_since = None
        elif self._lagging_since is None:
            self._lagging_since = now
        elif now - self._lagging_since >= LONGEST_BACKLOG_SECONDS:
            self.cut_off()

    def dismiss(self, last_words: bytes) -> None:
        """Say why, then end in order; one that would not hear it is cut short."""
        self.show(last_words, chunk(last_words))
        if self._transport.get_write_buffer_size() > SEND_BUFFER:
            self._transport.abort()
        self._end()

    def cut_off(self) -> None:
        """Give up on a screen that reads too slowly; it may come back with its position."""
        metrics.live_cut_off.inc()
        self._transport.abort()
        self._end()

    def _end(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)


def _limit_buffers(transport: asyncio.Transport) -> None:
    peer: Any = transport.get_extra_info("socket")
    if peer is None:
        return
    with contextlib.suppress(OSError):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_TIMEOUT_MS)
