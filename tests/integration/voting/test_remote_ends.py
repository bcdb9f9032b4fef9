"""Ballots with signing services that nobody awaits any more: withdrawn, overtaken by the end of the vote, annulled."""

from typing import Any

import msgspec

from services.kit import stream
from services.rules import begun
from services.voting import outbox
from services.wire import BallotsUnwanted, BallotWanted
from tests.support.signing_service import Service, began, shown
from tests.support.voting_desk import MEETING, VotingDesk
from tests.support.voting_hall import prove, void
from tests.support.waiting import until

_told: msgspec.json.Decoder[BallotWanted | BallotsUnwanted] = msgspec.json.Decoder(
    BallotWanted | BallotsUnwanted
)
_commitments = msgspec.json.Decoder(list[str])


async def unwanted(service: Service, count: int = 1) -> list[list[str]]:
    """What signing is told to ask no more, once it is told so often; what is sealed, opened."""

    async def found() -> list[list[str]]:
        told: Any = await service.redis.xrange(stream.work(MEETING, outbox.INTENTS, 1))
        read = [_told.decode(fields[stream.FIELD]) for _, fields in told]
        sealed = [one for one in read if isinstance(one, BallotsUnwanted)]
        opened = [
            _commitments.decode(service.envelope.open(one.sealed, begun.matter("unwanted", one.poll)))
            for one in sealed
        ]
        return opened if len(opened) >= count else []

    return await until(found, 10, "unwanted")


async def mine(desk: VotingDesk, poll: str, who: str = "001") -> tuple[str, str | None]:
    """How what somebody began last stands, to themselves."""
    told = await desk.ask("GET", f"/polls/{poll}/intents/mine", who=who, status=200)
    return told["state"], told["why"]


async def test_who_waits_no_longer_votes_by_another_way(desk: VotingDesk) -> None:
    """Withdrawn: signing asks no more; what is signed all the same is not cast; a ballot of one's own is."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=30)
    path = f"/polls/{poll}/intents/mine/withdraw"
    refused = await desk.ask("POST", path, who="001", status=404)
    assert refused["code"] == "intent_unknown"
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    told = await desk.ask("POST", path, who="001", status=200)
    assert (told["state"], told["why"]) == ("lapsed", "declined")
    again = await desk.ask("POST", path, who="001", status=404)
    assert again["code"] == "intent_unknown"
    assert (await unwanted(service))[-1] == [wanted.commitment]
    await service.sign(wanted, raw)
    await desk.cast(poll, asked, "001", "reject")
    view = await shown(desk, poll)
    assert (view["pending"], view["received"]) == (0, 1)
    await desk.act(poll, "close", definition=asked.hash)
    view = await shown(desk, poll)
    assert view["decision"]["counts"]["reject"] == 1
    assert view["decision"]["counts"]["approve"] == 0
    await prove(desk)


async def test_the_end_is_told(desk: VotingDesk) -> None:
    """Cut without grace: late to its voter at once, and wanted of nobody any more."""
    service = Service(desk)
    poll, asked = await desk.opened()
    await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "close", definition=asked.hash)
    assert await mine(desk, poll) == ("lapsed", "late")
    assert (await unwanted(service))[-1] == []
    await prove(desk)


async def test_annulled_it_is_over(desk: VotingDesk) -> None:
    """The same of a vote that is annulled."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    await began(desk, service, poll, asked, "001", "approve")
    await void(desk, poll, asked.hash)
    assert await mine(desk, poll) == ("lapsed", "late")
    assert (await unwanted(service))[-1] == []


async def test_signed_while_held_and_closed_without_grace(desk: VotingDesk) -> None:
    """It waited for the chair to go on, who did not: its voter is told that it does not count."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "hold", definition=asked.hash)
    await service.sign(wanted, raw)
    assert await mine(desk, poll) == ("signed", None)
    assert (await shown(desk, poll))["pending"] == 1
    await desk.act(poll, "close", definition=asked.hash)
    assert await mine(desk, poll) == ("lapsed", "late")
    view = await shown(desk, poll)
    assert (view["state"], view["decision"]["counts"]["approve"]) == ("closed", 0)
    await prove(desk)


async def test_begun_anew_the_first_is_wanted_no_more(desk: VotingDesk) -> None:
    """Signing is told of the one that was given up, and of the one in its place."""
    service = Service(desk)
    poll, asked = await desk.opened()
    first, _ = await began(desk, service, poll, asked, "001", "approve")
    await began(desk, service, poll, asked, "001", "reject")
    assert (await unwanted(service))[-1] == [first.commitment]
