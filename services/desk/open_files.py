"""Files and connections that a worker has open, of those that it may: who has none left hangs up on whoever comes, and
nothing else would tell."""

import asyncio
import os
import resource

import psutil
import structlog

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0
# What is open beyond this share may be all within a minute.
ALMOST = 0.9


def open_files_of(pid: int) -> tuple[int, int] | None:
    """How many files a process has open, and how many it may; None where that cannot be told."""
    try:
        process = psutil.Process(pid)
        most = process.rlimit(psutil.RLIMIT_NOFILE)[0]
        return None if most == psutil.RLIM_INFINITY else (process.num_fds(), most)
    except (psutil.Error, AttributeError, ValueError):
        return None


async def watch() -> None:
    """For ever: say it in the log when hardly any are left, and when there are again."""
    short = False
    while True:
        used, most = _of_us()
        if short != (used > ALMOST * most):
            short = not short
            say = log.error if short else log.info
            say("worker.files_nearly_out" if short else "worker.files_suffice", open=used, most=most)
        await asyncio.sleep(LOOK_SECONDS)


def _of_us() -> tuple[int, int]:
    """How many files we have open, as far as that matters: what is opened is given the lowest number that is free."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        lowest = os.dup(0)
    except OSError:
        return most, most
    os.close(lowest)
    return (0, 1) if most == resource.RLIM_INFINITY else (lowest, most)
