"""The clock of every Python process that finds this on its path runs ahead by what stands in the file FAULT_CLOCK.

Two numbers of eight bytes, little-endian, signed: milliseconds, of every process and of worker 1 beside. Only the fault
tests put this directory on a path.
"""

import mmap
import os
import struct
import sys
import time

_real, _real_ns = time.time, time.time_ns


def _stepped(path: str) -> None:
    with open(path, "r+b") as file:
        ahead = mmap.mmap(file.fileno(), 16)
    is_second = any(word.endswith("/1.sock") for word in sys.orig_argv)

    def milliseconds() -> int:
        numbers: tuple[int, int] = struct.unpack("<qq", ahead[:16])
        return numbers[0] + is_second * numbers[1]

    time.time = lambda: _real() + milliseconds() / 1000
    time.time_ns = lambda: _real_ns() + milliseconds() * 1_000_000


if "FAULT_CLOCK" in os.environ:
    _stepped(os.environ["FAULT_CLOCK"])
