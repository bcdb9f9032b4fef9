"""The roll over HTTP: drafts, sheets, frozen revisions."""

import asyncio
import json
from typing import Any

import pytest

from services.rules import jws
from tests.integration.meeting.conftest import ROLL
from tests.support.meeting_desk import MeetingDesk

PATH = "/meetings/ky-hop/roll"


async def freeze(hall: MeetingDesk) -> dict[str, Any]:
    """Freeze the draft."""
    frozen: dict[str, Any] = await hall.ask(
        "POST", f"{PATH}/freeze", who=hall.token("lan", "secretary"), status=200
    )
    return frozen


async def draft(hall: MeetingDesk, entries: object, **how: Any) -> Any:
    """Put a draft."""
    return await hall.ask("PUT", how.pop("path", PATH), entries, who=hall.token("lan", "secretary"), **how)


async def test_hash_is_stable(hall: MeetingDesk) -> None:
    """Freezing again, also all at once, gives the same revision, bytes and hash."""
    first = await freeze(hall)
    rest = await asyncio.gather(*(freeze(hall) for _ in range(8)))
    assert all(frozen == first for frozen in rest)
    assert json.loads(first["roll"])["revision"] == 1
    await draft(hall, ROLL, status=200)
    assert await freeze(hall) == first


async def test_revisions(hall: MeetingDesk) -> None:
    """A changed draft is the next revision; the old ones stay readable as they were."""
    first = await freeze(hall)
    await draft(hall, ROLL[:2], status=200)
    assert await hall.ask("GET", PATH, who=hall.token("mai", "delegate")) == first
    second = await freeze(hall)
    assert json.loads(second["roll"])["revision"] == 2
    delegate = hall.token("mai", "delegate")
    assert await hall.ask("GET", PATH, who=delegate) == second
    for revision, frozen in ((1, first), (2, second)):
        assert await hall.ask("GET", f"{PATH}?revision={revision}", who=delegate, status=200) == frozen
        assert jws.digest(frozen["roll"].encode()) == frozen["sha256"]
    assert await hall.refused("GET", f"{PATH}?revision=3", who=delegate, status=404) == "roll_not_frozen"
    for wrong in ("", "-1", "x", "1e9", "99999999999999999999", "²"):
        code = await hall.refused("GET", f"{PATH}?revision={wrong}", who=delegate)
        assert code == "request_malformed"


async def test_empty_draft(hall: MeetingDesk) -> None:
    """A draft may be cleared, but not frozen empty."""
    assert await draft(hall, [], status=200) == []
    code = await hall.refused("POST", f"{PATH}/freeze", who=hall.token("lan", "secretary"), status=409)
    assert code == "roll_empty"


async def test_sheet(hall: MeetingDesk) -> None:
    """A sheet of known members becomes the draft, in its order."""
    sheet = "\ufeffMã;Họ tên;Tổ;Ghế\r\nnam;Phạm Văn Nam;Tổ 2;B2\r\nmai;Lê Thị Mai;Tổ 1;B1\r\n".encode()
    entries = await draft(hall, sheet, media="text/csv", status=200)
    assert [(one["member"], one["seat"]) for one in entries] == [("nam", "B2"), ("mai", "B1")]
    assert await hall.ask("GET", f"{PATH}/draft", who=hall.token("lan", "secretary")) == entries


async def test_attributes_are_frozen_with_the_roll(hall: MeetingDesk) -> None:
    """What a sheet says of persons stands in the frozen bytes, in its order; another value is another roll."""
    sheet = "id,name,attribute:khối,attribute:giới tính\nmai,Lê Thị Mai,{},nữ\nnam,Phạm Văn Nam,,\n"
    entries = await draft(hall, sheet.format("Đảng").encode(), media="text/csv", status=200)
    assert [one["attributes"] for one in entries] == [{"khối": "Đảng", "giới tính": "nữ"}, {}]
    first = await freeze(hall)
    assert '"attributes":{"khối":"Đảng","giới tính":"nữ"}' in first["roll"]
    assert json.loads(first["roll"])["entries"] == entries
    await draft(hall, entries, status=200)
    assert await freeze(hall) == first
    await draft(hall, sheet.format("Nhà nước").encode(), media="text/csv", status=200)
    assert json.loads((await freeze(hall))["roll"])["revision"] == 2


async def test_attributes_of_a_list(hall: MeetingDesk) -> None:
    """A list is held to the same attributes: at most twenty, none empty or too long, each once."""
    for attributes in (
        {f"số {number}": "x" for number in range(21)},
        {"khối": ""},
        {"": "x"},
        {"k" * 65: "x"},
        {"khối": "x" * 201},
        {"khối": 1},
    ):
        problem = await draft(hall, [{"member": "mai", "name": "Mai", "attributes": attributes}], status=400)
        assert problem["code"] == "request_malformed"
    for attributes, code in (
        ({"khối": "x", "KHỐI": "y"}, "column_twice"),
        ({"khối": "a\u0007"}, "cell_wrong"),
    ):
        sent = [{"member": "nam", "name": "Nam"}, {"member": "mai", "name": "Mai", "attributes": attributes}]
        problem = await draft(hall, sent, status=422)
        assert (problem["code"], problem["facts"]["line"]) == (code, 2)


async def test_unknown_member(hall: MeetingDesk) -> None:
    """Who is no member is refused at their line, and the draft stays as it was."""
    secretary = hall.token("lan", "secretary")
    problem = await draft(hall, b"id,name\nmai,Mai\nla,La\n", media="text/csv", status=422)
    assert (problem["code"], problem["facts"]) == ("member_unknown", {"line": 3, "member": "la"})
    problem = await draft(hall, [{"member": "la", "name": "La"}], status=422)
    assert problem["facts"] == {"line": 1, "member": "la"}
    assert await hall.ask("GET", f"{PATH}/draft", who=secretary) == ROLL


async def test_create(hall: MeetingDesk) -> None:
    """With `create=true` unknown persons become delegates of the body, and known ones keep their roles."""
    sheet = "id,name,chức vụ,vai trò,thuộc tính:khối\nla,Trịnh Lạ,Bí thư,thư ký,Đảng\nhung,Trần Văn Hùng,,\n".encode()
    await draft(hall, sheet, path=f"{PATH}?create=true", media="text/csv", status=200)
    members = {
        m["id"]: m for m in await hall.ask("GET", "/bodies/hdnd/members", who=hall.token("lan", "secretary"))
    }
    assert members["la"] == {
        "id": "la",
        "name": "Trịnh Lạ",
        "group": "",
        "title": "Bí thư",
        "roles": ["delegate"],
        "attributes": {"khối": "Đảng"},
    }
    assert members["hung"]["roles"] == ["chair", "delegate"]


@pytest.mark.parametrize(
    ("sent", "media", "code"),
    [
        (b"id,name\nmai,\xff\n", "text/csv", "sheet_not_utf8"),
        (b'id,name\nmai,"x\n', "text/csv", "sheet_malformed"),
        (b"id,name,age\n", "text/csv", "column_unknown"),
        (b"id,name\nmai,Mai\nmai,Mai\n", "text/csv", "member_twice"),
        (b"id,name,seat\nmai,Mai,1\nnam,Nam,1\n", "text/csv", "seat_twice"),
        ([ROLL[0], ROLL[0]], "application/json", "member_twice"),
        ([ROLL[0], ROLL[1] | {"seat": "A1"}], "application/json", "seat_twice"),
        ([ROLL[0] | {"name": "Hu\u0300ng"}], "application/json", "cell_wrong"),
    ],
)
async def test_refused_whole(hall: MeetingDesk, sent: Any, media: str, code: str) -> None:
    """A bad roll is refused whole, with its line."""
    problem = await draft(hall, sent, media=media, status=422)
    assert problem["code"] == code
    assert problem["facts"]["line"] >= 1
    assert await hall.ask("GET", f"{PATH}/draft", who=hall.token("lan", "secretary")) == ROLL


async def test_ten_thousand(hall: MeetingDesk) -> None:
    """Ten thousand unknown persons are imported in one request."""
    rows = "".join(f"m{number},Đại biểu {number},Tổ {number % 63},S{number}\n" for number in range(10_000))
    sheet = f"id,name,group,seat\n{rows}".encode()
    entries = await draft(hall, sheet, path=f"{PATH}?create=true", media="text/csv", status=200)
    assert len(entries) == 10_000
    assert len(json.loads((await freeze(hall))["roll"])["entries"]) == 10_000
