"""Bodies, members and meetings over HTTP on real stores."""

import asyncio
from typing import Any

import pytest

from services.rules import jws
from tests.integration.meeting.conftest import BODY, MEMBERS, ROLL
from tests.support.meeting_desk import MeetingDesk

MEETING = "/meetings/ky-hop"


async def test_a_meeting_runs_from_plan_to_end(hall: MeetingDesk) -> None:
    """A secretary takes a meeting through its whole life."""
    secretary, delegate = hall.token("lan", "secretary"), hall.token("mai", "delegate")
    frozen = await hall.ask("POST", f"{MEETING}/roll/freeze", who=secretary, status=200)
    assert frozen["sha256"] == jws.digest(frozen["roll"].encode())
    assert await hall.ask("GET", f"{MEETING}/roll", who=delegate, status=200) == frozen
    items = [
        {"id": "i2", "position": 2, "title": "Bế mạc", "note": "", "documents": []},
        {"id": "i1", "position": 1, "title": "Khai mạc", "note": "Chào cờ\nBáo cáo", "documents": []},
    ]
    assert await hall.ask("PUT", f"{MEETING}/agenda", items, who=secretary, status=200) == items[::-1]
    assert await hall.ask("GET", f"{MEETING}/agenda", who=delegate, status=200) == items[::-1]
    opened = await hall.ask("POST", f"{MEETING}/open", who=secretary, status=200)
    assert opened["state"] == "open"
    came = await hall.ask("POST", f"{MEETING}/presence", {"present": True}, who=delegate, status=200)
    assert (came["member"], came["present"]) == ("mai", True)
    seats = await hall.ask("GET", f"{MEETING}/seats", who=delegate, status=200)
    assert [(s["seat"], s["presence"] and s["presence"]["present"]) for s in seats] == [
        ("A1", None),
        ("A2", True),
        ("A3", None),
    ]
    ended = await hall.ask("POST", f"{MEETING}/end", who=secretary, status=200)
    assert ended["state"] == "ended"


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("PUT", "/roll", ROLL),
        ("POST", "/roll/freeze", None),
        ("PUT", "/agenda", []),
        ("POST", "/presence", {"present": True}),
        ("PUT", "/presence", [{"member": "mai", "present": True}]),
        ("POST", "/open", None),
    ],
)
async def test_ended_is_ended(hall: MeetingDesk, method: str, path: str, sent: Any) -> None:
    """Nothing changes in a meeting that has ended."""
    secretary = hall.token("lan", "secretary")
    await hall.ask("POST", f"{MEETING}/open", who=secretary, status=200)
    await hall.ask("POST", f"{MEETING}/end", who=secretary, status=200)
    assert await hall.refused(method, MEETING + path, sent, who=secretary, status=409) == "meeting_ended"


async def test_founding_again(desk: MeetingDesk) -> None:
    """Founding the same body again gives the same answer; another under its id is refused, also all at once."""
    operator = desk.token("root", "operator", body="operator")
    answers = await asyncio.gather(
        *(desk.ask("POST", "/bodies", BODY, who=operator, status=201) for _ in range(8))
    )
    assert all(answer == BODY for answer in answers)
    other = BODY | {"name": "Hội đồng khác"}
    assert await desk.refused("POST", "/bodies", other, who=operator, status=409) == "body_taken"
    assert await desk.ask("GET", "/bodies/hdnd", who=operator, status=200) == BODY


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"profile": "monarchy"}, 404, "profile_unknown"),
        ({"name": "H\u202eĐND"}, 422, "text_unclean"),
        ({"noun_en": "members\u200b"}, 422, "text_unclean"),
        ({"id": "../x"}, 400, "request_malformed"),
        ({"colour": "red"}, 400, "request_malformed"),
        ({"name": ""}, 400, "request_malformed"),
    ],
)
async def test_body_refused(desk: MeetingDesk, change: dict[str, str], status: int, code: str) -> None:
    """A body with an unknown profile or hidden letters is not founded."""
    operator = desk.token("root", "operator", body="operator")
    assert await desk.refused("POST", "/bodies", BODY | change, who=operator, status=status) == code


async def test_ids_are_shared(hall: MeetingDesk) -> None:
    """A meeting cannot take a body's id, nor a body a meeting's: both are keys of streams."""
    operator, secretary = hall.token("root", "operator", body="operator"), hall.token("lan", "secretary")
    plan = {"id": "hdnd", "title": "Họp"}
    assert (
        await hall.refused("POST", "/bodies/hdnd/meetings", plan, who=secretary, status=409)
        == "meeting_taken"
    )
    body = BODY | {"id": "ky-hop"}
    assert await hall.refused("POST", "/bodies", body, who=operator, status=409) == "body_taken"


async def test_planning_again(hall: MeetingDesk) -> None:
    """Planning the same meeting again answers with it as it is now; another under its id is refused."""
    secretary = hall.token("lan", "secretary")
    plan = {"id": "thang-ba", "body": "hdnd", "title": "Phiên họp tháng Ba"}
    path = "/bodies/hdnd/meetings"
    first = await hall.ask("POST", path, plan, who=secretary, status=201)
    assert await hall.ask("POST", path, plan, who=secretary, status=201) == first
    await hall.ask("POST", "/meetings/thang-ba/open", who=secretary, status=200)
    assert (await hall.ask("POST", path, plan, who=secretary, status=201))["state"] == "open"
    other = plan | {"title": "Phiên khác"}
    assert await hall.refused("POST", path, other, who=secretary, status=409) == "meeting_taken"
    foreign = plan | {"id": "x", "body": "ubnd"}
    assert await hall.refused("POST", path, foreign, who=secretary, status=400) == "body_differs"


async def test_planning_without_id(hall: MeetingDesk) -> None:
    """A meeting planned without an id gets a fresh one each time."""
    secretary = hall.token("lan", "secretary")
    plans = [
        await hall.ask("POST", "/bodies/hdnd/meetings", {"title": "Họp"}, who=secretary, status=201)
        for _ in range(2)
    ]
    assert plans[0]["id"] != plans[1]["id"]


async def test_end_before_open(hall: MeetingDesk) -> None:
    """A meeting that was not opened cannot end; opening and ending twice is the same as once."""
    secretary = hall.token("lan", "secretary")
    assert await hall.refused("POST", f"{MEETING}/end", who=secretary, status=409) == "meeting_not_begun"
    for step in ("open", "open", "end", "end"):
        await hall.ask("POST", f"{MEETING}/{step}", who=secretary, status=200)


async def test_members_from_sheet(hall: MeetingDesk) -> None:
    """A sheet adds members and changes those it names; who has no role in it keeps theirs."""
    secretary = hall.token("lan", "secretary")
    sheet = (
        "\ufeffmã;họ tên;chức vụ;vai trò\r\nlan;Nguyễn Thị Lan;Chánh Văn phòng;\r\nmoi;Đỗ Mới;;chủ tọa\r\n"
    )
    path = "/bodies/hdnd/members"
    changed = await hall.ask("POST", path, sheet.encode(), who=secretary, media="text/csv", status=200)
    assert [(one["id"], one["title"], one["roles"]) for one in changed] == [
        ("lan", "Chánh Văn phòng", ["secretary"]),
        ("moi", "", ["chair"]),
    ]
    everybody = await hall.ask("GET", path, who=secretary, status=200)
    assert [one["id"] for one in everybody] == sorted([*(str(one["id"]) for one in MEMBERS), "moi"])


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ([{"id": "a", "name": "A"}, {"id": "a", "name": "B"}], 422, "member_twice"),
        ([{"id": "a", "name": "A", "roles": ["operator"]}], 422, "role_not_granted"),
        ([{"id": "a", "name": "A", "roles": ["king"]}], 400, "request_malformed"),
        ([{"id": "a", "name": "A\u200b"}], 422, "cell_wrong"),
        ([{"id": "lan", "name": "Lan"}], 409, "last_secretary"),
        ([{"id": "lan", "name": "Lan", "roles": []}], 409, "last_secretary"),
        ({"id": "a", "name": "A"}, 400, "request_malformed"),
        (b"\xff", 400, "request_malformed"),
    ],
)
async def test_members_refused(hall: MeetingDesk, sent: Any, status: int, code: str) -> None:
    """What is wrong in a list of members is refused whole: nobody is changed."""
    secretary = hall.token("lan", "secretary")
    before = await hall.ask("GET", "/bodies/hdnd/members", who=secretary)
    assert await hall.refused("POST", "/bodies/hdnd/members", sent, who=secretary, status=status) == code
    assert await hall.ask("GET", "/bodies/hdnd/members", who=secretary) == before


async def test_last_secretary_race(hall: MeetingDesk) -> None:
    """Two secretaries who step down at the same moment: one of them stays."""
    operator = hall.token("root", "operator", body="operator")
    path = "/bodies/hdnd/members"
    await hall.ask(
        "POST", path, [{"id": "nam", "name": "Nam", "roles": ["secretary"]}], who=operator, status=200
    )
    await asyncio.gather(
        *(hall.ask("POST", path, [{"id": one, "name": "X"}], who=operator) for one in ("lan", "nam"))
    )
    everybody = await hall.ask("GET", path, who=operator)
    assert sum("secretary" in one["roles"] for one in everybody) == 1


async def test_media(hall: MeetingDesk) -> None:
    """A content type that is not taken is refused as such."""
    secretary = hall.token("lan", "secretary")
    for method, path in (("POST", "/bodies/hdnd/members"), ("PUT", f"{MEETING}/roll"), ("POST", "/tokens")):
        assert (
            await hall.refused(method, path, b"x", who=secretary, media="text/html", status=415)
            == "media_type"
        )


async def test_unknown(hall: MeetingDesk) -> None:
    """What is not there is said not to be there."""
    secretary, operator = hall.token("lan", "secretary"), hall.token("root", "operator", body="operator")
    assert await hall.refused("GET", "/meetings/none", who=secretary, status=404) == "meeting_not_found"
    assert await hall.refused("GET", "/bodies/none", who=operator, status=404) == "body_unknown"
    assert await hall.refused("POST", "/bodies/none/members", [], who=operator, status=404) == "body_unknown"
    assert await hall.refused("GET", f"{MEETING}/roll", who=secretary, status=404) == "roll_not_frozen"


async def test_ready(hall: MeetingDesk) -> None:
    """The worker may ask whether the database answers."""
    async with hall.client.get("/health/ready") as answer:
        assert answer.status == 200
