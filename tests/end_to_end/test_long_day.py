"""Eight hours of a sitting before four pages, told in seconds: what they hold in memory must not grow with the day."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import NamedTuple

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.presiding import close_and_declare
from services.kit.clock import now
from services.wire import (
    Connected,
    FloorNewsShown,
    Member,
    PollShown,
    Presence,
    PresenceChanged,
    Progress,
    QueueChange,
    ReceivedFrom,
    ServerTime,
    SpeakRequest,
)
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import DRAFT, ITEM, PhoneHall, convened_hall

HOURS = 8
VOTERS = 100
# Whose page it is. None of these keys is used in Python too: an enrolment replaces the one before.
PAGES = {"phone": "an", "hall": "man-hinh", "chair": "pho-chu-toa", "secretary": "van-phong"}
STAFF = (
    Member(id="man-hinh", name="Màn hình", roles=("observer",)),
    Member(id="pho-chu-toa", name="Hoàng Thị Phó", roles=("chair",)),
    Member(id="van-phong", name="Đỗ Văn Phòng", roles=("secretary",)),
)
SECTIONS = ("overview", "roll", "members", "invites", "agenda", "seats", "presence", "downloads", "polls")


class Weight(NamedTuple):
    """What a page holds: bytes of script's memory, nodes (of no document too), listeners."""

    bytes: int
    nodes: int
    listeners: int


# After the first hour everything has been seen once; what may come on top until the evening.
MOST_MORE = Weight(bytes=2_000_000, nodes=500, listeners=50)


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with an observer for the hall's screen, a second chair and a second secretary."""
    async with convened_hall(desk, fresh("hdnd-ca-ngay")) as found:
        await found.client.add_members(found.convened.body, STAFF, found.convened.token)
        yield found


class Day:
    """What is told of one day: the clock, who comes and goes, who asks to speak, votes of which only figures come."""

    def __init__(self, hall: PhoneHall, revision: int) -> None:
        self._hall = hall
        self._revision = revision
        # The clock is the true one: at another a page would sign in anew.
        self._at = now()
        self._number = 0

    def hour(self) -> Iterator[tuple[str, msgspec.Struct]]:
        """An hour of it, minute by minute."""
        for minute in range(60):
            self._at = now()
            for _ in range(4):
                yield "clock", ServerTime(now=self._at)
            presence = Presence(member=f"d{minute}", present=minute % 2 == 0, at=self._at, reason="Ra ngoài")
            yield (
                "presence.changed",
                PresenceChanged(index=minute, meeting=self._hall.meeting, presence=(presence,)),
            )
            came, went = (f"d{minute}",), (f"d{minute - 1}",)
            yield "connected", Connected(at=self._at, count=400 + minute, came=came, went=went)
            yield from self._request(minute)
            if minute % 12 == 0:
                yield from self._vote()

    def _request(self, minute: int) -> Iterator[tuple[str, msgspec.Struct]]:
        """Somebody comes upon the list, and leaves it."""
        self._number += 1
        asked = SpeakRequest(
            id=f"r{self._number}", item=ITEM, lane="speech", member=f"d{minute}", name="Đại biểu " * 5,
            note="Tôi xin góp ý về dự toán. " * 20, number=self._number, at=self._at,
        )  # fmt: skip
        for requests, removed, put in (((asked,), 0, (asked.id,)), ((), 1, ())):
            self._revision += 1
            queue = QueueChange(item=ITEM, lane="speech", start=0, removed=removed, put=put)
            left = {} if requests else {asked.id: "withdrawn"}
            yield (
                "floor.changed",
                FloorNewsShown(
                    revision=self._revision,
                    requests=requests,
                    queues=(queue,),
                    left=left,  # type: ignore[arg-type]
                ),
            )

    def _vote(self) -> Iterator[tuple[str, msgspec.Struct]]:
        """A vote of which a page is told nothing but that it is, and how many have voted; a desk, who."""
        self._number += 1
        poll = PollShown(
            meeting=self._hall.meeting, poll=f"bq-{self._number}", state="announced", at=self._at,
            title=f"Nội dung biểu quyết {self._number}: " + "một tên dài. " * 20,
        )  # fmt: skip
        yield "poll.changed", poll
        for received in range(0, 500, 20):
            yield "progress", Progress(poll=poll.poll, received=received)
        yield "received.from", ReceivedFrom(poll=poll.poll, voters=tuple(f"d{n}" for n in range(VOTERS)))
        for state in ("closed", "voided"):
            yield "poll.changed", msgspec.structs.replace(poll, state=state)


async def weigh(page: Page) -> Weight:
    """What the page holds once all that can be freed is freed."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.enable")
    for _ in range(3):
        await session.send("HeapProfiler.collectGarbage")
    used = (await session.send("Runtime.getHeapUsage"))["usedSize"]
    counted = await session.send("Memory.getDOMCounters")
    await session.detach()
    return Weight(int(used), counted["nodes"], counted["jsEventListeners"])


async def open_pages(browser: Browser, hall: PhoneHall) -> dict[str, Page]:
    """Everybody comes to their page, and its line is good."""
    pages = {}
    for path, who in PAGES.items():
        context = await browser.new_context(viewport={"width": 1280, "height": 740})
        page = pages[path] = await context.new_page()
        await page.goto(f"{hall.proxy.url}/{path}#moi={await hall.invite(who)}")
        await page.locator("form button.primary").click()
        await expect(page.locator("[data-line=good]").first).to_be_visible(timeout=15_000)
    return pages


async def walk(pages: Mapping[str, Page]) -> None:
    """The desks are worked at: every room of theirs is entered and left."""
    for tab in (1, 0):
        await pages["chair"].locator(".tabs button").nth(tab).click()
    for section in SECTIONS:
        await pages["secretary"].locator(f"[data-section={section}]").click()
        await expect(pages["secretary"].locator(f"main#{section}")).to_be_visible()


async def test_a_day_leaves_nothing_behind(browser: Browser, hall: PhoneHall) -> None:
    """Each page weighs nearly as much in the evening as after the first hour, on one connection."""
    await hall.open_lane()
    pages = await open_pages(browser, hall)
    day = Day(hall, await hall.seen())
    weights: dict[str, list[Weight]] = {path: [] for path in pages}
    for hour in range(HOURS):
        for event in day.hour():
            await hall.proxy.tell(event)
        await walk(pages)
        # A real vote ends the hour: once its result is shown, all that was told before it has been folded.
        draft = msgspec.structs.replace(DRAFT, title=f"Biểu quyết của giờ thứ {hour + 1}")
        vote = await hall.open(draft)
        await hall.client.cast(vote.poll, hall.devices["binh"].ballot(vote.ask, "approve"))
        await close_and_declare(hall.client, vote)
        for path, page in pages.items():
            await expect(page.locator("body")).to_contain_text(f"giờ thứ {hour + 1}", timeout=30_000)
            weights[path].append(await weigh(page))
    for path, (first, *_, last) in weights.items():
        more = Weight(*(late - early for early, late in zip(first, last, strict=True)))
        assert all(grown <= most for grown, most in zip(more, MOST_MORE, strict=True)), (path, weights[path])
    assert len(hall.proxy.sent_to("/events")) == len(pages), weights
