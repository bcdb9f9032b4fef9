"""A process beside a worker: the first to go where memory runs out."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from services.kit import own_process
from services.pki.examiner import Examiner
from services.signing.print_shop import PrintShop
from tests.support.issued import materials
from tests.support.pki import Pki
from tests.support.waiting import eventually, until

_SCORE = Path("/proc/self/oom_score_adj")


@pytest.mark.skipif(sys.platform != "linux", reason="as the kernel of Linux has it")
def test_who_runs_out_of_memory_loses_a_press_first() -> None:
    """Neither us nor the database: what a press had under way is printed again."""
    beside = own_process.start(int)
    try:
        assert int(beside.submit(_SCORE.read_text).result(60)) > int(_SCORE.read_text())
    finally:
        own_process.end(beside)


async def _frozen(run: Callable[..., Awaitable[int]]) -> int:
    """A process that was frozen over what it has in hand."""
    pid = await run(os.getpid)
    os.kill(pid, signal.SIGSTOP)
    eventually(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, what="it is frozen")
    return pid


async def _must_end(close: Awaitable[None], *frozen: int) -> None:
    try:
        await asyncio.wait_for(close, 20)
        eventually(lambda: not any(_lives(pid) for pid in frozen), 20, what="it is ended")
    finally:
        for pid in filter(_lives, frozen):
            os.kill(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_a_press_that_is_frozen_holds_up_no_end() -> None:
    """A worker that ends ends its press with it, whatever state that is in: it would be killed in its turn."""
    shop = PrintShop(materials(Pki()))
    await _must_end(shop.close(), await _frozen(shop.run))


async def test_presses_that_are_frozen_while_one_takes_the_place_of_another() -> None:
    """The one that was replaced over what it had in hand, the one that is at work, and the one that is not ready."""
    shop = PrintShop(materials(Pki()), largest_bytes=1)
    first = await shop.run(os.getpid)
    freezing = asyncio.create_task(shop.run(os.kill, first, signal.SIGSTOP))

    async def replaced() -> bool:
        return bool(shop._replaced)

    await until(replaced, 60, what="another is in its place")
    freezing.cancel()
    second = await _frozen(shop.run)
    assert shop._renewal is not None
    await _must_end(shop.close(), first, second)
    eventually(lambda: not _presses(), what="none is left")


def _presses() -> list[int]:
    """Processes beside this one that are executors'."""
    return [
        each.pid
        for each in psutil.Process().children()
        if _lives(each.pid) and "spawn_main" in str(each.cmdline())
    ]


async def test_an_examiner_that_is_frozen_holds_up_no_end() -> None:
    """As a press."""
    examiner = Examiner()
    await _must_end(examiner.close(), await _frozen(examiner.ask))
