"""A round of signatures that PostgreSQL keeps: each time another worker, and a store that breaks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from services.kit.database import Connection, Pool, open_pool
from services.signing.remote.exchange import open_session
from services.signing.remote.neac769 import Neac769
from services.signing.remote.round_store import LEASE_MS, RoundStore, Tell
from services.signing.remote.settings import Neac769Settings, Secret
from services.signing.remote.signing_round import SigningRound
from services.signing.remote.wanted import Account, Outcome, Wanted
from tests.support import fake_neac769 as fake
from tests.support.breaking import When
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Clock, Pauses, serving, signer, signing_input

AN = signer("an")
MINUTE = 60_000


@dataclass
class Broken:
    """Stands before the store: the next call of the method it is told of fails, or its answer is lost."""

    store: RoundStore
    method: str = ""
    when: When = "failed"

    def __getattr__(self, name: str) -> Any:
        act: Callable[..., Awaitable[Any]] = getattr(self.store, name)
        if name != self.method:
            return act

        async def breaking(*arguments: Any) -> Any:
            self.method = ""
            if self.when == "failed but kept":
                await act(*arguments)
            raise ConnectionResetError("the database went away")

        return breaking


@dataclass
class House:
    """Signing at a service: `round` is another worker each time it is asked for."""

    pool: Pool
    url: str
    session: aiohttp.ClientSession
    service: FakeNeac769
    store: Broken
    clock: Clock = field(default_factory=Clock)
    ended: list[tuple[str, Outcome, bytes]] = field(default_factory=list)

    @property
    def round(self) -> SigningRound:
        settings = Neac769Settings(
            name="VNPT", bodies=("hdnd",), url=f"{self.url}/sca/sp769", secret_file="", sp_id=fake.SP_ID
        )
        vnpt = Neac769.over(
            self.session, self.clock, "vnpt", settings, Secret(fake.SP_PASSWORD), Pauses().manners
        )
        return SigningRound(self.store, {"vnpt": vnpt}, self.clock, self.told)

    def told(self, wanted: Wanted, outcome: Outcome, signature: bytes) -> Tell:
        """Remember what was told, and that it was in a transaction."""

        async def tell(connection: Connection) -> None:
            assert connection.is_in_transaction()
            self.ended.append((wanted.id, outcome, signature))

        return tell

    async def want(self, identifier: str = "pl-01", provider: str = "vnpt") -> Wanted:
        """A ballot that somebody has begun."""
        wanted = Wanted(
            id=identifier,
            matter=f"ballot {identifier}",
            provider=provider,
            thumbprint="T" * 43,
            signing_input=signing_input(),
            title="Nghị quyết",
            label="Tán thành",
            about=b"{}",
            wanted_at=self.clock(),
            expires_at=self.clock() + 5 * MINUTE,
        )
        await self.store.want(wanted)
        return wanted

    async def turn(self, later_ms: int = 11_000) -> int:
        """One turn of a worker that was just started, a while later; what breaks, breaks for it alone."""
        await self.later(later_ms)
        try:
            return await self.round.turn()
        except ConnectionResetError:
            await self.leases_end()
            return 1

    async def later(self, by_ms: int) -> None:
        """As if so much time had passed, for the workers and for the database, whose clock nobody moves here."""
        self.clock.now += by_ms
        await self.pool.execute("update remote_signature set next_at = next_at - $1", by_ms)

    async def leases_end(self) -> None:
        """As if the time of a lease had passed for the database, whose clock nobody moves here."""
        await self.pool.execute("update remote_signature set leased_until = leased_until - $1", LEASE_MS)


@asynccontextmanager
async def round_house(database_url: str) -> AsyncIterator[House]:
    """With VNPT, and the key of one person there."""
    service = FakeNeac769(people={"user-an": [AN]})
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(service.app()))
        session = await stack.enter_async_context(open_session())
        pool = await open_pool(database_url, "signing", 4)
        stack.push_async_callback(pool.close)
        made = House(pool, url, session, service, Broken(RoundStore(pool)))
        await made.store.enrol("T" * 43, "vnpt", Account("user-an", AN.remote))
        yield made
