"""Names whose look-up hangs hold up nobody who goes elsewhere."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from services.kit import checked_names
from services.kit.checked_names import HANGING_MOST, MOST, CheckedNames
from tests.support.waiting import until


class Lookups:
    """Names of `.hangs` are answered when it is allowed, all others at once."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.under_way = 0
        self._counting = threading.Lock()
        self.may_answer = threading.Event()

    def __call__(self, host: str, *_: Any, **__: Any) -> list[Any]:
        with self._counting:
            self.asked[host] += 1
            self.under_way += host.endswith(".hangs")
        if host.endswith(".hangs"):
            self.may_answer.wait(60)
            with self._counting:
                self.under_way -= 1
            raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 0))]


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lookups]:
    """In place of the machine's own."""
    found = Lookups()
    monkeypatch.setattr(socket, "getaddrinfo", found)
    yield found
    found.may_answer.set()


async def test_names_that_hang_hold_no_other_up(lookups: Lookups) -> None:
    """However many webhooks lead to names that nobody answers for, one with a good name is looked up at once."""
    names = CheckedNames(_anywhere)
    hanging = [asyncio.create_task(names.resolve(f"n{n}.hangs", 80)) for n in range(64)]
    await until(lambda: _is(lookups.under_way == 64), what="they hang")
    (found,) = await asyncio.wait_for(names.resolve("hall.good", 8443), 10)
    assert (found["host"], found["port"], found["hostname"]) == ("192.0.2.7", 8443, "hall.good")
    lookups.may_answer.set()
    assert {type(each) for each in await asyncio.gather(*hanging, return_exceptions=True)} == {
        socket.gaierror
    }
    await names.close()


async def test_one_name_is_looked_up_once_at_a_time(lookups: Lookups) -> None:
    """Whoever tries a name that hangs again and again, at whatever port, takes one thread; who gives up leaves it."""
    names = CheckedNames(_anywhere)
    waiting = [asyncio.create_task(names.resolve("one.hangs", port)) for port in range(1, 200)]
    await until(lambda: _is(lookups.under_way == 1), what="it hangs")
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    again = asyncio.create_task(names.resolve("one.hangs", 80))
    await names.resolve("hall.good", 80)
    assert lookups.asked["one.hangs"] == 1
    lookups.may_answer.set()
    with pytest.raises(socket.gaierror):
        await again
    # Once it is over, it is looked up anew.
    with pytest.raises(socket.gaierror):
        await names.resolve("one.hangs", 80)
    assert lookups.asked["one.hangs"] == 2


async def test_names_that_hung_before_leave_room_for_others(
    lookups: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More names than there can be threads, tried again and again: the rest of them are refused at once, no other."""
    monkeypatch.setattr(checked_names, "HUNG_S", 0.0)
    names = CheckedNames(_anywhere)
    first = [asyncio.create_task(names.resolve(f"n{n}.hangs", 80)) for n in range(MOST)]
    await until(lambda: _is(lookups.under_way == MOST), what="as many as may are under way")
    with pytest.raises(OSError, match="too many"):
        await names.resolve("hall.good", 80)
    lookups.may_answer.set()
    await asyncio.gather(*first, return_exceptions=True)
    lookups.may_answer.clear()
    # They are known now, and are given a part only.
    second = [asyncio.create_task(names.resolve(f"n{n}.hangs", 80)) for n in range(MOST)]
    await until(lambda: _is(sum(each.done() for each in second) == MOST - HANGING_MOST), what="refused")
    await names.resolve("hall.good", 80)
    lookups.may_answer.set()
    await asyncio.gather(*second, return_exceptions=True)


async def test_what_hangs_holds_up_no_end(lookups: Lookups) -> None:
    """Neither that of who looked up, nor that of the process."""
    names = CheckedNames(_anywhere)
    waiting = asyncio.create_task(names.resolve("one.hangs", 80))
    await until(lambda: _is(lookups.under_way == 1), what="it hangs")
    await names.close()
    assert all(each.daemon for each in threading.enumerate() if each.name.startswith("lookup"))
    with pytest.raises(OSError, match="closed"):
        await waiting
    with pytest.raises(OSError, match="closed"):
        await names.resolve("hall.good", 80)


async def test_no_thread_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without another thread is a name that cannot be looked up now, and no fault of ours."""

    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none)
    names = CheckedNames(_anywhere)
    with pytest.raises(OSError, match="no thread"):
        await names.resolve("hall.good", 80)


def _anywhere(*_: object) -> None:
    return


async def _is(value: bool) -> bool:
    return value
