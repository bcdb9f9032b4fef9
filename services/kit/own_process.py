"""A process of its own beside a worker, for work that takes Python's lock for longer than an event loop may wait."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any


def start(equip: Callable[..., Any], *materials: object) -> ProcessPoolExecutor:
    """An executor of one process, started when first needed; `equip(*materials)` runs in it before all else."""
    # Not forked: a fork would take the worker's threads' locks and open connections with it.
    begin: Callable[..., Any] = _begin
    return ProcessPoolExecutor(1, get_context("spawn"), begin, (equip, *materials))


def end(executor: ProcessPoolExecutor) -> None:
    """End it and its process, at once, whatever it does: one that is frozen would be waited for by our own end."""
    kill = _killing(executor)
    executor.shutdown(wait=False, cancel_futures=True)
    kill()


def let_end(executor: ProcessPoolExecutor) -> Callable[[], None]:
    """Let it end once it is done with what it has in hand; what is returned ends it at once (see `end`)."""
    kill = _killing(executor)
    executor.shutdown(wait=False)
    return kill


def _killing(executor: ProcessPoolExecutor) -> Callable[[], None]:
    # There is no public way to its process before Python 3.14, and none at all once it was told to end.
    processes = list((executor._processes or {}).values())

    def kill() -> None:
        for process in processes:
            process.kill()

    return kill


def converse(serve: Callable[[Connection], None]) -> tuple[BaseProcess, Connection]:
    """A process that runs `serve` with its end of a pipe, and ours. It may be ended at any time, also by our own end;
    one of an executor would be waited for by a process that is one of an executor itself."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_begin, args=(serve, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _begin(equip: Callable[..., Any], *materials: object) -> None:
    # What is handed over shall not wait for what is verified beside it: a few switches more cost nothing.
    sys.setswitchinterval(0.0005)
    # Ctrl-C goes to the whole group; the worker drains, and we with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Where memory runs out, the system is to end what is begun anew for the next paper, not who takes ballots in.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
    threading.Thread(target=_die_with_parent, daemon=True).start()
    equip(*materials)


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
