"""Many hands for an audit: this process and a fork of it for each further core.

Threads do not help where Python itself is the work, and ten thousand chains of certificates are that. A fork has all
that was read so far, so nothing is carried over but what comes out. What a fork does not deliver, because something
was refused or because it died, is done here: so refusals, and their order, are those of one process.
"""

import contextlib
import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import GenericAlias
from typing import Any, TypeVar

import msgspec

from services.refusal import Refused
from services.rules import bulk

T = TypeVar("T")
U = TypeVar("U")

# Fewer are done by the time that forks have begun.
LEAST = 2_000
# So many at a time, in turns: all are ready at about the same time, and little is done twice after a refusal.
RUN = 500


class Forks(bulk.Threads):
    """The hands of as many processes as there are cores; of this one alone where it may not fork or need not."""

    def think(self, many: Sequence[T], do: Callable[[Sequence[T]], list[U]], kind: type[U]) -> list[U]:
        """In all processes."""
        return _share(many, do, kind) if _is_worth_it(many) else super().think(many, do, kind)

    def verify(self, many: Sequence[T], do: Callable[[Sequence[T]], list[U]], kind: type[U]) -> list[U]:
        """In all processes."""
        return _share(many, do, kind) if _is_worth_it(many) else super().verify(many, do, kind)


def _is_worth_it(many: Sequence[object]) -> bool:
    return len(many) >= LEAST and bulk.cores() > 1 and _is_alone()


def _is_alone() -> bool:
    """Whether this process has no other thread: a fork would keep its locks, and nobody would open them."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _share(many: Sequence[T], do: Callable[[Sequence[T]], list[U]], kind: type[U]) -> list[U]:
    runs = [many[start : start + RUN] for start in range(0, len(many), RUN)]
    hands = min(bulk.cores(), len(runs))
    forks: list[tuple[int, int]] = []
    try:
        # 1. Each takes every so manieth run, we too; if there are no more processes to be had, fewer do.
        with _uninterrupted(), contextlib.suppress(OSError):
            for place in range(1, hands):
                forks.append(_fork(runs[place::hands], do))
        shares = [_work(runs[::hands], do), *(_collect(came, kind) for _, came in forks)]
        shares += [[] for _ in range(len(shares), hands)]
    finally:
        # Also when we are interrupted: none of them goes on.
        for pid, _ in forks:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    # 2. All in order; what is still not done, here and now.
    done = (shares[place % hands][place // hands : place // hands + 1] for place in range(len(runs)))
    pairs = zip(runs, done, strict=True)
    return [result for run, found in pairs for result in (found[0] if found else do(run))]


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits: until every fork is known to us, and knows itself what to do with it."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _work(runs: Iterable[Sequence[T]], do: Callable[[Sequence[T]], list[U]]) -> list[list[U]]:
    """What comes out of each run, up to the first in which something is refused."""
    done = []
    with contextlib.suppress(Refused):
        for run in runs:
            done.append(do(run))
    return done


def _fork(runs: Sequence[Sequence[T]], do: Callable[[Sequence[T]], list[U]]) -> tuple[int, int]:
    """A process that works through these runs: its id, and where its results come from."""
    parent = os.getpid()
    came, goes = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(came)
        os.close(goes)
        raise
    if pid:
        os.close(goes)
        return pid, came
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        # A collection would write to every page that we share.
        gc.disable()
        os.close(came)
        with open(goes, "wb") as pipe:
            pipe.write(msgspec.msgpack.encode(_work(_wanted(runs, parent), do)))
    finally:
        os._exit(0)


def _wanted(runs: Sequence[Sequence[T]], parent: int) -> Iterator[Sequence[T]]:
    """The runs, as long as there is somebody who asked for them."""
    for run in runs:
        if os.getppid() != parent:
            return
        yield run


def _collect(came: int, kind: type[U]) -> list[list[U]]:
    """What a fork has done; nothing if it died."""
    with open(came, "rb") as pipe:
        raw = pipe.read()
    whole: Any = GenericAlias(list, GenericAlias(list, kind))
    try:
        found: list[list[U]] = msgspec.msgpack.decode(raw, type=whole)
    except msgspec.DecodeError:
        return []
    return found
