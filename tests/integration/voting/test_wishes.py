"""Annulling from two consoles: the first person's wish waits for the second's signature over the same words."""

import asyncio
from typing import Any

import msgspec
import pytest
import redis.asyncio as redis

from services.kit.stream import board
from services.rules import jws
from services.voting import handlers
from services.wire import ActPayload
from tests.support.acts import OPENED, reached
from tests.support.voting_desk import CHAIR, MEETING, SECRETARY, VotingDesk
from tests.support.voting_hall import Convene, lines_of, superuser
from tests.support.waiting import until


def _signed(desk: VotingDesk, poll: str, definition: str, who: str, reason: str = "Sai nội dung") -> bytes:
    payload = ActPayload(act="void", meeting=MEETING, poll=poll, definition=definition, reason=reason)
    return desk.devices[who].act(payload)


async def _wished(
    desk: VotingDesk, poll: str, raw: bytes | None = None, *, who: str, method: str = "PUT", status: int = 200
) -> Any:
    return await desk.ask(method, f"/polls/{poll}/void/wish", raw, who=who, status=status)


async def _told(redis_url: str) -> list[Any] | None:
    """The wishes on the board; None if there is no board."""
    async with redis.Redis.from_url(redis_url) as client:
        raw: Any = await client.get(board(MEETING, "wishes"))
    found: list[Any] | None = None if raw is None else msgspec.json.decode(raw)["wishes"]
    return found


async def test_a_second_person_signs_what_the_first_has_wished(hall: Convene, redis_url: str) -> None:
    """Wished at one worker, read and signed at another: annulled, both signatures in the ledger, the wish done with."""
    first, other = await hall(workers=2)
    poll, asked = await first.opened()
    raw = _signed(first, poll, asked.hash, CHAIR)
    before = await lines_of(first)
    wish = await _wished(first, poll, raw, who=CHAIR)
    assert (wish["by"], wish["reason"], wish["poll"]) == (CHAIR, "Sai nội dung", poll)
    assert await lines_of(first) == before, "a wish moves nothing"
    found = await _wished(other, poll, who=SECRETARY, method="GET")
    assert found == wish
    payload = jws.b64_decode(found["act"].split(".")[1].encode())
    assert jws.digest(payload) == wish["payload"]
    assert await _told(redis_url) == [wish]
    second = other.devices[SECRETARY].act(msgspec.json.decode(payload, type=ActPayload))
    both = {"act": second.decode(), "second": found["act"]}
    answer = await other.ask("POST", f"/polls/{poll}/void", both, who=SECRETARY, status=200)
    assert answer["state"] == "voided"
    assert raw in (await lines_of(first))[-1]
    assert (await _wished(first, poll, who=CHAIR, method="GET", status=404))["code"] == "wish_unknown"
    assert not await _told(redis_url)
    refused = await _wished(first, poll, raw, who=CHAIR, status=409)
    assert refused["code"] == "poll_transition"


async def test_only_its_author_replaces_or_withdraws_a_wish(desk: VotingDesk) -> None:
    """The same bytes again are the same wish; another person waits; the author may say it better, or take it back."""
    poll, asked = await desk.opened()
    raw = _signed(desk, poll, asked.hash, CHAIR)
    wish = await _wished(desk, poll, raw, who=CHAIR)
    assert await _wished(desk, poll, raw, who=CHAIR) == wish
    theirs = _signed(desk, poll, asked.hash, SECRETARY, "Lý do khác")
    refused = await _wished(desk, poll, theirs, who=SECRETARY, status=409)
    assert (refused["code"], refused["facts"]) == ("wish_stands", {"by": CHAIR})
    refused = await _wished(desk, poll, who=SECRETARY, method="DELETE", status=403)
    assert refused["code"] == "wish_of_another"
    better = await _wished(desk, poll, _signed(desk, poll, asked.hash, CHAIR, "Sai tên dự thảo"), who=CHAIR)
    assert (better["reason"], better["payload"] == wish["payload"]) == ("Sai tên dự thảo", False)
    await _wished(desk, poll, who=CHAIR, method="DELETE", status=204)
    assert (await _wished(desk, poll, who=CHAIR, method="DELETE", status=404))["code"] == "wish_unknown"
    assert (await _wished(desk, poll, theirs, who=SECRETARY))["by"] == SECRETARY


async def test_a_wish_expires(desk: VotingDesk, database_url: str, redis_url: str) -> None:
    """After its time it is nobody's, and another person may wish."""
    poll, asked = await desk.opened()
    await _wished(desk, poll, _signed(desk, poll, asked.hash, CHAIR), who=CHAIR)
    await superuser(database_url, "update void_wish set expires_at = at")
    assert (await _wished(desk, poll, who=CHAIR, method="GET", status=404))["code"] == "wish_unknown"

    async def gone() -> bool:
        return not await _told(redis_url)

    await until(gone, 10)
    assert (await _wished(desk, poll, _signed(desk, poll, asked.hash, SECRETARY), who=SECRETARY))[
        "by"
    ] == SECRETARY


async def test_of_two_who_wish_at_once_one_does(hall: Convene) -> None:
    """Two consoles at two workers at the same instant: one wish stands, the other is told whose."""
    desks = await hall(workers=2)
    poll, asked = await desks[0].opened()
    answers = await asyncio.gather(
        *(
            desk.ask("PUT", f"/polls/{poll}/void/wish", _signed(desk, poll, asked.hash, who), who=who)
            for desk, who in zip(desks, (CHAIR, SECRETARY), strict=True)
        )
    )
    stood = [answer["by"] for answer in answers if "by" in answer]
    refused = [answer for answer in answers if answer.get("code") == "wish_stands"]
    assert len(stood) == len(refused) == 1
    assert refused[0]["facts"] == {"by": stood[0]}


@pytest.mark.parametrize("acts", [(), ("announce",)])
async def test_what_was_never_opened_is_not_wished_away(desk: VotingDesk, acts: tuple[str, ...]) -> None:
    """As the states of a poll say."""
    poll, _ = await reached(desk, acts)
    assert (await _wished(desk, poll, _signed(desk, poll, "", CHAIR), who=CHAIR, status=409))["code"] == (
        "poll_transition"
    )


async def test_a_wish_is_signed_by_who_sends_it_with_a_reason(desk: VotingDesk) -> None:
    """Without a reason, of another definition, or another's act: refused, and nothing is kept."""
    poll, asked = await reached(desk, OPENED)
    assert asked is not None
    cases = {
        "reason_missing": _signed(desk, poll, asked.hash, CHAIR, ""),
        "act_wrong": _signed(desk, poll, "A" * 43, CHAIR),
        "not_presiding": _signed(desk, poll, asked.hash, SECRETARY),
    }
    for code, raw in cases.items():
        assert (await desk.ask("PUT", f"/polls/{poll}/void/wish", raw, who=CHAIR))["code"] == code
    assert (await _wished(desk, poll, who=CHAIR, method="GET", status=404))["code"] == "wish_unknown"


async def test_a_wish_survives_the_loss_of_redis_and_is_told_again(desk: VotingDesk, redis_url: str) -> None:
    """It is in the database: the board comes back by itself."""
    poll, asked = await desk.opened()
    wish = await _wished(desk, poll, _signed(desk, poll, asked.hash, CHAIR), who=CHAIR)
    async with redis.Redis.from_url(redis_url) as client:
        await client.delete(board(MEETING, "wishes"))

    async def told() -> bool:
        return await _told(redis_url) == [wish]

    await until(told, 10)
    row = await desk.app[handlers.STORE].poll(poll)
    assert (await desk.app[handlers.WISHES].of(row)).by == CHAIR


@pytest.mark.parametrize("how", ["withdrawn", "expired", "replaced"])
async def test_a_signature_taken_back_annuls_nothing(desk: VotingDesk, database_url: str, how: str) -> None:
    """Who read the wish while it stood cannot use it afterwards; signed anew it counts."""
    poll, asked = await desk.opened()
    raw = _signed(desk, poll, asked.hash, CHAIR)
    await _wished(desk, poll, raw, who=CHAIR)
    if how == "withdrawn":
        await _wished(desk, poll, who=CHAIR, method="DELETE", status=204)
    elif how == "expired":
        await superuser(database_url, "update void_wish set expires_at = at")
    else:
        await _wished(desk, poll, _signed(desk, poll, asked.hash, CHAIR, "Lý do khác"), who=CHAIR)
    second = _signed(desk, poll, asked.hash, SECRETARY)
    both = {"act": second.decode(), "second": raw.decode()}
    refused = await desk.ask("POST", f"/polls/{poll}/void", both, who=SECRETARY, status=404)
    assert refused["code"] == "wish_unknown"
    assert (await desk.ask("GET", f"/polls/{poll}", who=CHAIR, status=200))["state"] == "open"
    both["second"] = _signed(desk, poll, asked.hash, CHAIR).decode()
    answer = await desk.ask("POST", f"/polls/{poll}/void", both, who=SECRETARY, status=200)
    assert answer["state"] == "voided"
    # A lost answer is asked for again: done already.
    assert await desk.ask("POST", f"/polls/{poll}/void", both, who=SECRETARY, status=200) == answer
