"""The chair's desk in a browser, real services behind it: a whole vote, voiding by two, the floor, two desks."""

from dataclasses import replace
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from services.rules.credential import Anchors, load_anchors
from services.rules.floor import record
from services.wire import FloorShown, Poll, PollDraft
from tests.support.browser import complaints
from tests.support.chair_sitting import (
    CHAIR,
    DELEGATES,
    DEPUTY,
    ITEM,
    MEETING,
    NEXT_ITEM,
    POLL,
    Sitting,
    sitting,
)
from tests.support.lying_proxy import between
from tests.support.pictures import take
from tests.support.waiting import until

WIDTHS = ((1920, 1080), (1366, 768), (768, 1024), (360, 780))
ID = str(POLL.id)
REASON = "Hai phần ba đại biểu đang ở vùng lũ"
SHOWN = 20_000


async def must_be_sound(page: Page) -> None:
    """axe-core finds nothing, and no width needs scrolling sideways, at twice the size of text neither."""
    before = page.viewport_size
    assert before is not None
    for width, height in WIDTHS:
        await page.set_viewport_size({"width": width, "height": height})
        for size in ("200%", ""):
            await page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, size)
    await page.set_viewport_size(before)
    assert await complaints(page) == []


async def be_next(page: Page, act: str) -> None:
    """The act that is next is this one, and the hand is free."""
    primary = page.locator(f".deskbar .primary[data-act={act}]:not([aria-disabled=true])")
    await expect(primary).to_be_visible(timeout=SHOWN)


async def do(page: Page, act: str) -> None:
    """The act that is next must be this one: done with the keyboard, and asked once."""
    await be_next(page, act)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("dialog .primary")).to_be_enabled()
    await expect(page.locator("dialog .primary")).not_to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog")).to_have_count(0)


async def poll_of(held: Sitting) -> Poll:
    """The poll as the server has it."""
    return await held.client.poll(ID, held.convened.token)


async def floor_of(held: Sitting) -> FloorShown:
    """The floor as the server has it."""
    return await held.client.floor(MEETING, held.convened.token)


async def test_a_whole_vote_by_keyboard_alone(browser: Browser, data_directory: Path) -> None:
    """Announced, opened as read, extended, closed, declared: the sentence is the certificate's, no choice before."""
    async with sitting(data_directory) as held:
        page = await held.console(browser, CHAIR)
        await expect(page.locator(".vote")).to_have_attribute("data-state", "draft")
        await must_be_sound(page)
        await take(page, "chair-draft")
        await do(page, "announce")
        # The question is shown as it will be signed.
        await expect(page.locator(".vote")).to_have_attribute("data-state", "announced", timeout=SHOWN)
        await take(page, "chair-announced")
        await page.keyboard.press("Control+Enter")
        for said in (POLL.title, "Không biểu quyết", "10 phút", "5/9"):
            await expect(page.locator("#definition")).to_contain_text(said)
        await must_be_sound(page)
        await take(page, "chair-open")
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)
        await do(page, "open")
        await expect(page.locator(".vote")).to_have_attribute("data-state", "open", timeout=SHOWN)
        await held.cast(ID, {"hong": "approve", "thanh": "approve", "anh": "reject"})
        await expect(page.locator("#received")).to_have_text("3/9")
        await expect(page.locator(".tally")).to_contain_text("Đã gửi 3/9, mất kết nối 5")
        await expect(page.locator("[data-member=anh]")).to_contain_text("đã gửi")
        assert await page.locator(".bars, .sentence").count() == 0
        await must_be_sound(page)
        await take(page, "chair-vote")
        # A minute more, as the question says if one says nothing else.
        before = (await poll_of(held)).deadline
        await page.keyboard.press("g")
        await expect(page.locator("dialog input:checked")).to_have_value("60")
        await page.keyboard.press("Enter")
        await expect(page.locator("dialog")).to_have_count(0)
        after = (await poll_of(held)).deadline
        assert before is not None
        assert after == before + 60_000
        # Held and resumed with one key.
        await page.keyboard.press("t")
        await page.keyboard.press("Enter")
        await expect(page.locator(".vote")).to_have_attribute("data-state", "held", timeout=SHOWN)
        await must_be_sound(page)
        await take(page, "chair-held")
        await do(page, "resume")
        await held.cast(ID, {"thinh": "approve", "duong": "approve", "phuc": "approve"})
        # Whom one would close out is named before.
        await expect(page.locator("#received")).to_have_text("6/9")
        await be_next(page, "close")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#waited")).to_contain_text(
            "(3): Nguyễn Thị Minh, Trần Văn Toàn (mất kết nối)"
        )
        await must_be_sound(page)
        await take(page, "chair-closing")
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)
        await do(page, "close")
        await expect(page.locator("#sentence")).to_be_visible(timeout=SHOWN)
        decision = (await poll_of(held)).decision
        assert decision is not None
        assert "đã được thông qua" in decision.sentence
        await expect(page.locator("#sentence")).to_have_text(decision.sentence)
        await must_be_sound(page)
        await take(page, "chair-counted")
        await do(page, "declare")
        await expect(page.locator(".issued a").first).to_be_visible(timeout=60_000)
        await must_be_sound(page)
        await take(page, "chair-result")
        await take(page, "chair-result-dark", dark=True)
        address = await page.locator(".issued a").first.get_attribute("href")
        answer = await page.request.get(f"{held.url}{address}")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        # The same in the other language.
        await page.get_by_role("button", name="English").click()
        await expect(page.locator("#sentence")).to_have_text(decision.sentence_en)
        await expect(page.locator(".chip").first).to_be_visible()
        await must_be_sound(page)
        await take(page, "chair-result-english")


async def test_without_quorum_only_with_a_reason(browser: Browser, data_directory: Path) -> None:
    """Too few are there: it says so in words, wants a reason, and the reason stands in the question that is signed."""
    async with sitting(data_directory, absent=DELEGATES[:5]) as held:
        page = await held.console(browser, CHAIR)
        await expect(page.locator(".quorum")).to_have_attribute("data-met", "false")
        await expect(page.locator(".quorum")).to_contain_text("cần 6, còn thiếu 2")
        # Where there is no room beside, who is there has a place of its own.
        await page.set_viewport_size({"width": 768, "height": 1024})
        await page.keyboard.press("d")
        await expect(page.locator("[data-member=hanh]")).to_contain_text("mất kết nối")
        await expect(page.locator("[data-member=hong]")).to_contain_text("vắng mặt")
        await must_be_sound(page)
        await take(page, "chair-people")
        await page.locator("#find").fill("thuy d")
        await expect(page.locator(".persons li")).to_have_count(1)
        await page.set_viewport_size({"width": 1366, "height": 768})
        await page.locator(".tabs button").first.click()
        await do(page, "announce")
        await expect(page.locator(".deskbar .primary")).to_have_attribute("data-act", "open", timeout=SHOWN)
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("dialog textarea")).to_be_focused()
        await must_be_sound(page)
        await take(page, "chair-no-quorum")
        await page.locator("dialog .primary").click()
        await expect(page.locator("dialog textarea")).to_have_attribute("aria-invalid", "true")
        await page.keyboard.type(REASON)
        await page.locator("dialog .primary").click()
        await expect(page.locator("#definition")).to_contain_text(REASON)
        await page.get_by_role("button", name="Ký và mở").click()
        await expect(page.locator(".vote")).to_have_attribute("data-state", "open", timeout=SHOWN)


async def test_voiding_takes_two_desks(browser: Browser, data_directory: Path) -> None:
    """One signs with a reason, the other sees who and why and signs the same bytes; it can be taken back before."""
    async with sitting(data_directory) as held:
        chair = await held.console(browser, CHAIR)
        deputy = await held.console(browser, DEPUTY)
        await do(chair, "announce")
        await do(chair, "open")
        await expect(deputy.locator(".vote")).to_have_attribute("data-state", "open", timeout=SHOWN)
        await expect(deputy.locator(".deskbar .note")).to_contain_text("Nguyễn Thị Minh điều hành")
        for last in (False, True):
            await chair.locator(".deskbar [data-act=void]").click()
            await chair.keyboard.type("Chiếu nhầm nội dung")
            await must_be_sound(chair)
            await take(chair, "chair-void")
            await chair.get_by_role("button", name="Ký đề nghị hủy").click()
            await expect(deputy.locator("#void-wish")).to_contain_text("Chiếu nhầm nội dung", timeout=SHOWN)
            if not last:
                await chair.locator("[data-act=void-withdraw]").click()
                await chair.locator("dialog .primary").click()
                await expect(deputy.locator("#void-wish")).to_have_count(0, timeout=SHOWN)
                await expect(chair.locator(".deskbar [data-act=void]")).to_be_visible(timeout=SHOWN)
        await must_be_sound(deputy)
        await deputy.locator("[data-act=void-second]").click()
        await expect(deputy.locator("dialog blockquote")).to_have_text("Chiếu nhầm nội dung")
        await must_be_sound(deputy)
        await take(deputy, "chair-void-second")
        await deputy.locator("dialog .primary").click()
        for page in (chair, deputy):
            await expect(page.locator(".vote")).to_have_attribute("data-state", "voided", timeout=SHOWN)
        await take(chair, "chair-voided")
        assert (await poll_of(held)).state == "voided"


async def test_who_is_to_sign_second_sees_who_signed_first(browser: Browser, data_directory: Path) -> None:
    """A server that names another person beside the wish than the one whose signature it carries is caught."""
    async with sitting(data_directory) as held, between(held.url) as proxy:
        proxy.events = lambda event: event.replace(b'"by":"chu-toa"', b'"by":"thu-ky"')
        chair = await held.console(browser, CHAIR)
        deputy = await replace(held, url=proxy.url).console(browser, DEPUTY)
        await do(chair, "announce")
        await do(chair, "open")
        await chair.locator(".deskbar [data-act=void]").click(timeout=SHOWN)
        await chair.keyboard.type("Chiếu nhầm nội dung")
        await chair.get_by_role("button", name="Ký đề nghị hủy").click()
        await deputy.locator("[data-act=void-second]").click(timeout=SHOWN)
        await expect(deputy.locator("[data-code=act_wrong]")).to_be_visible(timeout=SHOWN)
        assert await complaints(deputy) == []
        await take(deputy, "chair-void-lie")
        assert (await poll_of(held)).state == "open"


async def test_the_floor(browser: Browser, data_directory: Path) -> None:
    """A list is put in order by keyboard, with a reason; somebody is called, starts, is paused, ended, put back."""
    async with sitting(data_directory) as held:
        page = await held.console(browser, CHAIR)
        await page.keyboard.press("p")
        await must_be_sound(page)
        # Only two may wait: other limits than those of the rules take a reason, which is asked for next.
        await page.locator(".item select").select_option("speech")
        await page.locator("#lane-length").fill("hai")
        await page.locator("dialog .primary").click()
        await expect(page.locator("dialog [data-code=lane_rules_unsound]")).to_contain_text("hai")
        await page.locator("#lane-length").fill("2")
        await must_be_sound(page)
        await take(page, "chair-list")
        await page.keyboard.press("Enter")
        await expect(page.locator("dialog textarea")).to_be_focused()
        await page.keyboard.type("Phiên họp sắp hết giờ")
        await page.locator("dialog .primary").click()
        await expect(page.locator("[data-lane=speech]")).to_contain_text("tối đa 2 người chờ", timeout=SHOWN)
        await held.ask_to_speak("speech", ["hong", "thanh"])
        await expect(page.locator(".requests li")).to_have_count(2, timeout=SHOWN)
        # A third may come, for three minutes; the clock closes the list.
        await page.locator("[data-act=adjust-lane]").click()
        await page.locator("#lane-turn").select_option("180")
        await page.locator("#lane-length").fill("")
        await page.locator("#lane-closing").select_option("1800")
        await page.locator("dialog textarea").fill("Kéo dài phiên họp")
        await must_be_sound(page)
        await take(page, "chair-list-changed")
        await page.locator("dialog .primary").click()
        await expect(page.locator("[data-lane=speech]")).to_contain_text("đóng lúc", timeout=SHOWN)
        lane = (await floor_of(held)).lanes[0].lane
        assert (lane.rules.turn_s, lane.rules.length) == (180, None)
        await held.ask_to_speak("speech", ["anh"])
        await expect(page.locator(".requests li")).to_have_count(3, timeout=SHOWN)
        # The third comes first, by the keyboard; it counts only once signed, with a reason.
        await page.locator("[data-request=cua-anh] .row").focus()
        await page.keyboard.press("Alt+ArrowUp")
        await page.keyboard.press("Alt+ArrowUp")
        await expect(page.locator("[data-request=cua-anh] .row")).to_be_focused()
        await expect(page.locator(".requests li").first).to_have_attribute("data-request", "cua-anh")
        await must_be_sound(page)
        await take(page, "chair-order")
        await page.locator("[data-act=arrange]").click()
        await page.keyboard.type("Đại biểu Tổ 2 phải về sớm")
        await page.locator("dialog .primary").click()
        await expect(page.locator("[data-unsaved]")).to_have_count(0, timeout=SHOWN)
        assert [each.id for each in (await floor_of(held)).lanes[0].waiting] == [
            "cua-anh",
            "cua-hong",
            "cua-thanh",
        ]
        # Called, begun, paused, going on; a question between; over.
        for act, state in (("call", "called"), ("start", "running")):
            await be_next(page, act)
            await page.keyboard.press("Control+Enter")
            await expect(page.locator(".turn")).to_have_attribute("data-state", state, timeout=SHOWN)
        await expect(page.locator(".turn")).to_contain_text("Hoàng Thị Ánh")
        await must_be_sound(page)
        await take(page, "chair-floor")
        await take(page, "chair-floor-dark", dark=True)
        for act, state in (("end", "paused"), ("resume", "running")):
            await be_next(page, act)
            await page.keyboard.press("t")
            await expect(page.locator(".turn")).to_have_attribute("data-state", state, timeout=SHOWN)
        await page.locator("[data-act=interpose]").click()
        await page.keyboard.type("duc thinh")
        await page.locator(".found button").click()
        await page.locator("dialog .primary").click()
        await expect(page.locator(".turn")).to_contain_text("Câu hỏi xen ngang", timeout=SHOWN)
        await expect(page.locator(".beside")).to_contain_text("Hoàng Thị Ánh")
        await take(page, "chair-interposed")
        await do(page, "end")
        await expect(page.locator(".who-speaks")).to_contain_text("Hoàng Thị Ánh", timeout=SHOWN)
        await do(page, "end")
        await page.locator("[data-act=return]").click()
        await page.keyboard.type("Bị cắt lời do mất điện")
        await page.locator("dialog .primary").click()
        await expect(page.locator(".requests li").first).to_have_attribute(
            "data-request", "cua-anh", timeout=SHOWN
        )
        # Out of turn, and off the list: both want a reason.
        await page.locator("[data-request=cua-thanh] .row").click()
        await page.locator("[data-request=cua-thanh] [data-act=remove]").click()
        await page.keyboard.type("Đã rút ý kiến")
        await page.locator("dialog .primary").click()
        await expect(page.locator(".requests li")).to_have_count(2, timeout=SHOWN)
        await page.locator("[data-request=cua-hong] .row").click()
        await page.locator("[data-request=cua-hong] [data-act=call]").click()
        await page.keyboard.type("Theo đề nghị của Tổ 1")
        await page.locator("dialog .primary").click()
        await expect(page.locator(".who-speaks")).to_contain_text("Lê Thị Hồng", timeout=SHOWN)
        (turn,) = (await floor_of(held)).turns
        assert (turn.in_turn, turn.next_was) == (False, "cua-anh")
        # The item ends, and one goes on to the next.
        await page.keyboard.press("n")
        await page.locator("dialog .primary").click()
        await expect(page.locator("#item")).to_have_text("Chất vấn và trả lời chất vấn", timeout=SHOWN)
        assert {each.lane.state for each in (await floor_of(held)).lanes if each.lane.item == ITEM} == {
            "ended"
        }
        # What was said is sealed, and is to be had on the spot.
        other = await page.context.new_page()
        await other.goto(f"{held.url}/chair")
        for desk in (page, other):
            await desk.locator(f"[data-item={ITEM}]").click(timeout=SHOWN)
            await desk.locator("[data-act=record]").click()
        for desk in (page, other):
            # Asked for twice with nothing in between it is one, and no alarm.
            await desk.locator("dialog .primary").click()
            await expect(desk.locator("dialog")).to_have_count(0, timeout=SHOWN)
            await expect(desk.locator(".refusal")).to_have_count(0)
        address = await page.locator(".sealed a[download]").get_attribute("href", timeout=60_000)
        sealed = await page.request.get(f"{held.url}{address}")
        anchors = Anchors(load_anchors(await held.client.trust()))
        log = record.verify_file(await sealed.body(), anchors).statement.log
        assert log.meeting == MEETING
        await expect(page.locator("[data-act=record]")).to_have_count(0)
        await must_be_sound(page)
        await take(page, "chair-sealed")


async def test_question_time(browser: Browser, data_directory: Path) -> None:
    """Questions are moved by dragging, put one after the other, and answered by whom the chair calls."""
    async with sitting(data_directory) as held:
        page = await held.console(browser, CHAIR)
        await page.locator(f"[data-item={NEXT_ITEM}]").click()
        await page.locator(".item select").select_option("question")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-lane=question]")).to_be_visible(timeout=SHOWN)
        await held.ask_to_speak("question", ["hong", "duong"], NEXT_ITEM)
        await expect(page.locator(".requests li")).to_have_count(2, timeout=SHOWN)
        await page.drag_and_drop("[data-request=cua-duong]", "[data-request=cua-hong]")
        await expect(page.locator(".requests li").first).to_have_attribute("data-request", "cua-duong")
        await page.get_by_role("button", name="Giữ thứ tự cũ").click()
        await expect(page.locator(".requests li").first).to_have_attribute("data-request", "cua-hong")
        for act, state in (("call", "called"), ("start", "running")):
            await be_next(page, act)
            await page.keyboard.press("Control+Enter")
            await expect(page.locator(".turn")).to_have_attribute("data-state", state, timeout=SHOWN)
        await do(page, "end")
        await page.locator("[data-act=answer]").click(timeout=SHOWN)
        await page.keyboard.type("Giám đốc Sở Tài chính")
        await must_be_sound(page)
        await take(page, "chair-answer")
        await page.keyboard.press("Enter")
        await expect(page.locator(".who-speaks")).to_contain_text("Giám đốc Sở Tài chính", timeout=SHOWN)
        await expect(page.locator(".who-speaks")).to_contain_text("Trả lời")
        await be_next(page, "start")
        await page.keyboard.press("Control+Enter")
        await do(page, "end")
        await expect(page.locator(".turn")).to_have_attribute("data-state", "none", timeout=SHOWN)
        last = (await floor_of(held)).last
        assert last is not None
        assert (last.role, last.name) == ("answer", "Giám đốc Sở Tài chính")


async def test_a_lost_line_is_said(browser: Browser, data_directory: Path) -> None:
    """Without the server the desk says that what it shows may be old; an act that was not heard can be sent again."""
    async with sitting(data_directory) as held:
        page = await held.console(browser, CHAIR)
        await expect(page.locator("[data-line=good]")).to_be_visible(timeout=SHOWN)
        await page.context.set_offline(True)
        await expect(page.locator("#line-lost")).to_be_visible(timeout=SHOWN)
        await must_be_sound(page)
        await take(page, "chair-line-lost")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("dialog .primary")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("dialog .notice")).to_contain_text("Máy chủ chưa trả lời", timeout=SHOWN)
        await page.context.set_offline(False)
        await expect(page.locator("[data-line=good]")).to_be_visible(timeout=SHOWN)
        await page.locator("dialog .primary").click()
        await expect(page.locator(".vote")).to_have_attribute("data-state", "announced", timeout=SHOWN)


async def test_two_desks_in_conflict(browser: Browser, data_directory: Path) -> None:
    """Who decides on what another has changed meanwhile is refused and told how things stand; nothing happens twice."""
    async with sitting(data_directory) as held:
        one = await held.console(browser, CHAIR)
        other = await one.context.new_page()
        await other.goto(f"{held.url}/chair")
        await expect(other.locator(".console")).to_be_visible(timeout=SHOWN)
        await do(one, "announce")
        await do(one, "open")
        for page in (one, other):
            await expect(page.locator(".deskbar .primary")).to_have_attribute(
                "data-act", "close", timeout=SHOWN
            )
            await page.keyboard.press("Control+Enter")
            await expect(page.locator("dialog .primary")).to_be_focused()
        await one.keyboard.press("Enter")
        await expect(one.locator(".vote")).to_have_attribute("data-state", "closed", timeout=SHOWN)
        await other.keyboard.press("Enter")
        await expect(other.locator(".refusal")).to_have_attribute(
            "data-code", "poll_transition", timeout=SHOWN
        )
        await expect(other.locator(".refusal")).to_contain_text("Đã đóng")
        await must_be_sound(other)
        await take(other, "chair-conflict")
        await other.get_by_role("button", name="Đã hiểu").click()
        await do(other, "declare")
        # The same on the floor: both call, one is quicker.
        await one.keyboard.press("p")
        await one.locator(".item select").select_option("speech")
        await one.keyboard.press("Enter")
        await expect(one.locator("[data-lane=speech]")).to_be_visible(timeout=SHOWN)
        await held.ask_to_speak("speech", ["hong", "thanh"])
        await other.keyboard.press("p")
        for page in (one, other):
            await page.locator("[data-request=cua-thanh] .row").click(timeout=SHOWN)
            await page.locator("[data-request=cua-thanh] [data-act=call]").click()
            await page.keyboard.type("Người trình bày chính")
        await one.locator("dialog .primary").click()
        await expect(one.locator(".who-speaks")).to_contain_text("Phạm Ngọc Thanh", timeout=SHOWN)
        await other.locator("dialog .primary").click()
        await expect(other.locator(".refusal")).to_have_attribute("data-code", "floor_moved", timeout=SHOWN)
        await expect(other.locator(".refusal")).to_contain_text("Phạm Ngọc Thanh: Đã mời, chưa bắt đầu")
        assert len((await floor_of(held)).turns) == 1


async def test_who_has_another_role_is_told(browser: Browser, data_directory: Path) -> None:
    """A delegate's key does not open the chair's desk: the page says which role it needs; a wrong code is named too."""
    second = PollDraft(id="thu-hai", title="Nội dung thứ hai", presiding=DEPUTY)
    async with sitting(data_directory, polls=(POLL, second)) as held:
        page = await browser.new_page(viewport={"width": 768, "height": 1024})
        await page.goto(f"{held.url}/chair")
        await page.get_by_label("Mã mời").fill("ABC")
        await page.get_by_role("button", name="Tạo khóa trên máy này").click()
        await expect(page.get_by_role("alert")).to_contain_text("28 ký tự")
        await must_be_sound(page)
        await take(page, "chair-join")
        (invite,) = await held.client.invite("hdnd", ["hanh"], held.convened.token)
        await page.get_by_label("Mã mời").fill(invite.code.lower())
        await page.keyboard.press("Enter")
        await expect(page.locator("#wrong-role")).to_contain_text("Chủ tọa, Thư ký", timeout=SHOWN)
        await expect(page.locator("#wrong-role")).to_contain_text("Đỗ Thị Mỹ Hạnh")
        await must_be_sound(page)
        await take(page, "chair-wrong-role")
        await page.get_by_role("button", name="English").click()
        await expect(page.locator("#wrong-role")).to_contain_text("This page is for: Chair, Secretary")

        await page.get_by_role("button", name="Choose somebody else").click()
        await page.get_by_role("button", name="Join with another invite").click()
        await page.get_by_role("button", name="Choose somebody who has a key here").click()
        await expect(page.locator(".people")).to_contain_text("Đỗ Thị Mỹ Hạnh")
        await must_be_sound(page)
        await take(page, "chair-who")

        # Over another's poll one does not preside, and the shortcuts are listed and can be switched off.
        chair = await held.console(browser, CHAIR)
        await chair.locator("[data-row=thu-hai]").click()
        await do(chair, "announce")
        await expect(chair.locator(".deskbar .note")).to_contain_text(
            "Trần Văn Toàn điều hành", timeout=SHOWN
        )
        await chair.keyboard.press("?")
        await must_be_sound(chair)
        await take(chair, "chair-shortcuts")
        await chair.get_by_label("Dùng phím tắt một chữ").uncheck()
        await chair.keyboard.press("Escape")
        await chair.keyboard.press("p")
        await expect(chair.locator(".vote")).to_be_visible()

        async def announced() -> bool:
            return (await held.client.poll("thu-hai", held.convened.token)).state == "announced"

        await until(announced, 20, "announced")
