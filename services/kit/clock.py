"""The server's clock, handed on as an argument, never a global."""

import time
from collections.abc import Callable

Clock = Callable[[], int]


def now() -> int:
    """Milliseconds since 1970-01-01T00:00Z by the server's clock."""
    return time.time_ns() // 1_000_000
