"""What voting adds to the record of a sitting: its whole ledger, every act to be read, no ballot among them."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis.asyncio as redis

from services.kit import envelope, stream
from services.kit.envelope import Envelope, EnvelopeBroken
from services.rules import minutes
from services.rules.minutes import matter
from services.rules.proof_errors import OrderWrong
from services.voting.evidence import withheld
from services.wire import (
    AgendaItem,
    Meeting,
    MinutesAsked,
    Officer,
    Proceedings,
    ProceedingsTold,
    SittingRecord,
)
from tests.support.signing_service import Service, began
from tests.support.told_desk import BODY
from tests.support.voting_desk import MEETING, VotingDesk
from tests.support.voting_hall import lines_of, void
from tests.support.waiting import until

SECRETARY = Officer(member="thu-ky", name="Trịnh Công Thư", roles=("secretary",))


def record(edition: int = 1) -> SittingRecord:
    """What the meeting room would say; of it nothing is read here but whose sitting it is."""
    return SittingRecord(
        body=BODY,
        meeting=Meeting(id=MEETING, body=BODY.id, title="Kỳ họp"),
        opened_at=1,
        ended_at=None,
        edition=edition,
        asked_at=2,
        asked_by=SECRETARY,
        desk=(SECRETARY,),
        roll="{}",
        attendance=(),
        agenda=(AgendaItem(id="muc-1", position=1, title="Khai mạc"),),
    )


async def wish(url: str, key: Envelope, edition: int = 1, about: str = "") -> None:
    """Put on the stream what meeting would."""
    raw = msgspec.json.encode(record(edition))
    sealed = key.seal(raw, about or matter("sitting", MEETING, edition))
    asked = MinutesAsked(index=0, body=BODY.id, meeting=MEETING, edition=edition, sealed=sealed)
    async with redis.Redis.from_url(url) as client:
        await client.xadd(stream.work(MEETING, "sittings", 1), {stream.FIELD: msgspec.json.encode(asked)})


async def told(url: str, number: int) -> list[ProceedingsTold]:
    """What signing is told, once there is so much of it."""

    async def heard() -> list[ProceedingsTold] | None:
        async with redis.Redis.from_url(url) as client:
            entries: Any = await client.xrange(stream.work(MEETING, "proceedings", 1))
        found = [msgspec.json.decode(fields[stream.FIELD], type=ProceedingsTold) for _, fields in entries]
        return found if len(found) >= number else None

    return await until(heard, what="proceedings")


def opened(said: ProceedingsTold, key: Envelope) -> Proceedings:
    """What is in the envelope."""
    raw = key.open(said.sealed, matter("proceedings", said.meeting, said.edition))
    return msgspec.json.decode(raw, type=Proceedings)


async def test_the_whole_ledger_goes_along_and_no_ballot(
    desk: VotingDesk, tmp_path: Path, redis_url: str
) -> None:
    """Every line in its place, under the checkpoint; the polls are read out of it, with the item each was held for."""
    key = envelope.load(tmp_path / "envelope.key")
    poll, asked = await desk.opened(item="muc-1")
    for voter in desk.voters:
        await desk.cast(poll, asked, voter)
    await desk.act(poll, "close", definition=asked.hash)
    await desk.declare(poll, asked)
    await wish(redis_url, key)
    (said,) = await told(redis_url, 1)
    proceedings = opened(said, key)
    assert (proceedings.sitting, proceedings.items) == (record(), {poll: "muc-1"})
    ledger = proceedings.ledger
    kept = await lines_of(desk)
    assert (ledger.start, len(ledger.lines)) == (0, len(kept))
    hidden = [line for line in ledger.lines if "withheld" in line]
    assert len(hidden) == len(desk.voters)
    assert not any('"kind":"ballot' in line for line in ledger.lines)
    assert [one for one in ledger.lines if one not in hidden] == [
        line.decode() for line in kept if b'"kind":"ballot' not in line
    ]
    members = {one.thumbprint: one.member for one in proceedings.credentials}
    (voted,) = minutes.polls_of(ledger, members)
    assert (voted.poll, voted.state, voted.ballots) == (poll, "declared", len(desk.voters))
    # What it says can be put under no other sitting.
    with pytest.raises(EnvelopeBroken):
        key.open(said.sealed, matter("proceedings", MEETING, 2))


async def test_a_sitting_without_a_vote(desk: VotingDesk, tmp_path: Path, redis_url: str) -> None:
    """Its ledger is empty, and signed all the same; heard twice, told twice, the same."""
    key = envelope.load(tmp_path / "envelope.key")
    for _ in range(2):
        await wish(redis_url, key)
    found = [opened(said, key) for said in await told(redis_url, 2)]
    assert found[0] == found[1]
    assert (found[0].ledger.lines, minutes.polls_of(found[0].ledger, {})) == ((), ())
    # Nobody takes anything for lost there.
    async with redis.Redis.from_url(redis_url) as client:
        assert await client.get(stream.kept(stream.work(MEETING, "proceedings", 1))) == b"2"


async def test_what_others_put_on_the_stream_is_not_answered(
    desk: VotingDesk, tmp_path: Path, redis_url: str
) -> None:
    """Another key, another matter: nothing is told, and who comes after is answered."""
    key = envelope.load(tmp_path / "envelope.key")
    await wish(redis_url, Envelope(b"x" * 32))
    await wish(redis_url, key, about=matter("proceedings", MEETING, 1))
    await wish(redis_url, key, about=matter("sitting", MEETING, 2))
    await wish(redis_url, key, edition=3)
    (said,) = await told(redis_url, 1)
    assert opened(said, key).sitting.edition == 3


async def test_only_ballots_are_withheld_and_their_number_comes_out(
    desk: VotingDesk, tmp_path: Path, redis_url: str
) -> None:
    """A vote that is annulled while another is under way; ballots begun with a service, of which one lapses: what is
    said of those is shown once the vote is over, and not before."""
    key, service = envelope.load(tmp_path / "envelope.key"), Service(desk)
    first, asked = await desk.opened()
    wanted, raw = await began(desk, service, first, asked, desk.voters[0], "approve")
    second, annulled = await desk.opened()
    await desk.cast(second, annulled, desk.voters[1])
    await void(desk, second, annulled.hash)
    await desk.cast(first, asked, desk.voters[1])
    await wish(redis_url, key)
    while_open = opened((await told(redis_url, 1))[0], key).ledger
    assert not any('"kind":"ballot' in line for line in while_open.lines)
    assert [one.state for one in minutes.polls_of(while_open, {})] == ["open", "voided"]
    await service.sign(wanted, raw)
    await counted_in(desk, first, 2)
    await began(desk, service, first, asked, desk.voters[2], "reject")
    await desk.ask("POST", f"/polls/{first}/intents/mine/withdraw", who=desk.voters[2], status=200)
    await desk.act(first, "close", definition=asked.hash)
    await wish(redis_url, key, edition=2)
    ledger = opened((await told(redis_url, 2))[1], key).ledger
    assert [one.ballots for one in minutes.polls_of(ledger, {})] == [2, 0]
    kinds = [msgspec.json.decode(line)["kind"] for line in ledger.lines]
    assert (kinds.count("ballot.begun"), kinds.count("ballot.lapsed"), kinds.count("withheld")) == (2, 1, 3)
    (voided,) = [msgspec.json.decode(line) for line in ledger.lines if "poll.voided" in line]
    assert voided["ballots"] == 1
    # With the annulled vote hidden they do not.
    hidden = tuple(withheld(line.encode()) if f'"poll":"{second}"' in line else line for line in ledger.lines)
    with pytest.raises(OrderWrong, match="more withheld than ballots"):
        minutes.polls_of(msgspec.structs.replace(ledger, lines=hidden), {})


async def counted_in(desk: VotingDesk, poll: str, ballots: int) -> None:
    """Wait until so many ballots stand in the ledger."""

    async def there() -> bool:
        lines = [line for line in await lines_of(desk) if b'"kind":"ballot"' in line]
        return sum(poll.encode() in line for line in lines) == ballots

    await until(there, 10, "ballots")
