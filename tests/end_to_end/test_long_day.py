"""Eight hours of a sitting before one page, told in a minute: what it holds in memory must not grow with the day."""

from collections.abc import AsyncIterator, Iterator

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
    ServerTime,
    SpeakRequest,
)
from tests.support.desk import Desk
from tests.support.phone_hall import DRAFT, ITEM, PhoneHall, convened_hall

HOURS = 8
# After the first hour everything has been seen once; what may come on top until the evening.
MOST_MORE_BYTES = 3_000_000
MOST_MORE_NODES = 2_000


@pytest.fixture
async def hall(desk: Desk, request: pytest.FixtureRequest) -> AsyncIterator[PhoneHall]:
    """A meeting with an observer for the hall's screen."""
    async with convened_hall(desk, f"hdnd-{request.param}") as found:
        screen = Member(id="man-hinh", name="Màn hình", roles=("observer",))
        await found.client.add_members(found.convened.body, [screen], found.convened.token)
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
            yield "connected", Connected(at=self._at, count=400 + minute)
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
        """A vote of which this page is told nothing but that it is, and how many have voted."""
        self._number += 1
        poll = PollShown(
            meeting=self._hall.meeting, poll=f"bq-{self._number}", state="announced", at=self._at,
            title=f"Nội dung biểu quyết {self._number}: " + "một tên dài. " * 20,
        )  # fmt: skip
        yield "poll.changed", poll
        for received in range(0, 500, 20):
            yield "progress", Progress(poll=poll.poll, received=received)
        for state in ("closed", "voided"):
            yield "poll.changed", msgspec.structs.replace(poll, state=state)


async def weigh(page: Page) -> tuple[int, int]:
    """Bytes of script's memory in use once all that can be freed is freed; nodes of the document."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.enable")
    for _ in range(3):
        await session.send("HeapProfiler.collectGarbage")
    used = (await session.send("Runtime.getHeapUsage"))["usedSize"]
    await session.detach()
    return int(used), int(await page.evaluate("document.querySelectorAll('*').length"))


@pytest.mark.parametrize(
    ("hall", "path", "who"), [("may", "phone", "an"), ("man-hinh", "hall", "man-hinh")], indirect=["hall"]
)
async def test_a_day_leaves_nothing_behind(browser: Browser, hall: PhoneHall, path: str, who: str) -> None:
    """A phone and the hall's screen weigh nearly as much in the evening as after the first hour, on one connection."""
    await hall.open_lane()
    context = await browser.new_context(viewport={"width": 1280, "height": 740})
    page = await context.new_page()
    await page.goto(f"{hall.proxy.url}/{path}#moi={await hall.invite(who)}")
    await page.locator("form button.primary").click()
    await expect(page.locator("[data-line=good]").first).to_be_visible(timeout=15_000)
    day = Day(hall, await hall.seen())
    weights = []
    for hour in range(HOURS):
        for event in day.hour():
            await hall.proxy.tell(event)
        # A real vote ends the hour: once its result is shown, all that was told before it has been folded.
        draft = msgspec.structs.replace(DRAFT, title=f"Biểu quyết của giờ thứ {hour + 1}")
        vote = await hall.open(draft)
        await hall.client.cast(vote.poll, hall.devices["binh"].ballot(vote.ask, "approve"))
        await close_and_declare(hall.client, vote)
        await expect(page.locator("body")).to_contain_text(f"giờ thứ {hour + 1}", timeout=30_000)
        weights.append(await weigh(page))
    (first, nodes), (last, more) = weights[0], weights[-1]
    assert last - first <= MOST_MORE_BYTES, weights
    assert more - nodes <= MOST_MORE_NODES, weights
    assert len(hall.proxy.sent_to("/events")) == 1, weights
