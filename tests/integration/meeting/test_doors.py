"""Who may pass which door: every route of the meeting desk, walked with every role."""

from typing import Any

import pytest

from services.access import MATRIX
from services.meeting.routes import ROUTES
from services.wire import Role
from tests.integration.meeting.conftest import BODY, ROLL
from tests.support.meeting_desk import MeetingDesk

ROLES: tuple[Role, ...] = ("operator", "secretary", "chair", "delegate", "observer")
PERSONS: dict[Role, str] = {
    "operator": "root",
    "secretary": "lan",
    "chair": "hung",
    "delegate": "mai",
    "observer": "quan",
}
MEETING = "/meetings/ky-hop"
# Route, what is sent, and who may: operator, secretary, chair, delegate, observer.
DOORS: list[tuple[str, str, Any, str]] = [
    ("POST", "/bodies", BODY, "x----"),
    ("GET", "/bodies/hdnd", None, "xxxxx"),
    ("POST", "/bodies/hdnd/members", [{"id": "moi", "name": "Mới"}], "xx---"),
    ("GET", "/bodies/hdnd/members", None, "xxxxx"),
    ("GET", "/bodies/hdnd/credentials", None, "-xx--"),
    ("GET", "/bodies/hdnd/meetings", None, "-xxxx"),
    ("POST", "/bodies/hdnd/meetings", {"id": "hai", "title": "Hai"}, "-x---"),
    ("GET", MEETING, None, "-xxxx"),
    ("POST", f"{MEETING}/open", None, "-x---"),
    ("PUT", f"{MEETING}/roll", ROLL, "-x---"),
    ("GET", f"{MEETING}/roll/draft", None, "-x---"),
    ("POST", f"{MEETING}/roll/freeze", None, "-x---"),
    ("GET", f"{MEETING}/roll", None, "-xxxx"),
    ("PUT", f"{MEETING}/agenda", [], "-xx--"),
    ("GET", f"{MEETING}/agenda", None, "-xxxx"),
    ("POST", f"{MEETING}/presence", {"present": True}, "-xxx-"),
    ("POST", f"{MEETING}/presence/mai", {"present": True}, "-x---"),
    ("PUT", f"{MEETING}/presence", [], "-x---"),
    ("GET", f"{MEETING}/presence", None, "-xxxx"),
    ("GET", f"{MEETING}/presence/changes", None, "-x---"),
    ("GET", f"{MEETING}/seats", None, "-xxxx"),
    ("GET", f"{MEETING}/seats/plan", None, "-xxxx"),
    ("PUT", f"{MEETING}/seats/plan", {"layout": "rows"}, "-x---"),
    ("POST", f"{MEETING}/end", None, "-x---"),
    ("POST", f"{MEETING}/minutes", {"edition": 1}, "-x---"),
]


def test_every_door_is_walked() -> None:
    """The table has every route that needs a role."""
    closed = [route for route in ROUTES if route.act != "anyone"]
    assert len(DOORS) == len(closed)
    assert all(route.act in MATRIX for route in closed)


async def test_every_role_at_every_door(hall: MeetingDesk) -> None:
    """Each role passes exactly the doors that its row says; nobody else gets further than the door."""
    for method, path, sent, row in DOORS:
        for role, mark in zip(ROLES, row, strict=True):
            who = hall.token(PERSONS[role], role, body="operator" if role == "operator" else "hdnd")
            if mark == "x":
                answer = await hall.ask(method, path, sent, who=who)
                assert "code" not in (answer if isinstance(answer, dict) else {}), (
                    method,
                    path,
                    role,
                    answer,
                )
            else:
                code = await hall.refused(method, path, sent, who=who, status=403)
                assert code == "not_allowed", (method, path, role)


@pytest.mark.parametrize(
    ("method", "path", "sent", "row"), DOORS, ids=[f"{door[0]} {door[1]}" for door in DOORS]
)
async def test_strangers(hall: MeetingDesk, method: str, path: str, sent: Any, row: str) -> None:
    """Without a token, with a bad or expired one, or with one of another body, no door opens."""
    assert await hall.refused(method, path, sent, status=401) == "not_signed_in"
    assert await hall.refused(method, path, sent, who="x.y.z", status=401) == "token_wrong"
    expired = hall.token("lan", "secretary", lasts=0)
    assert await hall.refused(method, path, sent, who=expired, status=401) == "token_expired"
    if path != "/bodies":
        foreign = hall.token("lan", "secretary", "chair", "delegate", body="ubnd")
        assert await hall.refused(method, path, sent, who=foreign, status=403) == "foreign_body"
