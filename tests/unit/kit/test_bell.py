"""A bell that once could not be rung, or heard, whatever the reason, is rung and heard the next time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Unreachable

from services.kit import bell
from services.kit.background import beside
from services.kit.bell import Bell
from tests.support.waiting import until

FAULTS = [Unreachable(), RuntimeError("of the library"), MemoryError()]


class _Redis:
    """Fails once at everything; then it passes on what is published."""

    def __init__(self, fault: Exception) -> None:
        self._faults = {"publish": fault, "subscribe": fault}
        self.published: list[str] = []

    def _once(self, what: str) -> None:
        if fault := self._faults.pop(what, None):
            raise fault

    async def publish(self, _: str, key: str) -> None:
        self._once("publish")
        self.published.append(key)

    @asynccontextmanager
    async def pubsub(self) -> AsyncIterator["_Redis"]:
        yield self

    async def subscribe(self, _: str) -> None:
        self._once("subscribe")

    async def get_message(self, **_: Any) -> Any:
        await asyncio.sleep(0)
        return {"data": b"key"}


@pytest.fixture(params=FAULTS, ids=lambda fault: type(fault).__name__)
def redis(request: pytest.FixtureRequest) -> Any:
    """One for each kind of fault."""
    return _Redis(request.param)


async def test_who_rings_next_is_heard(redis: Any) -> None:
    """What rang in vain is found by a sweep."""
    rings = Bell(redis, "test", 0.001)

    async def called() -> bool:
        rings.ring("key")
        return bool(redis.published)

    await until(called, 5, "the leader to be called")
    await rings.silence()


async def test_who_listens_goes_on(redis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by sweeps alone."""
    monkeypatch.setattr(bell, "RETRY_SECONDS", 0.001)
    hears = Bell(redis, "test")
    hears.leads = True

    async def heard() -> bool:
        return "key" in hears.hush()

    async with beside("test", hears.listen()):
        await until(heard, 5, "a ring to be heard")
