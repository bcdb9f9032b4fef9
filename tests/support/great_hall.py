"""A hall as large as one may become, with titles as long as they may be: what screens must bear."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
from playwright.async_api import Browser, Page, expect

from services.desk.client import Client, opened
from services.desk.convening import Convened, Plan, convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import Opened, open_poll
from services.kit.clock import now
from services.wire import (
    ActName,
    ActPayload,
    AgendaItem,
    Body,
    FloorShown,
    Lane,
    LaneRules,
    LaneShown,
    MeetingPlan,
    Member,
    PollDraft,
    RollEntry,
    SpeakRequest,
    Turn,
)
from tests.support.desk import Desk
from tests.support.lying_proxy import LyingProxy, between

CHAIR, SECRETARY = "chu-toa", "thu-ky"
MEMBERS, ITEMS, LANES, WAITING = 473, 40, 12, 10
LONG = (
    "Thông qua Nghị quyết về việc điều chỉnh Quy hoạch tổng thể phát triển kinh tế – xã hội vùng đồng bằng "
    "sông Cửu Long thời kỳ 2026–2035, tầm nhìn đến năm 2050 và phân bổ vốn đầu tư công trung hạn cho các địa phương"
)[:200]
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Đặng", "Tôn Nữ")
MIDDLE = ("Thị Phương", "Văn", "Ngọc Quỳnh", "Đức", "Thị", "Xuân", "Hữu Trường")
GIVEN = ("Thảo", "Khánh", "Nghĩa", "Thủy", "Hương Giang", "Thịnh", "Ánh", "Dũng", "Mỹ Hạnh")
KINDS = (
    "speech",
    "debate",
    "question",
    "question_debate",
    "point_of_order",
    "explanation",
    "presentation",
)


def name_of(number: int) -> str:
    """A name as they are, some of them long."""
    return f"{FAMILY[number % 8]} {MIDDLE[number % 7]} {GIVEN[number % 9]}"


def plan_of(body: str) -> Plan:
    """As many as the National Assembly has, all but twenty checked in, forty items with the longest titles."""
    people = [f"d{number}" for number in range(1, MEMBERS + 1)]
    roll = [
        RollEntry(
            member=one,
            name=name_of(number),
            group=f"Đoàn đại biểu Quốc hội tỉnh thứ {number % 34}",
            seat=f"{chr(65 + number // 25)}{number % 25 + 1}",
        )
        for number, one in enumerate(people)
    ]
    delegates = [
        Member(id=each.member, name=each.name, group=each.group, roles=("delegate",)) for each in roll
    ]
    staff = [
        Member(id=CHAIR, name="Công Tằng Tôn Nữ Thị Phương Thảo", roles=("chair",)),
        Member(id="pho", name="Huỳnh Ngọc Trường Giang", roles=("chair",)),
        Member(id=SECRETARY, name="Trịnh Công Thư", roles=("secretary",)),
        Member(id="van-phong", name="Đỗ Văn Phòng", roles=("secretary",)),
    ]
    return Plan(
        body=Body(
            id=body,
            name="Quốc hội nước Cộng hòa xã hội chủ nghĩa Việt Nam",
            noun="đại biểu Quốc hội",
            profile="quoc-hoi",
        ),
        members=[*staff, *delegates],
        meeting=MeetingPlan(id=f"{body}-phien", title=f"Kỳ họp thứ mười hai, phiên họp buổi sáng: {LONG}"),
        roll=roll,
        present=people[20:],
        secretary=SECRETARY,
        chair=CHAIR,
        agenda=[
            AgendaItem(id=f"muc-{at}", position=at, title=LONG if at % 3 else f"Nội dung {at}")
            for at in range(1, ITEMS + 1)
        ],
    )


def floor_of() -> FloorShown:
    """Twelve lists of one item, ten waiting in each, and somebody who speaks."""
    at = now()
    rules = LaneRules(turn_s=420, length=60, stances=("for", "against", "other"))
    kinds = [*KINDS, *(f"to-{number}" for number in range(LANES - len(KINDS)))]
    lanes = tuple(
        LaneShown(
            lane=Lane(item="muc-1", lane=kind, title=kind, rules=rules, closes_at=at + 900_000),
            waiting=tuple(
                SpeakRequest(
                    id=f"{kind}-{number}",
                    item="muc-1",
                    lane=kind,
                    member=f"d{number}",
                    name=name_of(number),
                    group=f"Đoàn đại biểu Quốc hội tỉnh thứ {number}",
                    seat=f"A{number}",
                    stance="for" if number % 2 else "against",
                    note=LONG,
                    number=number,
                    at=at,
                )
                for number in range(1, WAITING + 1)
            ),
        )
        for kind in kinds
    )
    turn = Turn(
        id="luot",
        item="muc-1",
        lane="speech",
        member="d40",
        name=name_of(39),
        group="Đoàn đại biểu Quốc hội tỉnh Đồng Tháp",
        state="running",
        planned_ms=420_000,
        running_since=at,
        called_at=at,
        started_at=at,
        deadline=at + 420_000,
    )
    return FloorShown(revision=9_000, lanes=lanes, turns=(turn,))


def with_floor(event: bytes) -> bytes:
    """A snapshot with that floor in it; every other event as it is."""
    head, _, data = event.partition(b"\ndata: ")
    if b"event: snapshot" not in head:
        return event
    told = json.loads(data)
    told["floor"] = json.loads(msgspec.json.encode(floor_of()))
    return head + b"\ndata: " + json.dumps(told).encode() + b"\n\n"


@dataclass(frozen=True)
class GreatHall:
    """Where it is, behind a proxy that tells of a floor with twelve lists, and who is at hand."""

    proxy: LyingProxy
    client: Client
    convened: Convened
    chair: Device

    async def page(self, browser: Browser, path: str, member: str) -> Page:
        """Somebody's desk."""
        (invite,) = await self.client.invite(self.convened.body, [member], self.convened.token)
        context = await browser.new_context(viewport={"width": 1920, "height": 1080})
        page = await context.new_page()
        await page.goto(f"{self.proxy.url}/{path}#moi={invite.code}")
        await page.locator("form button.primary").click()
        await expect(page.locator("[data-line=good]").first).to_be_visible(timeout=30_000)
        return page

    async def open(self, title: str = LONG, *, practice: bool = False) -> Opened:
        """A vote with a long title, open."""
        draft = PollDraft(
            title=title,
            title_en=title,
            text=LONG * 4,
            presiding=CHAIR,
            duration_s=1_200,
            practice=practice,
        )
        return await open_poll(self.client, self.convened, self.chair, draft)

    async def act(self, vote: Opened, name: ActName, result: str = "") -> None:
        """An act of the chair on a vote."""
        act = ActPayload(
            act=name, meeting=self.convened.meeting, poll=vote.poll, definition=vote.ask.hash, result=result
        )
        await self.client.act(vote.poll, name, vote.chair.act(act), vote.token)

    async def prepare(self, polls: int) -> None:
        """So many questions that wait."""
        for number in range(polls):
            draft = PollDraft(title=f"{number + 1}. {LONG}"[:200], presiding=CHAIR, practice=number % 2 == 1)
            await self.client.draft_poll(self.convened.meeting, draft, self.convened.token)


@asynccontextmanager
async def great_hall(desk: Desk, body: str) -> AsyncIterator[GreatHall]:
    """The hall, convened on a running server."""
    server = str(desk.facts()["url"])
    async with opened(server, connections=8) as client, between(server) as proxy:
        convened = await convene(client, mint(desk.data), plan_of(body))
        devices = await enrol_all(client, body, [CHAIR], convened.token)
        proxy.events = with_floor
        yield GreatHall(proxy, client, convened, devices[CHAIR])
