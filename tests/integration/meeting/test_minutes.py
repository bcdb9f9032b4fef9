"""Asking for minutes: what the meeting room knows, sealed for who answers, an edition at a time."""

import json
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from services.kit import envelope, stream
from services.kit.envelope import EnvelopeBroken
from services.meeting.sitting_record import stays_of
from services.rules.minutes import matter
from services.wire import MinutesAsked, PresenceLogged, SittingRecord, Stay
from tests.integration.meeting.test_crashes import Fate, breaking
from tests.support.meeting_desk import MeetingDesk
from tests.support.waiting import until

MEETING = "/meetings/ky-hop"


@pytest.fixture
async def held(hall: MeetingDesk) -> MeetingDesk:
    """A sitting that has begun: one came, left and came again, one is excused, one never came."""
    lan = hall.token("lan", "secretary")
    await hall.ask("POST", f"{MEETING}/roll/freeze", who=lan, status=200)
    await hall.ask("PUT", f"{MEETING}/agenda", [{"id": "i", "position": 1, "title": "Khai mạc"}], who=lan)
    await hall.ask("POST", f"{MEETING}/open", who=lan, status=200)
    for there in (True, False, True):
        hall.clock.ahead += 60_000
        marks = [{"member": "mai", "present": there}]
        await hall.ask("PUT", f"{MEETING}/presence", marks, who=lan, status=200)
    absent = [{"member": "nam", "present": False, "reason": "Ốm"}]
    await hall.ask("PUT", f"{MEETING}/presence", absent, who=lan, status=200)
    return hall


async def told(desk: MeetingDesk) -> list[MinutesAsked]:
    """What went to who answers."""
    entries: Any = await desk.streams.xrange(stream.work("ky-hop", "sittings", 1))
    return [msgspec.json.decode(fields[b"m"], type=MinutesAsked) for _, fields in entries]


async def asked(desk: MeetingDesk, edition: int = 1) -> MinutesAsked:
    """Minutes asked for by the secretary, and the word of it."""
    wanted = {"edition": edition}
    lan = desk.token("lan", "secretary")
    assert await desk.ask("POST", f"{MEETING}/minutes", wanted, who=lan, status=202) == wanted

    async def heard() -> MinutesAsked | None:
        found = [one for one in await told(desk) if one.edition == edition]
        return found[0] if found else None

    return await until(heard, what="minutes.asked")


def opened(event: MinutesAsked, tmp_path: Path) -> SittingRecord:
    """What is in the envelope."""
    key = envelope.load(tmp_path / "envelope.key")
    raw = key.open(event.sealed, matter("sitting", event.meeting, event.edition))
    return msgspec.json.decode(raw, type=SittingRecord)


async def test_what_is_known_of_a_sitting_is_told_sealed(held: MeetingDesk, tmp_path: Path) -> None:
    """Times, roll, agenda, who was there when, why not; and nothing of it can be read on the stream."""
    event = await asked(held)
    record = opened(event, tmp_path)
    assert [one.member for one in record.attendance] == ["hung", "mai", "nam"]
    hung, mai, nam = record.attendance
    assert (hung.stays, hung.reason) == ((), "")
    assert [(stay.left is None) for stay in mai.stays] == [False, True]
    assert all(stay.left is None or stay.left - stay.came >= 60_000 for stay in mai.stays)
    assert (nam.stays, nam.reason) == ((), "Ốm")
    assert record.ended_at is None
    assert record.opened_at > record.meeting.starts_at
    assert [one.id for one in record.agenda] == ["i"]
    assert (record.asked_by.member, [one.member for one in record.desk]) == ("lan", ["hung", "lan"])
    assert json.loads(record.roll)["entries"][0]["member"] == "hung"
    assert "Ốm" not in msgspec.json.encode(event).decode()
    # It cannot be put under another sitting, nor under another edition.
    key = envelope.load(tmp_path / "envelope.key")
    for about in (
        matter("sitting", "khac", 1),
        matter("sitting", "ky-hop", 2),
        matter("proceedings", "ky-hop", 1),
    ):
        with pytest.raises(EnvelopeBroken):
            key.open(event.sealed, about)


async def test_one_edition_after_the_other(held: MeetingDesk, tmp_path: Path) -> None:
    """The same again is answered as before, and told once; the next says what came since."""
    await asked(held)
    await asked(held)
    lan = held.token("lan", "secretary")
    await held.ask("POST", f"{MEETING}/end", who=lan, status=200)
    again = opened(await asked(held, 2), tmp_path)
    assert again.ended_at is not None
    assert again.opened_at <= again.ended_at
    assert [one.edition for one in await told(held)] == [1, 2]
    assert await held.refused("POST", f"{MEETING}/minutes", {"edition": 9}, who=lan) == "edition_out_of_turn"
    assert await held.refused("POST", f"{MEETING}/minutes", {"edition": 0}, who=lan) == "request_malformed"


async def test_what_went_astray_is_told_again(held: MeetingDesk, tmp_path: Path) -> None:
    """Asked again after a minute, the last edition is told once more; an older one is not."""
    await asked(held)
    held.clock.ahead += 61_000
    await asked(held)

    async def twice() -> bool:
        return len(await told(held)) == 2

    await until(twice, what="minutes.asked again")
    assert [opened(one, tmp_path).edition for one in await told(held)] == [1, 1]
    await asked(held, 2)
    held.clock.ahead += 61_000
    await asked(held)
    assert [one.edition for one in await told(held)] == [1, 1, 2]


async def test_who_may_ask_and_of_what(hall: MeetingDesk) -> None:
    """The secretary of the body alone, of a sitting that has begun, with a roll in force."""
    lan, wanted = hall.token("lan", "secretary"), {"edition": 1}
    for who in (hall.token("hung", "chair"), hall.token("mai", "delegate"), hall.token("quan", "observer")):
        assert await hall.refused("POST", f"{MEETING}/minutes", wanted, who=who) == "not_allowed"
    foreign = hall.token("lan", "secretary", body="khac")
    assert await hall.refused("POST", f"{MEETING}/minutes", wanted, who=foreign) == "foreign_body"
    assert await hall.refused("POST", "/meetings/khong/minutes", wanted, who=lan) == "meeting_not_found"
    assert await hall.refused("POST", f"{MEETING}/minutes", wanted, who=lan) == "meeting_not_begun"
    await hall.ask("POST", f"{MEETING}/open", who=lan, status=200)
    assert await hall.refused("POST", f"{MEETING}/minutes", wanted, who=lan) == "roll_not_frozen"
    await hall.ask("POST", f"{MEETING}/roll/freeze", who=lan, status=200)
    stranger = hall.token("la", "secretary")
    assert await hall.refused("POST", f"{MEETING}/minutes", wanted, who=stranger) == "not_allowed"
    assert await told(hall) == []


@pytest.mark.parametrize("fate", ["failed", "failed but kept"])
async def test_an_answer_that_was_lost(
    held: MeetingDesk, database_url: str, monkeypatch: pytest.MonkeyPatch, fate: Fate
) -> None:
    """Asked again, it is asked for once, and told once."""
    lan, wanted = held.token("lan", "secretary"), {"edition": 1}
    async with breaking(held, monkeypatch, fate):
        assert await held.refused("POST", f"{MEETING}/minutes", wanted, who=lan, status=503) == "not_ready"
    await asked(held)
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch("select edition, asked_by from meeting.minutes_asked")
        said = await connection.fetchval(
            "select count(*) from meeting.journal where convert_from(message, 'UTF8') like '%minutes.asked%'"
        )
    finally:
        await connection.close()
    assert ([tuple(row) for row in rows], said) == ([(1, "lan")], 1)


def test_stays_are_read_of_changes_in_order() -> None:
    """Told twice that somebody is there, or gone, it is one stay."""

    def said(at: int, *, present: bool) -> PresenceLogged:
        return PresenceLogged(member="mai", present=present, at=at, by="lan")

    changes = [said(1, present=False), said(2, present=True), said(3, present=True), said(4, present=False)]
    changes += [said(5, present=False), said(6, present=True)]
    assert stays_of(changes) == (Stay(came=2, left=4), Stay(came=6, left=None))
    assert stays_of([]) == ()
    # A clock that stepped back: nobody leaves before they came.
    changes += [said(3, present=False), said(4, present=True), said(9, present=False)]
    assert stays_of(changes)[1:] == (Stay(came=6, left=6), Stay(came=6, left=9))
