"""An assembly on real servers, as its people's devices and consoles see it: everything over HTTP, nothing inside."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from services.desk import own_server
from services.desk.client import Client, opened
from services.desk.convening import Convened, Plan, convene, enrol_all
from services.desk.device import Device, KeyKind, must_hold_act
from services.desk.operator_token import mint
from services.wire import (
    AgendaItem,
    Ask,
    Body,
    DeskAct,
    FloorActs,
    FloorDone,
    FloorShown,
    LaneRules,
    MeetingPlan,
    Member,
    OpenLane,
    Role,
    RollEntry,
)
from tests.support.waiting import until

SECRETARY = "thu-ky"
JOSE = "application/jose"
_PAUSE = 0.05
_TRIES = 600
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, and the JSON of a problem or a FloorDone. `tries`: how often it had to be sent."""

    status: int
    said: dict[str, Any]
    tries: int = 1

    @property
    def code(self) -> str:
        """The refusal's code; "" for a receipt."""
        return str(self.said.get("code", ""))


@dataclass
class Assembly:
    """A meeting with a frozen roll on a server: its people's devices and tokens, by member."""

    client: Client
    session: aiohttp.ClientSession
    convened: Convened
    plan: Plan
    devices: dict[str, Device]
    tokens: dict[str, str] = field(default_factory=dict)
    log_key: str = ""

    @property
    def url(self) -> str:
        """The server's address."""
        return self.client.url

    @property
    def meeting(self) -> str:
        """The meeting's id."""
        return self.convened.meeting

    @property
    def floor_path(self) -> str:
        """Where the floor of this meeting is."""
        return f"/floor/meetings/{self.meeting}"

    # --- Acts ----------------------------------------------------------------------------------------------------

    async def post(self, who: str, raw: bytes, meeting: str = "", **headers: str) -> Answer:
        """Signed bytes of this person, sent until there is an answer other than that the server is not ready."""
        path = f"{self.url}/floor/meetings/{meeting or self.meeting}/acts"
        told = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": JOSE, **headers}
        for tries in range(1, _TRIES):
            try:
                async with self.session.post(path, data=raw, headers=told) as response:
                    if response.status < 500:
                        return Answer(response.status, msgspec.json.decode(await response.read()), tries)
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(_PAUSE)
        raise AssertionError(f"{path}: no answer")

    async def act(self, who: str, act: FloorActs) -> Answer:
        """One act, signed by this person's device."""
        return await self.post(who, self.devices[who].floor_act(act))

    async def do(self, who: str, act: FloorActs) -> FloorDone:
        """One act that must be taken in; its receipt is proven."""
        raw = self.devices[who].floor_act(act)
        answer = await self.post(who, raw)
        assert answer.status in (200, 201), (act, answer)
        done = msgspec.convert(answer.said, FloorDone)
        must_hold_act(done.receipt, raw, self.log_key)
        return done

    async def desk(self, who: str, kind: type[DeskAct], **said: Any) -> FloorDone:
        """An act of the desk by somebody who sees the floor as it is now."""
        seen = (await self.floor()).revision
        act: Any = kind(**{"meeting": self.meeting, "seen": seen, **said})
        return await self.do(who, act)

    async def open_lane(self, item: str, lane: str, rules: LaneRules | None = None, **more: Any) -> FloorDone:
        """The chair opens a lane, with a reason for rules of its own, as soon as the floor has heard of the meeting."""
        more = {"reason": "" if rules is None else "Theo quy chế của kỳ họp", **more}
        chair = self.plan.chair

        async def heard() -> bool:
            act = OpenLane(
                meeting=self.meeting,
                seen=(await self.floor()).revision,
                item=item,
                lane=lane,
                rules=rules,
                **more,
            )
            answers.append(await self.act(chair, act))
            return answers[-1].status == 201 or answers[-1].code not in _LATE

        answers: list[Answer] = []
        await until(heard, what="the floor to hear of the meeting")
        assert answers[-1].status == 201, answers[-1]
        return msgspec.convert(answers[-1].said, FloorDone)

    async def ask(self, who: str, item: str, lane: str, **more: Any) -> FloorDone:
        """A delegate asks to speak, under a fresh id unless one is given."""
        identifier = more.pop("id", f"xin-{next(_numbers)}")
        return await self.do(who, Ask(meeting=self.meeting, id=identifier, item=item, lane=lane, **more))

    # --- What is seen ----------------------------------------------------------------------------------------------

    async def floor(self) -> FloorShown:
        """The floor as it stands."""
        return await self.client.floor(self.meeting, self.tokens[self.plan.chair])

    async def ledger(self) -> list[bytes]:
        """The lines of the floor's ledger; its head and its checkpoint left out."""
        raw = await self.client.ask("GET", f"{self.floor_path}/ledger", token=self.tokens[self.plan.chair])
        return raw.splitlines()[1:-1]

    async def head(self) -> dict[str, Any]:
        """The first line of the ledger's file: origin, key, start, frontier."""
        raw = await self.client.ask("GET", f"{self.floor_path}/ledger", token=self.tokens[self.plan.chair])
        head: dict[str, Any] = msgspec.json.decode(raw.splitlines()[0])
        return head


# What is refused only because the floor has not heard yet of what was done a moment ago elsewhere.
_LATE = frozenset(
    {"meeting_unknown", "roll_missing", "credential_unknown", "item_unknown", "floor_desk_only"}
)


def plan_of(
    delegates: Mapping[str, str],
    agenda: Sequence[str],
    *,
    chairs: Sequence[str],
    profile: str = "quoc-hoi",
    attributes: Mapping[str, Mapping[str, str]] | None = None,
) -> Plan:
    """Who meets, under ids that no other meeting has. `delegates`: group by member, all present; `chairs` are of them.

    `agenda`: ids of its items.
    """
    mark = secrets.token_hex(4)
    members = [
        Member(
            id=each,
            name=f"Đại biểu {each}",
            group=group,
            roles=("chair", "delegate") if each in chairs else ("delegate",),
            attributes=dict((attributes or {}).get(each, {})),
        )
        for each, group in delegates.items()
    ]
    desk: tuple[Role, ...] = ("secretary",)
    return Plan(
        body=Body(id=f"co-quan-{mark}", name="Cơ quan thử", noun="đại biểu", profile=profile),
        members=[Member(id=SECRETARY, name="Thư ký phiên họp", roles=desk), *members],
        meeting=MeetingPlan(id=f"phien-{mark}", title="Phiên họp thử"),
        roll=[
            RollEntry(
                member=one.id, name=one.name, group=one.group, seat=f"A{seat}", attributes=one.attributes
            )
            for seat, one in enumerate(members, start=1)
        ],
        present=list(delegates),
        secretary=SECRETARY,
        chair=chairs[0],
        agenda=[
            AgendaItem(id=item, position=place, title=f"Nội dung {place}")
            for place, item in enumerate(agenda, start=1)
        ],
    )


@asynccontextmanager
async def assembled(
    url: str, data: Path, plan: Plan, kinds: Mapping[str, KeyKind] | None = None
) -> AsyncIterator[Assembly]:
    """The meeting convened, everybody with a key and signed in; `kinds`: whose key is another than P-256, by member."""
    limits = aiohttp.ClientTimeout(total=30, sock_connect=5)
    async with opened(url) as client, aiohttp.ClientSession(timeout=limits) as session:
        convened = await convene(client, mint(data), plan)
        others = kinds or {}
        people = [one.id for one in plan.members if one.id != plan.secretary and one.id not in others]
        devices = await enrol_all(client, convened.body, people, convened.token)
        for member, kind in others.items():
            devices |= await enrol_all(client, convened.body, [member], convened.token, kind)
        devices[plan.secretary] = convened.secretary
        assembly = Assembly(client, session, convened, plan, devices)
        signed_in = await asyncio.gather(*(client.sign_in(devices[each]) for each in devices))
        assembly.tokens.update(zip(devices, signed_in, strict=True))
        assembly.log_key = (await assembly.head())["log_key"]
        yield assembly


@asynccontextmanager
async def sitting(
    plan: Plan, keep: Path | None = None, **settings: str
) -> AsyncIterator[tuple[Assembly, Path]]:
    """The same on a server of its own: the assembly, and the server's data directory."""
    async with (
        own_server.running({"workers": "2", **settings}, keep) as (url, data),
        assembled(url, data, plan) as assembly,
    ):
        yield assembly, data
