"""What a crashed run of ours may have left behind: servers still running, and pid files that lie."""

import asyncio
import contextlib
import signal
from pathlib import Path

import psutil
import structlog

log = structlog.get_logger(__name__)

_BOOT = Path("/proc/sys/kernel/random/boot_id")

_POLL = 0.02


def birth(pid: int) -> str:
    """What no other process ever has, also one that gets this number later: when it began, and in which life of the
    machine. Empty: there is none, or nobody here can tell."""
    try:
        # After the name, which may hold anything: the twentieth is the start, in ticks since the machine's own.
        began = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
        return f"{_BOOT.read_text().strip()}/{began}"
    except (OSError, IndexError):
        return ""


async def end_leftover(pid_file: Path, program: str, home: Path, stop_signal: signal.Signals) -> None:
    """End the process a crashed run of ours left behind: the one in `pid_file`, if it is `program` living in `home`.

    Any other process that has got this number since is left alone.
    """
    try:
        old = psutil.Process(int(pid_file.read_text().split()[0]))
        ours = old.name() == program and Path(old.cwd()) == home.resolve()
    except (OSError, ValueError, IndexError, psutil.Error):
        return
    if not ours:
        return
    log.warning("child.left_behind", program=program, pid=old.pid)
    for means, patience in ((stop_signal, 30.0), (signal.SIGKILL, 10.0)):
        with contextlib.suppress(psutil.NoSuchProcess):
            old.send_signal(means)
        with contextlib.suppress(psutil.TimeoutExpired):
            await asyncio.to_thread(old.wait, patience)
            return


async def forget_stranger(pid_file: Path, program: str, home: Path) -> None:
    """Remove a pid file whose number now belongs to a process that is not ours, for a server would not start.

    Waits until no server lives in `home` any more: the file guards it against being opened twice.
    """
    try:
        number = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    if await asyncio.to_thread(psutil.pid_exists, number):
        # The system tells nobody when a directory is left: it has to be asked.
        while await asyncio.to_thread(_anybody_in, program, home.resolve()):  # noqa: ASYNC110 - as said above
            await asyncio.sleep(_POLL)
        pid_file.unlink(missing_ok=True)


def _anybody_in(program: str, home: Path) -> bool:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            # Not the shell of somebody who only looks at the files there.
            if process.name() == program and Path(process.cwd()) == home:
                return True
    return False
