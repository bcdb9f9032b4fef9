"""A house with a signing service by Decision 769 beside it: our fake of VNPT SmartCA, and an authority of its own."""

import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass

from playwright.async_api import Page, expect

from services.signing.remote import settings
from tests.support import ca_server
from tests.support import fake_neac769 as fake
from tests.support.desk import Desk, running
from tests.support.fake_neac769 import FakeNeac769, Transaction
from tests.support.outside import Outside
from tests.support.signing_services import AtService, answering, person_of, trusted, write
from tests.support.stores import reachable_directory
from tests.support.waiting import until

SERVICE = "VNPT SmartCA"


@dataclass(frozen=True)
class House:
    """A running server, and the port on which it looks for the service."""

    desk: Desk
    port: int


def house_with_service(bodies: Sequence[str], *arguments: str, **more: str) -> AbstractContextManager[House]:
    """A server whose operator has set the service up for these bodies; nothing answers there yet."""
    listed = ", ".join(f'"{body}"' for body in bodies)

    def files(url: str) -> dict[str, str]:
        said = (
            f'kind = "neac769"\nname = "{SERVICE}"\nbodies = [{listed}]\nsp_id = "{fake.SP_ID}"\n'
            f'url = "{url}/sca/sp769"\nsecret_file = "vnpt.secret"\npatience_s = 300\n'
        )
        return {"vnpt.toml": said, "vnpt.secret": fake.SP_PASSWORD}

    return _house(files, *arguments, **more)


def house_beside(service: AtService, *arguments: str) -> AbstractContextManager[House]:
    """The same with a service of any other kind."""
    return _house(service.files, *arguments)


@contextmanager
def _house(files: Callable[[str], dict[str, str]], *arguments: str, **more: str) -> Iterator[House]:
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with reachable_directory() as data:
        write(data / settings.FOLDER, files(f"http://127.0.0.1:{port}"))
        more = {"SAMPLE": "false", "REVOCATION_HOSTS": "127.0.0.0/8", **more}
        with running(data, *arguments, **more) as desk:  # type: ignore[arg-type] # settings only
            yield House(desk, port)


@dataclass
class Service:
    """The service, and who has a key there."""

    fake: FakeNeac769
    authority: Outside

    @property
    def newest(self) -> Transaction:
        """What was asked for last."""
        return list(self.fake.transactions.values())[-1]

    async def asked(self, count: int) -> Transaction:
        """The newest transaction, once there are so many."""

        async def found() -> Transaction | None:
            return self.newest if len(self.fake.transactions) >= count else None

        return await until(found, 30, what=f"{count} asked")

    def person(self, user: str, name: str, url: str) -> None:
        """Somebody has a key there, certified by the authority."""
        self.fake.people[user] = [person_of(self.authority, user, name, url)]


@asynccontextmanager
async def service_of(house: House, body: str, people: dict[str, str]) -> AsyncIterator[Service]:
    """The service, up and running, its authority trusted by a body; `people`: names by user number."""
    async with ca_server.serving() as lists:
        authority = trusted(house.desk.data, body, lists)
        service = Service(FakeNeac769(people={}), authority)
        service.fake.issuers = (authority.issuing.der, authority.root.der)
        for user, name in people.items():
            service.person(user, name, lists.url)
        async with answering(service.fake.app(), house.port):
            yield service


@asynccontextmanager
async def one_person_at(house: House, body: str, service: AtService) -> AsyncIterator[None]:
    """That other service, up and running, with the key of one person."""
    async with ca_server.serving() as lists:
        authority = trusted(house.desk.data, body, lists)
        who = person_of(authority, "an", "Nguyễn Văn An", lists.url)
        async with answering(service.app(who, (authority.issuing.der, authority.root.der)), house.port):
            yield


async def link(page: Page, service: Service, user: str) -> None:
    """On the phone's own page: find the key, see the code, confirm it at the service."""
    await page.locator("[data-tab=mine]").click()
    await link_here(page, service, user)


async def link_here(page: Page, service: Service, user: str) -> None:
    """The same, where the panel stands."""
    count = len(service.fake.transactions)
    await begin_link(page, user)
    await page.locator(".linker [data-key]").click()
    transaction = await service.asked(count + 1)
    code = await page.locator(".linker [data-code]").get_attribute("data-code")
    assert transaction.doc_id.startswith(f"PL-{code} ")
    transaction.state = "signed"
    await expect(page.locator("#services [data-linked=vnpt]")).to_be_visible(timeout=30_000)


async def begin_link(page: Page, user: str) -> None:
    """As far as the choice of the key."""
    opened = page.locator("#services > button")
    if await opened.count():
        await opened.click()
    await page.locator("[data-act=link]").click()
    await page.locator(".linker input[inputmode=numeric]").fill(user)
    await page.locator(".linker button[type=submit]").click()
    await expect(page.locator(".linker [data-key]")).to_be_visible(timeout=15_000)
