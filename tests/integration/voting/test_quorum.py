"""Quorum: asked for at opening and again at close; what was forced says why."""

import pytest

from services.wire import PollDefinition, Quorum, Rule, Threshold
from tests.support.acts import reached
from tests.support.voting_desk import CHAIR, VotingDesk

HALF = Threshold(numerator=1, denominator=2, strict=True)
PRESENT = Rule(base="roll", threshold=HALF, quorum=Quorum(threshold=HALF))
TAKING_PART = Rule(
    base="for_and_against", threshold=HALF, quorum=Quorum(threshold=HALF, counted="participating")
)


async def test_without_quorum_no_poll_opens(desk: VotingDesk) -> None:
    """Two of five are there where three are needed: refused, with both figures; a third comes, and it opens."""
    await desk.present(["001", "002", "003"], there=False)
    poll, _ = await reached(desk, ("announce",), rule=PRESENT)
    refused, _ = await desk.open(poll, status=409)
    assert (refused["code"], refused["facts"]) == ("no_quorum", {"present": 2, "needed": 3})
    await desk.present(["001"])
    assert (await desk.open(poll))[0]["state"] == "open"


async def test_who_is_not_on_the_roll_makes_no_quorum(desk: VotingDesk) -> None:
    """The chair and the secretary are checked in, and count for nothing."""
    await desk.present(desk.voters, there=False)
    await desk.present([CHAIR, "thu-ky", "001", "002"])
    poll, _ = await reached(desk, ("announce",), rule=PRESENT)
    refused, _ = await desk.open(poll, status=409)
    assert refused["facts"]["present"] == 2


async def test_a_poll_forced_open_says_why_and_still_has_no_quorum(desk: VotingDesk) -> None:
    """The reason stands in the signed definition; the outcome is `no_quorum`, whatever the votes."""
    await desk.present(["001", "002", "003"], there=False)
    poll, _ = await reached(desk, ("announce",), rule=PRESENT)
    _, asked = await desk.open(poll, reason="Bão số 3")
    assert isinstance(asked.definition, PollDefinition)
    assert asked.definition.without_quorum == "Bão số 3"
    for voter in ("004", "005"):
        await desk.cast(poll, asked, voter)
    decision = (await desk.act(poll, "close", definition=asked.hash))["decision"]
    assert decision["outcome"] == "no_quorum"
    assert (decision["quorum_open"]["counted"], decision["quorum_close"]["counted"]) == (2, 2)
    assert (await desk.declare(poll, asked))["state"] == "declared"


@pytest.mark.parametrize(("left", "outcome"), [(1, "carried"), (3, "no_quorum")])
async def test_presence_is_taken_again_at_close(desk: VotingDesk, left: int, outcome: str) -> None:
    """Members who leave during the vote are not counted at close, unless they voted."""
    poll, asked = await desk.opened(rule=PRESENT)
    for voter in desk.voters[:2]:
        await desk.cast(poll, asked, voter)
    await desk.cast(poll, asked, "003") if left == 1 else None
    await desk.present(desk.voters[-left:], there=False)
    decision = (await desk.act(poll, "close", definition=asked.hash))["decision"]
    assert (decision["outcome"], decision["quorum_close"]["counted"]) == (outcome, 5 - left)
    assert decision["quorum_open"]["counted"] == 5


async def test_who_voted_was_there(desk: VotingDesk) -> None:
    """A voter who checked out after voting is counted once among those present at close."""
    poll, asked = await desk.opened(rule=PRESENT)
    for voter in desk.voters[:3]:
        await desk.cast(poll, asked, voter)
    await desk.present(desk.voters, there=False)
    decision = (await desk.act(poll, "close", definition=asked.hash))["decision"]
    assert (decision["present"], decision["outcome"]) == (3, "carried")


async def test_a_quorum_of_those_taking_part_is_known_at_close_only(desk: VotingDesk) -> None:
    """It stops no opening, and two ballots of five members make no quorum."""
    await desk.present(desk.voters, there=False)
    poll, asked = await desk.opened(rule=TAKING_PART)
    for voter in desk.voters[:2]:
        await desk.cast(poll, asked, voter)
    decision = (await desk.act(poll, "close", definition=asked.hash))["decision"]
    assert (decision["quorum_open"], decision["outcome"]) == (None, "no_quorum")


async def test_a_reason_is_text_that_can_be_printed(desk: VotingDesk) -> None:
    """What would deceive the eye is refused where the definition is asked for."""
    poll, _ = await reached(desk, ("announce",))
    answer = await desk.ask("GET", f"/polls/{poll}/definition?without_quorum=a%E2%80%AEb", who=CHAIR)
    assert answer["code"] == "text_unclean"
    long = await desk.ask("GET", f"/polls/{poll}/definition?without_quorum={'a' * 501}", who=CHAIR)
    assert long["code"] == "request_malformed"
