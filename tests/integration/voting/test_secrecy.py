"""Until close nobody sees how anybody voted, nor a partial total: not in answers, streams, logs or metrics."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
import pytest
import redis.asyncio as redis
from structlog.testing import capture_logs

from services.rules.jws import b64_encode
from services.voting import handlers
from services.wire import BallotsReceived, Choice, Counts
from tests.support.acts import message, post
from tests.support.voting_desk import CHAIR, MEETING, SECRETARY, VotingDesk
from tests.support.voting_hall import (
    Convene,
    code_of,
    entries_of,
    prove,
    read_ledger,
    recount,
    send,
    void,
)
from tests.support.waiting import until

CHOICES: tuple[Choice, ...] = ("approve", "reject", "abstain")
# 13 voters, 7 for, 4 against, 2 abstaining: figures that nothing else here has.
CAST = 7 * CHOICES[:1] + 4 * CHOICES[1:2] + 2 * CHOICES[2:]
WORDS = re.compile(
    rb"approve|reject|abstain|T\xc3\xa1n th\xc3\xa0nh|Kh\xc3\xb4ng|decision|interim\":\{|\"seq|supersedes"
)


async def _page(desk: VotingDesk, path: str, who: str = CHAIR, role: Any = "chair") -> bytes:
    headers = {"Authorization": f"Bearer {desk.token(who, role)}"}
    async with desk.client.get(path, headers=headers) as answer:
        return await answer.read()


async def _vote(desk: VotingDesk, poll: str, ballots: Sequence[bytes]) -> list[bytes]:
    """Cast; and what refused retries and second ballots were told."""
    told = []
    for raw in ballots:
        assert (await send(desk, poll, raw))[0] == 201
    for voter in desk.voters[:3]:
        _, body = await send(desk, poll, ballots[0][:-2])
        told.append(body)
        told.append(await _page(desk, f"/voting/polls/{poll}/receipts/{voter}", SECRETARY, "secretary"))
    return told


async def _seen(desk: VotingDesk, poll: str, redis_url: str) -> dict[str, bytes]:
    """Everything that anybody but the voter can see, as bytes."""
    seen = {
        path: await _page(desk, path)
        for path in (
            f"/voting/polls/{poll}/result",
            f"/voting/meetings/{MEETING}/ledger",
            f"/voting/meetings/{MEETING}/checkpoint",
            "/metrics",
            "/health/ready",
        )
    }
    async with redis.Redis.from_url(redis_url) as client:
        keys: Any = await client.keys("*voting*")
        for key in keys:
            if await client.type(key) == b"stream":
                entries: Any = await client.xrange(key)
                seen[key.decode()] = b"\n".join(value for _, fields in entries for value in fields.values())
            else:
                told: Any = await client.get(key)
                seen[key.decode()] = told
    return seen


def _without_questions(text: bytes) -> bytes:
    """Without what the chair signed to ask: its options name all choices, whoever votes how."""
    return re.sub(rb'"definition\\?":\\?"[^"]*"', b"", text)


async def test_nothing_tells_a_choice_while_a_poll_is_open(hall: Convene, redis_url: str) -> None:
    """Answers, ledger, streams, logs and metrics hold no ballot, no choice, no label and no partial total."""
    (desk,) = await hall(voters=13, workers=1)
    poll, asked = await desk.opened()
    ballots = [
        desk.devices[voter].ballot(asked, choice) for voter, choice in zip(desk.voters, CAST, strict=True)
    ]
    with capture_logs() as logged:
        told = await _vote(desk, poll, ballots)
        await until(lambda: _told_of(redis_url, b'"received":13'))
        seen = await _seen(desk, poll, redis_url)
    seen |= {f"told {place}": body for place, body in enumerate(told)}
    seen["logs"] = repr(logged).encode()
    for where, text in seen.items():
        assert not WORDS.findall(_without_questions(text)), where
        for raw in ballots:
            _, payload, signature = raw.split(b".")
            assert not [part for part in (payload, signature) if part in text], where
            assert b64_encode(payload) not in text, where
    await desk.act(poll, "close", definition=asked.hash)
    assert ballots[0] in await _page(desk, f"/voting/meetings/{MEETING}/ledger"), (
        "what was looked for is there"
    )


async def test_the_streams_tell_who_has_voted_not_how_nor_who_voted_again(
    hall: Convene, redis_url: str
) -> None:
    """Two polls with opposite votes, each voter twice, are told alike: every voter once, at their first ballot."""
    (desk,) = await hall(workers=1)
    told = []
    both: tuple[tuple[Choice, Choice], ...] = (("approve", "reject"), ("reject", "approve"))
    for choices in both:
        poll, asked = await desk.opened(changes=True)
        before: dict[str, bytes] = {}
        for seq, choice in enumerate(choices, start=1):
            for voter in desk.voters[:3]:
                raw = desk.devices[voter].ballot(asked, choice, before.get(voter), seq)
                assert (await send(desk, poll, raw))[0] == 201
                before[voter] = raw
        await desk.act(poll, "hold", definition=asked.hash)
        await until(partial(_told_of, redis_url, f'"{poll}","state":"held"'.encode()))
        runs = [run for run in await _ballots_told(redis_url) if run["poll"] == poll]
        assert sum(len(run["leaves"]) for run in runs) == 6
        told.append([voter for run in runs for voter in run["voters"]])
        assert {name for run in runs for name in run} == set(BallotsReceived.__struct_fields__) | {"type"}
    assert told == [list(desk.voters[:3])] * 2


async def _ballots_told(redis_url: str) -> list[dict[str, Any]]:
    async with redis.Redis.from_url(redis_url) as client:
        entries: Any = await client.xrange(f"{{{MEETING}}}:voting")
    told = [msgspec.json.decode(fields[b"m"]) for _, fields in entries]
    return [each for each in told if each["type"] == "ballots.received"]


async def _told_of(redis_url: str, what: bytes) -> bool:
    async with redis.Redis.from_url(redis_url) as client:
        entries: Any = await client.xrange(f"{{{MEETING}}}:voting")
        return any(what in fields[b"m"] for _, fields in entries)


async def test_the_view_of_an_open_poll_is_the_same_however_people_vote(hall: Convene) -> None:
    """Two polls with opposite votes look alike to chair, delegate and observer, but for their names and times."""
    (desk,) = await hall(workers=1)
    views = []
    for choice in ("approve", "reject"):
        poll, asked = await desk.opened(changes=True)
        for voter in desk.voters:
            await desk.cast(poll, asked, voter, choice)
        view = await desk.ask("GET", f"/polls/{poll}", who=CHAIR, status=200)
        own = ("id", "definition", "jws", "opened_at")
        views.append({name: value for name, value in view.items() if name not in own})
    assert views[0] == views[1]
    assert (views[0]["received"], views[0]["decision"], views[0]["interim"]) == (5, None, None)


async def test_totals_are_shown_before_close_only_where_the_definition_says_so(
    hall: Convene, redis_url: str
) -> None:
    """`interim: totals` shows them in the view of the poll, and nowhere else; after close there are none."""
    (desk,) = await hall(workers=1)
    poll, asked = await desk.opened(interim="totals", changes=True)
    for voter in desk.voters[:3]:
        await desk.cast(poll, asked, voter, "reject")
    totals = {"approve": 0, "reject": 3, "abstain": 0}
    for act in ("hold", "resume"):
        assert (await desk.act(poll, act, definition=asked.hash))["interim"] == totals
    await until(lambda: _told_of(redis_url, b'"poll.resumed'))
    for where, text in (await _seen(desk, poll, redis_url)).items():
        assert not WORDS.findall(_without_questions(text)), where
    assert (await desk.act(poll, "close", definition=asked.hash))["interim"] is None


async def test_receipts_of_others_are_closed_until_the_poll_is(desk: VotingDesk) -> None:
    """A receipt shows the choice: one's own at any time, another's to the secretary only after close."""
    poll, asked = await desk.opened()
    await desk.cast(poll, asked, "001")
    path = f"/polls/{poll}/receipts/001"
    assert len(await desk.ask("GET", path, who="001", status=200)) == 1
    assert (await desk.ask("GET", path, who=SECRETARY, status=409))["code"] == "not_counted"
    for who in ("002", CHAIR):
        assert (await desk.ask("GET", path, who=who, status=403))["code"] == "not_allowed"
    await desk.act(poll, "close", definition=asked.hash)
    assert len(await desk.ask("GET", path, who=SECRETARY, status=200)) == 1


@pytest.mark.parametrize("held", [False, True])
async def test_ballots_of_a_voided_poll_are_kept_and_disclosed(desk: VotingDesk, held: bool) -> None:
    """Annulled before it was closed: from then on anybody who reads the ledger can count what was cast. Not before."""
    poll, asked = await desk.opened(changes=True)
    _, open_still = await desk.opened()
    first = desk.devices["001"].ballot(asked, "approve")
    second = desk.devices["001"].ballot(asked, "reject", first, 2)
    for raw in (first, second, *(desk.devices[voter].ballot(asked, "approve") for voter in ("002", "003"))):
        assert (await send(desk, poll, raw))[0] == 201
    await desk.cast(open_still.definition.id, open_still, "004")
    if held:
        await desk.act(poll, "hold", definition=asked.hash)
    _, before = await read_ledger(desk)
    assert recount(entries_of(before)) == {}
    # Two persons annul it. It was never counted, and is not now; but nothing of it is lost or hidden.
    await void(desk, poll, asked.hash)
    _, after = await read_ledger(desk)
    assert recount(entries_of(after)) == {poll: Counts(approve=2, reject=1, abstain=0)}
    assert len(await desk.ask("GET", f"/polls/{poll}/receipts/001", who=SECRETARY, status=200)) == 2
    assert (await desk.ask("GET", f"/polls/{poll}/result", who=CHAIR, status=409))["code"] == "not_counted"
    assert code_of(await send(desk, poll, desk.devices["004"].ballot(asked, "abstain"))) == "poll_voided"
    await prove(desk)


async def test_a_poll_closed_while_its_ledger_is_read_shows_no_ballot_without_its_cut(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads a ballot reads, in the same file, that the poll was closed."""
    poll, asked = await desk.opened()
    await desk.cast(poll, asked, "001")
    store = desk.app[handlers.STORE]
    for name in ("head", "polls"):
        with monkeypatch.context() as patched:
            patched.setattr(store, name, partial(_closing, desk, poll, asked, getattr(store, name)))
            _, extract = await read_ledger(desk)
        kinds = [entry.kind for entry in map(_kinds.decode, extract.lines)]
        assert ("ballot" in kinds) <= ("poll.closed" in kinds)
        poll, asked = await desk.opened()
        await desk.cast(poll, asked, "001")


class _Kind(msgspec.Struct):
    kind: str


_kinds = msgspec.json.Decoder(_Kind)


async def _closing(desk: VotingDesk, poll: str, asked: Any, read: Any, *arguments: Any) -> Any:
    """What the store says, and the poll is closed before it is heard."""
    said = await read(*arguments)
    await post(desk, poll, "close", await message(desk, poll, "close", asked))
    return said
