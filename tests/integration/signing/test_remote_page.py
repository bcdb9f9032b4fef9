"""Questions to a person that may be lost, and those that are confirmed on a service's own page."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from services.signing.remote.csc import Csc
from services.signing.remote.mysign import MySign
from services.signing.remote.port import Grant
from services.signing.remote.settings import CscSettings, MySignSettings, Secret
from services.signing.remote.signing_round import SigningRound
from services.signing.remote.wanted import Account, Outcome
from tests.support import fake_csc as csc
from tests.support import fake_mysign as mysign
from tests.support.fake_csc import FakeCsc
from tests.support.fake_mysign import FakeMySign
from tests.support.fake_signers import Pauses, serving
from tests.support.round_house import AN, MINUTE, House, round_house


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with round_house(database_url) as made:
        yield made


@pytest.mark.parametrize("times", [1, 2])
async def test_question_that_may_have_been_lost(house: House, times: int) -> None:
    """Asked once more, under the same code; after that the person is left in peace, and told."""
    held = FakeMySign(people={"user-an": AN})
    async with serving(held.app()) as url:
        settings = MySignSettings(
            name="M",
            bodies=(),
            url=url,
            secret_file="",
            client_id=mysign.CLIENT_ID,
            profile_id=mysign.PROFILE,
        )
        service = MySign.over(
            house.session, house.clock, "mysign", settings, Secret(mysign.CLIENT_SECRET), Pauses().manners
        )
        round_ = SigningRound(house.store, {"mysign": service}, house.clock, house.told)
        await house.store.enrol("T" * 43, "mysign", Account("user-an", AN.remote))
        await house.want(provider="mysign")
        held.breaks["lost"] = lambda: web.Response(text="<html>")
        for turn in range(10):
            await house.later(11_000)
            if turn == times:
                held.breaks.clear()
            for each in held.asked.values():
                each.status = "1"
            await round_.turn()
    assert len(held.asked) == 2
    assert [outcome for _, outcome, _ in house.ended] == ["signed" if times == 1 else "failed"]


async def test_nobody_is_asked_for_what_is_over(house: House) -> None:
    """Who took it up died over it, again and again, until its time was up."""
    await house.want()
    house.clock.now += 6 * MINUTE
    await house.turn()
    assert house.service.asked == []
    assert [outcome for _, outcome, _ in house.ended] == ["expired"]


class Page:
    """A service with a page of its own, and a browser that comes back from it."""

    def __init__(self, house: House, url: str, held: FakeCsc) -> None:
        self.house, self.held = house, held
        settings = CscSettings(
            name="C",
            bodies=(),
            url=f"{url}/csc/v2",
            secret_file="",
            client_id=csc.CLIENT_ID,
            token_url=f"{url}/oauth2/token",
            authorize_url=f"{url}/oauth2/authorize",
            pushed_url=f"{url}/oauth2/pushed_authorize",
            redirect_url=csc.REDIRECT,
        )
        service = Csc.over(
            house.session, house.clock, "csc", settings, Secret(csc.CLIENT_SECRET), Pauses().manners
        )
        self.round = SigningRound(house.store, {"csc": service}, house.clock, house.told)

    async def turn(self, later_ms: int = 11_000) -> int:
        """One turn of a worker."""
        await self.house.later(later_ms)
        return await self.round.turn()

    async def address(self) -> str:
        """The page that the person is shown."""
        standing = await self.house.store.standing("ballot pl-01")
        return standing.confirm_at if standing is not None else ""

    async def state(self) -> str:
        """Our number of the way to the page and back."""
        return parse_qs(urlsplit(self.held.back(await self.address(), error="x")).query)["state"][0]

    async def grant(self, grant: Grant, state: str = "", provider: str = "csc") -> None:
        """What the browser brings."""
        state = state or await self.state()
        await self.house.store.grant(provider, state, grant)


@pytest.fixture
async def page(house: House) -> AsyncIterator[Page]:
    held = FakeCsc(AN)
    async with serving(held.app()) as url:
        await house.store.enrol("T" * 43, "csc", Account("user-an", AN.remote))
        await house.want(provider="csc")
        made = Page(house, url, held)
        assert await made.turn() == 1
        yield made


async def test_confirmed_on_the_services_page(page: Page, house: House) -> None:
    """Shown until somebody is back; what they brought first is used, and used up; no code stays behind."""
    address = await page.address()
    assert address.startswith("http://127.0.0.1")
    assert await page.turn() == 1
    assert await page.address() == address
    state = await page.state()
    code = page.held.confirm(address)
    for stranger in ({"state": "pl-01"}, {"provider": "vnpt", "state": state}):
        await page.grant(Grant(code), **stranger)
    assert await page.address() == address
    await page.grant(Grant(code), state)
    await page.grant(Grant(no="person"), state)
    assert await page.address() == ""
    assert await page.turn(later_ms=0) == 1
    assert await page.turn() == 0
    assert [outcome for _, outcome, _ in house.ended] == ["signed"]
    assert await house.pool.fetchval("select count(*) from remote_signature where granted is not null") == 0


@pytest.mark.parametrize(
    ("grant", "outcome"),
    [
        (Grant(no="person"), "declined"),
        (Grant(no="service"), "failed"),
    ],
    ids=["person", "service"],
)
async def test_back_with_nothing(page: Page, house: House, grant: Grant, outcome: Outcome) -> None:
    """Over: whoever wants it signed after all begins anew."""
    await page.grant(grant)
    await page.turn()
    assert [each for _, each, _ in house.ended] == [outcome]
    assert await page.turn() == 0


async def send_again(page: Page, house: House) -> None:
    """The person cannot go on with the page that they were shown."""
    standing = await house.store.standing("ballot pl-01")
    assert standing is not None
    await house.store.send_again(standing)


async def test_sent_again_after_a_tab_was_closed(page: Page, house: House) -> None:
    """Another page for the same words and code; who comes back from the first, or a stranger with our own number of the
    round, brings nothing; the second is taken, in the time that the round had."""
    first, old = await page.address(), await page.state()
    await send_again(page, house)
    await page.grant(Grant("while it is made"), old)
    assert await page.address() == ""
    await page.turn(later_ms=0)
    second = await page.address()
    assert second not in ("", first)
    assert await page.state() not in ("pl-01", old)
    code = page.held.confirm(second)
    for stranger in (old, "pl-01"):
        await page.grant(Grant("of the first page"), stranger)
        await page.grant(Grant(no="person"), stranger)
    assert await page.address() == second
    await page.grant(Grant(code), await own(house))
    await page.turn(later_ms=0)
    assert [outcome for _, outcome, _ in house.ended] == ["signed"]
    assert len(set(page.held.shown)) == 1


async def own(house: House) -> str:
    """The number that is waited for, as the database has it."""
    return str(await house.pool.fetchval("select transaction from remote_signature"))


async def test_sent_again_while_a_worker_looks(page: Page, house: House) -> None:
    """What it was about to keep of the first page is not kept."""
    await house.later(MINUTE)
    (held,) = await house.store.take(1)
    await send_again(page, house)
    await house.store.keep(held, held.pending, 0)
    assert await own(house) == ""
    await page.turn(later_ms=0)
    assert await page.address() != ""


async def test_nobody_is_sent_again_who_is_back(page: Page, house: House) -> None:
    """Nor is what was shown before changed by who still has the old address."""
    standing = await house.store.standing("ballot pl-01")
    assert standing is not None
    await page.grant(Grant(page.held.confirm(await page.address())), await own(house))
    await house.store.send_again(standing)
    await page.turn(later_ms=0)
    assert [outcome for _, outcome, _ in house.ended] == ["signed"]


@pytest.mark.parametrize("lost", ["code", "signature"])
@pytest.mark.parametrize("times", [1, 2])
async def test_what_was_confirmed_and_lost(page: Page, house: House, lost: str, times: int) -> None:
    """The server was away until the code had ended, or the signature was lost on its way: its owner is sent to the page
    once more, and told why; a second time it has failed, and they are told so."""
    for turn in range(2):
        address = await page.address()
        await page.grant(Grant(page.held.confirm(address)), await own(house))
        if turn < times and lost == "code":
            page.held.codes.clear()
        elif turn < times:
            page.held.breaks["sign"] = lambda: web.Response(text="<html>")
        await page.turn()
        page.held.breaks.clear()
        if turn == 0:
            await page.turn()
            standing = await house.store.standing("ballot pl-01")
            assert standing is not None
            assert standing.trouble == "remote_lost"
            assert standing.confirm_at not in ("", address)
            await page.turn()
    assert [outcome for _, outcome, _ in house.ended] == ["signed" if times == 1 else "failed"]


async def test_round_that_nobody_finishes(page: Page, house: House) -> None:
    """However often they are sent there, its time is that of the first request."""
    for _ in range(4):
        await send_again(page, house)
        await page.turn(later_ms=MINUTE)
        assert not house.ended
    await send_again(page, house)
    await page.turn(later_ms=MINUTE)
    assert [outcome for _, outcome, _ in house.ended] == ["expired"]
