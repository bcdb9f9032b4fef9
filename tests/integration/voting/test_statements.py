"""What ballots cost the database: under the ledger's lock one statement reads, one writes, however many there are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.voting import handlers
from tests.support.voting_desk import VotingDesk
from tests.support.voting_hall import send, send_all


class _Noted:
    """A connection that notes which kinds of statements are asked of it."""

    def __init__(self, connection: Any, asked: list[str]) -> None:
        self._connection = connection
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        if name in ("fetch", "fetchrow", "fetchval", "execute", "executemany"):
            self._asked.append(name)
        return getattr(self._connection, name)


@pytest.fixture
def noted(desk: VotingDesk, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """By transaction: the statements under the lock."""
    transactions: list[list[str]] = []
    store = desk.app[handlers.STORE]
    locked = store.locked

    @asynccontextmanager
    async def counted(meeting: str) -> AsyncIterator[Any]:
        async with locked(meeting) as ledger:
            transactions.append([])
            connection: Any = _Noted(ledger.connection, transactions[-1])
            ledger.connection = connection
            yield ledger

    monkeypatch.setattr(store, "locked", counted)
    return transactions


async def test_two_statements_for_any_number_of_ballots(desk: VotingDesk, noted: list[list[str]]) -> None:
    """One alone, several at once, changed votes and repeats: read, then written; of repeats only read."""
    poll, asked = await desk.opened(changes=True)
    devices = [desk.devices[voter] for voter in desk.voters]
    first = [device.ballot(asked, "approve") for device in devices]
    # The first ballot may find that the keys have changed, and reads them under the lock.
    assert (await send(desk, poll, first[0]))[0] == 201
    noted.clear()
    assert {status for status, _ in await send_all([desk], poll, first[1:])} == {201}
    second = [device.ballot(asked, "reject", after, 2) for device, after in zip(devices, first, strict=True)]
    assert {status for status, _ in await send_all([desk], poll, second)} == {201}
    assert noted
    assert all(asked_for == ["fetch", "execute"] for asked_for in noted), noted
    noted.clear()
    assert {status for status, _ in await send_all([desk], poll, second)} == {200}
    assert all(asked_for == ["fetch"] for asked_for in noted), noted
