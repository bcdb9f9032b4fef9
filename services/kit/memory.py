"""Memory that a process has freed and its C library keeps: given back to the machine."""

import asyncio
import ctypes

# By then whoever asked for it, and who asked them, have let go of what they held.
LATER_SECONDS = 3.0


def give_back() -> None:
    """Give back what is free, after something great was done; takes tens of milliseconds. Nothing where the C library
    has no way to (only glibc has)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def give_back_later() -> None:
    """Give back, beside the running event loop, what is free in a moment."""
    loop = asyncio.get_running_loop()
    loop.call_later(LATER_SECONDS, loop.run_in_executor, None, give_back)
