"""The clock of every Python process that finds this on its path runs ahead by what stands in the file FAULT_CLOCK.

Eight bytes, little-endian, signed: milliseconds. Only the fault tests put this directory on a path.
"""

import mmap
import os
import struct
import time

_real, _real_ns = time.time, time.time_ns


def _stepped(path: str) -> None:
    with open(path, "r+b") as file:
        ahead = mmap.mmap(file.fileno(), 8)

    def milliseconds() -> int:
        number: int = struct.unpack("<q", ahead[:8])[0]
        return number

    time.time = lambda: _real() + milliseconds() / 1000
    time.time_ns = lambda: _real_ns() + milliseconds() * 1_000_000


if "FAULT_CLOCK" in os.environ:
    _stepped(os.environ["FAULT_CLOCK"])
