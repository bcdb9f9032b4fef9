"""The server's clock, handed on as an argument, never a global."""

import time
from collections.abc import Callable

Clock = Callable[[], int]


def since_boot() -> int:
    """Milliseconds since the machine was started, by a clock that nobody sets."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


def now() -> int:
    """Milliseconds since 1970-01-01T00:00Z by the server's clock."""
    return time.time_ns() // 1_000_000
