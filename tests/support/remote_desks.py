"""Every adapter to signing services before its own fake, and what stands between them: it may change any answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
from aiohttp import web

from services.signing.remote.csc import Csc
from services.signing.remote.exchange import PATIENT, Manners, open_session
from services.signing.remote.mysign import MySign
from services.signing.remote.neac769 import Neac769
from services.signing.remote.port import Grant, Order, Outcome, Pending, SigningService
from services.signing.remote.settings import CscSettings, MySignSettings, Neac769Settings, Secret
from tests.support import fake_csc, fake_mysign, fake_neac769
from tests.support.fake_csc import FakeCsc
from tests.support.fake_mysign import FakeMySign
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Clock, Pauses, Signer, serving

Name = Literal["769", "MySign", "CSC v1", "CSC v2"]
NAMES: tuple[Name, ...] = ("769", "MySign", "CSC v1", "CSC v2")
# Where the signature comes from, and where the person is asked.
BRINGS = {"769": "/status", "MySign": "/status", "CSC v1": "/signHash", "CSC v2": "/signHash"}
ASKS = {"769": "/sign", "MySign": "/signHash", "CSC v1": "/token", "CSC v2": "/pushed_authorize"}
# The right answer and the question to it; what is given in its place.
Lie = Callable[[web.Request, web.Response], Awaitable[web.StreamResponse]]


@dataclass
class Bench:
    """An adapter, its fake, and the lie that stands between them for the paths that end so."""

    name: Name
    who: Signer
    clock: Clock = field(default_factory=Clock)
    service: SigningService = field(init=False)
    fake: Any = field(init=False)
    lies: dict[str, Lie] = field(default_factory=dict)
    seen: list[web.BaseRequest] = field(default_factory=list)

    def app(self) -> web.Application:
        """The fake behind the liar."""
        match self.name:
            case "769":
                self.fake = FakeNeac769(people={f"user-{self.who.name}": [self.who]})
            case "MySign":
                self.fake = FakeMySign(people={f"user-{self.who.name}": self.who})
            case version:
                self.fake = FakeCsc(self.who, "1" if version == "CSC v1" else "2")
        app: web.Application = self.fake.app()
        app.middlewares.append(self._between)
        return app

    @property
    def _between(self) -> Any:
        @web.middleware
        async def between(request: web.Request, handler: Any) -> web.StreamResponse:
            self.seen.append(request)
            right = await handler(request)
            for ending, lie in self.lies.items():
                if request.path.endswith(ending):
                    return await lie(request, right)
            return right  # type: ignore[no-any-return]

        return between

    async def confirmed(self, pending: Pending) -> Outcome:
        """The person confirms, and the service is asked."""
        match self.name:
            case "769":
                self.fake.confirm(pending.transaction)
            case "MySign":
                self.fake.asked[pending.transaction].status = "1"
            case _:
                return await self.service.ask(pending, Grant(self.fake.confirm(pending.confirm_at)))
        return await self.service.ask(pending)

    async def signed(self, wanted: Order) -> Outcome:
        """All of it."""
        return await self.confirmed(await self.service.start(wanted))


@asynccontextmanager
async def bench(name: Name, who: Signer, manners: Manners | None = None) -> AsyncIterator[Bench]:
    """An adapter before its fake."""
    made = Bench(name, who)
    async with serving(made.app()) as url, open_session() as session:
        made.service = adapter(name, session, made.clock, url, manners or Pauses().manners)
        yield made


def adapter(
    name: Name, session: aiohttp.ClientSession, clock: Clock, url: str, manners: Manners = PATIENT
) -> SigningService:
    """The adapter to a service at this address."""
    common: dict[str, Any] = {"name": "x", "bodies": ("hdnd",), "secret_file": "x"}
    match name:
        case "769":
            neac = Neac769Settings(**common, url=f"{url}/sca/sp769", sp_id=fake_neac769.SP_ID)
            secret = Secret(fake_neac769.SP_PASSWORD)
            return Neac769.over(session, clock, "vnpt", neac, secret, manners)
        case "MySign":
            mysign = MySignSettings(
                **common, url=url, client_id=fake_mysign.CLIENT_ID, profile_id=fake_mysign.PROFILE
            )
            return MySign.over(session, clock, "mysign", mysign, Secret(fake_mysign.CLIENT_SECRET), manners)
        case _:
            version: Literal["1", "2"] = "1" if name == "CSC v1" else "2"
            said = CscSettings(
                **common,
                url=f"{url}/csc/v{version}",
                version=version,
                client_id=fake_csc.CLIENT_ID,
                token_url=f"{url}/oauth2/token",
                authorize_url=f"{url}/oauth2/authorize",
                pushed_url=f"{url}/oauth2/pushed_authorize",
                redirect_url=fake_csc.REDIRECT,
            )
            return Csc.over(session, clock, "csc", said, Secret(fake_csc.CLIENT_SECRET), manners)
