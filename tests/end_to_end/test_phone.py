"""The delegate's phone in a real browser, against real services, with a proxy between them that cuts and holds."""

import gzip
from collections.abc import AsyncIterator

import pytest
from msgspec import structs
from playwright.async_api import Browser, Response, expect

from services.desk.convening import enrol_all
from services.desk.presiding import close_and_declare
from services.kit.clock import now
from services.wire import Ask, Call, EndItem, ServerTime, StartTurn
from tests.support.browser import must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import CHAIR, ITEM, LANE, NAMES, TITLE, PhoneHall, cast, choose, convened_hall
from tests.support.pictures import take
from tests.support.waiting import until


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, fresh("hdnd")) as found:
        yield found


async def test_from_the_invite_to_the_certificate(browser: Browser, hall: PhoneHall) -> None:
    """Enrol, check in, vote, change the vote, and find it in the certificate; every state can be used by anyone."""
    page = await hall.phone(browser)
    await page.goto(f"{hall.proxy.url}/phone#moi={await hall.invite('an')}")
    await expect(page.locator("form textarea")).not_to_have_value("")
    assert "#" not in page.url
    await must_be_usable(page)
    await take(page, "phone-join")
    await page.locator("form button.primary").click()
    await expect(page.locator("#check-in")).to_be_visible(timeout=15_000)
    await must_be_usable(page)
    await take(page, "phone-check-in")
    await page.locator("#check-in button").click()
    await expect(page.locator("#none")).to_be_visible()
    await must_be_usable(page)
    await take(page, "phone-nothing")

    vote = await hall.open()
    await expect(page.locator(".question-title")).to_have_text(TITLE)
    choices = page.locator("button.choice")
    await expect(choices).to_have_count(3)
    assert [await one.get_attribute("data-choice") for one in await choices.all()] == [
        "approve",
        "reject",
        "abstain",
    ]
    boxes = [await one.bounding_box() for one in await choices.all()]
    assert all(box and box["height"] >= 56 for box in boxes)
    assert len({(box["width"], box["height"]) for box in boxes if box}) == 1
    await must_be_usable(page)
    await take(page, "phone-vote")
    await take(page, "phone-vote-dark", dark=True)
    await choose(page, "reject")
    await must_be_usable(page)
    await take(page, "phone-review")
    await page.locator(".review button.primary").click()
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "reject")
    await must_be_usable(page)
    await page.get_by_role("button", name="Đổi lựa chọn").click()
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    await take(page, "phone-recorded")
    code = await page.locator(".ballot-code").inner_text()

    for member in ("binh", "chu-toa"):
        await hall.client.cast(vote.poll, hall.devices[member].ballot(vote.ask, "approve"))
    certified = await close_and_declare(hall.client, vote)
    assert certified.certificate
    await expect(page.locator("#result .sentence")).to_contain_text("3/3")
    await must_be_usable(page)
    await take(page, "phone-result")
    await page.get_by_role("button", name="Kiểm tra số phiếu từ giấy chứng nhận").click()
    await expect(page.locator("#result .notice.good")).to_contain_text("đến từng phiếu", timeout=30_000)
    await must_be_usable(page)
    await page.locator("[data-tab=mine]").click()
    await expect(page.locator(".own-id")).to_have_text("Mã đại biểu: an")
    await expect(page.locator(".mine .ballot-code").first).to_have_text(code)
    await page.get_by_role("button", name="Kiểm tra lại từ giấy chứng nhận").click()
    await expect(page.locator(".mine .notice.good")).to_contain_text(
        "được tính trong kết quả", timeout=30_000
    )
    await must_be_usable(page)
    await take(page, "phone-my-votes")
    await page.locator("[data-tab=agenda]").click()
    await expect(page.locator(".agenda li")).to_have_count(2)
    await must_be_usable(page)
    await take(page, "phone-agenda")
    await page.get_by_role("button", name="English").click()
    await take(page, "phone-english")


async def test_two_tabs_show_the_vote_that_counts(browser: Browser, hall: PhoneHall) -> None:
    """A vote changed in another tab of the same browser is not called recorded in this one any more."""
    page = await hall.phone(browser)
    await hall.enter(page)
    other = await page.context.new_page()
    await other.goto(f"{hall.proxy.url}/phone")
    await hall.open()
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    await expect(other.locator(".recorded")).to_have_attribute("data-choice", "approve")
    await other.get_by_role("button", name="Đổi lựa chọn").click()
    await cast(other, "reject")
    await expect(other.locator(".recorded")).to_have_attribute("data-choice", "reject")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "reject")


@pytest.mark.parametrize("end", ["followed", "closed"])
async def test_a_ballot_on_its_way_in_another_tab_is_followed(
    browser: Browser, hall: PhoneHall, end: str
) -> None:
    """This one says so and has nothing to choose; should the other be closed, it sends the very same bytes."""
    page = await hall.phone(browser)
    await hall.enter(page)
    other = await page.context.new_page()
    await other.goto(f"{hall.proxy.url}/phone")
    vote = await hall.open()
    await expect(other.locator("button.choice")).to_have_count(3)
    path = hall.proxy.hold = f"/polls/{vote.poll}/ballots"
    await cast(page, "approve")
    await expect(other.locator(".steps[data-stage=elsewhere]")).to_be_visible()
    await expect(other.locator("button.choice")).to_have_count(0)
    await expect(other.locator(".steps-box .notice")).to_contain_text("ở một cửa sổ khác")
    await must_be_usable(other)
    if end == "closed":
        await page.close()
        await expect(other.locator(".steps")).to_have_attribute("data-stage", "sending")
    hall.proxy.release()
    await expect(other.locator(".recorded")).to_have_attribute("data-choice", "approve")
    if end == "followed":
        await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    assert len(set(hall.proxy.sent_to(path))) == 1
    assert (await hall.client.poll(vote.poll, vote.token)).received == 1


async def test_an_invite_opened_in_the_same_tab(browser: Browser, hall: PhoneHall) -> None:
    """Only the fragment changes then: the code is taken all the same, wiped from the address, and joined with; one
    that is escaped wrongly leaves a page that says so.
    """
    page = await hall.phone(browser)
    await hall.enter(page)
    code = await hall.invite("binh")
    await page.evaluate("code => { location.hash = `moi=${code}` }", code)
    await expect(page.locator("form textarea")).to_have_value(code)
    assert "moi" not in page.url
    await page.locator("form button.primary").click()
    await expect(page.locator("header.top")).to_contain_text(NAMES["binh"])
    await page.evaluate("location.hash = 'moi=%E0%A4%A'")
    await page.locator("form button.primary").click()
    await expect(page.locator("form [role=alert]")).to_be_visible()


async def test_a_ballot_survives_a_reload(browser: Browser, hall: PhoneHall) -> None:
    """The page is loaded again while the ballot is on its way: the same bytes, one ballot, its receipt."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    path = f"/polls/{vote.poll}/ballots"
    hall.proxy.hold = path
    await cast(page, "approve")
    await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
    await page.reload()
    await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
    await take(page, "phone-sending")
    hall.proxy.release()
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    sent = hall.proxy.sent_to(path)
    assert len(sent) >= 2
    assert len(set(sent)) == 1
    assert (await hall.client.poll(vote.poll, vote.token)).received == 1


async def test_a_lost_answer_is_asked_for_again(browser: Browser, hall: PhoneHall) -> None:
    """The ballot arrived, its receipt did not, and the poll is closed: the same bytes bring it all the same."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    path = f"/polls/{vote.poll}/ballots"
    hall.proxy.lose = path
    await cast(page, "abstain")
    await expect(page.locator(".steps-box .notice")).to_contain_text("tự gửi lại")
    await must_be_usable(page)
    await take(page, "phone-sending-again")
    await hall.act(vote, "close")
    hall.proxy.lose = ""
    await expect(page.locator("#closed .chosen")).to_contain_text("Không biểu quyết")
    assert len(set(hall.proxy.sent_to(path))) == 1


async def test_a_ballot_that_comes_too_late(browser: Browser, hall: PhoneHall) -> None:
    """The poll is closed before the ballot arrives: it is not recorded, and the phone says so, also after a reload."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    hall.proxy.hold = f"/polls/{vote.poll}/ballots"
    await cast(page, "approve")
    await hall.act(vote, "close")
    await expect(page.locator("#closed .steps")).to_have_attribute("data-stage", "sending")
    hall.proxy.release()
    await expect(page.locator("#closed .not-taken")).to_contain_text("KHÔNG được ghi nhận")
    await must_be_usable(page)
    await take(page, "phone-too-late")
    await page.reload()
    await expect(page.locator("#closed .notice.bad")).to_contain_text("KHÔNG được ghi nhận")
    assert (await hall.client.poll(vote.poll, vote.token)).received == 0


async def test_a_ballot_that_meets_a_pause_waits(browser: Browser, hall: PhoneHall) -> None:
    """The chair holds the vote while the ballot is on its way: it goes by itself when the vote goes on."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    path = hall.proxy.hold = f"/polls/{vote.poll}/ballots"
    await cast(page, "approve")
    await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
    await hall.act(vote, "hold")
    hall.proxy.release()
    await expect(page.locator(".steps-box .notice")).to_contain_text("đang tạm dừng")
    await must_be_usable(page)
    await take(page, "phone-pause")
    await hall.act(vote, "resume")
    await expect(page.locator(".recorded")).to_be_visible(timeout=15_000)
    assert len(set(hall.proxy.sent_to(path))) == 1


async def test_after_a_refusal_one_chooses_anew(browser: Browser, hall: PhoneHall) -> None:
    """A ballot that is not taken is said to be none; the next one, of another choice, is signed afresh and recorded."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    path = f"**/polls/{vote.poll}/ballots"
    refused = '{"code":"ballot_label","status":422,"detail":"Không khớp.","detail_en":"No match."}'
    await page.route(path, lambda route: route.fulfill(status=422, body=refused))
    await cast(page, "approve")
    await expect(page.locator(".not-taken")).to_contain_text("KHÔNG được ghi nhận")
    await expect(page.locator("[data-code=ballot_label]")).to_be_visible()
    await must_be_usable(page)
    await page.unroute(path)
    await page.get_by_role("button", name="Chọn lại").click()
    await expect(page.locator(".not-taken")).to_have_count(0)
    await cast(page, "reject")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "reject")
    assert (await hall.client.poll(vote.poll, vote.token)).received == 1


async def test_a_vote_cast_with_another_key_is_shown(browser: Browser, hall: PhoneHall) -> None:
    """Who joins with a new phone sees the ballot of before, proven, and may still change it."""
    old = (await enrol_all(hall.client, hall.convened.body, ["an"], hall.convened.token))["an"]
    vote = await hall.open()
    await hall.client.cast(vote.poll, old.ballot(vote.ask, "approve"))
    page = await hall.phone(browser)
    await hall.enter(page)
    await cast(page, "reject")
    await expect(page.locator(".vote .notice")).to_contain_text("bằng khóa khác")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    await must_be_usable(page)
    await take(page, "phone-other-key")
    await page.get_by_role("button", name="Đổi lựa chọn").click()
    await cast(page, "reject")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "reject")


async def test_text_twice_as_large(browser: Browser, hall: PhoneHall) -> None:
    """At 200 % nothing is cut off and nothing needs scrolling sideways."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
    await must_be_usable(page)
    await take(page, "phone-large-text")
    await choose(page, "approve")
    await must_be_usable(page)
    await page.locator(".review button.primary").click()
    await expect(page.locator(".recorded")).to_be_visible()
    await must_be_usable(page)
    for tab in ("agenda", "speak", "mine"):
        await page.locator(f"[data-tab={tab}]").click()
        await must_be_usable(page)


async def test_keyboard_alone_suffices(browser: Browser, hall: PhoneHall) -> None:
    """A vote from its opening to its receipt by Tab and Enter, and each step begins where the last one led."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
    await expect(page.locator(".vote h2")).to_be_focused()
    for choice in ("approve", "reject"):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.dataset.choice") == choice
    await page.keyboard.press("Enter")
    await expect(page.locator(".review h3")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".recorded h3")).to_be_focused()
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "reject")


async def test_the_script_of_first_use_is_small(browser: Browser, hall: PhoneHall) -> None:
    """All that is loaded from the invite to an open vote is 60 KB at most, compressed."""
    page = await hall.phone(browser)
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    await hall.enter(page)
    await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
    scripts = {each.url: await each.body() for each in loaded if each.url.endswith(".js")}
    sizes = {url.rpartition("/")[2]: len(gzip.compress(body)) for url, body in scripts.items()}
    assert sizes
    assert sum(sizes.values()) <= 60 * 1024, sizes


async def test_an_iphone_is_told_to_add_it_first(browser: Browser, hall: PhoneHall) -> None:
    """In Safari on an iPhone, before a key is made; who goes on all the same joins with the same code."""
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"
    page = await hall.phone(browser, user_agent=agent)
    code = await hall.invite("an")
    await page.goto(f"{hall.proxy.url}/phone#moi={code}")
    await expect(page.locator("#iphone .ballot-code")).to_have_text(code)
    await must_be_usable(page)
    await take(page, "phone-iphone")
    await page.get_by_role("button", name="Tiếp tục ngay tại đây").click()
    await expect(page.locator("form textarea")).to_have_value(code)
    assert code not in page.url


async def test_asking_to_speak_and_speaking(browser: Browser, hall: PhoneHall) -> None:
    """Ask, see one's place, change, take it back, ask again; the clock of one's own turn fills the screen and warns."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.locator("[data-tab=speak]").click()
    await expect(page.locator("#no-lane")).to_be_visible()
    await hall.open_lane(rules=structs.replace(LANE, turn_s=25))
    await hall.on_floor(Ask(meeting=hall.meeting, id="cua-binh", item=ITEM, lane="speech"), "binh")
    await page.get_by_label("Không tán thành").check()
    await page.locator("form textarea").fill("Góp ý Điều 5")
    await must_be_usable(page)
    await take(page, "phone-ask")
    await page.locator("form button.primary").click()
    await expect(page.locator(".own-place")).to_have_text("2")
    await expect(page.locator(".waiting")).to_contain_text("Dự kiến chờ")
    await must_be_usable(page)
    await take(page, "phone-speak")
    await page.get_by_role("button", name="Sửa").click()
    await page.get_by_label("Ý kiến khác").check()
    await page.get_by_role("button", name="Lưu thay đổi").click()
    await expect(page.get_by_role("button", name="Sửa")).to_be_visible()
    await page.get_by_role("button", name="Rút đăng ký").click()
    await expect(page.locator(".waiting")).to_have_count(0)
    await page.get_by_label("Không tán thành").check()
    await page.locator("form button.primary").click()
    request = await page.locator(".waiting").get_attribute("data-request") or ""
    await hall.on_floor(
        Call(meeting=hall.meeting, seen=await hall.seen(), request=request, reason="Đã thống nhất")
    )
    await expect(page.locator(".own-turn")).to_have_attribute("data-turn", "called")
    await must_be_usable(page)
    await take(page, "phone-called")
    (turn,) = (await hall.client.floor(hall.meeting, await hall.token(CHAIR))).turns
    await hall.on_floor(StartTurn(meeting=hall.meeting, seen=await hall.seen(), turn=turn.id))
    await expect(page.locator(".own-turn")).to_have_attribute("data-level", "soon")
    await take(page, "phone-own-turn")
    # Ten seconds pass: the server says that it is later than was thought.
    await hall.proxy.tell(("clock", ServerTime(now=now() + 11_000)))
    await expect(page.locator(".own-turn")).to_have_attribute("data-level", "late")
    await expect(page.locator(".own-turn [aria-live=assertive]")).to_have_text("Còn dưới 15 giây")
    await must_be_usable(page)
    await take(page, "phone-own-turn-late")


async def test_who_was_not_reached_writes(browser: Browser, hall: PhoneHall) -> None:
    """The item ends before one's turn: what one would have said is written, signed and recorded."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.locator("[data-tab=speak]").click()
    await hall.open_lane()
    await page.get_by_label("Ý kiến khác").check()
    await page.locator("form button.primary").click()
    await expect(page.locator(".waiting")).to_be_visible()
    await hall.on_floor(EndItem(meeting=hall.meeting, seen=await hall.seen(), item=ITEM))
    await page.get_by_label("Ý kiến của tôi").fill("Đề nghị tăng chi cho giáo dục.")
    await must_be_usable(page)
    await take(page, "phone-writing")
    await page.get_by_role("button", name="Ký và gửi ý kiến").click()
    await expect(page.get_by_text("đã được ghi nhận")).to_be_visible()
    await must_be_usable(page)
    await take(page, "phone-written")


async def test_memory_stays_flat(browser: Browser, hall: PhoneHall) -> None:
    """The events of many sittings, all at once: what is folded is kept, what was told is not."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
    session = await page.context.new_cdp_session(page)

    async def heap() -> float:
        await session.send("HeapProfiler.collectGarbage")
        used = await session.send("Runtime.getHeapUsage")
        return float(used["usedSize"])

    async def hear(events: int) -> None:
        line = b'event: progress\nid: m1.v%d.s0.f0\ndata: {"poll":"%b","received":%d}\n\n'
        told = b"".join(line % (at, vote.poll.encode(), at) for at in range(events))
        hall.proxy.events = lambda event: told + event
        async with page.expect_response("**/events"):
            hall.proxy.break_line()
            hall.proxy.mend_line()
        await expect(page.locator("[data-line=good]")).to_be_visible(timeout=30_000)
        hall.proxy.events = None

    await hear(500)
    few = await heap()
    await hear(50_000)
    # What comes after it is shown: all of it was heard.
    await hall.act(vote, "hold")
    await expect(page.locator(".vote")).to_have_attribute("data-state", "held", timeout=30_000)

    async def is_flat() -> bool:
        return await heap() - few < 2_000_000

    # What is still being read is no leak; what is never let go is.
    await until(is_flat, 30, "the heap is what it was")
