"""A signing service as voting sees it, by the work streams alone; and what a hall does with one."""

from typing import Any

import msgspec

from services.desk.device import Ask
from services.kit import stream
from services.rules import begun, fold
from services.rules.extract import Placed
from services.rules.fold import History
from services.voting import app as voting_app
from services.voting import handlers, outbox
from services.wire import BallotSigned, BallotsUnwanted, BallotUnsigned, BallotWanted, Choice, LedgerEntry
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk
from tests.support.voting_hall import lines_of
from tests.support.waiting import until

entries: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)
_wanted: msgspec.json.Decoder[BallotWanted | BallotsUnwanted] = msgspec.json.Decoder(
    BallotWanted | BallotsUnwanted
)


class Service:
    """A signing service as voting sees it, by the work streams: what is wanted of it, and what it answers."""

    def __init__(self, desk: VotingDesk) -> None:
        self.desk = desk
        self.envelope = desk.app[voting_app.ENVELOPE]

    async def wanted(self, count: int = 1) -> list[BallotWanted]:
        """What voting wants signed, once there are so many."""
        name = stream.work(MEETING, outbox.INTENTS, 1)

        async def found() -> list[BallotWanted]:
            entries: Any = await self.redis.xrange(name)
            told = [_wanted.decode(fields[stream.FIELD]) for _, fields in entries]
            once = {one.commitment: one for one in told if isinstance(one, BallotWanted)}
            return list(once.values()) if len(once) >= count else []

        return await until(found, 10, "ballots wanted")

    @property
    def redis(self) -> stream.Redis:
        """The store of streams."""
        return self.desk.app[handlers.WISHES].redis

    async def sign(self, wanted: BallotWanted, raw: bytes) -> None:
        """The signature has come, told twice as streams may."""
        sealed = self.envelope.seal(raw, begun.matter("signed", wanted.commitment))
        said = BallotSigned(
            index=0, meeting=MEETING, poll=wanted.poll, commitment=wanted.commitment, sealed=sealed
        )
        await self.desk.tell(said, said)

    async def refuse(self, wanted: BallotWanted, why: Any = "declined", *, times: int = 2) -> None:
        """There will be no signature."""
        sealed = self.envelope.seal(msgspec.json.encode(why), begun.matter("unsigned", wanted.commitment))
        said = BallotUnsigned(
            index=0, meeting=MEETING, poll=wanted.poll, commitment=wanted.commitment, sealed=sealed
        )
        await self.desk.tell(*[said] * times)


async def begin(desk: VotingDesk, poll: str, raw: bytes, who: str, *, status: int | None = 202) -> Any:
    """A voter's phone says what a service is to sign."""
    wanted = {"input": raw.rpartition(b".")[0].decode(), "provider": "smartca"}
    return await desk.ask("POST", f"/polls/{poll}/intents", wanted, who=who, status=status)


async def began(
    desk: VotingDesk, service: Service, poll: str, asked: Ask, who: str, choice: Choice
) -> tuple[BallotWanted, bytes]:
    """A ballot that is begun: what is wanted of the service, and the signature it would give."""
    raw = desk.devices[who].ballot(asked, choice)
    await begin(desk, poll, raw, who)
    mine = await until(lambda: _of(service, who), 10, "wanted")
    return mine, raw


async def _of(service: Service, who: str) -> BallotWanted | None:
    return next((one for one in reversed(await service.wanted()) if one.voter == who), None)


async def shown(desk: VotingDesk, poll: str) -> Any:
    """The poll as anybody of its body sees it."""
    return await desk.ask("GET", f"/polls/{poll}", who=CHAIR, status=200)


async def counted(desk: VotingDesk, poll: str) -> Any:
    """The poll, once it is counted."""

    async def look() -> Any:
        view = await shown(desk, poll)
        return view if view["counted"] else None

    return await until(look, 20, "counted")


async def history(desk: VotingDesk, poll: str, asked: Ask) -> History:
    """The declared poll as any stranger reads it."""
    await desk.declare(poll, asked)
    lines = [Placed(index, line, entries.decode(line)) for index, line in enumerate(await lines_of(desk))]
    return fold.follow(lines, poll)
