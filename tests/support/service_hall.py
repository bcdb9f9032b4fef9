"""A house with a signing service by Decision 769 beside it: our fake of VNPT SmartCA, and an authority of its own."""

import contextlib
import datetime
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.async_api import Page, expect

from services.rules.certified import to_pem
from services.signing.remote import settings
from tests.support import ca_server
from tests.support import fake_neac769 as fake
from tests.support.desk import Desk, running
from tests.support.fake_neac769 import FakeNeac769, Transaction
from tests.support.fake_signers import Signer
from tests.support.outside import HOUR, Outside, certify, places, revocation_list, signing
from tests.support.stores import reachable_directory
from tests.support.waiting import until

SERVICE = "VNPT SmartCA"


@dataclass(frozen=True)
class House:
    """A running server, and the port on which it looks for the service."""

    desk: Desk
    port: int


@contextmanager
def house_with_service(bodies: Sequence[str], *arguments: str, **more: str) -> Iterator[House]:
    """A server whose operator has set the service up for these bodies; nothing answers there yet."""
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with reachable_directory() as data:
        listed = ", ".join(f'"{body}"' for body in bodies)
        _write(data, "vnpt.secret", fake.SP_PASSWORD)
        _write(
            data,
            "vnpt.toml",
            f'kind = "neac769"\nname = "{SERVICE}"\nbodies = [{listed}]\nsp_id = "{fake.SP_ID}"\n'
            f'url = "http://127.0.0.1:{port}/sca/sp769"\nsecret_file = "vnpt.secret"\npatience_s = 300\n',
        )
        more = {"SAMPLE": "false", "REVOCATION_HOSTS": "127.0.0.0/8", **more}
        with running(data, *arguments, **more) as desk:  # type: ignore[arg-type] # settings only
            yield House(desk, port)


def _write(data: Path, name: str, text: str) -> None:
    path = data / settings.FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


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
        key: Any = rsa.generate_private_key(65537, 2048)
        extensions = [*signing(), *places(lists=[f"{url}/issuing.crl"])]
        leaf = certify(name, self.authority.issuing, extensions, key=key)
        self.fake.people[user] = [Signer(user, key, leaf.der)]


@asynccontextmanager
async def service_of(house: House, body: str, people: dict[str, str]) -> AsyncIterator[Service]:
    """The service, up and running, its authority trusted by a body; `people`: names by user number."""
    async with ca_server.serving() as lists:
        authority = Outside(lists.url)
        trust = house.desk.data / "trust" / body
        trust.mkdir(parents=True)
        (trust / "outside.pem").write_text(to_pem(authority.root.der))
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        for name, issuer in (("root", authority.root), ("issuing", authority.issuing)):
            der = revocation_list(issuer, this_update=now - HOUR, next_update=now + 10 * HOUR)
            lists.give(f"/{name}.crl", der)
        service = Service(FakeNeac769(people={}), authority)
        service.fake.issuers = (authority.issuing.der, authority.root.der)
        for user, name in people.items():
            service.person(user, name, lists.url)
        runner = web.AppRunner(service.fake.app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", house.port).start()
        try:
            yield service
        finally:
            await runner.cleanup()


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
