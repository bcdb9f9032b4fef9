"""After a cut the chair is told why it is not counted yet: whose certificates are asked about again, and how long."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from playwright.async_api import Browser, expect

from services.desk.device import Device
from services.rules.certified import to_pem
from services.wire import Enrolled, LinkChallenge
from tests.end_to_end.test_chair import SHOWN, do, must_be_sound
from tests.integration.signing.test_links import proof_of
from tests.support import ca_server
from tests.support.ca_server import CaServer
from tests.support.desk import running
from tests.support.outside import Outside
from tests.support.phone_hall import CHAIR, PhoneHall, convened_hall
from tests.support.signing_services import trusted
from tests.support.stores import reachable_directory

BODY = "hdnd-tra-cuu"


@pytest.fixture
async def lists() -> AsyncIterator[CaServer]:
    """Where another authority publishes."""
    async with ca_server.serving() as found:
        yield found


@pytest.fixture
async def hall(lists: CaServer) -> AsyncIterator[PhoneHall]:
    """A house that waits eight seconds, in which `an` votes with a key that the other authority vouches for."""
    with (
        reachable_directory() as data,
        running(data, SAMPLE="false", REVOCATION_HOSTS="127.0.0.0/8", RECHECK_SECONDS="8") as desk,
    ):
        authority = trusted(data, BODY, lists)
        async with convened_hall(desk, BODY) as convened:
            convened.devices["an"] = await linked(convened, authority)
            yield convened


async def linked(hall: PhoneHall, authority: Outside) -> Device:
    """`an` links their certificate."""
    leaf = authority.person("Nguyễn Văn An")
    asked = {"code": await hall.invite("an"), "chain": [to_pem(each) for each in authority.chain(leaf)]}

    async def post(path: str, sent: object) -> bytes:
        return await hall.client.ask("POST", path, msgspec.json.encode(sent))

    answer = await post("/signing/links/challenges", asked)
    challenge = msgspec.json.decode(answer, type=LinkChallenge)
    answer = await post("/signing/links", asked | {"proof": proof_of(leaf, challenge.payload)})
    enrolled = msgspec.json.decode(answer, type=Enrolled)
    return Device("an", leaf.key, "ES256", enrolled.thumbprint)


async def test_the_chair_is_told_whom_the_count_waits_for(
    browser: Browser, hall: PhoneHall, lists: CaServer
) -> None:
    """How many certificates, and until when; then what was found. The authority is silent from the cut on."""
    vote = await hall.open()
    for member in ("an", "binh"):
        await hall.client.cast(vote.poll, hall.devices[member].ballot(vote.ask, "approve"))
    page = await (await browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
    await page.goto(f"{hall.client.url}/chair#moi={await hall.invite(CHAIR)}")
    await page.get_by_role("button", name="Tạo khóa trên máy này").click()
    await expect(page.locator("#received")).to_contain_text("2", timeout=SHOWN)
    del lists.serves["/issuing.crl"]
    await do(page, "close")
    counting = page.locator("#counting")
    await expect(counting).to_contain_text(
        "Đang tra cứu lại 1 chứng thư số do tổ chức khác cấp", timeout=SHOWN
    )
    await expect(counting.get_by_role("timer")).to_be_visible()
    await expect(page.locator("#sentence")).to_be_visible(timeout=60_000)
    await expect(page.locator("#rechecked")).to_contain_text("1")
    await expect(counting).to_have_count(0)
    await must_be_sound(page)
