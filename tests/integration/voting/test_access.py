"""Every route of voting with every role, held against the one matrix; and with a token of another body."""

from typing import get_args

import pytest

from services.access import MATRIX
from services.desk.device import Ask
from services.voting.routes import ROUTES
from services.wire import Role
from tests.support.acts import message, post
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk

ROLES: tuple[Role, ...] = get_args(Role)
GUARDED = [route for route in ROUTES if route.act != "anyone"]


async def _code(desk: VotingDesk, method: str, path: str, token: str) -> str:
    """The code that the guards give; "" if they let the request through to be judged by what it says."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    async with desk.client.request(method, f"/voting{path}", data=b"{", headers=headers) as answer:
        if answer.content_type != "application/problem+json":
            return ""
        code = str((await answer.json())["code"])
        return code if code in ("not_signed_in", "not_allowed", "foreign_body", "our_fault") else ""


async def _paths(desk: VotingDesk) -> tuple[dict[str, str], Ask]:
    poll, asked = await desk.opened()
    names = {"poll": poll, "meeting": MEETING, "voter": CHAIR}
    return {route.name: route.path.format(**names) for route in GUARDED}, asked


async def test_every_role_at_every_route(desk: VotingDesk) -> None:
    """Who may pass is what the matrix says, cell by cell; without a token nobody passes."""
    paths, _ = await _paths(desk)
    for route in GUARDED:
        for role in ROLES:
            code = await _code(desk, route.method, paths[route.name], desk.token(CHAIR, role))
            allowed = role in MATRIX[route.act]
            assert code == ("" if allowed else "not_allowed"), (route.name, role)
        assert await _code(desk, route.method, paths[route.name], "") == "not_signed_in", route.name


async def test_a_token_of_another_body_opens_nothing(desk: VotingDesk) -> None:
    """All roles of another body together see and do nothing here."""
    paths, _ = await _paths(desk)
    token = desk.token(CHAIR, "secretary", "chair", "delegate", "observer", body="quoc-hoi")
    for route in GUARDED:
        # What is the same for every body is anybody's who is signed in.
        if route.takes is None and "{" in route.path:
            assert await _code(desk, route.method, paths[route.name], token) == "foreign_body", route.name
    draft = {"title": "Một", "presiding": CHAIR}
    headers = {"Authorization": f"Bearer {token}"}
    for method, path, sent in (
        ("POST", f"/meetings/{MEETING}/polls", draft),
        ("POST", paths["post_polls_poll_void"], {"act": "a", "second": "b"}),
        ("PUT", paths["put_polls_poll_draft"], {"seen": "A" * 43, "draft": draft}),
    ):
        async with desk.client.request(method, f"/voting{path}", json=sent, headers=headers) as answer:
            assert (answer.status, (await answer.json())["code"]) == (403, "foreign_body")


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "\udcff", " ", "A" * 9000])
async def test_a_token_that_is_none_is_refused(desk: VotingDesk, token: str) -> None:
    """Whatever bytes stand in the header, the answer is 401 and never a fault of ours."""
    poll, _ = await desk.opened()
    headers = {"Authorization": f"Bearer {token}"}
    async with desk.client.get(f"/voting/polls/{poll}", headers=headers) as answer:
        assert answer.status in (400, 401), await answer.read()


async def test_a_token_is_good_for_its_time_and_its_key_only(desk: VotingDesk) -> None:
    """Signed by another key, or altered by a character: refused."""
    poll, _ = await desk.opened()
    good = desk.token(CHAIR, "chair")
    head, payload, signature = good.split(".")
    flipped = payload[:10] + ("A" if payload[10] != "A" else "B") + payload[11:]
    for token in (f"{head}.{flipped}.{signature}", f"{head}.{payload}.{signature[:-4]}", good + "."):
        async with desk.client.get(
            f"/voting/polls/{poll}", headers={"Authorization": f"Bearer {token}"}
        ) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, "token_wrong")


async def test_a_secretary_or_delegate_moves_no_poll(desk: VotingDesk) -> None:
    """The chair's signed act in another's hands is not theirs to send."""
    poll, asked = await desk.opened()
    raw = await message(desk, poll, "close", asked)
    others: tuple[tuple[str, Role], ...] = (("thu-ky", "secretary"), ("001", "delegate"), ("001", "observer"))
    for who, role in others:
        assert (await post(desk, poll, "close", raw, who=who, role=role))[1]["code"] == "not_allowed"
    assert (await post(desk, poll, "close", raw, who="001", role="chair"))[1]["code"] == "not_presiding"
