"""From the journal to the streams, and from `credentials` to the door, through losses of Redis."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.kit import stream
from tests.support.enrolled import Person, enrol
from tests.support.meeting_desk import MeetingDesk, assemble
from tests.support.waiting import until

MEETING = "/meetings/ky-hop"


async def journal(database_url: str, key: str) -> list[bytes]:
    """The journal of a key, in order; its indices must have no gap."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            "select index, message from meeting.journal where key = $1 order by index", key
        )
        size = await connection.fetchval("select size from meeting.journal_head where key = $1", key)
    finally:
        await connection.close()
    assert [row["index"] for row in rows] == list(range(size or 0))
    assert [json.loads(row["message"])["index"] for row in rows] == [row["index"] for row in rows]
    return [row["message"] for row in rows]


async def on_screen(desk: MeetingDesk, key: str) -> list[tuple[str, bytes]]:
    """What screens can read of a key."""
    entries: Any = await desk.streams.xrange(stream.screen(key, "meeting"))
    return [(identifier.decode(), fields[b"m"]) for identifier, fields in entries]


async def on_work(desk: MeetingDesk, key: str) -> list[bytes]:
    """What other services can read of a key, repeats left out."""
    entries: Any = await desk.streams.xrange(stream.work(key, "meeting", 1))
    messages: list[bytes] = [fields[b"m"] for _, fields in entries]
    kinds = ("body.changed", "member.changed")
    return list(dict.fromkeys(m for m in messages if (json.loads(m)["type"] in kinds) == (key == "hdnd")))


async def is_published(desk: MeetingDesk, database_url: str, key: str) -> bool:
    """Whether the screen stream is exactly the journal, each entry under its own id."""
    expected = [(f"0-{index + 1}", raw) for index, raw in enumerate(await journal(database_url, key))]
    return await on_screen(desk, key) == expected


async def settled(desk: MeetingDesk, database_url: str) -> None:
    """Wait until both keys are published whole."""
    for key in ("hdnd", "ky-hop"):
        await until(lambda key=key: is_published(desk, database_url, key), what=f"{key} published")  # type: ignore[misc]


async def sit(hall: MeetingDesk) -> None:
    """Something of everything happens."""
    lan = hall.token("lan", "secretary")
    await hall.ask("POST", f"{MEETING}/roll/freeze", who=lan, status=200)
    await hall.ask("POST", f"{MEETING}/open", who=lan, status=200)
    items = [{"id": "i", "position": 1, "title": "Khai mạc"}]
    await hall.ask("PUT", f"{MEETING}/agenda", items, who=lan, status=200)
    await hall.ask("PUT", f"{MEETING}/agenda", items, who=lan, status=200)
    await hall.ask(
        "POST", f"{MEETING}/presence", {"present": True}, who=hall.token("mai", "delegate"), status=200
    )


async def test_order_of_events(hall: MeetingDesk, database_url: str) -> None:
    """A meeting's journal begins with the meeting; what changed nothing is not in it; each event says who caused it."""
    await sit(hall)
    told = [json.loads(raw) for raw in await journal(database_url, "ky-hop")]
    assert [event["type"] for event in told] == [
        "meeting.changed",
        "roll.frozen",
        "meeting.changed",
        "agenda.changed",
        "presence.changed",
    ]
    assert all(len(event["request"]) >= 8 for event in told)
    body = [json.loads(raw) for raw in await journal(database_url, "hdnd")]
    assert [event["type"] for event in body] == ["body.changed", "member.changed"]
    roll = await hall.ask("GET", f"{MEETING}/roll", who=hall.token("mai", "delegate"))
    assert {"roll": told[1]["roll"], "sha256": told[1]["sha256"]} == roll


async def test_request_id_follows(hall: MeetingDesk, database_url: str) -> None:
    """The id of the request that caused an event stands in the event."""
    headers = {"Authorization": f"Bearer {hall.token('lan', 'secretary')}", "X-Request-Id": "ban-thu-ky-0001"}
    async with hall.client.post(f"/meeting{MEETING}/open", headers=headers) as answer:
        assert answer.headers["X-Request-Id"] == "ban-thu-ky-0001"
    assert json.loads((await journal(database_url, "ky-hop"))[-1])["request"] == "ban-thu-ky-0001"


async def test_published_once(hall: MeetingDesk, database_url: str) -> None:
    """Every journal entry is on its screen stream once, under its own id, and on the work stream in order."""
    await sit(hall)
    await settled(hall, database_url)
    for key in ("hdnd", "ky-hop"):
        assert await on_work(hall, key) == await journal(database_url, key)


async def test_redis_emptied(hall: MeetingDesk, database_url: str) -> None:
    """A Redis that lost everything is filled again from the journal, and goes on."""
    await settled(hall, database_url)
    await hall.streams.flushall()
    await settled(hall, database_url)
    await sit(hall)
    await hall.streams.flushall()
    await settled(hall, database_url)
    for key in ("hdnd", "ky-hop"):
        # What was on its way when Redis was emptied may stand before all that is published anew.
        assert sorted(await on_work(hall, key)) == sorted(await journal(database_url, key))


async def test_journal_under_load(hall: MeetingDesk, database_url: str) -> None:
    """However many write at once, the journal has no gap and the stream its order, also while Redis is emptied."""
    lan = hall.token("lan", "secretary")
    entries = [{"member": f"m{number}", "name": f"Đại biểu {number}"} for number in range(60)]
    await hall.ask("PUT", f"{MEETING}/roll?create=true", entries, who=lan, status=200)

    async def one(number: int) -> None:
        who = hall.token(f"m{number}", "delegate")
        for present in (True, False, True):
            await hall.ask("POST", f"{MEETING}/presence", {"present": present}, who=who, status=200)
        if number % 20 == 0:
            await hall.streams.flushall()

    await asyncio.gather(*(one(number) for number in range(60)))
    await settled(hall, database_url)
    assert len(await journal(database_url, "ky-hop")) == 1 + 180


async def test_two_workers(
    hall: MeetingDesk,
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    aiohttp_client: Callable[[Any], Awaitable[Any]],
) -> None:
    """Two workers share one publisher and one reader; when the first goes, the second takes over."""
    other = assemble(tmp_path, database_url, redis_url, "w1")
    other.client = await aiohttp_client(other.root)
    await settled(hall, database_url)
    await hall.client.close()
    await sit(other)
    await settled(other, database_url)
    mai = enrol("mai")
    await tell(other, mai.issued())
    await until(lambda: is_known(other, mai), what="certificate known")
    await other.client.close()
    await other.streams.aclose()


async def tell(desk: MeetingDesk, message: bytes) -> None:
    """Put a message on the work stream of credentials, as signing does."""
    await desk.streams.xadd(stream.work("hdnd", "credentials", 1), {stream.FIELD: message})


async def opens(desk: MeetingDesk, person: Person) -> str:
    """What the door says to this person: nothing, or the code of its refusal."""
    answer = await desk.ask("POST", "/challenges", {"credential": person.thumbprint})
    return str(answer.get("code", ""))


async def is_known(desk: MeetingDesk, person: Person) -> bool:
    """Whether the door knows this certificate."""
    return await opens(desk, person) == ""


async def is_shut(desk: MeetingDesk, person: Person) -> bool:
    """Whether the door refuses this certificate as revoked."""
    return await opens(desk, person) == "credential_revoked"


async def test_credentials_are_learnt(hall: MeetingDesk) -> None:
    """What signing tells of certificates is known at the door; what makes no sense is passed over."""
    mai, nam = enrol("mai"), enrol("nam")
    await tell(hall, mai.issued(0))
    await tell(hall, b"{")
    await tell(hall, b'{"type":"meeting.changed","index":1}')
    await tell(hall, nam.issued(1))
    await until(lambda: is_known(hall, nam), what="second certificate")
    assert await is_known(hall, mai)
    await tell(hall, mai.revoked(2))
    await until(lambda: is_shut(hall, mai), what="revocation")


async def test_credentials_refilled(hall: MeetingDesk) -> None:
    """A stream that was lost and filled again from its beginning changes nothing that was known."""
    mai, nam = enrol("mai"), enrol("nam")
    for message in (mai.issued(0), mai.revoked(1)):
        await tell(hall, message)
    await until(lambda: is_shut(hall, mai), what="revocation")
    await hall.streams.flushall()
    for message in (mai.issued(0), mai.revoked(1), nam.issued(2)):
        await tell(hall, message)
    await until(lambda: is_known(hall, nam), what="what came after")
    assert await is_shut(hall, mai)


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0), (1, 1, 0), (2, 0, 1)])
async def test_credentials_in_any_order(hall: MeetingDesk, order: tuple[int, ...]) -> None:
    """A revocation counts, even if it comes before its certificate, twice, or after a gap."""
    mai, nam = enrol("mai"), enrol("nam")
    messages = (mai.issued(0), mai.revoked(1), nam.issued(2))
    for place in (*order, 2):
        await tell(hall, messages[place])
    await until(lambda: is_known(hall, nam), what="the last")
    await until(lambda: is_shut(hall, mai), what="revocation")
