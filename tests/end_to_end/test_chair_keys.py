"""The chair's desk by keyboard alone, with keys held down, in a browser that keeps nothing; two results in a row."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.presiding import Opened, close_and_declare
from services.wire import Ask
from tests.support.browser import complaints
from tests.support.desk import Desk, fresh
from tests.support.keyboard import must_ask, must_be_walkable, must_have_focus, press, tab_to
from tests.support.phone_hall import CHAIR, DRAFT, ITEM, PhoneHall, convened_hall

SHOWN = 20_000
KEEPS_NOTHING = """Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('', 'SecurityError'); },
});"""


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a chair."""
    async with convened_hall(desk, fresh("ban")) as found:
        yield found


async def console(browser: Browser, hall: PhoneHall, script: str = "") -> Page:
    """The chair's page, signed in."""
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    if script:
        await context.add_init_script(script)
    page = await context.new_page()
    await page.goto(f"{hall.proxy.url}/chair#moi={await hall.invite(CHAIR)}")
    await page.locator("form button.primary").click()
    await expect(page.locator(".console")).to_be_visible(timeout=SHOWN)
    return page


async def draft(hall: PhoneHall, title: str = DRAFT.title) -> str:
    """A question that waits to be announced."""
    prepared = msgspec.structs.replace(DRAFT, title=title)
    return (await hall.client.draft_poll(hall.meeting, prepared, await hall.token(CHAIR))).id


async def ask_to_speak(hall: PhoneHall, request: str, member: str = "binh") -> None:
    """Somebody in Python asks to speak."""
    await hall.on_floor(Ask(meeting=hall.meeting, id=request, item=ITEM, lane="speech"), member)


async def confirm(page: Page) -> None:
    """Enter on the button of the question that stands."""
    await expect(page.locator("dialog .primary")).not_to_have_attribute("aria-disabled", "true")
    await press(page, page.locator("dialog .primary"))
    await expect(page.locator("dialog")).to_have_count(0, timeout=SHOWN)


async def must_be(page: Page, state: str) -> None:
    """The vote that is shown stands so, and the hand is free."""
    await expect(page.locator(".vote")).to_have_attribute("data-state", state, timeout=SHOWN)
    assert await complaints(page) == [], state


async def test_a_key_held_down_is_one_wish_and_nothing_needs_to_be_kept(
    browser: Browser, hall: PhoneHall
) -> None:
    """A hand that rests on Enter confirms nothing; in a private window the desk works, and forgets."""
    poll = await draft(hall)
    page = await console(browser, hall, KEEPS_NOTHING)
    await must_be(page, "draft")
    await page.keyboard.press("?")
    await page.get_by_label("Dùng phím tắt một chữ cái").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("p")
    await expect(page.locator(".vote")).to_be_visible()
    await tab_to(page, page.locator("[data-act=announce]"))
    for held in ("", "Control"):
        if held:
            await page.keyboard.down(held)
        for _ in range(8):
            await page.keyboard.down("Enter")
        await page.keyboard.up("Enter")
        if held:
            await page.keyboard.up(held)
        await expect(page.locator("dialog .primary")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)
    assert hall.proxy.sent_to("/announce") == []
    assert (await hall.client.poll(poll, await hall.token(CHAIR))).state == "draft"


async def test_a_result_is_never_shown_under_another_question(browser: Browser, hall: PhoneHall) -> None:
    """Two results looked at one after the other: while the second is being proven, the first one's is gone."""
    votes: list[Opened] = []
    for title, choice in (("Nội dung thứ nhất", "approve"), ("Nội dung thứ hai", "reject")):
        vote = await hall.open(msgspec.structs.replace(DRAFT, title=title))
        await hall.client.cast(vote.poll, hall.devices["binh"].ballot(vote.ask, choice))  # type: ignore[arg-type]
        await close_and_declare(hall.client, vote)
        votes.append(vote)
    page = await console(browser, hall)
    first, second = votes
    await page.locator(f"[data-row={first.poll}]").click()
    await expect(page.locator("#sentence")).to_contain_text("1", timeout=SHOWN)
    sentence = await page.locator("#sentence").inner_text()
    hall.proxy.hold = f"/polls/{second.poll}/result"
    await page.locator(f"[data-row={second.poll}]").click()
    await expect(page.locator("#question")).to_have_text("Nội dung thứ hai")
    await expect(page.locator(".waiting")).to_be_visible()
    await expect(page.locator(".sentence, .bars")).to_have_count(0)
    hall.proxy.release()
    await expect(page.locator("#sentence")).not_to_have_text(sentence, timeout=SHOWN)


async def test_every_act_on_a_vote_by_tab_and_enter(browser: Browser, hall: PhoneHall) -> None:
    """Each asks, keeps the focus in the question and gives it back; who loses their button goes on beside it."""
    await draft(hall)
    page = await console(browser, hall)
    acts = page.locator(".deskbar [data-act]")
    steps = (
        ("draft", ("announce",), "announce"),
        ("announced", ("open",), "open"),
        ("open", ("close", "hold", "extend", "void"), "hold"),
        ("held", ("resume", "close", "void"), "close"),
        ("closed", ("declare", "void"), "declare"),
    )
    for state, asked, then in steps:
        await must_be(page, state)
        await expect(page.locator(f".deskbar [data-act={then}]")).to_be_visible(timeout=SHOWN)
        await must_be_walkable(page)
        assert [await each.get_attribute("data-act") for each in await acts.all()] == list(asked)
        for act in asked:
            await must_ask(page, page.locator(f".deskbar [data-act={act}]"))
        await press(page, page.locator(f".deskbar [data-act={then}]"))
        await confirm(page)
    await expect(page.locator(".vote")).to_have_attribute("data-state", "certified", timeout=60_000)
    await press(page, page.locator(".deskbar [data-act=void]"))
    await page.keyboard.type("Chiếu nhầm nội dung")
    await confirm(page)
    await expect(page.locator("[data-act=void-withdraw]")).to_be_visible(timeout=SHOWN)
    await must_have_focus(page, ".deskbar")
    await must_ask(page, page.locator("[data-act=void-withdraw]"))


async def test_a_list_of_choices_by_keyboard(browser: Browser, hall: PhoneHall) -> None:
    """While it is open, letters look for a choice and are no shortcuts; Esc leaves it alone, not the question."""
    page = await console(browser, hall)
    await press(page, page.locator(".tabs button").nth(1))
    await tab_to(page, page.locator(".item select"))
    await page.keyboard.press("Space")
    await must_have_focus(page, ".item select")
    await page.keyboard.press("b")
    await expect(page.locator(".floor")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog .primary:focus")).to_have_count(1)
    await tab_to(page, page.locator("#lane-closing"))
    await page.keyboard.press("Space")
    await must_have_focus(page, "#lane-closing")
    await page.keyboard.press("Escape")
    await expect(page.locator("#lane-closing:focus")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.locator(".item select:focus")).to_have_count(1)
    # Closed, it takes none.
    await page.keyboard.press("b")
    await expect(page.locator(".floor")).to_have_count(0)


async def test_every_act_on_the_floor_by_tab_and_enter(browser: Browser, hall: PhoneHall) -> None:
    """Lists, those who wait, a turn: what cannot be taken back asks; a row that goes leaves the focus in its list."""
    # The chair's key in Python is replaced by that of the browser.
    await hall.open_lane()
    page = await console(browser, hall)
    await press(page, page.locator(".tabs button").nth(1))
    await ask_to_speak(hall, "r1")
    row = page.locator("[data-request=r1] .row")
    for act in ("close-lane", "adjust-lane", "end-item"):
        await must_ask(page, page.locator(f"[data-act={act}]"))
    await press(page, row)
    for act in ("skip", "defer", "remove"):
        await must_ask(page, page.locator(f"[data-request=r1] [data-act={act}]"))
    await must_be_walkable(page)
    await press(page, page.locator("[data-request=r1] [data-act=remove]"))
    await page.keyboard.type("Đã rút ý kiến")
    await confirm(page)
    await expect(row).to_have_count(0, timeout=SHOWN)
    await must_have_focus(page, "[data-lane=speech]")
    await ask_to_speak(hall, "r2")
    await press(page, page.locator(".deskbar [data-act=call]"))
    for act in ("skip", "defer", "remove", "extend"):
        await must_ask(page, page.locator(f".deskbar [data-act={act}]"))
    await press(page, page.locator(".deskbar [data-act=start]"))
    for act in ("end", "extend", "interpose"):
        await must_ask(page, page.locator(f".deskbar [data-act={act}]"))
    await press(page, page.locator(".deskbar [data-act=pause]"))
    await expect(page.locator(".deskbar [data-act=resume]")).to_be_visible(timeout=SHOWN)
    await must_have_focus(page, ".deskbar")
    await must_ask(page, page.locator(".deskbar [data-act=end]"))
    await press(page, page.locator(".deskbar [data-act=end]"))
    await confirm(page)
    await must_ask(page, page.locator("[data-act=return]"))
    await press(page, page.locator("[data-act=end-item]"))
    await confirm(page)
    await must_ask(page, page.locator("[data-act=record]"))


async def be_second(one: Page, other: Page, act: str, reason: str = "") -> None:
    """Both ask for the same; the first does it, the second is told that it is done and how things stand."""
    for page in (one, other):
        await page.locator(f"[data-act={act}]").first.click(timeout=SHOWN)
        if reason:
            await page.locator("dialog textarea").fill(reason)
        await expect(page.locator("dialog .primary")).not_to_have_attribute(
            "aria-disabled", "true", timeout=SHOWN
        )
    await one.locator("dialog .primary").click()
    await expect(one.locator("dialog")).to_have_count(0, timeout=SHOWN)
    await expect(one.locator(".refusal")).to_have_count(0)
    await other.locator("dialog .primary").click()
    refusal = other.locator(".refusal")
    await expect(refusal).to_contain_text("đã có thay đổi trước đó", timeout=SHOWN)
    await expect(refusal).to_contain_text("Hiện nay:")
    assert await complaints(other) == []
    await refusal.locator("button").click()


async def test_who_comes_second_is_told_so_of_every_act(browser: Browser, hall: PhoneHall) -> None:
    """Two consoles wish the same at once, act by act: it happens once, the other says what stands now."""
    await hall.open_lane()
    await draft(hall)
    one = await console(browser, hall)
    other = await one.context.new_page()
    await other.goto(f"{hall.proxy.url}/chair")
    for act, state in (("announce", "announced"), ("open", "open"), ("hold", "held"), ("resume", "open")):
        await be_second(one, other, act)
        await must_be(other, state)
    for act, state in (("close", "closed"), ("declare", "certified")):
        await be_second(one, other, act)
        await must_be(other, state)
    for page in (one, other):
        await page.locator(".tabs button").nth(1).click()
    await ask_to_speak(hall, "r1")
    for page in (one, other):
        await page.locator("[data-request=r1] .row").click(timeout=SHOWN)
    await be_second(one, other, "remove", "Đã rút ý kiến")
    await ask_to_speak(hall, "r2")
    for act in ("call", "start"):
        await one.locator(f".deskbar [data-act={act}]").click(timeout=SHOWN)
    for act in ("pause", "end"):
        await expect(other.locator(f".deskbar [data-act={act}]")).to_be_visible(timeout=SHOWN)
    await be_second(one, other, "end")
    await be_second(one, other, "close-lane")
    await be_second(one, other, "end-item")
