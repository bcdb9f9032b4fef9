"""The network is cut, or slow, at every step of casting (docs/screens.md): nothing is lost, guessed, or sent twice."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.presiding import Opened
from tests.support.browser import must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import PhoneHall, cast, choose, convened_hall
from tests.support.pictures import take
from tests.support.waiting import until

SHOWN = 20_000
# All that a vote's sheet ever said of a ballot, in order; and whether "no vote" stood anywhere, be it for a frame.
_WATCH = """() => {
  window.stages = []; window.none = 0;
  const look = () => {
    const at = document.querySelector(".recorded") ? "recorded" : document.querySelector(".steps")?.dataset.stage;
    if (at && window.stages.at(-1) !== at) window.stages.push(at);
    if (document.querySelector("#none")) window.none += 1;
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}"""
_SLOW = {"offline": False, "latency": 1_200, "downloadThroughput": 12_000, "uploadThroughput": 6_000}
_STEPS = ["question", "choice", "review", "sending", "answer", "receipt"]


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, fresh("network")) as found:
        yield found


async def must_wait(page: Page) -> None:
    """The vote stays on the screen, nothing is called recorded, and nobody is told that there is no vote."""
    await expect(page.locator(".vote")).to_be_visible()
    await expect(page.locator("#none, .recorded")).to_have_count(0)


@pytest.mark.parametrize("step", _STEPS)
async def test_the_network_is_cut(browser: Browser, hall: PhoneHall, step: str) -> None:
    """Whenever the line is lost, the vote stays on the screen, the ballot is made, and it arrives once, later."""
    page = await hall.phone(browser)
    # 1. The question is checked by the signer's certificate; 6. the receipt, by the key of the ledger.
    hall.proxy.hold = {"question": "/signing/credentials/", "receipt": "/log-key"}.get(step, "")
    await hall.enter(page)
    vote = await hall.open()
    path = f"/polls/{vote.poll}/ballots"
    if step == "question":
        await expect(page.locator(".vote [role=status]")).to_contain_text("Đang kiểm tra chữ ký")
        await _cut(hall, page)
        await must_wait(page)
        await expect(page.locator("button.choice")).to_have_count(0)
        hall.proxy.mend_line()
    await expect(page.locator("button.choice")).to_have_count(3, timeout=SHOWN)
    if step == "choice":
        await _cut(hall, page)
    await choose(page, "approve")
    if step == "review":
        await page.context.set_offline(True)
        await expect(page.locator("[data-line=lost]")).to_be_visible()
    if step == "sending":
        hall.proxy.hold = path
    if step == "answer":
        hall.proxy.lose = path
    await page.locator(".review button.primary").click()
    await expect(page.locator(".steps")).to_be_visible()
    if step in ("sending", "answer", "receipt"):
        await until(_asked(hall, path), what="the ballot is on its way")
        await _cut(hall, page)
    await must_wait(page)
    await must_be_usable(page)
    if step == "review":
        await take(page, "phone-line-lost")
    hall.proxy.lose = ""
    hall.proxy.mend_line()
    await page.context.set_offline(False)
    await expect(page.locator(".recorded")).to_be_visible(timeout=SHOWN)
    await expect(page.locator("[data-line=good]")).to_be_visible(timeout=SHOWN)
    await must_be_one_ballot(hall, vote)


async def _cut(hall: PhoneHall, page: Page) -> None:
    hall.proxy.break_line()
    hall.proxy.release()
    await expect(page.locator("[data-line=weak], [data-line=lost]")).to_be_visible(timeout=SHOWN)


def _asked(hall: PhoneHall, path: str) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return any(path in each for _, each, _ in hall.proxy.asked)

    return asked


async def must_be_one_ballot(hall: PhoneHall, vote: Opened) -> None:
    """However often it was sent: the same bytes each time, and counted once."""
    assert len(set(hall.proxy.sent_to(f"/polls/{vote.poll}/ballots"))) == 1
    assert (await hall.client.poll(vote.poll, vote.token)).received == 1


async def test_what_is_recorded_stays_so_without_the_network(browser: Browser, hall: PhoneHall) -> None:
    """7. The receipt is kept: cut off at that moment, loaded anew, the phone still shows it, and sends nothing but the
    same bytes."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_be_visible()
    code = await page.locator(".ballot-code").inner_text()
    await _cut(hall, page)
    await expect(page.locator(".recorded")).to_be_visible()
    hall.proxy.mend_line()
    await page.reload()
    await expect(page.locator(".recorded")).to_be_visible(timeout=SHOWN)
    await _cut(hall, page)
    await page.locator("[data-tab=mine]").click()
    await expect(page.locator(".mine .ballot-code").first).to_have_text(code)
    hall.proxy.mend_line()
    await page.locator("[data-tab=vote]").click()
    await expect(page.locator(".recorded")).to_be_visible(timeout=SHOWN)
    await must_be_one_ballot(hall, vote)


@pytest.mark.parametrize("path", ["/signing/credentials/", "/ballots", "/log-key"])
async def test_a_slow_answer_is_waited_for(browser: Browser, hall: PhoneHall, path: str) -> None:
    """What is not answered yet is not guessed: no buttons before the question is checked, nothing recorded before its
    receipt is proven."""
    page = await hall.phone(browser)
    hall.proxy.hold = path
    await hall.enter(page)
    await hall.open()
    if path == "/signing/credentials/":
        await expect(page.locator(".vote [role=status]")).to_contain_text("Đang kiểm tra chữ ký")
        await expect(page.locator("button.choice")).to_have_count(0)
        await must_be_usable(page)
        await take(page, "phone-checking")
        hall.proxy.release()
    await cast(page, "approve")
    if path != "/signing/credentials/":
        await expect(page.locator(".steps")).to_be_visible()
        await expect(page.locator(".recorded")).to_have_count(0)
        await must_be_usable(page)
        hall.proxy.release()
    await expect(page.locator(".recorded")).to_be_visible()


async def test_a_slow_line_from_the_opening_to_the_receipt(browser: Browser, hall: PhoneHall) -> None:
    """1.2 seconds for each answer: each step is shown as it is, in its order, none before its time; one ballot."""
    page = await hall.phone(browser)
    await hall.enter(page)
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", _SLOW)
    await page.evaluate(f"({_WATCH})()")
    vote = await hall.open()
    await cast(page, "reject")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "reject", timeout=SHOWN)
    order = ["signing", "sending", "sent", "recorded"]
    stages = await page.evaluate("window.stages")
    assert stages == [each for each in order if each in stages]
    assert stages[-2:] == ["sent", "recorded"] or stages[-2:] == ["sending", "recorded"]
    await must_be_one_ballot(hall, vote)


async def test_it_never_says_that_there_is_no_vote_when_it_does_not_know(
    browser: Browser, hall: PhoneHall
) -> None:
    """Without the line it says that it does not know; with it again, it shows the vote that was opened meanwhile."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await expect(page.locator("#none")).to_be_visible()
    hall.proxy.break_line()
    await expect(page.locator("#unknown")).to_be_visible()
    await expect(page.locator("#none")).to_have_count(0)
    await must_be_usable(page)
    await take(page, "phone-unknown")
    vote = await hall.open()
    hall.proxy.mend_line()
    await expect(page.locator("button.choice")).to_have_count(3, timeout=15_000)
    await expect(page.locator("#none, #unknown")).to_have_count(0)
    await page.reload()
    await expect(page.locator("button.choice")).to_have_count(3)
    await hall.act(vote, "hold")
    await expect(page.locator(".vote")).to_have_attribute("data-state", "held")
    await expect(page.locator("button.choice:enabled")).to_have_count(0)
    await must_be_usable(page)
    await take(page, "phone-held")


@pytest.mark.parametrize("slow", ["/live/", "/meeting/tokens", "/meeting/challenges"])
async def test_a_reload_never_says_no_vote_before_it_knows(
    browser: Browser, hall: PhoneHall, slow: str
) -> None:
    """While one is open: neither at once, nor while signing in or the stream takes its time, nor for a single frame."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
    await page.add_init_script(f"({_WATCH})()")
    if slow != "/live/":
        await page.evaluate("sessionStorage.clear()")
    hall.proxy.asked.clear()
    hall.proxy.hold = slow
    await page.reload()
    await until(_asked(hall, slow), what="it is asked for")
    await expect(page.locator("h1, header.top").first).to_be_visible()
    await expect(page.locator("#none")).to_have_count(0)
    hall.proxy.release()
    await expect(page.locator("button.choice")).to_have_count(3, timeout=SHOWN)
    assert await page.evaluate("window.none") == 0


async def test_an_old_page_out_of_the_cache_never_says_no_vote(browser: Browser, hall: PhoneHall) -> None:
    """No server, and a page that was kept when no vote was open: it says that the line is lost; then the vote."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await expect(page.locator("#none")).to_be_visible()
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    hall.proxy.break_line()
    await hall.open()
    await page.add_init_script(f"({_WATCH})()")
    await page.reload()
    await expect(page.locator("[data-line=lost]")).to_contain_text("Mất kết nối", timeout=SHOWN)
    await expect(page.locator("#none")).to_have_count(0)
    await must_be_usable(page)
    await take(page, "phone-unheard")
    hall.proxy.mend_line()
    await expect(page.locator("button.choice")).to_have_count(3, timeout=SHOWN)
    assert await page.evaluate("window.none") == 0


async def test_where_one_asks_to_speak_is_fetched_until_it_comes(browser: Browser, hall: PhoneHall) -> None:
    """Where the browser keeps nothing for the page: the line is cut when one first looks there."""
    page = await hall.phone(browser, service_workers="block")
    await hall.enter(page)
    await _cut(hall, page)
    await page.locator("[data-tab=speak]").click()
    await expect(page.locator(".unheard")).to_contain_text("Mất kết nối")
    await must_be_usable(page)
    hall.proxy.mend_line()
    await expect(page.locator("#no-lane")).to_be_visible(timeout=SHOWN)
    await expect(page.locator(".unheard")).to_have_count(0)
