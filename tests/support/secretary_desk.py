"""A body whose secretary comes to the page with the code of an invite: what tests of that page begin with."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Locator, Page, expect

from services.desk.client import Client, opened
from services.desk.operator_token import mint
from services.wire import Body, Member
from tests.support.browser import complaints
from tests.support.desk import Desk
from tests.support.pictures import take

NAMES = (
    "Nguyễn Văn An",
    "Trần Thị Bình",
    "Đặng Thùy Dương",
    "Lê Minh Châu",
    "Phạm Nguyên Hải",
    "Vũ Đức Giang",
)
GOOD = "mã,họ tên,tổ,ghế,thuộc tính:giới tính\n" + "".join(
    f"d{number},{name},Tổ {(number + 1) // 2},{'AB'[number > 3]}{number},nam\n"
    for number, name in enumerate(NAMES, start=1)
)
CHAIR = "d1"


@dataclass(frozen=True)
class SecretaryDesk:
    """The body, the server, and the code of the secretary's invite."""

    url: str
    body: str
    code: str
    client: Client
    operator: str

    async def page(self, browser: Browser, width: int = 1366, scheme: str = "light") -> Page:
        """The secretary's browser, with nothing in it."""
        size = {"width": width, "height": 900}
        dark = "dark" if scheme == "dark" else "light"
        context = await browser.new_context(viewport=size, color_scheme=dark, accept_downloads=True)  # type: ignore[arg-type]
        return await context.new_page()

    async def enter(self, page: Page) -> None:
        """Enrol with the code in the address, and plan the meeting."""
        await page.goto(f"{self.url}/secretary#moi={self.code}")
        await page.get_by_role("button", name="Tạo khóa trên máy này").click()
        await page.get_by_label("Tên phiên họp").fill("Kỳ họp thứ 12")
        await page.get_by_role("button", name="Tạo phiên họp").click()
        await expect(page.locator("#overview")).to_be_visible()


@asynccontextmanager
async def secretary_desk(desk: Desk, body: str) -> AsyncIterator[SecretaryDesk]:
    """Found the body with a secretary, and invite them."""
    url = str(desk.wait_until_ready()["url"])
    operator = mint(desk.data)
    async with opened(url) as client:
        await client.found_body(Body(id=body, name="Hội đồng nhân dân tỉnh", profile="hdnd"), operator)
        await client.add_members(
            body, [Member(id="thu-ky", name="Trịnh Công Thư", roles=("secretary",))], operator
        )
        (invite,) = await client.invite(body, ["thu-ky"], operator)
        yield SecretaryDesk(url, body, invite.code, client, operator)


async def go(page: Page, section: str) -> None:
    """Open a section."""
    await page.locator(f"[data-section={section}]").click()
    await expect(page.locator(f"main#{section}")).to_be_visible()


async def load(page: Page, sheet: str) -> None:
    """Paste a sheet and give it to the server."""
    await page.get_by_label("Nội dung bảng").fill(sheet)
    await page.get_by_role("button", name="Kiểm tra và nhập").click()


async def freeze(page: Page) -> None:
    """Import the good sheet and freeze it."""
    await go(page, "roll")
    await load(page, GOOD)
    await expect(page.locator("tbody tr")).to_have_count(len(NAMES))
    await page.get_by_role("button", name="Chốt danh sách").click()
    await page.get_by_role("dialog").get_by_role("button", name="Chốt danh sách").click()
    await expect(page.locator("#roll-state")).to_contain_text("Đã chốt lần 1")


async def make_chair(page: Page) -> None:
    """Give a member of the roll the chair's role, by the dialog."""
    await go(page, "members")
    await page.get_by_role("button", name=f"Sửa: {NAMES[0]}").click()
    await page.get_by_role("dialog").get_by_label("Chủ tọa").check()
    await page.get_by_role("dialog").get_by_role("button", name="Lưu").click()
    await expect(page.locator("tr", has_text=NAMES[0])).to_contain_text("Chủ tọa, Đại biểu")
    await take(page, "secretary-members")


async def must_be_usable(page: Page) -> None:
    """axe-core finds nothing, and nothing needs scrolling sideways."""
    assert await complaints(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def modules_of(qr: Locator) -> list[list[bool]]:
    """The modules of a QR code as it is drawn, without its quiet zone."""
    await expect(qr).not_to_have_attribute("data-size", "0")
    size = int(await qr.get_attribute("data-size") or "0")
    drawn = [[False] * size for _ in range(size)]
    path = await qr.locator("path").get_attribute("d") or ""
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", path):
        for column in range(int(x), int(x) + int(length)):
            drawn[int(y)][column] = True
    return [row[4:-4] for row in drawn[4:-4]]
