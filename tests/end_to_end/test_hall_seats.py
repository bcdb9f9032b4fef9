"""Seventy-two seats on the hall's screen, each with what it shows: who is there, asks, speaks, has voted; then how."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.presiding import close_and_declare, open_poll
from services.wire import Body, Call, Choice, EndTurn, MeetingPlan, Member, PollDraft, RollEntry, StartTurn
from tests.support.assembly import Assembly, assembled, plan_of
from tests.support.browser import chromium, complaints
from tests.support.desk import Desk
from tests.support.floor_screen import following
from tests.support.hall_screen import must_be_readable, turn_to
from tests.support.pictures import LARGE_WALLS, take

CHAIR, SCREEN, ITEM = "d00", "man-hinh", "nd-1"
FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"]
NAMES = ["Minh An", "Văn Toàn", "Thị Hồng", "Ngọc Thanh", "Đức Thịnh", "Thùy Dương", "Xuân Phúc", "Mỹ Hạnh"]
DRAFT = PollDraft(
    title="Thông qua Nghị quyết về phát triển chính quyền số giai đoạn 2026–2030",
    title_en="Resolution on digital government 2026–2030",
    presiding=CHAIR,
    duration_s=300,
)


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[Assembly]:
    """Seventy-two members of six groups, four of them absent, and an observer."""
    rng = random.Random(3)
    people = {f"d{number:02}": f"Tổ {number % 6 + 1}" for number in range(72)}
    names = {member: f"{rng.choice(FAMILIES)} {rng.choice(NAMES)}" for member in people}
    plan = plan_of(people, [ITEM], chairs=[CHAIR], profile="hdnd")
    members = [
        Member(id=each.id, name=names.get(each.id, each.name), roles=each.roles) for each in plan.members
    ]
    plan = replace(
        plan,
        body=Body(id=plan.body.id, name="Hội đồng nhân dân tỉnh", noun="đại biểu Hội đồng nhân dân", profile="hdnd"),
        meeting=MeetingPlan(id=plan.meeting.id, title="Kỳ họp thứ mười hai", place="Hội trường lớn"),
        members=[*members, Member(id=SCREEN, name="Màn hình", roles=("observer",))],
        roll=[
            RollEntry(member=member, name=names[member], group=group, seat=f"{'ABCDEF'[at // 12]}{at % 12 + 1}")
            for at, (member, group) in enumerate(people.items())
        ],
        present=[member for at, member in enumerate(people) if at % 17 != 5],
    )  # fmt: skip
    async with assembled(str(desk.facts()["url"]), desk.data, plan) as found:
        yield found


@pytest.fixture
async def page(hall: Assembly) -> AsyncIterator[Page]:
    """The hall's screen."""
    async with chromium() as browser:
        yield await hang(browser, hall)


async def hang(browser: Browser, hall: Assembly) -> Page:
    """A screen that signs in with the observer's key."""
    (invite,) = await hall.client.invite(hall.convened.body, [SCREEN], hall.convened.token)
    page = await (await browser.new_context(viewport={"width": 1280, "height": 720})).new_page()
    await page.goto(f"{hall.url}/hall#moi={invite.code}")
    await page.locator("form button.primary").click()
    await expect(page.locator(".seats li")).to_have_count(72, timeout=20_000)
    return page


async def must_be_sound(page: Page) -> None:
    """All of it can be read from afar, and axe-core finds nothing."""
    await must_be_readable(page)
    assert await complaints(page) == []


async def must_count(page: Page, **signs: int) -> None:
    """So many seats show this, in the legend and drawn."""
    for sign, count in signs.items():
        await expect(page.locator(f".legend [data-sign={sign}] strong")).to_have_text(
            str(count), timeout=20_000
        )
        path = page.locator(f".seats .plan [data-sign={sign}] .body")
        drawn = "path => path.getAttribute('d').split('M').length - 1"
        assert await path.evaluate(drawn) == count, sign


async def test_every_seat_shows_what_its_member_does(hall: Assembly, page: Page) -> None:
    """Absent, without a connection, present, asking, speaking, received; after the certificate, how each voted."""
    present = list(hall.plan.present)
    await must_count(page, absent=4, lost=68)
    async with AsyncExitStack() as phones:
        for member in present[1:]:
            await phones.enter_async_context(following(hall.url, hall.meeting, hall.tokens[member]))
        async with following(hall.url, hall.meeting, hall.tokens[CHAIR]):
            await must_count(page, absent=4, present=68)
            await _must_show_who_asks(hall, page, present)
            await take(page, "hall-waiting", sizes=LARGE_WALLS)
        # The chair's phone is gone.
        await must_count(page, lost=1)
        await _must_show_whose_ballots_came(hall, page, present)


async def _must_show_who_asks(hall: Assembly, page: Page, present: list[str]) -> None:
    await hall.open_lane(ITEM, "speech")
    for member in present[10:15]:
        await hall.ask(member, ITEM, "speech")
    await must_count(page, asking=5, present=63)
    await must_be_sound(page)
    first = (await hall.floor()).lanes[0].waiting[0]
    await hall.desk(CHAIR, Call, request=first.id)
    turn = (await hall.floor()).turns[0]
    await hall.desk(CHAIR, StartTurn, turn=turn.id)
    await expect(page.locator(".who .name")).to_have_text(first.name)
    await must_be_sound(page)
    await take(page, "hall-speaker", sizes=LARGE_WALLS)
    await hall.desk(CHAIR, EndTurn, turn=turn.id)
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "waiting")


async def _must_show_whose_ballots_came(hall: Assembly, page: Page, present: list[str]) -> None:
    """Never how they voted before it is declared; then exactly that, out of the proven certificate."""
    rng = random.Random(5)
    vote = await open_poll(hall.client, hall.convened, hall.devices[CHAIR], DRAFT)
    voters = present[:-3]
    choices: dict[str, Choice] = {
        member: rng.choices(("approve", "reject", "abstain"), (72, 20, 8))[0] for member in voters
    }
    for at, (member, choice) in enumerate(choices.items()):
        await hall.client.cast(vote.poll, hall.devices[member].ballot(vote.ask, choice))
        if at == 40:
            await must_count(page, received=41)
            assert await page.locator(".seats .approve, .seats .reject, .seats .abstain").count() == 0
            await must_be_sound(page)
            await take(page, "hall-vote", sizes=LARGE_WALLS)
    await must_count(page, received=len(voters))
    await close_and_declare(hall.client, vote)
    await expect(page.locator("[data-figure=hemicycle] .hemicycle")).to_be_visible()
    await take(page, "hall-carried", sizes=LARGE_WALLS)
    await must_be_sound(page)
    await turn_to(page, "sentence")
    await take(page, "hall-sentence", sizes=LARGE_WALLS)
    await must_be_sound(page)
    await turn_to(page, "seats")
    await take(page, "hall-seats", sizes=LARGE_WALLS)
    await must_be_sound(page)
    said = Counter(text.rpartition(": ")[2] for text in await page.locator(".seats li").all_inner_texts())
    words = {"approve": "Tán thành", "reject": "Không tán thành", "abstain": "Không biểu quyết"}
    expected = Counter(words[choice] for choice in choices.values())
    assert said == expected + Counter({"Không tham gia biểu quyết": 72 - len(voters)})
