"""The ground that the measurements stand on: a whole Plenary of their own, with delegates really enrolled."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from services.desk import own_server
from services.desk.asking import Declined
from services.desk.client import Client, opened
from services.desk.convening import Convened, Plan, convene, enrol_all, summon
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import Opened, open_poll
from services.wire import Body, MeetingPlan, Member, PollDraft, RollEntry

SECRETARY, CHAIR = "thu-ky", "chu-toa"
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Assembly:
    """A running server with one body in session: everybody's device, and the meeting with its frozen roll."""

    client: Client
    url: str
    data: Path
    plan: Plan
    convened: Convened
    chair: Device
    delegates: Mapping[str, Device]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "127.0.0.1", parts.port or 80

    async def another_meeting(self, name: str) -> "Assembly":
        """The same people in a second meeting, with a ledger of its own."""
        plan = replace(self.plan, meeting=MeetingPlan(id=name, title=f"Phiên họp {name}"))
        meeting, roll = await summon(self.client, plan, self.convened.token)
        return replace(self, plan=plan, convened=replace(self.convened, meeting=meeting, roll=roll))

    async def poll(self, title: str, *, changes: bool = False) -> Opened:
        """An open poll, without a deadline."""
        draft = PollDraft(title=title, presiding=CHAIR, changes=changes)
        return await open_poll(self.client, self.convened, self.chair, draft)

    async def heard(self) -> None:
        """Wait until voting has heard of every key: a phone that comes too early asks again; no part measures that."""
        poll = await self.poll("Thử máy")
        last = list(self.delegates.values())[-1]
        ballot, tries = last.ballot(poll.ask, "approve"), 12
        while True:
            try:
                await self.client.cast(poll.poll, ballot)
            except Declined as declined:
                # Of ten thousand it hears one after the other: longer than a phone would ask.
                tries -= 1
                if declined.code != "credential_unknown" or not tries:
                    raise
            else:
                return

    async def draft(self, title: str) -> str:
        """A poll that is only drafted: its id."""
        draft = PollDraft(title=title, presiding=CHAIR)
        return (await self.client.draft_poll(self.convened.meeting, draft, self.convened.token)).id


@asynccontextmanager
async def assembly(delegates: int, **settings: str) -> AsyncIterator[Assembly]:
    """A fresh server with so many delegates, all present; gone with the block."""
    settings = {"workers": str(WORKERS), **settings}
    async with own_server.running(settings) as (url, data), opened(url) as client:
        yield await gathered(client, data, mint(data), delegates, "do-tai")


async def gathered(client: Client, data: Path, operator: str, delegates: int, body: str) -> Assembly:
    """So many delegates of a new body, enrolled and present, on a server that runs."""
    plan = _plan(delegates, body)
    convened = await convene(client, operator, plan)
    voters = [entry.member for entry in plan.roll]
    devices = await enrol_all(client, convened.body, [CHAIR, *voters], convened.token)
    chair = devices.pop(CHAIR)
    return Assembly(client, client.url, data, plan, convened, chair, devices)


def _plan(delegates: int, body: str) -> Plan:
    voters = [
        Member(id=f"db{number:05d}", name=f"Đại biểu {number}", group=f"Tổ {number % 20 + 1:02d}")
        for number in range(1, delegates + 1)
    ]
    desk = [
        Member(id=SECRETARY, name="Thư ký", roles=("secretary",)),
        Member(id=CHAIR, name="Chủ tọa", roles=("chair",)),
    ]
    return Plan(
        body=Body(id=body, name="Hội đồng đo tải", profile="general-meeting"),
        members=[*desk, *voters],
        meeting=MeetingPlan(id=f"{body}-phien-1", title="Phiên họp đo tải"),
        roll=[RollEntry(member=one.id, name=one.name, group=one.group) for one in voters],
        present=[one.id for one in voters],
        secretary=SECRETARY,
        chair=CHAIR,
    )


def path_of(poll: str) -> str:
    """Where the ballots of a poll go."""
    return f"/voting/polls/{poll}/ballots"
