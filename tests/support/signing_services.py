"""Every kind of signing service that a running house may have beside it, and what its person does there."""

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from services.rules.certified import to_pem
from tests.support import fake_csc, fake_mysign, fake_neac769
from tests.support.ca_server import CaServer
from tests.support.csc_dummy_service import dummy
from tests.support.fake_csc import FakeCsc
from tests.support.fake_mysign import FakeMySign
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Signer, signer
from tests.support.outside import HOUR, Outside, certify, places, revocation_list, signing
from tests.support.waiting import until

Deed = Literal["signed", "declined", "expired"]
# The page of the service where a signature is awaited, once it is, of who is asked.
Page = Callable[[], Awaitable[str]]
USER = "user-an"
NAMES = {"vnpt": "VNPT SmartCA", "mysign": "Viettel MySign", "csc": "Chữ ký số từ xa"}
OTHER = signer("other")


class AtService(Protocol):
    """A service: its settings, its server, one person there, and what goes wrong."""

    id: str
    # What it calls the person's key.
    key: str
    # What its person can do beside confirming, or what goes wrong, and how the voter's ballot then stands.
    mishaps: dict[str, str]

    def files(self, url: str) -> dict[str, str]:
        """What the operator writes."""

    def app(self, who: Signer, above: tuple[bytes, ...]) -> web.Application:
        """The server, with the key of one person."""

    def asked(self) -> int:
        """How often the person was asked."""

    async def does(self, deed: Deed, house: str, page: Page) -> None:
        """The person, asked last, does this."""

    def begins(self, mishap: str) -> None:
        """From now on this goes wrong; empty: nothing."""


class Vnpt:
    """Decision 769."""

    id = "vnpt"
    key = "key-of-an"
    mishaps = {"declined": "declined", "expired": "expired", "foreign": "failed", "lost": "cast"}  # noqa: RUF012

    def __init__(self) -> None:
        self.fake = FakeNeac769(people={})

    def files(self, url: str) -> dict[str, str]:
        said = f'kind = "neac769"\nurl = "{url}/sca/sp769"\nsp_id = "{fake_neac769.SP_ID}"\n'
        return {"vnpt.toml": said + _common("vnpt"), "vnpt.secret": fake_neac769.SP_PASSWORD}

    def app(self, who: Signer, above: tuple[bytes, ...]) -> web.Application:
        self.fake.people[USER], self.fake.issuers = [who], above
        return self.fake.app()

    def asked(self) -> int:
        return len(self.fake.transactions)

    async def does(self, deed: Deed, house: str, page: Page) -> None:
        state = {"declined": "rejected"}.get(deed, deed)
        self.fake.confirm(list(self.fake.transactions)[-1], state)

    def begins(self, mishap: str) -> None:
        signs = OTHER.signs if mishap == "foreign" else None
        self.fake.wraps = lambda who, hashed: (signs or who.signs)(hashed)
        self.fake.breaks = {"lost": fake_neac769.busy} if mishap == "lost" else {}


class Viettel:
    """MySign. An answer that is lost has the person asked once more."""

    id = "mysign"
    key = "key-of-an"
    mishaps = {"declined": "declined", "expired": "expired", "foreign": "failed", "lost": "failed"}  # noqa: RUF012

    def __init__(self) -> None:
        self.fake = FakeMySign(people={})

    def files(self, url: str) -> dict[str, str]:
        us = f'client_id = "{fake_mysign.CLIENT_ID}"\nprofile_id = "{fake_mysign.PROFILE}"\n'
        said = f'kind = "mysign"\nurl = "{url}"\n{us}'
        return {"mysign.toml": said + _common("mysign"), "mysign.secret": fake_mysign.CLIENT_SECRET}

    def app(self, who: Signer, above: tuple[bytes, ...]) -> web.Application:
        self.fake.people[USER], self.fake.issuers = who, above
        return self.fake.app()

    def asked(self) -> int:
        return len(self.fake.asked)

    async def does(self, deed: Deed, house: str, page: Page) -> None:
        status = {"signed": "1", "declined": "4002", "expired": "4001"}[deed]
        list(self.fake.asked.values())[-1].status = status

    def begins(self, mishap: str) -> None:
        signs = OTHER.signs if mishap == "foreign" else None
        self.fake.wraps = lambda who, hashed: (signs or who.signs)(hashed)
        self.fake.breaks = {"lost": fake_neac769.busy} if mishap == "lost" else {}


class Cloud:
    """Cloud Signature Consortium, confirmed on the service's page. A permission is good once: after an answer that is
    lost the person is sent there again, and after a second one no more."""

    id = "csc"
    key = "key-of-an"
    mishaps = {"declined": "declined", "foreign": "failed", "lost": "failed"}  # noqa: RUF012
    back = "https://bieuquyet.example.vn/signing/remote/csc/returned"

    def __init__(self, version: Literal["1", "2"]) -> None:
        self.fake = FakeCsc(OTHER, version, redirect=self.back)

    def files(self, url: str) -> dict[str, str]:
        said = (
            f'kind = "csc"\nurl = "{url}/csc/v{self.fake.version}"\nversion = "{self.fake.version}"\n'
            f'client_id = "{fake_csc.CLIENT_ID}"\ntoken_url = "{url}/oauth2/token"\n'
            f'authorize_url = "{url}/oauth2/authorize"\n'
            f'pushed_url = "{url}/oauth2/pushed_authorize"\nredirect_url = "{self.back}"\n'
        )
        return {"csc.toml": said + _common("csc"), "csc.secret": fake_csc.CLIENT_SECRET}

    def app(self, who: Signer, above: tuple[bytes, ...]) -> web.Application:
        self.fake.who, self.fake.issuers = who, above
        return self.fake.app()

    def asked(self) -> int:
        return 0

    async def does(self, deed: Deed, house: str, page: Page) -> None:
        """The person's browser opens the page, and is sent back to the house; once more if that was lost."""
        first = await page()
        await self._goes(first, deed, house)
        if "sign" in self.fake.breaks:

            async def another() -> str:
                found = await page()
                return found if found != first else ""

            await self._goes(await until(another, 60, what="another page"), deed, house)

    async def _goes(self, address: str, deed: Deed, house: str) -> None:
        came = self.fake.back(address, **({} if deed == "signed" else {"error": "access_denied"}))
        parts = urlsplit(came)
        async with (
            aiohttp.ClientSession() as browser,
            browser.get(f"{house}{parts.path}?{parts.query}", allow_redirects=False) as answer,
        ):
            assert (answer.status, answer.headers["Location"]) == (303, "/returned")
            assert answer.headers["Referrer-Policy"] == "no-referrer"

    def begins(self, mishap: str) -> None:
        signs = OTHER.signs if mishap == "foreign" else None
        self.fake.signs = lambda who, hashed, alg: [(signs or who.signs)(hashed, alg)]
        self.fake.breaks = {"sign": fake_neac769.busy} if mishap == "lost" else {}


class Certomancer:
    """Somebody else's: certomancer-csc-dummy, v1. It signs what is permitted, at once."""

    id = "dummy"
    key = "hdnd/an"
    mishaps: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def files(self, url: str) -> dict[str, str]:
        said = f'kind = "csc"\nurl = "{url}/csc/v1"\nversion = "1"\nimplicit = true\n'
        return {"dummy.toml": said + _common("dummy"), "dummy.secret": "none"}

    def app(self, who: Signer, above: tuple[bytes, ...]) -> web.Application:
        return dummy(self.folder, an=who.key)

    def asked(self) -> int:
        self.count += 1
        return self.count

    async def does(self, deed: Deed, house: str, page: Page) -> None:
        assert deed == "signed"

    def begins(self, mishap: str) -> None:
        assert not mishap


def write(folder: Path, files: dict[str, str]) -> None:
    """As an operator does: for nobody else to read."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)


def trusted(data: Path, body: str, lists: CaServer) -> Outside:
    """An authority that a body trusts, whose lists are to be had."""
    authority = Outside(lists.url)
    trust = data / "trust" / body
    trust.mkdir(parents=True)
    (trust / "outside.pem").write_text(to_pem(authority.root.der))
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    for name, issuer in (("root", authority.root), ("issuing", authority.issuing)):
        lists.give(
            f"/{name}.crl", revocation_list(issuer, this_update=now - HOUR, next_update=now + 10 * HOUR)
        )
    return authority


def person_of(authority: Outside, user: str, name: str, url: str) -> Signer:
    """Somebody with a key that the authority certified, whose lists are at this address."""
    key: Any = rsa.generate_private_key(65537, 2048)
    extensions = [*signing(), *places(lists=[f"{url}/issuing.crl"])]
    return Signer(user, key, certify(name, authority.issuing, extensions, key=key).der)


@asynccontextmanager
async def answering(app: web.Application, port: int) -> AsyncIterator[None]:
    """A service that answers there."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


def _common(identifier: str) -> str:
    name = NAMES.get(identifier, identifier)
    return f'name = "{name}"\nbodies = ["hdnd"]\nsecret_file = "{identifier}.secret"\n'
