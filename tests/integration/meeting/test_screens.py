"""What the screens need of the meeting desk: meetings, papers, the plan of the seats, keys, who changed presence."""

import asyncio
from typing import Any

from tests.integration.meeting.test_streams import is_known, journal, tell
from tests.support.enrolled import enrol
from tests.support.meeting_desk import MeetingDesk
from tests.support.waiting import until

MEETING = "/meetings/ky-hop"
PLAN = f"{MEETING}/seats/plan"
HASH = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


async def test_meetings_newest_first(hall: MeetingDesk) -> None:
    """A member finds their body's meetings, newest first; another body's are not theirs to see."""
    lan, mai = hall.token("lan", "secretary"), hall.token("mai", "delegate")
    for identifier, starts_at in (("cu", 1), ("moi", 1_800_000_000_000), ("cung-gio", 1)):
        plan = {"id": identifier, "title": "Phiên họp", "starts_at": starts_at}
        await hall.ask("POST", "/bodies/hdnd/meetings", plan, who=lan, status=201)
    found = await hall.ask("GET", "/bodies/hdnd/meetings", who=mai, status=200)
    assert [meeting["id"] for meeting in found] == ["moi", "ky-hop", "cung-gio", "cu"]
    stranger = hall.token("mai", "delegate", body="ubnd")
    assert await hall.refused("GET", "/bodies/hdnd/meetings", who=stranger, status=403) == "foreign_body"
    unknown = hall.token("mai", "delegate", body="khac")
    assert await hall.refused("GET", "/bodies/khac/meetings", who=unknown, status=404) == "body_unknown"


async def test_papers_of_an_item(hall: MeetingDesk, database_url: str) -> None:
    """An item's papers come back as they were set and are told with it; one twice, or a hidden letter, is refused."""
    lan = hall.token("lan", "secretary")
    paper = {"title": "Tờ trình số 5", "sha256": HASH}
    item: dict[str, Any] = {"id": "i", "position": 1, "title": "Nghị quyết", "note": "", "documents": [paper]}
    path = f"{MEETING}/agenda"
    assert await hall.ask("PUT", path, [item], who=lan, status=200) == [item]
    assert await hall.ask("GET", path, who=hall.token("mai", "delegate"), status=200) == [item]
    assert HASH.encode() in (await journal(database_url, "ky-hop"))[-1]
    twice = item | {"documents": [paper, paper | {"title": "Bản khác"}]}
    assert await hall.refused("PUT", path, [twice], who=lan, status=422) == "item_twice"
    hidden = item | {"documents": [paper | {"title": "Tờ\u202e trình"}]}
    assert await hall.refused("PUT", path, [hidden], who=lan, status=422) == "text_unclean"
    many = item | {"documents": [{"title": "a", "sha256": f"{n:043}"} for n in range(101)]}
    assert await hall.refused("PUT", path, [many], who=lan, status=422) == "sheet_too_long"


async def test_seats_are_laid_out_then_drawn(hall: MeetingDesk, database_url: str) -> None:
    """A plan stands before anybody draws one; what the secretary draws is told, and the same again is no news."""
    lan, mai = hall.token("lan", "secretary"), hall.token("mai", "delegate")
    first = await hall.ask("GET", PLAN, who=mai, status=200)
    assert (first["revision"], first["layout"]) == (0, "hemicycle")
    assert [place["member"] for place in first["places"]] == ["hung", "mai", "nam"]
    wanted = {"layout": "drawn", "places": [{"seat": "A2", "x": 40, "y": 20}, {"seat": "Z9", "x": 5, "y": 5}]}
    drawn = await hall.ask("PUT", PLAN, wanted, who=lan, status=200)
    assert await hall.ask("PUT", PLAN, wanted, who=lan, status=200) == drawn
    assert await hall.ask("GET", PLAN, who=mai, status=200) == drawn
    assert [(place["seat"], place["member"]) for place in drawn["places"]] == [
        ("A1", "hung"),
        ("A2", "mai"),
        ("A3", "nam"),
        ("Z9", ""),
    ]
    assert (drawn["places"][1]["x"], drawn["places"][1]["y"]) == (40, 20)
    again = await hall.ask("PUT", PLAN, {"layout": "rows"}, who=lan, status=200)
    assert (again["revision"], again["layout"]) == (2, "rows")
    told = [raw for raw in await journal(database_url, "ky-hop") if b'"seats.changed"' in raw]
    assert [b'"revision":%d' % number in raw for number, raw in enumerate(told, start=1)] == [True, True]


async def test_seats_refused(hall: MeetingDesk) -> None:
    """Two seats in one place, a delegate who draws, a meeting that is over: refused."""
    lan = hall.token("lan", "secretary")
    two = [{"seat": "A1", "x": 1, "y": 1}, {"seat": "A2", "x": 1, "y": 1}]
    wanted = {"layout": "drawn", "places": two}
    assert await hall.refused("PUT", PLAN, wanted, who=lan, status=422) == "place_taken"
    for role in ("chair", "delegate", "observer"):
        who = hall.token("mai", role)
        assert await hall.refused("PUT", PLAN, {"layout": "rows"}, who=who, status=403) == "not_allowed"
    for step in ("open", "end"):
        await hall.ask("POST", f"{MEETING}/{step}", who=lan, status=200)
    assert await hall.refused("PUT", PLAN, {"layout": "rows"}, who=lan, status=409) == "meeting_ended"


async def test_plans_drawn_at_once(hall: MeetingDesk) -> None:
    """Two consoles that draw at once: each choice has its own number, and the last stands."""
    lan = hall.token("lan", "secretary")
    plans = [{"layout": "drawn", "places": [{"seat": "A1", "x": x, "y": 1}]} for x in range(12)]
    answers = await asyncio.gather(*(hall.ask("PUT", PLAN, one, who=lan, status=200) for one in plans))
    assert sorted(answer["revision"] for answer in answers) == list(range(1, 13))
    last = max(answers, key=lambda answer: answer["revision"])
    assert await hall.ask("GET", PLAN, who=lan, status=200) == last


async def test_who_holds_a_key(hall: MeetingDesk) -> None:
    """The desk learns who is ready: a good key, a revoked one, an expired one; delegates are not told."""
    hung, mai, nam = enrol("hung"), enrol("mai"), enrol("nam")
    for message in (nam.issued(0), nam.revoked(1), mai.issued(2), hung.issued(3)):
        await tell(hall, message)
    await until(lambda: is_known(hall, hung), what="the last certificate")
    path = "/bodies/hdnd/credentials"
    chair = hall.token("hung", "chair")
    found = await hall.ask("GET", path, who=chair, status=200)
    assert [(one["member"], one["state"]) for one in found] == [
        ("hung", "good"),
        ("mai", "good"),
        ("nam", "revoked"),
    ]
    await tell(hall, enrol("nam").issued(4))
    await tell(hall, enrol("quan").issued(5))

    async def renewed() -> bool:
        return len(await hall.ask("GET", path, who=chair, status=200)) == 4

    await until(renewed, what="a second key")
    states = {one["member"]: one["state"] for one in await hall.ask("GET", path, who=chair)}
    assert states == {"hung": "good", "mai": "good", "nam": "good", "quan": "good"}
    hall.clock.ahead = 400 * 86_400_000
    assert {one["state"] for one in await hall.ask("GET", path, who=hall.token("lan", "secretary"))} == {
        "expired"
    }
    assert await hall.refused("GET", path, who=hall.token("mai", "delegate"), status=403) == "not_allowed"


async def test_corrections_are_kept(hall: MeetingDesk) -> None:
    """Who changed whose presence, when and why, in order; what changed nothing is not in it."""
    lan, mai = hall.token("lan", "secretary"), hall.token("mai", "delegate")
    path = f"{MEETING}/presence"
    await hall.ask("POST", path, {"present": True}, who=mai, status=200)
    gone = {"present": False, "reason": "Ốm", "why": "Đoàn báo qua điện thoại"}
    await hall.ask("POST", f"{path}/mai", gone, who=lan, status=200)
    await hall.ask("POST", f"{path}/mai", gone | {"why": "lần nữa"}, who=lan, status=200)
    marks = [{"member": "nam", "present": True, "why": "Máy hết pin"}, {"member": "hung", "present": True}]
    await hall.ask("PUT", path, marks, who=lan, status=200)
    log = await hall.ask("GET", f"{path}/changes", who=lan, status=200)
    kept = [(one["member"], one["present"], one["reason"], one["by"], one["why"]) for one in log]
    assert kept == [
        ("mai", True, "", "mai", ""),
        ("mai", False, "Ốm", "lan", "Đoàn báo qua điện thoại"),
        ("nam", True, "", "lan", "Máy hết pin"),
        ("hung", True, "", "lan", ""),
    ]
    assert all(one["at"] > 0 for one in log)
    hidden = {"present": True, "why": "x\u202e"}
    assert await hall.refused("POST", f"{path}/mai", hidden, who=lan, status=422) == "text_unclean"
    assert await hall.refused("GET", f"{path}/changes", who=mai, status=403) == "not_allowed"
    own = {"present": True, "why": "tự ghi"}
    assert await hall.refused("POST", path, own, who=mai, status=400) == "request_malformed"
