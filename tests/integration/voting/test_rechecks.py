"""Links behind ballots: asked about after the cut, told of or not, and counted by that; whoever lies on the streams."""

import asyncio
from typing import Any

import msgspec
import pytest

from services.desk.device import Ask
from services.kit import envelope
from services.rules import jws, rechecked
from services.wire import LinksToRecheck, PollRechecked
from tests.support.signing_service import counted, entries, shown
from tests.support.told_findings import all_wanted, finding, told, unknown, wanted_of
from tests.support.voting_desk import VotingDesk
from tests.support.voting_hall import Convene, lines_of, prove, void
from tests.support.waiting import until

LINKED = ("001", "002")


async def link(desk: VotingDesk) -> None:
    """Two of the voters have keys that another authority certified."""
    for member in LINKED:
        await desk.enrol(member, linked=True)


async def closed(desk: VotingDesk, **wanted: Any) -> tuple[str, Ask, LinksToRecheck]:
    """A poll in which all have approved, closed; and what voting wants to know."""
    poll, asked = await desk.opened(**wanted)
    for voter in desk.voters:
        await desk.cast(poll, asked, voter)
    await desk.act(poll, "close", definition=asked.hash)
    return poll, asked, await wanted_of(desk, poll)


def thumbprints(desk: VotingDesk) -> list[str]:
    """Of the two links."""
    return sorted(desk.devices[member].thumbprint for member in LINKED)


async def lines(desk: VotingDesk, poll: str) -> list[PollRechecked]:
    """Those of the ledger that say what was found."""
    found = [entries.decode(line) for line in await lines_of(desk)]
    return [each for each in found if isinstance(each, PollRechecked) and each.poll == poll]


async def time_is_up(desk: VotingDesk, poll: str) -> None:
    """Nobody need wait for it in a test."""
    await desk.pool.execute("update poll set recheck_until = 1 where id = $1", poll)


async def test_told_and_counted(desk: VotingDesk) -> None:
    """The cut waits for nobody; the count does, until signing has told; then it says what was found."""
    await link(desk)
    poll, asked, wanted = await closed(desk)
    assert (wanted.definition, list(wanted.thumbprints)) == (asked.hash, thumbprints(desk))
    assert wanted.until - wanted.cut == 20_000
    view = await shown(desk, poll)
    assert (view["state"], view["rechecking"], view["counted"]) == ("closed", True, "")
    one, other = wanted.thumbprints
    gone = finding(one, wanted.cut, kind="revoked", why="keyCompromise", revoked_at=wanted.cut - 3_600_000)
    said = told(desk, wanted, gone, finding(other, wanted.cut))
    # 1. Told twice, as streams may; written once.
    await desk.tell(said, said)
    view = await counted(desk, poll)
    assert view["rechecking"] is False
    assert view["decision"]["counts"]["approve"] == len(desk.voters) - 1
    assert view["decision"]["rechecked"] == {"checked": 2, "revoked": 1, "unknown": 0, "policy": "count"}
    (line,) = await lines(desk, poll)
    assert [each.kind for each in line.found] == ["revoked", "good"]
    # 2. It can be declared, and told again it changes nothing.
    assert (await desk.declare(poll, asked))["state"] == "declared"
    await desk.tell(said)
    assert len(await lines(desk, poll)) == 1
    await prove(desk)


@pytest.mark.parametrize(("policy", "counts"), [("count", 5), ("exclude", 3)])
async def test_nobody_tells(desk: VotingDesk, policy: Any, counts: int) -> None:
    """When the time is up whoever nobody told of is unknown, and the question decides."""
    await link(desk)
    poll, _, _ = await closed(desk, unknown_status=policy)
    await time_is_up(desk, poll)
    view = await counted(desk, poll)
    assert view["decision"]["counts"]["approve"] == counts
    assert view["decision"]["rechecked"]["unknown"] == 2
    (line,) = await lines(desk, poll)
    assert [(each.kind, each.why, each.outside) for each in line.found] == [
        ("unknown", "nobody told in time", "")
    ] * 2


async def test_lies_on_the_stream_exclude_nobody(desk: VotingDesk) -> None:
    """Who writes on streams without the key is not heard; what is told of another cut or poll neither."""
    await link(desk)
    poll, asked, wanted = await closed(desk, unknown_status="exclude")
    one, other = wanted.thumbprints
    gone = [finding(each, wanted.cut, kind="revoked", why="x", revoked_at=1) for each in (one, other)]
    # 1. Another key; another matter; another cut; another question.
    strange = envelope.Envelope(b"x" * 32).seal(
        msgspec.json.encode(gone), rechecked.matter("found", asked.hash, wanted.cut)
    )
    lies = [
        msgspec.structs.replace(told(desk, wanted), sealed=strange),
        told(desk, wanted, *gone, about="ballot.signed " + asked.hash),
        told(desk, msgspec.structs.replace(wanted, cut=wanted.cut - 1), *gone),
        told(desk, msgspec.structs.replace(wanted, definition=jws.digest(b"another")), *gone),
        msgspec.structs.replace(told(desk, wanted, *gone), poll="no-such-poll"),
    ]
    await desk.tell(*lies)
    assert await lines(desk, poll) == []
    # 2. The truth is heard all the same.
    await desk.tell(told(desk, wanted, finding(one, wanted.cut), finding(other, wanted.cut)))
    assert (await counted(desk, poll))["decision"]["counts"]["approve"] == len(desk.voters)


async def test_what_is_told_without_ground_is_unknown(desk: VotingDesk) -> None:
    """Good by what was known long before the cut, revoked without evidence, and others' credentials: not believed."""
    await link(desk)
    poll, _, wanted = await closed(desk)
    one, other = wanted.thumbprints
    theirs = finding(desk.devices["003"].thumbprint, wanted.cut, kind="revoked", why="x", revoked_at=1)
    old = finding(one, wanted.cut, known_at=wanted.cut - 3_600_000)
    bare = finding(other, wanted.cut, kind="revoked", why="x", revoked_at=1, evidence=())
    await desk.tell(told(desk, wanted, theirs, old, bare))
    view = await counted(desk, poll)
    assert view["decision"]["counts"]["approve"] == len(desk.voters)
    assert view["decision"]["rechecked"] == {"checked": 2, "revoked": 0, "unknown": 2, "policy": "count"}
    (line,) = await lines(desk, poll)
    assert [each.thumbprint for each in line.found] == thumbprints(desk)


async def test_a_clock_that_is_wrong_stops_no_count(desk: VotingDesk) -> None:
    """A machine that asks minutes ahead of the ledger, or behind it, or that says its evidence twice: what no line may
    say is not written down, or the count would alarm for ever."""
    await link(desk)
    for behind in (-120_000, 120_000):
        poll, _, wanted = await closed(desk)
        one, other = wanted.thumbprints
        answer = jws.digest(b"answer")
        off = finding(one, wanted.cut, checked_at=wanted.cut - behind, known_at=wanted.cut + 1)
        twice = finding(other, wanted.cut, evidence=(answer, answer))
        await desk.tell(told(desk, wanted, off, twice))
        view = await counted(desk, poll)
        assert view["decision"]["rechecked"] == {"checked": 2, "revoked": 0, "unknown": 2, "policy": "count"}
    await prove(desk)


async def test_annulled_while_others_are_asked(desk: VotingDesk) -> None:
    """What comes then is not written; nothing is counted."""
    await link(desk)
    poll, asked, wanted = await closed(desk)
    await void(desk, poll, asked.hash)
    await desk.tell(told(desk, wanted, *(unknown(each, wanted.cut) for each in wanted.thumbprints)))
    assert await lines(desk, poll) == []
    assert (await shown(desk, poll))["state"] == "voided"
    await prove(desk)


async def test_two_workers_hear_it_at_once(hall: Convene) -> None:
    """One line, one count."""
    desks = await hall(workers=2)
    await link(desks[0])
    poll, _, wanted = await closed(desks[0])
    said = told(desks[0], wanted, *(finding(each, wanted.cut) for each in wanted.thumbprints))
    await asyncio.gather(time_is_up(desks[0], poll), *(desk.tell(said) for desk in desks))
    view = await counted(desks[1], poll)
    assert view["decision"]["rechecked"]["checked"] == 2
    assert len(await lines(desks[1], poll)) == 1
    await prove(desks[0])


async def test_nobody_is_asked_where_no_link_has_voted(desk: VotingDesk) -> None:
    """Nothing on the stream, nothing in the ledger, counted with the close; also where links have stayed away."""
    poll, asked = await desk.opened()
    for voter in desk.voters:
        await desk.cast(poll, asked, voter)
    view = await desk.act(poll, "close", definition=asked.hash)
    assert view["decision"]["counts"]["approve"] == len(desk.voters)
    assert "rechecked" not in view["decision"]
    await link(desk)
    poll, asked = await desk.opened()
    await desk.cast(poll, asked, "003")
    view = await desk.act(poll, "close", definition=asked.hash)
    assert view["decision"]["counts"]["approve"] == 1
    # What the publisher tells of both is out when a third, with links, has been told of.
    _, _, wanted = await closed(desk)
    assert await all_wanted(desk) == [wanted]


async def test_a_practice_vote_is_asked_about_too(desk: VotingDesk) -> None:
    """It shows what would happen in earnest."""
    await link(desk)
    poll, _, wanted = await closed(desk, practice=True)
    await desk.tell(told(desk, wanted, *(finding(each, wanted.cut) for each in wanted.thumbprints)))
    assert (await counted(desk, poll))["decision"]["rechecked"]["checked"] == 2


async def test_another_line_in_its_place_alarms(desk: VotingDesk) -> None:
    """Whoever can write in the database excludes nobody: the recount reads the very line, and takes no other for it."""
    await link(desk)
    poll, _, _ = await closed(desk)
    await desk.pool.execute(
        "update poll set rechecked_index = closed_index, recheck_until = 1 where id = $1", poll
    )

    async def alarmed() -> bool:
        return bool(await desk.pool.fetchval("select alarm from poll where id = $1", poll))

    await until(alarmed, 10, "alarm")
    assert (await shown(desk, poll))["counted"] == ""
