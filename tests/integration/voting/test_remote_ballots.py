"""Ballots that services outside sign: begun, cast, lapsed; the time of grace; and what nobody learns meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from services.kit import clock, envelope
from services.rules import begun, jws
from services.voting import handlers, intents
from services.voting.locked import Locked
from services.wire import BallotBegun, BallotCast, BallotSigned, BallotToSign, BallotUnsigned
from tests.support.signing_service import Service, began, begin, counted, entries, history, shown
from tests.support.voting_desk import MEETING, VotingDesk
from tests.support.voting_hall import Convene, lines_of, prove, read_ledger, void
from tests.support.waiting import until

_to_sign = msgspec.json.Decoder(BallotToSign)


async def test_begun_signed_and_cast_while_the_vote_is_open(desk: VotingDesk) -> None:
    """The ledger commits to what is signed; the ballot opens that; it counts like any other, with a receipt."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=30)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    # 1. Signing is told what to ask for, sealed; the chair is told how many are under way.
    words = _to_sign.decode(service.envelope.open(wanted.sealed, begun.wanted(wanted)))
    assert (words.input, words.label) == (raw.rpartition(b".")[0].decode(), asked.label("approve"))
    assert (wanted.thumbprint, wanted.provider) == (desk.devices["001"].thumbprint, "smartca")
    view = await shown(desk, poll)
    assert (view["pending"], view["received"]) == (1, 0)
    # 2. Its signature comes.
    await service.sign(wanted, raw)
    view = await shown(desk, poll)
    assert (view["pending"], view["received"]) == (0, 1)
    mine = await desk.ask("GET", f"/polls/{poll}/intents/mine", who="001", status=200)
    assert mine["state"] == "cast"
    (receipt,) = await desk.ask("GET", f"/polls/{poll}/receipts/001", who="001", status=200)
    assert entries.decode(receipt["entry"]).jws.encode() == raw  # type: ignore[union-attr]
    # 3. Nothing is under way: the cut comes with the close.
    await desk.act(poll, "close", definition=asked.hash)
    view = await shown(desk, poll)
    assert (view["state"], view["decision"]["counts"]["approve"]) == ("closed", 1)
    found = await history(desk, poll, asked)
    assert (found.begun.begun, found.begun.in_time, found.closing) == (1, 1, None)
    await prove(desk)


async def test_a_ballot_begun_before_the_end_counts_within_the_grace(desk: VotingDesk) -> None:
    """The end is the end for all others; the cut follows as soon as nothing is under way any more."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "close", definition=asked.hash)
    view = await shown(desk, poll)
    assert (view["state"], view["pending"], view["grace_ends_at"] - view["closed_at"]) == (
        "closing",
        1,
        60_000,
    )
    # 1. Nobody else: neither a ballot of one's own, nor one begun now; and the chair cannot close a second time.
    late = await desk.cast(poll, asked, "002", status=409)
    assert late["code"] == "poll_closed"
    later = await begin(desk, poll, desk.devices["003"].ballot(asked, "reject"), "003", status=409)
    assert later["code"] == "poll_closed"
    again = await desk.act(poll, "close", definition=asked.hash, reason="x", status=409)
    assert again["code"] == "poll_transition"
    # 2. Nobody reads how the others voted while it may still matter to somebody.
    raw_ledger, _ = await read_ledger(desk)
    assert b"ballot.begun" not in raw_ledger
    assert raw.split(b".")[1] not in raw_ledger
    # 3. The signature comes; the cut; the count.
    await service.sign(wanted, raw)
    view = await counted(desk, poll)
    assert (view["state"], view["decision"]["counts"]["approve"], view["grace_ends_at"]) == (
        "closed",
        1,
        None,
    )
    found = await history(desk, poll, asked)
    assert found.closing is not None
    assert (found.begun.in_time, found.begun.in_grace, found.begun.cut_off) == (0, 1, 0)
    await prove(desk)


async def test_who_leaves_during_the_grace_was_there_at_the_end(desk: VotingDesk) -> None:
    """Presence at the close is that at the end of voting, whoever waits for others meanwhile."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "close", definition=asked.hash)
    await desk.present(["004", "005"], there=False)
    await service.sign(wanted, raw)
    await counted(desk, poll)
    found = await history(desk, poll, asked)
    assert found.closing is not None
    assert set(found.closed.present) == set(found.closing.present) == set(desk.voters)


async def test_the_grace_ends_by_the_clock(desk: VotingDesk) -> None:
    """Who has not come by then is cut off, and is told so when the signature comes after all."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=1)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "close", definition=asked.hash)
    view = await counted(desk, poll)
    assert view["decision"]["counts"]["approve"] == 0
    await service.sign(wanted, raw)
    mine = await desk.ask("GET", f"/polls/{poll}/intents/mine", who="001", status=200)
    assert (mine["state"], mine["why"]) == ("lapsed", "late")
    found = await history(desk, poll, asked)
    assert (found.begun.in_grace, found.begun.cut_off) == (0, 1)
    await prove(desk)


async def test_without_grace_the_end_is_the_cut(desk: VotingDesk) -> None:
    """As the question says by default."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "close", definition=asked.hash)
    assert (await shown(desk, poll))["state"] == "closed"
    await service.sign(wanted, raw)
    found = await history(desk, poll, asked)
    assert (found.begun.begun, found.begun.cut_off, found.closing) == (1, 1, None)
    await prove(desk)


async def test_the_deadline_gives_the_same_grace(desk: VotingDesk) -> None:
    """The clock ends the vote; what was begun in time still comes."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60, duration_s=2)
    wanted, raw = await began(desk, service, poll, asked, "001", "reject")

    async def closing() -> Any:
        view = await shown(desk, poll)
        return view if view["state"] == "closing" else None

    await until(closing, 10, "closing")
    await service.sign(wanted, raw)
    view = await counted(desk, poll)
    assert view["decision"]["counts"]["reject"] == 1
    found = await history(desk, poll, asked)
    assert found.closing is not None
    assert (found.closing.cause, found.closed.cause, found.begun.in_grace) == ("deadline", "deadline", 1)
    await prove(desk)


@pytest.mark.parametrize("why", ["declined", "expired", "failed"])
async def test_what_a_service_does_not_sign_lapses(desk: VotingDesk, why: str) -> None:
    """The voter can vote otherwise; the ledger says that one lapsed, and why; nobody waits for it."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await service.refuse(wanted, why)
    await service.sign(wanted, raw)
    assert (await shown(desk, poll))["pending"] == 0
    await desk.cast(poll, asked, "001", "reject")
    await desk.act(poll, "close", definition=asked.hash)
    view = await shown(desk, poll)
    assert (view["state"], view["decision"]["counts"]["reject"]) == ("closed", 1)
    found = await history(desk, poll, asked)
    assert found.begun.lapsed == {why: 1}
    await prove(desk)


async def test_a_refusal_during_the_grace_ends_it(desk: VotingDesk) -> None:
    """The hall does not wait for somebody who has said no."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, _ = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "close", definition=asked.hash)
    await service.refuse(wanted)
    await counted(desk, poll)
    found = await history(desk, poll, asked)
    assert (found.begun.lapsed, found.begun.cut_off) == ({"declined": 1}, 0)


async def test_one_at_a_time(desk: VotingDesk) -> None:
    """The same words again are one ballot; other words give the first up, whose signature then comes to nothing."""
    service = Service(desk)
    poll, asked = await desk.opened()
    first, raw = await began(desk, service, poll, asked, "001", "approve")
    before = await lines_of(desk)
    await begin(desk, poll, raw, "001")
    assert await lines_of(desk) == before
    other = desk.devices["001"].ballot(asked, "reject")
    await begin(desk, poll, other, "001")
    second = (await service.wanted(2))[-1]
    await service.sign(first, raw)
    assert (await shown(desk, poll))["received"] == 0
    await service.sign(second, other)
    await desk.act(poll, "close", definition=asked.hash)
    view = await shown(desk, poll)
    assert view["decision"]["counts"] == {"approve": 0, "reject": 1, "abstain": 0}
    assert (await history(desk, poll, asked)).begun.lapsed == {"begun_anew": 1}
    await prove(desk)


async def test_nobody_fills_the_ledger_with_beginnings(desk: VotingDesk) -> None:
    """So many, and then one's own key."""
    poll, asked = await desk.opened()
    device = desk.devices["001"]
    raw = [device.ballot(asked, choice) for choice in ("approve", "reject") * (intents.MOST // 2)]
    for one in raw:
        await begin(desk, poll, one, "001")
    refused = await begin(desk, poll, device.ballot(asked, "abstain"), "001", status=429)
    assert (refused["code"], refused["facts"]["most"]) == ("intents_too_many", intents.MOST)
    await desk.cast(poll, asked, "001")
    assert (await prove(desk))[poll].approve == 1


async def test_a_ballot_of_ones_own_overtakes_it(desk: VotingDesk) -> None:
    """Whoever votes with the phone after all has voted; the service's signature is for a ballot that has no place."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.cast(poll, asked, "001", "reject")
    await service.sign(wanted, raw)
    await desk.act(poll, "close", definition=asked.hash)
    assert (await shown(desk, poll))["decision"]["counts"]["reject"] == 1
    assert (await history(desk, poll, asked)).begun.lapsed == {"overtaken": 1}
    await prove(desk)


async def test_a_vote_is_changed_through_a_service(desk: VotingDesk) -> None:
    """Where votes may be changed, it takes the place of the one it names."""
    service = Service(desk)
    poll, asked = await desk.opened(changes=True)
    old = desk.devices["001"].ballot(asked, "reject")
    await desk.ask("POST", f"/polls/{poll}/ballots", old, status=201)
    new = desk.devices["001"].ballot(asked, "approve", old, 2)
    await begin(desk, poll, new, "001")
    (wanted,) = await service.wanted()
    await service.sign(wanted, new)
    await desk.act(poll, "close", definition=asked.hash)
    view = await shown(desk, poll)
    assert view["decision"]["counts"] == {"approve": 1, "reject": 0, "abstain": 0}
    await prove(desk)


async def test_a_signature_that_comes_while_the_vote_is_held_waits(desk: VotingDesk) -> None:
    """It is cast when the vote goes on."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "hold", definition=asked.hash, reason="Mất điện")
    refused = await begin(desk, poll, desk.devices["002"].ballot(asked, "approve"), "002", status=409)
    assert refused["code"] == "poll_held"
    await service.sign(wanted, raw)
    assert (await shown(desk, poll))["pending"] == 1
    await desk.act(poll, "resume", definition=asked.hash)

    async def cast() -> bool:
        return bool((await shown(desk, poll))["received"] == 1)

    await until(cast, 10, "cast")
    await prove(desk)


async def test_a_signature_that_came_while_held_counts_when_closed_with_grace(desk: VotingDesk) -> None:
    """The chair ends a vote that is held; what was signed meanwhile comes within the grace."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "hold", definition=asked.hash, reason="Mất điện")
    await service.sign(wanted, raw)
    await desk.act(poll, "close", definition=asked.hash)
    view = await counted(desk, poll)
    assert view["decision"]["counts"]["approve"] == 1
    assert (await history(desk, poll, asked)).begun.in_grace == 1
    await prove(desk)


async def test_only_the_voters_own_words_are_begun(desk: VotingDesk) -> None:
    """Another voter's ballot, another question's, another algorithm's, no ballot at all; without a token, nothing."""
    poll, asked = await desk.opened()
    theirs = desk.devices["002"].ballot(asked, "approve")
    assert (await begin(desk, poll, theirs, "001", status=403))["code"] == "ballot_other_voter"
    foreign = desk.devices["001"].ballot(replace(asked, hash="A" * 43), "approve")
    assert (await begin(desk, poll, foreign, "001", status=400))["code"] == "ballot_foreign_poll"
    assert (await begin(desk, poll, b"x.y.z", "001", status=400))["code"] == "message_malformed"
    header, _, rest = desk.devices["001"].ballot(asked, "approve").partition(b".")
    said = jws.b64_decode(header).replace(b"ES256", b"RS256")
    confused = jws.b64_encode(said) + b"." + rest
    assert (await begin(desk, poll, confused, "001", status=None))["code"] == "algorithm_wrong"
    sent = {"input": theirs.rpartition(b".")[0].decode(), "provider": "smartca"}
    await desk.ask("POST", f"/polls/{poll}/intents", sent, status=401)
    assert (await desk.ask("GET", f"/polls/{poll}/intents/mine", who="001", status=404))[
        "code"
    ] == "intent_unknown"


async def test_a_service_that_lies_casts_nothing(desk: VotingDesk) -> None:
    """Another choice signed by the voter's own key, another voter's ballot, a signature that is none, a broken seal."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    sealed = service.envelope.seal(raw, "another matter")
    await desk.tell(
        BallotSigned(index=0, meeting=MEETING, poll=poll, commitment=wanted.commitment, sealed=sealed)
    )
    stranger = envelope.Envelope(b"x" * 32).seal(raw, begun.matter("signed", wanted.commitment))
    await desk.tell(
        BallotSigned(index=0, meeting=MEETING, poll=poll, commitment=wanted.commitment, sealed=stranger)
    )
    assert (await shown(desk, poll))["pending"] == 1
    await service.sign(wanted, desk.devices["001"].ballot(asked, "reject"))
    view = await shown(desk, poll)
    assert (view["pending"], view["received"]) == (0, 0)
    again, raw = await began(desk, service, poll, asked, "002", "approve")
    await service.sign(again, raw[:-4] + b"AAAA")
    third, _ = await began(desk, service, poll, asked, "003", "approve")
    await service.sign(third, desk.devices["004"].ballot(asked, "approve"))
    view = await shown(desk, poll)
    assert (view["pending"], view["received"]) == (0, 0)
    await desk.act(poll, "close", definition=asked.hash)
    assert (await history(desk, poll, asked)).begun.lapsed == {"failed": 3}
    await prove(desk)


async def test_a_key_revoked_meanwhile_signs_nothing(desk: VotingDesk) -> None:
    """What counts is the moment of casting."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.revoke("001")
    await service.sign(wanted, raw)
    view = await shown(desk, poll)
    assert (view["pending"], view["received"]) == (0, 0)
    await prove(desk)


async def test_who_writes_on_the_streams_ends_nothing(desk: VotingDesk) -> None:
    """Neither by a word of their own, nor by one that was sealed for something else and lies on a stream."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    of: dict[str, Any] = {"index": 0, "meeting": MEETING, "poll": poll, "commitment": wanted.commitment}
    signed = service.envelope.seal(raw, begun.matter("signed", wanted.commitment))
    for sealed in ("", "declined", wanted.sealed, signed):
        await desk.tell(BallotUnsigned(**of, sealed=sealed))
    await desk.tell(BallotSigned(**of, sealed=wanted.sealed))
    assert (await shown(desk, poll))["pending"] == 1
    await service.sign(wanted, raw)
    assert (await shown(desk, poll))["received"] == 1
    await prove(desk)


@pytest.mark.parametrize("act", ["begin", "cast"])
async def test_a_key_revoked_while_we_wait_for_the_ledger_does_nothing(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Its revocation is committed before the line would be: whoever looked before that has looked too early."""
    service = Service(desk)
    poll, asked = await desk.opened()
    raw = desk.devices["001"].ballot(asked, "approve")
    wanted = (await began(desk, service, poll, asked, "001", "approve"))[0] if act == "cast" else None
    locked = desk.app[handlers.STORE].locked

    @asynccontextmanager
    async def revoked_first(meeting: str) -> AsyncIterator[Locked]:
        await desk.revoke("001")
        async with locked(meeting) as ledger:
            yield ledger

    monkeypatch.setattr(desk.app[handlers.STORE], "locked", revoked_first)
    if wanted is None:
        assert (await begin(desk, poll, raw, "001", status=403))["code"] == "credential_revoked"
    else:
        await service.sign(wanted, raw)
    view = await shown(desk, poll)
    assert (view["pending"], view["received"]) == (0, 0)
    monkeypatch.undo()
    await prove(desk)


async def test_what_comes_between_the_grace_and_the_cut_is_late_in_the_ledger_too(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the cut, for which nothing is under way any more, would be too early if the clock stepped back before it."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=1)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    with monkeypatch.context() as patch:
        patch.setattr("services.voting.poll.is_cut", lambda *_: False)
        await desk.act(poll, "close", definition=asked.hash)
        ends: int = (await shown(desk, poll))["grace_ends_at"]

        async def over() -> bool:
            return clock.now() > ends

        await until(over, 10, "the end of the grace")
        await service.sign(wanted, raw)
    await counted(desk, poll)
    found = await history(desk, poll, asked)
    assert (found.begun.lapsed, found.begun.in_grace, found.begun.cut_off) == ({"late": 1}, 0, 0)
    await prove(desk)


async def test_a_voided_vote_takes_nothing_more(desk: VotingDesk) -> None:
    """Annulled while closing: no cut, no count, and the signature comes too late."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "close", definition=asked.hash)
    await void(desk, poll, asked.hash)
    await service.sign(wanted, raw)
    view = await shown(desk, poll)
    assert (view["state"], view["received"], view["grace_ends_at"]) == ("voided", 0, None)
    await prove(desk)


async def test_many_at_once_on_two_workers(hall: Convene) -> None:
    """Begun, signed and told twice on both workers while the chair closes: each counts once."""
    desks = await hall(voters=24)
    service = Service(desks[0])
    poll, asked = await desks[0].opened(grace_s=60)
    raw = {one: desks[0].devices[one].ballot(asked, "approve") for one in desks[0].voters}
    await asyncio.gather(
        *(begin(desks[place % 2], poll, raw[one], one) for place, one in enumerate(desks[0].voters))
    )
    wanted = await service.wanted(24)
    services = [Service(desk) for desk in desks]

    async def close() -> None:
        await desks[1].act(poll, "close", definition=asked.hash)

    await asyncio.gather(
        close(),
        *(each.sign(one, raw[one.voter]) for each in services for one in wanted),
    )
    view = await counted(desks[0], poll)
    assert view["decision"]["counts"]["approve"] == 24
    found = await history(desks[0], poll, asked)
    assert found.begun.in_time + found.begun.in_grace == 24
    await prove(desks[0])


async def test_the_streams_tell_nobody_a_choice(desk: VotingDesk) -> None:
    """Neither the words to be signed nor the ballot are on any stream, nor a hash that could be guessed."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    payload = raw.split(b".")[1]
    await service.sign(wanted, raw)
    for name in await service.redis.keys("*"):
        if await service.redis.type(name) == b"stream":
            told: Any = await service.redis.xrange(name)
            for _, fields in told:
                said = b"".join(fields.values())
                assert payload not in said
                assert jws.digest(raw.rpartition(b".")[0]).encode() not in said
    line = next(line for line in await lines_of(desk) if b"ballot.begun" in line)
    entry = entries.decode(line)
    assert isinstance(entry, BallotBegun)
    assert entry.commitment != jws.digest(raw.rpartition(b".")[0])
    (cast,) = [entry for entry in map(entries.decode, await lines_of(desk)) if isinstance(entry, BallotCast)]
    assert begun.committed(cast) == entry.commitment
