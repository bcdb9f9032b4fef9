"""Presence over HTTP, one by one and all at once."""

import asyncio
import itertools
import json
from typing import Any

import asyncpg
import pytest

from services.meeting import presence
from tests.support.meeting_desk import MeetingDesk

PATH = "/meetings/ky-hop/presence"


async def events(database_url: str) -> list[dict[str, Any]]:
    """The presence events of the journal, in order."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            "select message from meeting.journal where key = 'ky-hop' order by index"
        )
    finally:
        await connection.close()
    told = [json.loads(row["message"]) for row in rows]
    return [event for event in told if event["type"] == "presence.changed"]


async def test_come_and_go(hall: MeetingDesk, database_url: str) -> None:
    """A delegate comes, and leaves with a reason; saying it again is no new event."""
    mai = hall.token("mai", "delegate")
    came = await hall.ask("POST", PATH, {"present": True}, who=mai, status=200)
    assert await hall.ask("POST", PATH, {"present": True}, who=mai, status=200) == came
    left = await hall.ask("POST", PATH, {"present": False, "reason": "Họp khẩn"}, who=mai, status=200)
    assert (left["present"], left["reason"], left["at"] >= came["at"]) == (False, "Họp khẩn", True)
    assert [event["presence"] for event in await events(database_url)] == [[came], [left]]
    assert await hall.ask("GET", PATH, who=mai, status=200) == [left]


async def test_time_is_ours(hall: MeetingDesk) -> None:
    """A client cannot say when it came; the server's clock going backwards does not show."""
    mai = hall.token("mai", "delegate")
    assert (
        await hall.refused("POST", PATH, {"present": True, "at": 1}, who=mai, status=400)
        == "request_malformed"
    )
    came = await hall.ask("POST", PATH, {"present": True}, who=mai)
    hall.clock.ahead = -3_600_000
    left = await hall.ask("POST", PATH, {"present": False}, who=mai)
    assert left["at"] == came["at"]


async def test_secretary_marks(hall: MeetingDesk, database_url: str) -> None:
    """The secretary marks others, many in one event that holds only what changed."""
    lan = hall.token("lan", "secretary")
    await hall.ask("POST", f"{PATH}/nam", {"present": False, "reason": "Ốm"}, who=lan, status=200)
    marks = [
        {"member": "nam", "present": False, "reason": "Ốm"},
        {"member": "mai", "present": True},
        {"member": "hung", "present": True},
    ]
    answer = await hall.ask("PUT", PATH, marks, who=lan, status=200)
    assert [(one["member"], one["present"]) for one in answer] == [
        ("nam", False),
        ("mai", True),
        ("hung", True),
    ]
    assert await hall.ask("PUT", PATH, marks, who=lan, status=200) == answer
    assert [[one["member"] for one in event["presence"]] for event in await events(database_url)] == [
        ["nam"],
        ["mai", "hung"],
    ]


async def test_nobody_marked(hall: MeetingDesk, database_url: str) -> None:
    """Marking nobody is no event."""
    assert await hall.ask("PUT", PATH, [], who=hall.token("lan", "secretary"), status=200) == []
    assert await events(database_url) == []


async def test_who_has_no_place(hall: MeetingDesk) -> None:
    """Who is neither on the roll nor secretary or chair cannot be marked; one such mark refuses all."""
    lan = hall.token("lan", "secretary")
    await hall.ask("POST", PATH, {"present": True}, who=lan, status=200)
    for member in ("quan", "nobody"):
        code = await hall.refused("POST", f"{PATH}/{member}", {"present": True}, who=lan, status=403)
        assert code == "not_summoned"
    marks = [{"member": "mai", "present": True}, {"member": "quan", "present": True}]
    assert await hall.refused("PUT", PATH, marks, who=lan, status=403) == "not_summoned"
    assert [one["member"] for one in await hall.ask("GET", PATH, who=lan)] == ["lan"]


async def test_frozen_roll_counts(hall: MeetingDesk) -> None:
    """Who stands on the roll in force may come, also while a new draft leaves them out."""
    lan, nam = hall.token("lan", "secretary"), hall.token("nam", "delegate")
    await hall.ask("POST", "/meetings/ky-hop/roll/freeze", who=lan, status=200)
    draft = [{"member": "mai", "name": "Lê Thị Mai"}]
    await hall.ask("PUT", "/meetings/ky-hop/roll", draft, who=lan, status=200)
    await hall.ask("POST", PATH, {"present": True}, who=nam, status=200)
    await hall.ask("POST", "/meetings/ky-hop/roll/freeze", who=lan, status=200)
    assert await hall.refused("POST", PATH, {"present": False}, who=nam, status=403) == "not_summoned"


async def test_marks_refused(hall: MeetingDesk) -> None:
    """A reason with a presence, hidden letters, a member twice: refused."""
    lan = hall.token("lan", "secretary")
    for marks, code in (
        ([{"member": "mai", "present": True, "reason": "x"}], "reason_without_absence"),
        ([{"member": "mai", "present": False, "reason": "x\u202e"}], "text_unclean"),
        ([{"member": "mai", "present": True}, {"member": "mai", "present": False}], "member_twice"),
    ):
        assert await hall.refused("PUT", PATH, marks, who=lan, status=422) == code


async def test_same_check_in_at_once(hall: MeetingDesk, database_url: str) -> None:
    """The same check-in sent many times at once is one event, and every answer is the same."""
    mai = hall.token("mai", "delegate")
    answers = await asyncio.gather(*(hall.ask("POST", PATH, {"present": True}, who=mai) for _ in range(32)))
    assert len({answer["at"] for answer in answers}) == 1
    assert len(await events(database_url)) == 1


async def test_all_check_in_at_once(hall: MeetingDesk, database_url: str) -> None:
    """A hall full of people checks in at once: each is there once, and the journal has no gap."""
    lan = hall.token("lan", "secretary")
    entries = [{"member": f"m{number}", "name": f"Đại biểu {number}"} for number in range(200)]
    await hall.ask("PUT", "/meetings/ky-hop/roll?create=true", entries, who=lan, status=200)
    tokens = [hall.token(entry["member"], "delegate") for entry in entries]
    await asyncio.gather(*(hall.ask("POST", PATH, {"present": True}, who=one, status=200) for one in tokens))
    told = await events(database_url)
    assert sorted(one["member"] for event in told for one in event["presence"]) == sorted(
        entry["member"] for entry in entries
    )
    indices = [event["index"] for event in told]
    assert indices == list(range(indices[0], indices[0] + 200))


async def test_coming_and_going_at_once(hall: MeetingDesk, database_url: str) -> None:
    """Whatever order coming and going take, events alternate and the last is what stands."""
    mai = hall.token("mai", "delegate")
    marks = [{"present": number % 2 == 0} for number in range(40)]
    await asyncio.gather(*(hall.ask("POST", PATH, mark, who=mai, status=200) for mark in marks))
    told = [event["presence"][0] for event in await events(database_url)]
    assert all(one["present"] != other["present"] for one, other in itertools.pairwise(told))
    assert all(one["at"] <= other["at"] for one, other in itertools.pairwise(told))
    assert await hall.ask("GET", PATH, who=mai) == [told[-1]]


async def test_who_comes_and_goes_for_ever_is_stopped(
    hall: MeetingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each change is kept for good and told to every screen. The same again is none, and the secretary may still."""
    monkeypatch.setattr(presence, "OWN_MOST", 3)
    mai, nam = hall.token("mai", "delegate"), hall.token("nam", "delegate")
    for there in (True, False, True):
        await hall.ask("POST", PATH, {"present": there}, who=mai, status=200)
    assert await hall.refused("POST", PATH, {"present": False}, who=mai, status=409) == "presence_too_often"
    await hall.ask("POST", PATH, {"present": True}, who=mai, status=200)
    await hall.ask("POST", PATH, {"present": True}, who=nam, status=200)
    lan = hall.token("lan", "secretary")
    left = await hall.ask("POST", f"{PATH}/mai", {"present": False, "why": "Đã về"}, who=lan, status=200)
    assert left["present"] is False
    assert await hall.refused("POST", PATH, {"present": True}, who=mai, status=409) == "presence_too_often"
