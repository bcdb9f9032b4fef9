"""Voting has ended and ballots are still with a signing service: what chair and hall see until they come or are cut."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from msgspec import structs
from playwright.async_api import Browser, Page, expect

from services.desk.operator_token import mint
from services.desk.presiding import Opened
from services.wire import Member
from tests.support.browser import complaints
from tests.support.hall_screen import OBSERVERS, hang, must_be_readable
from tests.support.phone_hall import DRAFT, PhoneHall, choose, convened_hall
from tests.support.pictures import WALLS, take
from tests.support.service_hall import House, Service, house_with_service, link, service_of

USER, NAME = "079201001234", "Nguyễn Văn An"
DEPUTY = "pho"
BODIES = ["hdnd-cho-1", "hdnd-cho-2"]
_bodies = iter(BODIES)
SLOW = 30_000
SHOWN = 20_000


@dataclass(frozen=True)
class Awaiting:
    """A hall with its screen and the chair's console, and a phone whose ballot is at the service."""

    hall: PhoneHall
    service: Service
    screen: Page
    chair: Page
    phone: Page


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One server for all."""
    with house_with_service(BODIES) as found:
        yield found


@pytest.fixture
async def there(browser: Browser, house: House) -> AsyncIterator[Awaiting]:
    """Everybody is at their place; nothing is asked yet."""
    body = next(_bodies)
    async with service_of(house, body, {USER: NAME}) as service, convened_hall(house.desk, body) as hall:
        more = [
            Member(id=OBSERVERS[0], name="Màn hình", roles=("observer",)),
            # Who presides signs in Python; the deputy has a console of the same desk.
            Member(id=DEPUTY, name="Đỗ Thị Phó", roles=("chair",)),
        ]
        await hall.client.add_members(body, more, mint(house.desk.data))
        screen = await hang(browser, hall, OBSERVERS[0], 1920, 1080)
        chair = await (await browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
        await chair.goto(f"{hall.proxy.url}/chair#moi={await hall.invite(DEPUTY)}")
        await chair.locator("form button.primary").click()
        await expect(chair.locator(".console")).to_be_visible(timeout=SHOWN)
        phone = await hall.phone(browser)
        await hall.enter(phone)
        await link(phone, service, USER)
        await phone.locator("[data-tab=vote]").click()
        yield Awaiting(hall, service, screen, chair, phone)


async def begin(there: Awaiting, grace_s: int) -> Opened:
    """One ballot is cast, another is begun at the service, then the chair's vote ends."""
    vote = await there.hall.open(structs.replace(DRAFT, grace_s=grace_s))
    await there.hall.client.cast(vote.poll, there.hall.devices["binh"].ballot(vote.ask, "reject"))
    await choose(there.phone, "approve")
    await there.phone.locator(".review [data-service=vnpt]").click()
    await there.service.asked(2)
    await expect(there.chair.locator("#pending")).to_contain_text("1 phiếu", timeout=SHOWN)
    assert await complaints(there.chair) == []
    await there.hall.act(vote, "close")
    return vote


async def must_be_awaiting(there: Awaiting) -> None:
    """Both say what is awaited and for how long yet; nobody counts, nothing can be declared."""
    article = there.chair.locator("article.vote")
    await expect(article).to_have_attribute("data-state", "closing", timeout=SHOWN)
    await expect(there.chair.locator("#pending")).to_contain_text("Còn chờ 1 phiếu")
    await expect(there.chair.locator("#pending .countdown")).to_be_visible()
    await expect(there.chair.locator(".bars, .sentence")).to_have_count(0)
    await expect(there.chair.get_by_role("button", name="Công bố")).to_have_count(0)
    await expect(there.screen.locator(".stage")).to_have_attribute("data-scene", "closed", timeout=SHOWN)
    await expect(there.screen.locator(".statement[role=status]")).to_contain_text("Đang chờ 1 phiếu")
    await expect(there.screen.locator(".grace .countdown")).to_be_visible()
    await expect(there.screen.locator(".bars, .outcome, .sentence")).to_have_count(0)
    await must_be_readable(there.screen)
    for page in (there.screen, there.chair):
        assert await complaints(page) == []


async def test_a_ballot_is_awaited_and_comes(there: Awaiting) -> None:
    """It comes within the grace: counted at once, and both say so."""
    await begin(there, 60)
    await must_be_awaiting(there)
    await take(there.chair, "chair-awaiting")
    await take(there.screen, "hall-awaiting", sizes=WALLS)
    # It moves: whoever looks sees that the screen lives.
    clock = there.screen.locator(".grace .countdown")
    before = await clock.inner_text()
    await expect(clock).not_to_have_text(before)
    there.service.newest.state = "signed"
    await expect(there.screen.locator(".statement[role=status]")).to_contain_text(
        "Đã kiểm phiếu", timeout=SLOW
    )
    await expect(there.screen.locator(".grace, .bars")).to_have_count(0)
    await expect(there.chair.locator("#sentence")).to_contain_text("có 2 đại biểu tham gia", timeout=SLOW)
    await expect(there.chair.locator("#pending")).to_have_count(0)
    assert await complaints(there.chair) == []


async def test_a_ballot_that_never_comes_is_cut(there: Awaiting) -> None:
    """When the time of grace is over the count begins without it; nobody has to do anything."""
    await begin(there, 10)
    await must_be_awaiting(there)
    await expect(there.screen.locator(".statement[role=status]")).to_contain_text(
        "Đã kiểm phiếu", timeout=SLOW
    )
    await expect(there.chair.locator("#sentence")).to_contain_text("có 1 đại biểu tham gia", timeout=SLOW)
