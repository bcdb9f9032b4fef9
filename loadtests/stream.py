"""A live stream read as a screen reads it, for Locust's greenlets: server-sent events over HTTP/1.0 (no chunks)."""

import contextlib
import socket
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit

_PATIENCE = 60.0


class Told(NamedTuple):
    """One event: its name, its data, and the position after it ("" if it has none)."""

    name: str
    data: bytes
    at: str


class StreamRefused(Exception):
    """The server did not open the stream; the text is its first line."""


class Stream:
    """One connection to the live stream of a meeting."""

    def __init__(self, url: str, meeting: str, token: str, last: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80), _PATIENCE)
        again = f"Last-Event-ID: {last}\r\n" if last else ""
        request = (
            f"GET /live/meetings/{meeting}/events HTTP/1.0\r\nHost: plenary\r\n"
            f"Authorization: Bearer {token}\r\n{again}\r\n"
        )
        self._socket.sendall(request.encode())

    def events(self) -> Iterator[Told]:
        """Every event until somebody closes. Raises StreamRefused, OSError."""
        with self._socket.makefile("rb") as lines:
            status = lines.readline()
            if b" 200 " not in status:
                raise StreamRefused(status.decode(errors="replace").strip())
            while lines.readline() not in (b"\r\n", b""):
                pass
            yield from _events(lines)

    def cut(self) -> None:
        """As when the network is gone: nothing is said, and whoever reads is thrown out."""
        # Whoever waits in a read is woken by this, not by a close.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _events(lines: BinaryIO) -> Iterator[Told]:
    name, data, at = "", b"", ""
    for line in lines:
        field, _, value = line.rstrip(b"\r\n").partition(b": ")
        match field:
            case b"event":
                name = value.decode()
            case b"id":
                at = value.decode()
            case b"data":
                data = value
            case b"" if name:
                yield Told(name, data, at)
                name, data, at = "", b"", ""
            case _:
                pass
