"""The worker processes of one machine: started together, each kept alive, stopped with their requests answered."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import multiprocess

from services.desk.child import Child, ChildEnded, Kept, ready
from services.desk.place import owned_directory
from services.kit.complaint import Complaint
from services.kit.settings import PREFIX, Settings

FIRST_SOCKET = "0.sock"
_POLL = 0.02
_PATIENCE = 60.0
# A stopped predecessor may still be closing its listening sockets.
_PORT_PATIENCE = 2.0
_MORE_THAN_DRAIN = 5.0


class WorkersRefused(Complaint):
    """The workers cannot be started; the text says why."""


@contextlib.asynccontextmanager
async def port_held(host: str, port: int) -> AsyncIterator[int]:
    """The port, ours as long as the block lasts (0: a free one is chosen). Raises WorkersRefused.

    Workers share the port with SO_REUSEPORT, which would also let two Plenaries of one user share it in silence:
    so first it is bound without.
    """
    with await _hold(host, port) as holder:
        yield holder.getsockname()[1]


async def _hold(host: str, port: int) -> socket.socket:
    deadline = asyncio.get_running_loop().time() + _PORT_PATIENCE
    while True:
        try:
            with _bound(host, port, reuse=False) as probe:
                free = probe.getsockname()[1]
            return _bound(host, free, reuse=True)
        except OSError as error:
            if asyncio.get_running_loop().time() > deadline:
                raise WorkersRefused(f"cannot listen on {host} port {port}: {error.strerror}") from error
        await asyncio.sleep(_POLL)


def _bound(host: str, port: int, *, reuse: bool) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address)
    except BaseException:
        made.close()
        raise
    return made


@dataclass(slots=True)
class _Worker:
    """How one worker is started: its own socket, the settings and metrics it shares with the others."""

    socket: Path
    environment: dict[str, str]
    metrics: Path
    last_pid: int | None = None

    async def launch(self) -> Child:
        """Start it and wait until it is ready. Raises ChildEnded."""
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
        """Whether it says anything, be it ready or not."""
        return await _says_200(self.socket, b"/health/live")


async def is_ready(unix_socket: Path) -> bool:
    """Whether the worker behind this socket says 200 to GET /health/ready."""
    return await _says_200(unix_socket, b"/health/ready")


async def _says_200(unix_socket: Path, path: bytes) -> bool:
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_unix_connection(unix_socket)
            try:
                writer.write(b"GET %b HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n" % path)
                return (await reader.readline()).startswith(b"HTTP/1.1 200")
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return False


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
    metrics = owned_directory(settings.data / "metrics", None)
    _empty(metrics)
    _empty(sockets)
    environment = _environment(settings, metrics)
    workers = [
        _Worker(sockets / f"{number}.sock", environment, metrics) for number in range(settings.workers)
    ]
    kept = tuple(
        Kept(
            f"worker {number}",
            worker.launch,
            settings.drain_seconds + _MORE_THAN_DRAIN,
            worker.lives,
        )
        for number, worker in enumerate(workers)
    )
    try:
        await _start_all(kept, changed)
        yield kept
    finally:
        await asyncio.gather(*(each.stop() for each in kept))


async def _start_all(kept: tuple[Kept, ...], changed: Callable[[], None]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for each in kept:
                group.create_task(each.start(changed))
    except* (ChildEnded, OSError) as failed:
        raise WorkersRefused(f"a worker did not start: {failed.exceptions[0]}") from failed


def _environment(settings: Settings, metrics: Path) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return others | settings.to_environment() | {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}


def _empty(directory: Path) -> None:
    for each in directory.iterdir():
        shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
