"""The hall's screen in a real browser, through a whole vote and its speakers, on real servers.

Two screens hang in the hall: one of 1080 lines, dark and Vietnamese, one of 2160 lines, light and English.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.client import opened
from services.desk.convening import convene, enrol_all
from services.desk.device import Ask as Asked
from services.desk.operator_token import mint
from services.desk.presiding import Opened, announce_poll, close_and_declare, open_poll
from services.rules import jws
from services.wire import (
    ActPayload,
    Ask,
    Call,
    EndTurn,
    Member,
    PollDefinition,
    PollDraft,
    RollEntry,
    StartTurn,
)
from tests.support.browser import complaints
from tests.support.desk import Desk, fresh
from tests.support.hall_screen import OBSERVERS, hall_with_screens, hang, must_be_whole, turn_to
from tests.support.phone_hall import CHAIR, DRAFT, ITEM, TITLE, PhoneHall, plan_of
from tests.support.pictures import LARGE_WALLS, WALLS, take

LARGE = "dai-hoi"
LONG = ("Thông qua Nghị quyết về một số cơ chế, chính sách đặc biệt phát triển chính quyền số; " * 6)[
    :189
] + "."


@dataclass
class Screens:
    """Both screens of the hall."""

    vi: Page
    en: Page

    @property
    def both(self) -> tuple[Page, Page]:
        """Both."""
        return self.vi, self.en

    async def must_show(self, scene: str, *, beside: bool = False) -> None:
        """Both have this scene, whole, without scrolling, and axe-core finds nothing on them."""
        for page in self.both:
            await expect(page.locator(".stage")).to_have_attribute("data-scene", scene)
            await expect(page.locator(".beside")).to_have_count(int(beside))
            await must_be_whole(page)
            assert await complaints(page) == []

    async def must_say(self, selector: str, vi: str, en: str) -> None:
        """Each says it in its own language."""
        for page, text in ((self.vi, vi), (self.en, en)):
            await expect(page.locator(selector).first).to_contain_text(text)


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with two observers, of a body of its own."""
    async with hall_with_screens(desk, fresh("hdnd")) as found:
        yield found


@pytest.fixture
async def screens(browser: Browser, hall: PhoneHall) -> Screens:
    """Both screens, signed in."""
    vi = await hang(browser, hall, OBSERVERS[0], 1920, 1080)
    en = await hang(browser, hall, OBSERVERS[1], 3840, 2160)
    # What sets a screen up is seen when the keyboard is there.
    controls = en.locator(".controls button")
    await controls.nth(0).focus()
    await expect(en.locator(".controls")).to_have_css("opacity", "1")
    await controls.nth(0).click()
    await controls.nth(1).click()
    await en.evaluate("document.activeElement.blur()")
    return Screens(vi, en)


async def test_a_sitting_as_the_hall_sees_it(hall: PhoneHall, screens: Screens) -> None:
    """Waiting, a speaker, a question, a vote with its speaker, on hold, counted, declared, by seat, a practice vote."""
    await screens.must_show("waiting")
    await screens.must_say(".presence", "2/3", "2/3")
    await screens.must_say(".presence .caption >> nth=1", "66,67% tổng số", "66.67% of all")
    assert await screens.vi.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert await screens.en.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    await _must_show_speakers(hall, screens)
    vote = await _must_show_the_vote(hall, screens)
    await _must_show_the_result(hall, screens, vote)
    # Whoever is called next has the stage again; then they are done.
    turn = (await hall.client.floor(hall.meeting, await hall.token(CHAIR))).turns[0]
    await hall.on_floor(EndTurn(meeting=hall.meeting, seen=await hall.seen(), turn=turn.id))
    await screens.must_show("result")
    await _must_mark_practice(hall, screens)


async def _must_show_speakers(hall: PhoneHall, screens: Screens) -> None:
    """Who speaks, with the clock, and who is next."""
    await hall.open_lane()
    for who in ("binh", CHAIR):
        ask = Ask(meeting=hall.meeting, id=f"cua-{who}", item=ITEM, lane="speech", stance="for")
        await hall.on_floor(ask, who)
    await screens.must_say(".list", "Phạm Thị Bình", "Trần Thị Chủ")
    await hall.on_floor(Call(meeting=hall.meeting, seen=await hall.seen(), request="cua-binh"))
    await screens.must_show("speaking")
    await screens.must_say(".kicker", "Mời phát biểu", "Is called to speak")
    await take(screens.vi, "hall-called", sizes=WALLS)
    turn = (await hall.client.floor(hall.meeting, await hall.token(CHAIR))).turns[0]
    await hall.on_floor(StartTurn(meeting=hall.meeting, seen=await hall.seen(), turn=turn.id))
    await screens.must_say(".kicker", "Phát biểu", "Speeches")
    await screens.must_say(".who", "Phạm Thị Bình", "Phạm Thị Bình")
    await screens.must_say(".list", "Trần Thị Chủ", "Trần Thị Chủ")
    for page in screens.both:
        await expect(page.locator(".turn-clock .countdown")).to_have_text(re.compile(r"^2:[0-5]\d$"))


async def _must_show_the_vote(hall: PhoneHall, screens: Screens) -> Opened:
    """The question, what is needed, the time, ballots received; never a choice."""
    token = await hall.token(CHAIR)
    poll = await announce_poll(hall.client, hall.meeting, hall.devices[CHAIR], token, DRAFT)
    await screens.must_show("announced", beside=True)
    await screens.must_say(".question", TITLE, TITLE)
    await screens.must_say(".demanded", "Cần quá nửa tổng số", "Needs more than half of all")
    for page in screens.both:
        await expect(page.locator(".beside .next .caption")).to_be_visible()
    await take(screens.vi, "hall-announced", sizes=WALLS)
    raw = await hall.client.definition(poll, hall.convened.roll, "", token)
    signed = hall.devices[CHAIR].definition(raw)
    await hall.client.act(poll, "open", signed, token)
    vote = Opened(
        poll,
        Asked(msgspec.json.decode(raw, type=PollDefinition), jws.digest(signed)),
        hall.devices[CHAIR],
        token,
    )
    await screens.must_show("voting", beside=True)
    await screens.must_say(".question", TITLE, str(DRAFT.title_en))
    await screens.must_say(".demand", "2/3", "2/3")
    await screens.must_say(".demand", "quá nửa tổng số", "more than half of all")
    await screens.must_say(".received .huge", "0", "0")
    await screens.must_say(".options", "Không biểu quyết", "Abstain")
    for page in screens.both:
        await expect(page.locator(".time .countdown")).to_have_text(re.compile(r"^\d+:\d\d$"))
    await hall.client.cast(poll, hall.devices["binh"].ballot(vote.ask, "reject"))
    await screens.must_say(".received .huge", "1", "1")
    await take(screens.vi, "hall-vote-and-speaker", sizes=WALLS)
    await take(screens.en, "hall-light-english", sizes=LARGE_WALLS)
    await hall.act(vote, "hold")
    await screens.must_say(".kicker", "Tạm dừng biểu quyết", "Voting is on hold")
    await screens.must_show("voting", beside=True)
    await take(screens.vi, "hall-hold", sizes=WALLS)
    await hall.act(vote, "resume")
    await screens.must_say(".kicker", "Đang biểu quyết", "Voting now")
    await hall.client.cast(poll, hall.devices[CHAIR].ballot(vote.ask, "approve"))
    await screens.must_say(".received .huge", "2", "2")
    return vote


async def _must_show_the_result(hall: PhoneHall, screens: Screens, vote: Opened) -> None:
    """Closed, without a number; declared; then, out of the certificate that this screen proved, by seat."""
    await hall.act(vote, "close")
    await screens.must_show("closed", beside=True)
    await take(screens.vi, "hall-closed", sizes=WALLS)
    await screens.must_say(".statement", "Chờ chủ tọa công bố", "The chair will declare")
    for page in screens.both:
        await expect(page.locator(".bars")).to_have_count(0)
    await _declare(hall, vote)
    await screens.must_show("result", beside=True)
    await screens.must_say(".outcome", "Không được thông qua", "Not carried")
    for page in screens.both:
        await expect(page.locator(".bars strong")).to_have_text(["1", "1", "0", "1"])
        for share in await page.locator(".bars .share").all_inner_texts():
            assert re.search(r"% (tổng số|of all) .+ \(3\)$", share), share
        await expect(page.locator(".hemicycle g")).to_have_count(3)
    await take(screens.vi, "hall-not-carried", sizes=WALLS)
    decision = (await hall.client.poll(vote.poll, vote.token)).decision
    assert decision
    for page in screens.both:
        await turn_to(page, "sentence")
    await screens.must_say(".sentence", decision.sentence, decision.sentence_en)
    for page in screens.both:
        figure = page.locator(".result")
        await expect(figure.locator(".caption.bad")).to_have_count(0)
        await turn_to(page, "seats")
        await expect(figure.locator(".seats li").first).to_be_attached()
        texts = await figure.locator(".seats li").all_inner_texts()
        said = {text.partition(":")[0]: text.partition(": ")[2] for text in texts}
        assert said["Phạm Thị Bình"] in ("Không tán thành", "Against")
        assert said["Nguyễn Văn An"] in ("Không tham gia biểu quyết", "No ballot")
        await must_be_whole(page)
        assert await complaints(page) == []


async def _declare(hall: PhoneHall, vote: Opened) -> None:
    """The chair signs what was counted."""
    counted = await hall.client.counted(vote.poll, vote.token)
    act = ActPayload(
        act="declare", meeting=hall.meeting, poll=vote.poll, definition=vote.ask.hash, result=counted.sha256
    )
    await hall.client.act(vote.poll, "declare", vote.chair.act(act), vote.token)


async def _must_mark_practice(hall: PhoneHall, screens: Screens) -> None:
    """A practice vote says so in every scene."""
    draft = msgspec.structs.replace(DRAFT, title="Bữa trưa có chè không?", title_en="", practice=True)
    vote = await open_poll(hall.client, hall.convened, hall.devices[CHAIR], draft)
    await screens.must_show("voting")
    await take(screens.vi, "hall-practice", sizes=WALLS)
    await screens.must_say(".practice", "Biểu quyết thử", "Practice vote")
    await hall.act(vote, "close")
    await screens.must_show("closed")
    await screens.must_say(".practice", "Biểu quyết thử", "Practice vote")


async def test_a_lost_line_is_said(hall: PhoneHall, browser: Browser) -> None:
    """While one votes the seats show whose ballots came. The line is lost: what is shown stays, with its time."""
    page = await hang(browser, hall, OBSERVERS[0], 1920, 1080)
    await expect(page.locator(".stage")).to_have_attribute("data-line", "good")
    await expect(page.locator(".band")).to_have_count(0)
    # Two hours: the longest that a clock says in a hall.
    vote = await hall.open(msgspec.structs.replace(DRAFT, duration_s=7_200))
    await hall.client.cast(vote.poll, hall.devices["binh"].ballot(vote.ask, "approve"))
    await expect(page.locator(".legend [data-sign=received] strong")).to_have_text("1")
    await expect(page.locator(".seats li", has_text="Phạm Thị Bình")).to_contain_text("Đã nhận phiếu")
    await must_be_whole(page)
    assert await complaints(page) == []
    await page.context.set_offline(True)
    await expect(page.locator(".band.lost")).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    await expect(page.locator(".received .huge")).to_have_text("1")
    await must_be_whole(page)
    await take(page, "hall-line-lost", sizes=WALLS)
    assert await complaints(page) == []
    await hall.client.cast(vote.poll, hall.devices[CHAIR].ballot(vote.ask, "approve"))
    await page.context.set_offline(False)
    await expect(page.locator(".stage")).to_have_attribute("data-line", "good", timeout=30_000)
    await expect(page.locator(".received .huge")).to_have_text("2")
    await expect(page.locator(".band")).to_have_count(0)


async def test_five_thousand_members(desk: Desk, browser: Browser) -> None:
    """Everything has its place: 5,000 seats under a long title, and nothing scrolls."""
    small = plan_of(LARGE)
    more = [
        RollEntry(member=f"d{number}", name=f"Đại biểu {number}", seat=f"A{number}")
        for number in range(4_997)
    ]
    screen = Member(id=OBSERVERS[0], name="Màn hình", roles=("observer",))
    plan = replace(
        small,
        members=[*small.members, screen, *(Member(id=one.member, name=one.name) for one in more)],
        roll=[*small.roll, *more],
        present=[*small.present, *(one.member for one in more)],
    )
    async with opened(str(desk.facts()["url"])) as client:
        convened = await convene(client, mint(desk.data), plan)
        devices = await enrol_all(client, LARGE, [CHAIR, "binh"], convened.token)
        page = await (await browser.new_context(viewport={"width": 1920, "height": 1080})).new_page()
        (invite,) = await client.invite(LARGE, [OBSERVERS[0]], convened.token)
        await page.goto(f"{client.url}/hall#moi={invite.code}")
        await page.locator("form button.primary").click()
        await expect(page.locator(".presence .huge")).to_have_text("4999/5000", timeout=30_000)
        await expect(page.locator(".seats li")).to_have_count(5_000)
        await must_be_whole(page)
        await take(page, "hall-five-thousand", sizes=WALLS)
        vote = await open_poll(
            client, convened, devices[CHAIR], PollDraft(title=LONG, presiding=CHAIR, duration_s=600)
        )
        await expect(page.locator(".question")).to_have_text(LONG)
        await expect(page.locator(".demand .huge")).to_have_text("2501/5000")
        await must_be_whole(page)
        for member in (CHAIR, "binh"):
            await client.cast(vote.poll, devices[member].ballot(vote.ask, "approve"))
        await close_and_declare(client, vote)
        await expect(page.locator(".stage")).to_have_attribute("data-scene", "result")
        drawn = await page.locator(".hemicycle .body").evaluate_all(
            "all => all.map((each) => each.getAttribute('d').split('M').length - 1)"
        )
        assert sorted(drawn) == [2, 4_998]
        await must_be_whole(page)
        await take(page, "hall-five-thousand-result", sizes=WALLS)
