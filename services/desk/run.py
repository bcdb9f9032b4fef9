"""`plenary run`: everything on one machine, started in order, watched, and stopped in the opposite order."""

import argparse
import asyncio
import contextlib
import errno
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from services.desk import keys, leftover, place, sample, tls, welcome
from services.desk.backups import following, rebuilding
from services.desk.child import Kept
from services.desk.migrate import migrate
from services.desk.plain_door import explaining
from services.desk.room import must_suffice
from services.desk.stores import Stores, opened
from services.desk.workers import FIRST_SOCKET, port_held, serving, worker_count
from services.kit import clock, connections
from services.kit.background import beside
from services.kit.complaint import Complaint
from services.kit.logs import set_up
from services.kit.settings import PREFIX, Settings, load

log = structlog.get_logger(__name__)


async def run(settings: Settings) -> None:
    """Run until cancelled. What was entered is left in the opposite order: workers, Valkey, PostgreSQL, lock."""
    async with contextlib.AsyncExitStack() as stack:
        # 1. One Plenary per data directory.
        data = place.data_directory(settings.data)
        stack.enter_context(place.locked(data / "plenary.lock", _already_running(data)))
        rebuilding.must_not_be_between(data)
        keys.must_know_the_time(data, clock.now())
        state = stack.enter_context(_published(data / "run.json"))
        # 2. The stores, ours or yours, with room for all workers.
        settings = replace(settings, workers=worker_count(settings.workers))
        _, most = connections.to_postgres(settings)
        state.stores = await stack.enter_async_context(
            opened(data, settings.database_url, settings.redis_url, state.publish, most)
        )
        await must_suffice(settings, state.stores)
        # 3. The schemas of all services; their log kept elsewhere, too, if that is wished.
        await asyncio.to_thread(migrate, state.stores.database_url)
        await keys.must_be_its_own(data, state.stores.database_url)
        await stack.enter_async_context(_followed(settings, state))
        # 4. The port, settled for good.
        settings = replace(
            settings,
            data=data,
            port=await stack.enter_async_context(port_held(settings.host, settings.port)),
            database_url=state.stores.database_url,
            redis_url=state.stores.redis_url,
        )
        # 5. Where others reach us too: the certificate for HTTPS, and so the address that people are told.
        settings = await asyncio.to_thread(tls.settled, settings, clock.now)
        # 6. The keys, made and noted on the first start.
        await keys.settle(settings)
        # 7. The workers, until every one is ready; beside them who explains HTTPS to those that came without.
        sockets = place.socket_directory(data, "workers", None)
        state.workers = await stack.enter_async_context(serving(settings, sockets, state.publish))
        ways = await _ways_in(settings, stack)
        # 8. Said to tools and, once there is a meeting to see, to people; from here on there is only watching.
        state.url, state.host = settings.address, settings.host
        state.publish()
        _announce(settings, [*ways, *await _sample(settings, sockets / FIRST_SOCKET)])
        await asyncio.Event().wait()


_NO_STORES = Stores("", "")


def _already_running(data: Path) -> str:
    return (
        f"Plenary đang chạy với thư mục dữ liệu {data}. / Another Plenary is running on the data directory {data}: "
        "stop it, or set PLENARY_DATA to another directory"
    )


@dataclass(slots=True)
class _State:
    """What runs now, written to `path` whole whenever it changes."""

    path: Path
    url: str = ""
    host: str = ""
    stores: Stores = _NO_STORES
    workers: tuple[Kept, ...] = ()
    # When the machine was started, by the clock as it is now: who sets the clock later is found out (`plenary doctor`).
    began_at: int = field(default_factory=lambda: clock.now() - clock.since_boot())

    def publish(self) -> None:
        """Write run.json, as soon as there is an address to tell. It names databases: only its owner may read it."""
        if not self.url:
            return
        facts = {
            "url": self.url,
            "host": self.host,
            "pid": os.getpid(),
            "birth": leftover.birth(os.getpid()),
            "began_at": self.began_at,
            "workers": [each.pid for each in self.workers],
            "postgres": self.stores.pids.get("postgres"),
            "valkey": self.stores.pids.get("valkey"),
            "database_url": self.stores.database_url,
            "redis_url": self.stores.redis_url,
        }
        try:
            place.write_whole(self.path, json.dumps(facts, indent=2) + "\n", 0o600)
        except OSError as error:
            # Tools will not find us, or not all of us; a sitting goes on.
            log.warning("desk.not_published", file=str(self.path), error=str(error))


@contextlib.contextmanager
def _published(path: Path) -> Iterator[_State]:
    # A file left by a run that was killed would send tools to a dead address.
    path.unlink(missing_ok=True)
    try:
        yield _State(path)
    finally:
        path.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def _followed(settings: Settings, state: _State) -> AsyncIterator[None]:
    """The log of our own database goes to the directory of backups while the block lasts; nothing else waits for it."""
    if settings.database_url:
        yield
    elif not settings.backup_directory:
        await asyncio.to_thread(following.forget, state.stores.database_url)
        yield
    else:
        said = state.path.with_name("pg_receivewal.log")
        follow = following.follow(lambda: state.stores.database_url, Path(settings.backup_directory), said)
        async with beside("desk", follow):
            yield


async def _ways_in(settings: Settings, stack: contextlib.AsyncExitStack) -> list[str]:
    """With HTTPS: its certificate kept good, plain HTTP explained, while the stack lasts; lines for who has a phone."""
    if not settings.tls_certificate:
        return []
    await stack.enter_async_context(beside("desk", tls.keep_good(settings, clock.now)))
    house = tls.house(settings)
    plain = await stack.enter_async_context(explaining(settings, house))
    return welcome.lines(house, plain)


async def _sample(settings: Settings, socket: Path) -> list[str]:
    """The sample meeting of a first start. A sitting does not wait for it: what fails is said, and made good later."""
    try:
        return await sample.ensure(settings, socket)
    except Exception as error:
        log.warning("desk.sample_failed", error=str(error))
        return []


def _announce(settings: Settings, more: list[str]) -> None:
    lines = [
        f"Plenary đã sẵn sàng / Plenary is ready: {settings.address}",
        f"  Dữ liệu / data: {settings.data}",
        f"  Tình trạng / health: {settings.address}/health/ready",
        *more,
        "  Ctrl-C để dừng / to stop",
    ]
    # A full disk, or a reader that has gone: whoever wants to sit need not read it.
    with contextlib.suppress(OSError):
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


@contextlib.asynccontextmanager
async def _cancelled_by_signals() -> AsyncIterator[None]:
    """Cancel the current task on SIGTERM, SIGINT or SIGHUP, once; then the block ends as if it were done."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  # a coroutine always runs in a task
    asked = False

    def ask(number: signal.Signals) -> None:
        nonlocal asked
        # Only once: a second Ctrl-C must not tear down the orderly stop under way.
        if not asked:
            asked = True
            log.info("desk.stopping", signal=number.name)
            task.cancel()

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # `nohup plenary run &`: who said so may log out, and the sitting goes on.
        if each != signal.SIGHUP or signal.getsignal(each) is not signal.SIG_IGN:
            loop.add_signal_handler(each, ask, each)
    try:
        yield
    except asyncio.CancelledError:
        if not asked:
            raise


class NotStarted(Complaint):
    """The machine does not let us: a disk, a directory's owner; the text says which, and what to do."""


_FULL = ("đĩa đầy, hãy giải phóng chỗ", "the disk is full: make room")
_RIGHTS = ("sai chủ hoặc quyền, xem bằng ls -l", "the owner or mode is wrong: see ls -l")
_CAUSES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: ("đĩa chỉ đọc, xem dmesg | tail", "the disk is read-only: see dmesg | tail"),
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
}


async def _run_until_asked(settings: Settings) -> None:
    try:
        async with _cancelled_by_signals():
            await run(settings)
    except OSError as error:
        said = " ".join(str(error).split())
        vi, en = _CAUSES.get(error.errno or 0, ("xem plenary doctor", "see plenary doctor"))
        raise NotStarted(f"không khởi động được: {vi} / cannot start: {en} ({said})") from error


def main(arguments: list[str]) -> int:
    """Run everything on this machine: PostgreSQL and Valkey unless you name yours, and the workers."""
    parser = argparse.ArgumentParser(prog="plenary run", description=main.__doc__)
    parser.add_argument(
        "--host", help="address to listen on (PLENARY_HOST); 0.0.0.0: for everybody, by HTTPS"
    )
    parser.add_argument("--port", help="port to listen on (PLENARY_PORT)")
    parser.add_argument(
        "--test-tsa",
        action="store_const",
        const="true",
        help="stamp what persons sign with an authority of our own, for trials (PLENARY_TEST_TSA)",
    )
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    settings = load({**os.environ, **{PREFIX + name.upper(): value for name, value in given.items()}})
    set_up(settings.log_level, settings.log_format, "desk")
    asyncio.run(_run_until_asked(settings))
    return 0
