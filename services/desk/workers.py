"""The worker processes of one machine: started together, each kept alive, stopped with their requests answered."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prometheus_client import multiprocess

from services.desk import listening
from services.desk.child import GIVING_BACK, Child, ChildEnded, Kept, ready
from services.desk.place import PlaceRefused, directory_elsewhere, owned_directory
from services.kit.complaint import Complaint
from services.kit.settings import PREFIX, Settings

FIRST_SOCKET = "0.sock"
_POLL = 0.02
_PATIENCE = 60.0
_SILENCE = 5.0
# A stopped predecessor may still be closing its listening sockets.
_PORT_PATIENCE = 2.0
_MORE_THAN_DRAIN = 5.0
_LOW_PORT = (
    " (ports below 1024 want a right: AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit, or take 8443)"
)
# A file system in memory (Linux); nothing is mounted there elsewhere.
_MEMORY = Path("/dev/shm")  # noqa: S108 - what we make there is ours alone
# What all workers count takes some megabytes; a container may have less there, or somebody else has filled it.
_ENOUGH = 32 * 1024 * 1024


class WorkersRefused(Complaint):
    """The workers cannot be started; the text says why."""


@contextlib.asynccontextmanager
async def port_held(host: str, port: int) -> AsyncIterator[int]:
    """The port, ours as long as the block lasts (0: a free one is chosen). Raises WorkersRefused.

    Workers share the port with SO_REUSEPORT, which would also let two Plenaries of one user share it in silence:
    so first it is bound without.
    """
    with contextlib.ExitStack() as held:
        holders = [held.enter_context(each) for each in await _hold(host, port)]
        yield holders[0].getsockname()[1]


async def _hold(host: str, port: int) -> list[socket.socket]:
    deadline = asyncio.get_running_loop().time() + _PORT_PATIENCE
    while True:
        try:
            with contextlib.ExitStack() as probed:
                probes = [probed.enter_context(each) for each in listening.bound(host, port, reuse=False)]
                free = probes[0].getsockname()[1]
            return listening.bound(host, free, reuse=True)
        except OSError as error:
            if asyncio.get_running_loop().time() > deadline:
                hint = _LOW_PORT if isinstance(error, PermissionError) else ""
                raise WorkersRefused(
                    f"không mở được cổng {port} ở {host}: xem ai giữ (ss -ltnp), hoặc đổi PLENARY_PORT, PLENARY_HOST"
                    f" / cannot listen on {host} port {port}: {error.strerror}{hint}"
                ) from error
        await asyncio.sleep(_POLL)


@dataclass(slots=True)
class _Worker:
    """How one worker is started: its own socket, the settings and metrics it shares with the others."""

    socket: Path
    environment: dict[str, str]
    metrics: Path
    last_pid: int | None = None

    async def launch(self) -> Child:
        """Start it and wait until it is ready. Raises ChildEnded."""
        # Who logs out may take with them what is theirs in memory (systemd-logind, RemoveIPC).
        self.metrics.mkdir(mode=0o700, exist_ok=True)
        if self.last_pid is not None:
            # What its predecessor counted stays; what it gauged ("connections now") is no longer so.
            multiprocess.mark_process_dead(self.last_pid, str(self.metrics))
        child = await Child.start(
            [sys.executable, "-m", "services.desk.worker", "--socket", self.socket],
            environment=self.environment,
            stop_signal=signal.SIGTERM,
        )
        self.last_pid = child.pid
        await ready(child, self._answers, _PATIENCE, _POLL)
        return child

    async def _answers(self) -> bool:
        return await is_ready(self.socket)

    async def lives(self) -> bool:
        """Whether it says anything, be it ready or not: also who has no file left to open, and hangs up, serves those
        who are there already."""
        return await _first_line(self.socket, b"/health/live") is not None


async def is_ready(unix_socket: Path) -> bool:
    """Whether the worker behind this socket says 200 to GET /health/ready."""
    return (await _first_line(unix_socket, b"/health/ready") or b"").startswith(b"HTTP/1.1 200")


async def _first_line(unix_socket: Path, path: bytes) -> bytes | None:
    """What is said to this question; nothing of it if we were hung up on; None if nobody is there, or says anything."""
    try:
        async with asyncio.timeout(_SILENCE):
            reader, writer = await asyncio.open_unix_connection(unix_socket)
            try:
                writer.write(b"GET %b HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n" % path)
                return await reader.readline()
            except (ConnectionError, ValueError):
                return b""
            finally:
                writer.close()
    except OSError:
        return None


def worker_count(wished: int) -> int:
    """How many workers to run: as wished, or one for each CPU we may use, at most 4."""
    return wished or min(
        4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


@contextlib.asynccontextmanager
async def serving(
    settings: Settings, sockets: Path, changed: Callable[[], None]
) -> AsyncIterator[tuple[Kept, ...]]:
    """All workers, ready, as long as the block lasts; one that dies is started again, then `changed` is called.

    `settings` are resolved: port, stores, number of workers. Raises WorkersRefused.
    """
    _empty(sockets)
    with _counting(settings.data) as metrics:
        kept = tuple(_kept(settings, sockets, metrics))
        try:
            await _start_all(kept, changed)
            yield kept
        finally:
            await asyncio.gather(*(each.stop() for each in kept))


def _kept(settings: Settings, sockets: Path, metrics: Path) -> Iterator[Kept]:
    environment = _environment(settings, metrics)
    patience = settings.drain_seconds + _MORE_THAN_DRAIN
    for number in range(settings.workers):
        worker = _Worker(sockets / f"{number}.sock", environment, metrics)
        yield Kept(f"worker {number}", worker.launch, patience, worker.lives)


@contextlib.contextmanager
def _counting(data: Path) -> Iterator[Path]:
    """Where the workers write down what they count, empty at first, as long as the block lasts.

    In memory, where there is such a place with room: they write to pages of files, and a page for which a full disk
    has no room ends its process on the spot (SIGBUS).
    """
    home = _metrics(data / "metrics")
    try:
        _empty(home)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _metrics(wanted: Path) -> Path:
    if _MEMORY.is_mount() and shutil.disk_usage(_MEMORY).free >= _ENOUGH:
        # Somebody else may have taken the name there.
        with contextlib.suppress(PlaceRefused, OSError):
            return owned_directory(directory_elsewhere(_MEMORY, wanted), None)
    return owned_directory(wanted, None)


async def _start_all(kept: tuple[Kept, ...], changed: Callable[[], None]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for each in kept:
                group.create_task(each.start(changed))
    except* (ChildEnded, OSError) as failed:
        raise WorkersRefused(
            f"một tiến trình phục vụ không chạy được / a worker did not start: {failed.exceptions[0]}"
        ) from failed


def _environment(settings: Settings, metrics: Path) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    ours = settings.to_environment() | {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    return GIVING_BACK | others | _zone(others.get("TZ", "")) | ours


def _zone(name: str) -> dict[str, str]:
    """UTC instead of a zone without a name (`ICT-7`): what dates a seal knows names only, and would seal nothing."""
    try:
        if name and not name.startswith("/"):
            ZoneInfo(name.removeprefix(":"))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return {"TZ": "UTC"}
    return {}


def _empty(directory: Path) -> None:
    for each in directory.iterdir():
        shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
