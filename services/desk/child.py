"""A process of ours: it dies with us, its end is noticed at once, and it is started again."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import structlog

from services.desk.place import Account

log = structlog.get_logger(__name__)

# For the environment of who has to do with results of thousands: what glibc gives back at once are blocks of a megabyte
# and more. By itself it learns from the first such block to keep them all, for each thread apart.
GIVING_BACK = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
_ATTACHED = Path(__file__).with_name("attached.py")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_HEALTHY_SECONDS = 10.0
# Who says nothing for so long, asked again and again, is frozen: who comes to it waits in vain.
LONGEST_SILENCE = 30.0
_LOOK_SECONDS = 1.0


class ChildEnded(Exception):
    """The process ended before it was ready; the text tells how."""


class Child:
    """One running process, in a session of its own so that Ctrl-C in our terminal reaches only us."""

    def __init__(self, process: asyncio.subprocess.Process, stop_signal: signal.Signals) -> None:
        self._process = process
        self._stop_signal = stop_signal

    @classmethod
    async def start(
        cls,
        arguments: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        stop_signal: signal.Signals,
        account: Account | None = None,
        output: Path | None = None,
    ) -> Self:
        """Start a process as `account` (none: as ourselves), its output in the file `output` (none: ours)."""
        with contextlib.ExitStack() as stack:
            sink = stack.enter_context(output.open("wb")) if output else None
            process = await asyncio.create_subprocess_exec(
                *_attached(arguments, stop_signal, account),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env=dict(environment),
                start_new_session=True,
            )
        return cls(process, stop_signal)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.returncode

    async def ended(self) -> int:
        """Wait for its end; the exit code, negative for a signal."""
        return await self._process.wait()

    async def stop(self, patience: float, how: signal.Signals | None = None) -> None:
        """Ask it to stop, wait `patience` seconds, then kill it; returns when it is gone."""
        for means in (how or self._stop_signal, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(means)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), patience)
                return
        await self._process.wait()


async def outcome(
    arguments: Sequence[str | Path], *, environment: Mapping[str, str], account: Account | None
) -> tuple[int, str]:
    """Run a short program to its end: its exit code and all it said."""
    process = await asyncio.create_subprocess_exec(
        *_attached(arguments, signal.SIGTERM, account),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=dict(environment),
        start_new_session=True,
    )
    words, _ = await process.communicate()
    return process.returncode or 0, words.decode(errors="replace")


def _attached(
    arguments: Sequence[str | Path], stop_signal: signal.Signals, account: Account | None
) -> list[str]:
    """The command that becomes `arguments` as `account` and dies with us, also if we are killed."""
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    numbers = [str(number) for number in (os.getpid(), int(stop_signal), uid, gid)]
    return [sys.executable, "-I", "-S", str(_ATTACHED), *numbers, *map(str, arguments)]


class Kept:
    """A child that is started again whenever it ends, until `stop`."""

    def __init__(
        self,
        name: str,
        launch: Callable[[], Awaitable[Child]],
        patience: float,
        lives: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """`launch` returns a child that is ready, or raises ChildEnded; `patience` seconds are given to stop.

        `lives` asks whether it says anything at all: one that has not for LONGEST_SILENCE is killed, and started again.
        """
        self.name = name
        self._lives = lives
        self._launch = launch
        self._patience = patience
        self._child: Child | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id; None between two lives."""
        return self._child.pid if self._child is not None and self._child.exit_code is None else None

    async def start(self, changed: Callable[[], None]) -> None:
        """Start the child and keep it; `changed` is called after every later restart. Raises ChildEnded."""
        self._child = await self._launch()
        self._keeping = asyncio.create_task(self._keep(self._child, changed))

    async def _keep(self, child: Child, changed: Callable[[], None]) -> None:
        clock = asyncio.get_running_loop().time
        pause = _FIRST_PAUSE
        while True:
            since = clock()
            log.error("child.ended", child=self.name, pid=child.pid, exit_code=await self._ended(child))
            pause = _FIRST_PAUSE if clock() - since > _HEALTHY_SECONDS else min(pause * 2, _LONGEST_PAUSE)
            child = self._child = await self._launch_again(pause)
            log.warning("child.restarted", child=self.name, pid=child.pid)
            self._tell(changed)

    def _tell(self, changed: Callable[[], None]) -> None:
        """Whoever cannot hear of it now, because a disk is full, does not keep us from starting it once more."""
        try:
            changed()
        except Exception:
            log.exception("child.restart_not_told", child=self.name)

    async def _ended(self, child: Child) -> int:
        watching = asyncio.create_task(self._watch(child))
        try:
            return await child.ended()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self, child: Child) -> None:
        """Kill the child once it is frozen; what it has acknowledged is durable."""
        clock = asyncio.get_running_loop().time
        heard = clock()
        while self._lives is not None:
            await asyncio.sleep(_LOOK_SECONDS)
            if await self._lives():
                heard = clock()
            elif clock() - heard > LONGEST_SILENCE:
                log.error("child.frozen", child=self.name, pid=child.pid)
                await child.stop(0.0, signal.SIGKILL)

    async def _launch_again(self, pause: float) -> Child:
        while True:
            await asyncio.sleep(pause)
            try:
                return await self._launch()
            except (ChildEnded, OSError) as error:
                log.warning("child.start_failed", child=self.name, error=str(error))
            except Exception:
                # No threads left, a store that says what no store should: whatever it is, it may be gone the next time.
                log.exception("child.start_failed", child=self.name)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def stop(self) -> None:
        """Stop keeping it and stop it; returns when it is gone."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        if self._child is not None:
            await self._child.stop(self._patience)


async def ready(
    child: Child, answers: Callable[[], Awaitable[bool]], patience: float, interval: float
) -> None:
    """Wait until `answers` says true. Raises ChildEnded if the child ends first or `patience` seconds pass.

    A child that does not become ready is not left running, also when we are cancelled.
    """
    try:
        async with asyncio.timeout(patience):
            while not await answers():
                if child.exit_code is not None:
                    raise ChildEnded(f"it ended with exit code {child.exit_code} before it was ready")
                await asyncio.sleep(interval)
    except TimeoutError:
        await child.stop(1.0, signal.SIGKILL)
        raise ChildEnded(f"it was not ready after {patience:.0f} seconds") from None
    except BaseException:
        await child.stop(5.0)
        raise
