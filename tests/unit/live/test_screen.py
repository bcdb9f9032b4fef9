"""A screen that reads too slowly is cut off, one that reads is left alone."""

import asyncio
from typing import Any

import pytest

from services.live.frame import chunk
from services.live.screen import LARGEST_BACKLOG, LONGEST_BACKLOG_SECONDS, Screen


class Wire(asyncio.Transport):
    """A transport whose peer reads when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.waiting = 0
        self.aborted = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
async def wire() -> Wire:
    return Wire()


def screen_on(wire: Wire, chunked: bool = True) -> Screen:
    return Screen(wire, chunked=chunked, expires_at=0)


def show(screen: Screen, payload: bytes) -> None:
    screen.show(payload, chunk(payload))


async def test_backlog_cuts_off(wire: Wire) -> None:
    """More than the largest backlog waiting when the next event comes: cut off, and nothing more is written."""
    screen = screen_on(wire)
    for _ in range(LARGEST_BACKLOG // 1_000 + 2):
        show(screen, b"x" * 1_000)
    assert wire.aborted
    assert screen.gone.done()
    written = wire.written
    show(screen, b"y")
    assert wire.written == written


async def test_not_drained_cuts_off(wire: Wire) -> None:
    """A little that waits too long cuts off as well; a look at an empty buffer begins anew."""
    screen = screen_on(wire)
    show(screen, b"x")
    screen.look(0.0)
    wire.waiting = 0
    screen.look(LONGEST_BACKLOG_SECONDS)
    show(screen, b"x")
    screen.look(LONGEST_BACKLOG_SECONDS + 1)
    screen.look(2 * LONGEST_BACKLOG_SECONDS)
    assert not wire.aborted
    screen.look(2 * LONGEST_BACKLOG_SECONDS + 1)
    assert wire.aborted


async def test_large_event_is_no_lag(wire: Wire) -> None:
    """A large opening or event may wait on top of the backlog until it has been read, and only then."""
    screen = screen_on(wire)
    show(screen, b"x" * (2 * LARGEST_BACKLOG))
    show(screen, b"y")
    assert not wire.aborted
    wire.waiting = 0
    screen.look(1.0)
    wire.waiting = LARGEST_BACKLOG + 1
    show(screen, b"z")
    assert wire.aborted


async def test_bodies_of_both_http_versions(wire: Wire) -> None:
    """HTTP/1.1 gets chunks, HTTP/1.0 (the default of some proxies) the bare bytes."""
    show(screen_on(wire), b"hello")
    show(screen_on(wire, chunked=False), b"hello")
    assert wire.written == b"5\r\nhello\r\nhello"


async def test_last_words(wire: Wire) -> None:
    """A screen that reads hears why it is dismissed and ends in order; a lagging one is cut short."""
    screen = screen_on(wire, chunked=False)
    screen.dismiss(b"bye")
    assert wire.written == b"bye"
    assert not wire.aborted
    assert screen.gone.done()
    wire.waiting = 100_000
    screen_on(wire).dismiss(b"bye")
    assert wire.aborted


async def test_peer_is_gone(wire: Wire) -> None:
    """A transport that closed ends the screen."""
    screen = screen_on(wire)
    wire.aborted = True
    screen.look(1.0)
    assert screen.gone.done()
    assert wire.written == b""
