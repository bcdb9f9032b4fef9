"""The floor's desk on real stores, told of a meeting with an agenda; what its people do, signed and sent."""

import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import asyncpg
import msgspec

from services.desk.device import must_hold_act
from services.floor import app as floor_app
from services.floor import handlers
from services.floor.votes import Votes
from services.kit.database import UNREACHABLE, Pool
from services.rules import jws
from services.rules.ballot import Holder
from services.rules.floor.replay import replay
from services.rules.floor.state import Floor
from services.wire import (
    AgendaChanged,
    AgendaItem,
    Ask,
    Event,
    FloorActs,
    FloorDone,
    FloorEntry,
    FloorShown,
    LaneRules,
    Member,
    MemberChanged,
    OpenLane,
    PollChanged,
    Role,
    Roll,
    RollEntry,
    RollFrozen,
)
from tests.support.pki import Pki
from tests.support.told_desk import BODY, CHAIR, MEETING, SECRETARY, ToldDesk, mount
from tests.support.waiting import until

ITEM, SECOND_CHAIR, GUEST = "noi-dung-1", "chu-toa-2", "khach"
DESK: dict[str, Role] = {
    CHAIR: "chair",
    SECOND_CHAIR: "chair",
    SECRETARY: "secretary",
    GUEST: "observer",
}
# All of the service's own, as when the database restarts.
DROP = (
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid() and application_name = 'plenary floor'"
)
# No limits but those that a test asks for.
PLAIN = LaneRules(stances=("for", "against", "other"))

Convene = Callable[..., Awaitable[list["FloorDesk"]]]
_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)
_numbers = itertools.count(1)


@dataclass
class FloorDesk(ToldDesk):
    """One worker's floor with a frozen roll, everybody present, and a device for everybody."""

    service: ClassVar[str] = floor_app.NAME

    @property
    def pool(self) -> Pool:
        """The floor's own connections."""
        return self.app[handlers.STORE].pool

    @property
    def log_key(self) -> str:
        """The ledger's public key as C2SP text."""
        return self.app[handlers.ARCHIVE]._key.text(MEETING)

    async def tell(self, *events: Event) -> None:
        """Apply events as the consumers do."""
        for event in events:
            if isinstance(event, PollChanged):
                await Votes(self.app[handlers.LEDGER]).apply(msgspec.json.encode(event))
            else:
                await super().tell(event)

    async def found(self) -> None:
        """Tell of the body and the meeting, of a second chair and a guest, and of an agenda of two items."""
        await super().found()
        others = (
            Member(id=SECOND_CHAIR, name="Phó Chủ tọa", roles=("chair", "delegate")),
            Member(id=GUEST, name="Khách mời", roles=("observer",)),
        )
        items = tuple(AgendaItem(id=f"noi-dung-{n}", position=n, title=f"Nội dung {n}") for n in (1, 2))
        await self.tell(
            MemberChanged(index=self.index("m", BODY.id), body=BODY.id, members=others),
            AgendaChanged(index=self.index("m", MEETING), meeting=MEETING, items=items),
        )
        for one in (SECOND_CHAIR, GUEST):
            await self.enrol(one)

    # --- What people do -----------------------------------------------------------------------------------

    def headers(self, who: str) -> dict[str, str]:
        """Signed in as this person, with the role they have."""
        return {"Authorization": f"Bearer {self.token(who, DESK.get(who, 'delegate'))}"}

    def sign(self, who: str, act: FloorActs) -> bytes:
        """The act, signed by this person's device."""
        return self.devices[who].floor_act(act)

    async def post(self, who: str, raw: bytes, meeting: str = MEETING) -> tuple[int, bytes]:
        """Signed bytes sent by this person; status and the bytes of the answer."""
        headers = {**self.headers(who), "Content-Type": "application/jose"}
        path = f"/floor/meetings/{meeting}/acts"
        async with self.client.post(path, data=raw, headers=headers) as answer:
            return answer.status, await answer.read()

    async def do(self, who: str, act: FloorActs) -> FloorDone:
        """One act, taken in; its receipt is proven."""
        raw = self.sign(who, act)
        status, body = await self.post(who, raw)
        assert status == 201, (status, body)
        done = msgspec.json.decode(body, type=FloorDone)
        must_hold_act(done.receipt, raw, self.log_key)
        return done

    async def refused(self, who: str, act: FloorActs) -> str:
        """The code by which an act is refused."""
        return code_of(await self.post(who, self.sign(who, act)))

    async def shown(self, who: str = CHAIR) -> FloorShown:
        """The floor as it stands."""
        async with self.client.get(f"/floor/meetings/{MEETING}", headers=self.headers(who)) as answer:
            assert answer.status == 200
            return msgspec.json.decode(await answer.read(), type=FloorShown)

    async def seen(self) -> int:
        """The revision that a console sees now."""
        return (await self.shown()).revision

    async def open_lane(
        self, lane: str = "speech", rules: LaneRules | None = PLAIN, item: str = ITEM, **more: Any
    ) -> FloorDone:
        """The chair opens a lane; a reason for rules of its own."""
        more = {"reason": "" if rules is None else "Theo quy chế của kỳ họp", **more}
        act = OpenLane(meeting=MEETING, seen=await self.seen(), item=item, lane=lane, rules=rules, **more)
        return await self.do(CHAIR, act)

    async def ask_to_speak(self, who: str, lane: str = "speech", item: str = ITEM, **more: Any) -> FloorDone:
        """A delegate asks."""
        return await self.do(who, asking(lane, item, **more))


def asking(lane: str = "speech", item: str = ITEM, **more: Any) -> Ask:
    """A request to speak under a fresh id, unless one is given."""
    identifier = more.pop("id", f"y-kien-{next(_numbers)}")
    return Ask(meeting=MEETING, id=identifier, item=item, lane=lane, **more)


def code_of(answer: tuple[int, bytes]) -> str:
    """The code of a refusal; "" for a receipt."""
    return str(msgspec.json.decode(answer[1]).get("code", ""))


def assemble(
    directory: Path,
    database_url: str,
    redis_url: str,
    voters: int = 5,
    worker: str = "w0",
    pki: Pki | None = None,
) -> FloorDesk:
    """A desk with its keys in `directory`, not yet started."""
    return mount(FloorDesk, floor_app, directory, database_url, redis_url, voters, worker, pki)


async def convene(
    directory: Path,
    database_url: str,
    redis_url: str,
    start: Callable[..., Awaitable[Any]],
    *,
    voters: int = 5,
    workers: int = 2,
) -> list[FloorDesk]:
    """Workers of one installation: the same stores and keys, the same people with the same devices."""
    pki = Pki()
    desks = [assemble(directory, database_url, redis_url, voters, f"w{n}", pki) for n in range(workers)]
    for desk in desks:
        desk.client = await start(desk.root)
        desk.devices, desk._told = desks[0].devices, desks[0]._told
    await desks[0].found()
    return desks


async def seated(desk: FloorDesk) -> None:
    """Everybody has a seat: their place in the list."""
    entries = tuple(
        RollEntry(member=one, name=f"Đại biểu {one}", seat=str(place))
        for place, one in enumerate(desk.voters, start=1)
    )
    raw = msgspec.json.encode(Roll(body=BODY.id, meeting=MEETING, revision=2, entries=entries))
    frozen = RollFrozen(
        index=desk.index("m", MEETING), meeting=MEETING, sha256=jws.digest(raw), roll=raw.decode()
    )
    await desk.tell(frozen)


async def lines_of(desk: FloorDesk, meeting: str = MEETING) -> list[bytes]:
    """Every line of the ledger as stored, read beside the product's own code."""
    rows = await desk.pool.fetch(
        "select line from entry e join ledger l on l.no = e.ledger where l.meeting = $1 order by e.index",
        meeting,
    )
    return [row["line"] for row in rows]


def entries_of(lines: Sequence[bytes]) -> list[FloorEntry]:
    """What the lines say."""
    return [_entries.decode(line) for line in lines]


def proved(desk: FloorDesk, lines: Sequence[bytes]) -> Floor:
    """The floor that a stranger makes of the lines, every signature verified and every act decided again."""
    holders = {
        device.thumbprint: Holder(device.thumbprint, member, device.key.public_key(), 0, 2**53)
        for member, device in desk.devices.items()
    }
    return replay(entries_of(lines), lambda thumbprint, _: holders[thumbprint])


async def mended(desk: FloorDesk) -> None:
    """Wait until no dead connection is left in the pool: its first user learns of each."""

    async def answers() -> bool:
        try:
            return len([await desk.pool.fetchval("select 1") for _ in range(desk.pool.get_size())]) > 0
        except UNREACHABLE:
            return False

    await until(answers, what="the database answers")


async def superuser(url: str, *statements: str) -> None:
    """Do to the database what no role of ours may."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "floor"})
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
