"""A sitting before the chair's console: real services, delegates' devices in Python, consoles in Chromium."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from playwright.async_api import Browser, Page, expect

from services.desk.client import Client, opened
from services.desk.convening import Convened, Plan, convene, enrol_all
from services.desk.device import Ask as Asked
from services.desk.device import Device
from services.desk.operator_token import mint
from services.rules import jws
from services.wire import (
    AgendaItem,
    Ask,
    Body,
    Choice,
    MeetingPlan,
    Member,
    PollDefinition,
    PollDraft,
    Role,
    RollEntry,
)
from tests.support.desk import running

BODY, MEETING, CHAIR, DEPUTY, SECRETARY = "hdnd", "ky-hop-1", "chu-toa", "pho-chu-toa", "thu-ky"
ITEM, NEXT_ITEM = "giai-trinh", "chat-van"
PEOPLE = (
    (CHAIR, "Nguyễn Thị Minh", "Tổ 1"),
    (DEPUTY, "Trần Văn Toàn", "Tổ 1"),
    ("hong", "Lê Thị Hồng", "Tổ 1"),
    ("thanh", "Phạm Ngọc Thanh", "Tổ 1"),
    ("anh", "Hoàng Thị Ánh", "Tổ 2"),
    ("thinh", "Vũ Đức Thịnh", "Tổ 2"),
    ("duong", "Đặng Thùy Dương", "Tổ 2"),
    ("phuc", "Bùi Xuân Phúc", "Tổ 3"),
    ("hanh", "Đỗ Thị Mỹ Hạnh", "Tổ 3"),
)
DELEGATES = tuple(member for member, _, _ in PEOPLE[2:])
POLL = PollDraft(
    id="nghi-quyet",
    title="Thông qua Nghị quyết về chuyển đổi số giai đoạn 2026–2030",
    title_en="Resolution on digital transformation 2026–2030",
    presiding=CHAIR,
    duration_s=600,
)


def plan(present: Sequence[str]) -> Plan:
    """A council of nine with a chair, a deputy and a secretary; who is checked in."""
    roles: dict[str, tuple[Role, ...]] = {CHAIR: ("chair", "delegate"), DEPUTY: ("chair", "delegate")}
    members = [
        Member(id=one, name=name, group=group, roles=roles.get(one, ("delegate",)))
        for one, name, group in PEOPLE
    ]
    return Plan(
        body=Body(
            id=BODY,
            name="Hội đồng nhân dân tỉnh",
            name_en="Provincial People's Council",
            noun="đại biểu Hội đồng nhân dân",
            noun_en="members of the People's Council",
            profile="hdnd",
        ),
        members=[Member(id=SECRETARY, name="Trịnh Công Thư", roles=("secretary",)), *members],
        meeting=MeetingPlan(id=MEETING, title="Kỳ họp thứ nhất"),
        roll=[
            RollEntry(member=one, name=name, group=group, seat=f"A{seat}")
            for seat, (one, name, group) in enumerate(PEOPLE, start=1)
        ],
        present=present,
        secretary=SECRETARY,
        chair=CHAIR,
        agenda=[
            AgendaItem(id=ITEM, position=1, title="Nghị quyết về chuyển đổi số"),
            AgendaItem(id=NEXT_ITEM, position=2, title="Chất vấn và trả lời chất vấn"),
        ],
    )


@dataclass(frozen=True)
class Sitting:
    """Where it is, who asks there, and whose devices are at hand."""

    url: str
    client: Client
    convened: Convened
    devices: Mapping[str, Device]

    async def console(self, browser: Browser, member: str, width: int = 1366, height: int = 768) -> Page:
        """The chair's page in a browser of its own, enrolled by an invite from the address, signed in."""
        context = await browser.new_context(viewport={"width": width, "height": height})
        page = await context.new_page()
        (invite,) = await self.client.invite(BODY, [member], self.convened.token)
        await page.goto(f"{self.url}/chair#moi={invite.code}")
        await page.get_by_role("button", name="Tạo khóa trên máy này").click()
        await expect(page.locator(".console")).to_be_visible(timeout=20_000)
        return page

    async def cast(self, poll: str, choices: Mapping[str, Choice]) -> None:
        """Ballots of these members on the open poll."""
        token = await self.client.sign_in(self.devices[DELEGATES[0]])
        signed = (await self.client.poll(poll, token)).jws.encode()
        definition = jws.split(signed, "plenary-poll+jws", "application/vnd.plenary.poll+json", 65_536)
        asked = Asked(jws.parse(definition.payload, _definitions), jws.digest(signed))
        for member, choice in choices.items():
            await self.client.cast(poll, self.devices[member].ballot(asked, choice))

    async def ask_to_speak(self, lane: str, members: Sequence[str], item: str = ITEM) -> None:
        """Requests to speak, in this order."""
        for member in members:
            act = Ask(meeting=MEETING, id=f"cua-{member}", item=item, lane=lane)
            token = await self.client.sign_in(self.devices[member])
            await self.client.floor_act(MEETING, self.devices[member].floor_act(act), token)


_definitions = msgspec.json.Decoder(PollDefinition)


@asynccontextmanager
async def sitting(
    data: Path, absent: Sequence[str] = (), polls: Sequence[PollDraft] = (POLL,)
) -> AsyncIterator[Sitting]:
    """A meeting that is open, with polls prepared by the secretary; everybody is checked in but the `absent`."""
    with running(data, SAMPLE="false") as desk:
        url = str(desk.facts()["url"])
        async with opened(url, connections=8) as client:
            present = [member for member, _, _ in PEOPLE if member not in absent]
            convened = await convene(client, mint(data), plan(present))
            devices = await enrol_all(client, BODY, DELEGATES, convened.token)
            chair = await client.sign_in(convened.secretary)
            for draft in polls:
                await client.draft_poll(MEETING, draft, chair)
            yield Sitting(url, client, convened, devices)
