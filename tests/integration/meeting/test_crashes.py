"""The crash table: each act, when its commit fails, and when it succeeds but the answer is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import asyncpg
import pytest

from services.meeting.app import STORE
from services.meeting.store import Books, Store
from tests.integration.meeting.conftest import BODY, ROLL
from tests.support.meeting_desk import MeetingDesk

Fate = Literal["failed", "failed but kept"]
MEETING = "/meetings/ky-hop"
SECRETARY, OPERATOR, DELEGATE = ("lan", "secretary"), ("root", "operator"), ("mai", "delegate")

# What is asked, by whom, and which rows tell whether it was kept.
ACTS: list[tuple[str, str, Any, tuple[str, str]]] = [
    ("POST", "/bodies", BODY | {"id": "ubnd", "profile": "ubnd"}, OPERATOR),
    ("POST", "/bodies/hdnd/members", [{"id": "moi", "name": "Đỗ Mới"}], SECRETARY),
    ("POST", "/bodies/hdnd/meetings", {"id": "hai", "title": "Kỳ họp thứ hai"}, SECRETARY),
    ("POST", f"{MEETING}/open", None, SECRETARY),
    ("PUT", f"{MEETING}/roll?create=true", [*ROLL, {"member": "x", "name": "X"}], SECRETARY),
    ("POST", f"{MEETING}/roll/freeze", None, SECRETARY),
    ("PUT", f"{MEETING}/agenda", [{"id": "i", "position": 1, "title": "Khai mạc"}], SECRETARY),
    ("POST", f"{MEETING}/presence", {"present": True}, DELEGATE),
    ("PUT", f"{MEETING}/presence", [{"member": "nam", "present": False, "reason": "Ốm"}], SECRETARY),
]
TABLES = (
    "body",
    "member",
    "meeting",
    "roll_entry",
    "frozen_roll",
    "agenda_item",
    "presence",
    "journal",
    "journal_head",
)


async def everything(database_url: str) -> dict[str, list[str]]:
    """All that the meeting desk keeps, without the ids of requests."""
    connection = await asyncpg.connect(database_url)
    try:
        kept = {
            table: [
                row[0] for row in await connection.fetch(f"select t::text from meeting.{table} t order by 1")
            ]
            for table in TABLES
            if table != "journal"
        }
        rows = await connection.fetch("select key, index from meeting.journal order by key, index")
        return kept | {"journal": [f"{row['key']} {row['index']}" for row in rows]}
    finally:
        await connection.close()


@asynccontextmanager
async def breaking(
    hall: MeetingDesk, monkeypatch: pytest.MonkeyPatch, fate: Fate
) -> AsyncIterator[list[Fate]]:
    """The next transaction meets this fate; the list tells whether it did."""
    met: list[Fate] = []
    whole: Callable[[Store], Any] = Store.transaction

    @asynccontextmanager
    async def transaction(store: Store) -> AsyncIterator[Books]:
        lost = ConnectionResetError("the connection died")
        if met:
            async with whole(store) as books:
                yield books
            return
        met.append(fate)
        async with whole(store) as books:
            yield books
            if fate == "failed":
                raise lost
        raise lost

    with monkeypatch.context() as patched:
        patched.setattr(Store, "transaction", transaction)
        yield met


def token_of(hall: MeetingDesk, who: tuple[str, Any]) -> str:
    """The token of a person with one role."""
    return hall.token(who[0], who[1], body="operator" if who == OPERATOR else "hdnd")


@pytest.mark.parametrize("fate", ["failed", "failed but kept"])
@pytest.mark.parametrize(("method", "path", "sent", "who"), ACTS, ids=[f"{act[0]} {act[1]}" for act in ACTS])
async def test_crash(
    hall: MeetingDesk,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    sent: Any,
    who: tuple[str, str],
    fate: Fate,
) -> None:
    """An act whose answer was lost may be asked for again: it is done once, and answered as the first time."""
    before = await everything(database_url)
    async with breaking(hall, monkeypatch, fate) as met:
        code = await hall.refused(method, path, sent, who=token_of(hall, who), status=503)
        assert (code, met) == ("not_ready", [fate])
    after = await everything(database_url)
    assert (after == before) == (fate == "failed")
    answer = await hall.ask(method, path, sent, who=token_of(hall, who))
    assert "code" not in answer
    done = await everything(database_url)
    assert done != before
    if fate == "failed but kept":
        assert done == after
    assert await hall.ask(method, path, sent, who=token_of(hall, who)) == answer
    assert await everything(database_url) == done


async def kill_backends(database_url: str) -> None:
    """End every connection of the meeting desk, as a crash of PostgreSQL does."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'plenary meeting'"
            " and datname = current_database()"
        )
    finally:
        await connection.close()


async def test_connections_die_under_load(hall: MeetingDesk, database_url: str) -> None:
    """PostgreSQL cuts all connections: requests are answered or refused as not ready; asked again, done once."""
    lan = hall.token("lan", "secretary")
    entries = [{"member": f"m{number}", "name": f"Đại biểu {number}"} for number in range(100)]
    await hall.ask("PUT", f"{MEETING}/roll?create=true", entries, who=lan, status=200)

    async def come(number: int) -> dict[str, Any]:
        who = hall.token(f"m{number}", "delegate")
        while True:
            answer: dict[str, Any] = await hall.ask("POST", f"{MEETING}/presence", {"present": True}, who=who)
            if "code" not in answer:
                return answer
            assert answer["code"] == "not_ready", answer

    coming = [asyncio.create_task(come(number)) for number in range(100)]
    for _ in range(5):
        await kill_backends(database_url)
    answers = await asyncio.gather(*coming)
    there = await hall.ask("GET", f"{MEETING}/presence", who=lan, status=200)
    assert sorted(there, key=str) == sorted(answers, key=str)
    kept = await everything(database_url)
    assert len([line for line in kept["journal"] if line.startswith("ky-hop ")]) == 1 + 100


async def test_not_ready_without_database(hall: MeetingDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is told when the database does not answer."""

    async def away(_: Store) -> None:
        raise ConnectionRefusedError

    assert isinstance(hall.app[STORE], Store)
    monkeypatch.setattr(Store, "ping", away)
    async with hall.client.get("/health/ready") as answer:
        assert answer.status == 503
