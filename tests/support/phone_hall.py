"""A small assembly with a chair in Python and delegates whose phones are real browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, expect

from services.desk.client import Client, opened
from services.desk.convening import Convened, Plan, convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import Opened, open_poll
from services.wire import (
    ActName,
    ActPayload,
    AgendaItem,
    Body,
    FloorActs,
    FloorDone,
    LaneRules,
    MeetingPlan,
    Member,
    OpenLane,
    PollDraft,
    RollEntry,
)
from tests.support.desk import Desk
from tests.support.lying_proxy import LyingProxy, between

CHAIR, SECRETARY, ITEM = "chu-toa", "thu-ky", "noi-dung-1"
NAMES = {CHAIR: "Trần Thị Chủ", SECRETARY: "Lê Văn Thư", "an": "Nguyễn Văn An", "binh": "Phạm Thị Bình"}
TITLE = "Nghị quyết về dự toán ngân sách nhà nước năm 2027"
DRAFT = PollDraft(
    title=TITLE,
    title_en="Resolution on the state budget for 2027",
    text="Thông qua dự toán ngân sách nhà nước năm 2027 theo tờ trình của Ủy ban nhân dân.",
    presiding=CHAIR,
    duration_s=600,
    changes=True,
)
LANE = LaneRules(turn_s=180, stances=("for", "against", "other"))


@dataclass
class PhoneHall:
    """A convened meeting: the chair and `binh` are checked in and vote in Python; `an` has a phone."""

    client: Client
    proxy: LyingProxy
    convened: Convened
    devices: dict[str, Device]
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def meeting(self) -> str:
        """The meeting's id."""
        return self.convened.meeting

    async def invite(self, member: str) -> str:
        """A fresh code."""
        (invite,) = await self.client.invite(self.convened.body, [member], self.convened.token)
        return invite.code

    async def open(self, draft: PollDraft = DRAFT) -> Opened:
        """A vote, open."""
        return await open_poll(self.client, self.convened, self.devices[CHAIR], draft)

    async def act(self, vote: Opened, name: ActName) -> None:
        """An act of the chair on an open vote."""
        payload = ActPayload(act=name, meeting=self.meeting, poll=vote.poll, definition=vote.ask.hash)
        await self.client.act(vote.poll, name, vote.chair.act(payload), vote.token)

    async def on_floor(self, act: FloorActs, who: str = CHAIR) -> FloorDone:
        """An act on the floor."""
        return await self.client.floor_act(
            self.meeting, self.devices[who].floor_act(act), await self.token(who)
        )

    async def seen(self) -> int:
        """The revision that the chair's acts must have seen."""
        return (await self.client.floor(self.meeting, await self.token(CHAIR))).revision

    async def open_lane(self, lane: str = "speech", rules: LaneRules = LANE) -> None:
        """A list of speakers, open."""
        seen, why = await self.seen(), "Theo chương trình"
        await self.on_floor(
            OpenLane(meeting=self.meeting, seen=seen, item=ITEM, lane=lane, rules=rules, reason=why)
        )

    async def token(self, who: str) -> str:
        """Somebody's token."""
        if who not in self.tokens:
            self.tokens[who] = await self.client.sign_in(self.devices[who])
        return self.tokens[who]

    async def phone(self, browser: Browser, width: int = 360, **how: object) -> Page:
        """A phone that was never here; it speaks through the proxy."""
        context = await browser.new_context(viewport={"width": width, "height": 740}, **how)  # type: ignore[arg-type]
        return await context.new_page()

    async def enter(self, page: Page, member: str = "an", *, present: bool = True) -> None:
        """Join with an invite link, and check in."""
        await page.goto(f"{self.proxy.url}/phone#moi={await self.invite(member)}")
        await page.locator("form button.primary").click()
        await expect(page.locator("#check-in")).to_be_visible(timeout=15_000)
        if present:
            await page.locator("#check-in button").click()
            await expect(page.locator("#check-in")).to_have_count(0)


async def choose(page: Page, choice: str) -> None:
    """The first of the two steps."""
    await page.locator(f"button.choice[data-choice={choice}]").click()
    await expect(page.locator(".review")).to_be_visible()


async def cast(page: Page, choice: str) -> None:
    """Both steps; the ballot is then on its way."""
    await choose(page, choice)
    await page.locator(".review button.primary").click()


def plan_of(body: str) -> Plan:
    """A meeting of four, one of them the secretary."""
    roles = {CHAIR: ("chair", "delegate"), SECRETARY: ("secretary",)}
    members = [
        Member(id=one, name=name, roles=roles.get(one, ("delegate",)))  # type: ignore[arg-type]
        for one, name in NAMES.items()
    ]
    voters = [one for one in NAMES if one != SECRETARY]
    return Plan(
        body=Body(id=body, name="Hội đồng nhân dân tỉnh", profile="hdnd"),
        members=members,
        meeting=MeetingPlan(id=f"{body}-phien-1", title="Kỳ họp thứ mười hai"),
        roll=[RollEntry(member=one, name=NAMES[one]) for one in voters],
        present=[CHAIR, "binh"],
        secretary=SECRETARY,
        chair=CHAIR,
        agenda=[
            AgendaItem(id=ITEM, position=1, title="Thảo luận dự toán ngân sách năm 2027"),
            AgendaItem(id="noi-dung-2", position=2, title="Thông qua nghị quyết", note="Biểu quyết có ký số"),
        ],
    )


@asynccontextmanager
async def convened_hall(desk: Desk, body: str) -> AsyncIterator[PhoneHall]:
    """A hall of its own on a running server."""
    server = str(desk.facts()["url"])
    async with opened(server, connections=8) as client, between(server) as proxy:
        convened = await convene(client, mint(desk.data), plan_of(body))
        devices = await enrol_all(client, body, [CHAIR, "binh"], convened.token)
        yield PhoneHall(client, proxy, convened, devices)
