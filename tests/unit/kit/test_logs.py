"""Logs that nobody takes: whoever tells of itself goes on."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

# More than a pipe holds.
_TELLS = """
import logging, structlog
from services.kit.logs import set_up
set_up("info", "json", "test")
for number in range(2_000):
    structlog.get_logger().info("told", number=number, more="x" * 100)
logging.getLogger("asyncio").warning("told, too")
print("went on", flush=True)
"""
_ROOT = Path(__file__).parents[3]


def _goes_on(stderr: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TELLS],
        stdout=subprocess.PIPE,
        stderr=stderr,
        timeout=60,
        check=True,
        cwd=_ROOT,
    )
    assert done.stdout == b"went on\n"


def test_a_disk_without_room_ends_nothing() -> None:
    """Nor does any other write that fails."""
    with open("/dev/full", "wb") as full:
        _goes_on(full.fileno())


@pytest.mark.parametrize("is_read", [True, False], ids=["that nobody reads", "whose reader has gone"])
def test_a_pipe_holds_nobody_up(is_read: bool) -> None:
    """Its first lines are there to be read."""
    reading, writing = os.pipe()
    try:
        if not is_read:
            os.close(reading)
        _goes_on(writing)
        if is_read:
            assert os.read(reading, 10_000).startswith(b'{"number": 0, ')
            os.close(reading)
    finally:
        os.close(writing)


def test_a_terminal_that_was_stopped_holds_nobody_up() -> None:
    """Ctrl-S; and whoever shares the terminal is not made to lose lines."""
    ours, theirs = os.openpty()
    os.write(ours, b"\x13")
    _goes_on(theirs)
    assert os.get_blocking(theirs)
    os.close(ours)
    os.close(theirs)


def test_a_socket_that_nobody_reads_holds_nobody_up() -> None:
    """As that of journald."""
    reading, writing = socket.socketpair()
    with reading, writing:
        _goes_on(writing.fileno())
        assert reading.recv(10_000).startswith(b'{"number": 0, ')
        assert writing.getblocking()
