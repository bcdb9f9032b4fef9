"""Two desks at the same moment, the second person by keyboard alone, lists by mouse, drafts that come at once."""

from pathlib import Path

import msgspec
from playwright.async_api import Browser, Locator, Page, expect

from services.wire import DraftChange, DraftShown
from tests.support.browser import complaints
from tests.support.chair_sitting import CHAIR, DEPUTY, ITEM, MEETING, POLL, Sitting, sitting
from tests.support.keyboard import must_be_walkable, press, tab_to

SHOWN = 20_000
ID = str(POLL.id)
WHY = "Chiếu nhầm nội dung"
# What asks again and again every ten seconds does not: only the stream is left.
NO_POLLING = """const every = window.setInterval;
window.setInterval = (what, ms, ...rest) => (ms >= 10000 ? 0 : every(what, ms, ...rest));"""


async def do(page: Page, act: str) -> None:
    """An act, asked once."""
    await page.locator(f".deskbar [data-act={act}]:not([aria-disabled=true])").click(timeout=SHOWN)
    await confirm(page)


async def confirm(page: Page) -> None:
    """Yes, once it can be said."""
    button = page.locator("dialog .primary")
    await expect(button).not_to_have_attribute("aria-disabled", "true", timeout=SHOWN)
    await button.click()


async def must_be(page: Page, state: str) -> None:
    """The vote that is shown stands so."""
    await expect(page.locator(".vote")).to_have_attribute("data-state", state, timeout=SHOWN)


async def open_vote(held: Sitting, browser: Browser) -> tuple[Page, Page]:
    """The chair's console and a second one of the same key, on an open vote."""
    one = await held.console(browser, CHAIR)
    await do(one, "announce")
    await must_be(one, "announced")
    await do(one, "open")
    await must_be(one, "open")
    other = await one.context.new_page()
    await other.goto(f"{held.url}/chair")
    await must_be(other, "open")
    return one, other


async def deadline_of(held: Sitting) -> int:
    """When the vote ends, as the server has it."""
    deadline = (await held.client.poll(ID, held.convened.token)).deadline
    assert deadline is not None
    return deadline


async def test_both_extend_at_once(browser: Browser, data_directory: Path) -> None:
    """The time is given once; the second is told so, and may give more after that."""
    async with sitting(data_directory) as held:
        one, other = await open_vote(held, browser)
        before = await deadline_of(held)
        for page in (one, other):
            await page.locator(".deskbar [data-act=extend]").click(timeout=SHOWN)
            await expect(page.locator("dialog .primary")).to_be_visible()
        assert await complaints(one) == []
        await confirm(one)
        await expect(one.locator("dialog")).to_have_count(0, timeout=SHOWN)
        after = await deadline_of(held)
        assert after > before
        await confirm(other)
        refusal = other.locator(".refusal")
        await expect(refusal).to_have_attribute("data-code", "deadline_moved", timeout=SHOWN)
        await expect(refusal).to_contain_text("đã có thay đổi trước đó")
        await expect(refusal).to_contain_text("Hiện nay:")
        assert await complaints(other) == []
        assert await deadline_of(held) == after
        await refusal.locator("button").click()
        await do(other, "extend")
        await expect(other.locator("dialog")).to_have_count(0, timeout=SHOWN)
        await expect(refusal).to_have_count(0)
        assert await deadline_of(held) > after


async def test_both_ask_to_annul_at_once(browser: Browser, data_directory: Path) -> None:
    """One wish stands; who comes second is told whose, and signs that one."""
    async with sitting(data_directory) as held:
        one = await held.console(browser, CHAIR)
        deputy = await held.console(browser, DEPUTY)
        await do(one, "announce")
        await do(one, "open")
        await must_be(deputy, "open")
        for page in (one, deputy):
            await page.locator(".deskbar [data-act=void]").click(timeout=SHOWN)
            await page.locator("dialog textarea").fill(WHY)
        await confirm(one)
        await expect(one.locator("dialog")).to_have_count(0, timeout=SHOWN)
        await confirm(deputy)
        refusal = deputy.locator(".refusal")
        await expect(refusal).to_have_attribute("data-code", "wish_stands", timeout=SHOWN)
        await expect(refusal).to_contain_text("đã có thay đổi trước đó")
        assert await complaints(deputy) == []
        await refusal.locator("button").click()
        # By keyboard alone: who and why is read, and the very bytes are signed.
        await must_be_walkable(deputy)
        await press(deputy, deputy.locator("[data-act=void-second]"))
        dialog = deputy.locator("dialog")
        await expect(dialog.locator("blockquote")).to_have_text(WHY, timeout=SHOWN)
        await expect(dialog).to_contain_text("Nguyễn Thị Minh")
        assert await complaints(deputy) == []
        # What destroys has not the focus by itself.
        assert not await deputy.locator("dialog .danger:focus").count()
        await deputy.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(deputy.locator("[data-act=void-second]")).to_be_focused()
        await deputy.keyboard.press("Enter")
        await expect(dialog.locator("blockquote")).to_have_text(WHY, timeout=SHOWN)
        await tab_to(deputy, dialog.locator(".primary"))
        await deputy.keyboard.press("Enter")
        for page in (one, deputy):
            await must_be(page, "voided")
            assert await complaints(page) == []


async def test_a_list_is_put_in_order_by_mouse(browser: Browser, data_directory: Path) -> None:
    """Taken, carried and let go with the buttons of a mouse; the order counts once it is signed with its reason."""
    async with sitting(data_directory) as held:
        page = await held.console(browser, CHAIR)
        await page.keyboard.press("p")
        await page.locator(".item select").select_option("speech")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-lane=speech]")).to_be_visible(timeout=SHOWN)
        await held.ask_to_speak("speech", ["hong", "thanh", "anh"])
        await expect(page.locator(".requests li")).to_have_count(3, timeout=SHOWN)
        await carry(page, page.locator("[data-request=cua-anh]"), page.locator("[data-request=cua-hong]"))
        await expect(page.locator(".requests li").first).to_have_attribute("data-request", "cua-anh")
        assert await complaints(page) == []
        await page.get_by_role("button", name="Ghi thứ tự mới").click()
        await page.locator("dialog textarea").fill("Đại biểu có việc gấp")
        await confirm(page)
        await expect(page.locator("dialog")).to_have_count(0, timeout=SHOWN)
        (lane,) = (await held.client.floor(MEETING, held.convened.token)).lanes
        assert [request.id for request in lane.waiting] == ["cua-anh", "cua-hong", "cua-thanh"]
        assert lane.lane.item == ITEM


async def carry(page: Page, what: Locator, where: Locator) -> None:
    """Press the button on one, move there in steps, let go."""
    # Where they are is asked when they move no more, which a hover waits for.
    await where.hover()
    await what.hover()
    start, end = await what.bounding_box(), await where.bounding_box()
    assert start
    assert end
    await page.mouse.move(start["x"] + 60, start["y"] + start["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(end["x"] + 70, end["y"] + end["height"] / 2, steps=12)
    await page.mouse.up()


async def test_a_draft_comes_at_once(browser: Browser, data_directory: Path) -> None:
    """Prepared, changed and dropped by the secretary: the chair's list follows by the stream, without asking again."""
    async with sitting(data_directory) as held:
        context = await browser.new_context(viewport={"width": 1366, "height": 768})
        await context.add_init_script(NO_POLLING)
        page = await context.new_page()
        (invite,) = await held.client.invite(held.convened.body, [DEPUTY], held.convened.token)
        await page.goto(f"{held.url}/chair#moi={invite.code}")
        await page.get_by_role("button", name="Tạo khóa trên máy này").click()
        await expect(page.locator("[data-row]")).to_have_count(1, timeout=SHOWN)
        token = await held.client.sign_in(held.convened.secretary)
        draft = msgspec.structs.replace(POLL, id="nhan-su", title="Nhân sự")
        await held.client.draft_poll(MEETING, draft, token)
        row = page.locator("[data-row=nhan-su]")
        await expect(row).to_contain_text("Nhân sự", timeout=SHOWN)
        path = "/voting/polls/nhan-su/draft"
        shown = msgspec.json.decode(await held.client.ask("GET", path, token=token), type=DraftShown)
        change = DraftChange(
            seen=shown.sha256, draft=msgspec.structs.replace(shown.draft, title="Nhân sự, lần hai")
        )
        await held.client.ask("PUT", path, msgspec.json.encode(change), token=token)
        await expect(row).to_contain_text("lần hai", timeout=SHOWN)
        shown = msgspec.json.decode(await held.client.ask("GET", path, token=token), type=DraftShown)
        await held.client.ask("DELETE", f"{path}?seen={shown.sha256}", token=token)
        await expect(row).to_have_count(0, timeout=SHOWN)
