"""Five hundred signatures pending at a service at once, by the product's own round: no thread each, nothing lost.

PostgreSQL keeps them; the service is known by a name; workers are processes, and are killed in the middle.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import pytest

from services.kit import clock
from services.kit.database import Pool, open_pool
from services.rules import jws
from services.signing.remote.round_store import RoundStore
from services.signing.remote.wanted import Account, Wanted
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import serving, signer, signing_input
from tests.support.waiting import until

PENDING = 500
# A worker's own, of PostgreSQL and of names that are looked up (asyncio's executor has so many for two cores at most).
THREADS = 12
PATIENCE = 240
_MINUTE = 60_000
AN = signer("an")


@dataclass
class Many:
    """The service, what is kept, and how many threads any worker has ever had."""

    pool: Pool
    service: FakeNeac769
    database_url: str
    url: str
    threads: list[int] = field(default_factory=list)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """A worker until the end of the block: then it is killed, whatever it has in hand."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.round_worker", self.database_url, self.url),
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            yield
            assert child.returncode is None
        finally:
            child.send_signal(signal.SIGKILL)
            said, _ = await child.communicate()
            self.threads += [int(line) for line in said.split()]

    async def want(self) -> None:
        """Five hundred have begun a ballot."""
        store, now = RoundStore(self.pool), clock.now()
        await store.enrol("T" * 43, "vnpt", Account("user-an", AN.remote))
        for number in range(PENDING):
            wanted = Wanted(
                id=f"pl-{number:03d}",
                matter=f"ballot {number:03d}",
                provider="vnpt",
                thumbprint="T" * 43,
                signing_input=signing_input(choice=f"approve {number}"),
                title="Nghị quyết",
                label="Tán thành",
                about=b"{}",
                wanted_at=now,
                expires_at=now + 30 * _MINUTE,
            )
            await store.want(wanted)

    async def told(self) -> int:
        """How many ends were told."""
        return int(await self.pool.fetchval("select count(*) from told"))


@pytest.fixture
async def many(database_url: str) -> AsyncIterator[Many]:
    """With a place for what is told."""
    service = FakeNeac769(people={"user-an": [AN]})
    owner = await asyncpg.connect(database_url)
    await owner.execute("create table signing.told (id text primary key, outcome text, signature bytea)")
    await owner.execute("grant select, insert on signing.told to plenary_signing")
    await owner.close()
    pool = await open_pool(database_url, "signing", 4)
    async with serving(service.app()) as url:
        named = url.replace("127.0.0.1", "localhost")
        yield Many(pool, service, database_url, f"{named}/sca/sp769")
    await pool.close()


async def test_no_thread_each_and_nothing_lost_when_workers_are_killed(many: Many) -> None:
    """Killed while people are asked, and while their signatures come; each is asked once, told once, and right."""
    await many.want()
    # 1. Some were asked: killed.
    async with many.worker():
        await until(lambda: _is(lambda: len(many.service.transactions) >= 100), PATIENCE, "a hundred asked")
    # 2. The next asks the rest; all are pending at once. Half of them confirm: killed while those come.
    async with many.worker():
        await until(
            lambda: _is(lambda: len(many.service.transactions) == PENDING), PATIENCE, "all of them asked"
        )
        for number in range(0, PENDING, 2):
            many.service.confirm(f"pl-{number:03d}")

        async def some() -> bool:
            return await many.told() >= 20

        await until(some, PATIENCE, "some told")
    assert 20 <= await many.told() < PENDING
    # 3. The last brings what is left.
    for number in range(1, PENDING, 2):
        many.service.confirm(f"pl-{number:03d}")
    async with many.worker():

        async def all_told() -> bool:
            return await many.told() == PENDING

        await until(all_told, PATIENCE, "all told")
    assert len(many.service.transactions) == PENDING
    for row in await many.pool.fetch("select id, outcome, signature from told order by id"):
        number = int(row["id"].removeprefix("pl-"))
        assert row["outcome"] == "signed"
        message = signing_input(choice=f"approve {number}")
        jws.verify_bytes("RS256", AN.key.public_key(), row["signature"], message)
    kept = await many.pool.fetchval("select count(*) from remote_signature where evidence is not null")
    assert kept == PENDING
    assert max(many.threads) <= THREADS, many.threads


async def _is(there: Callable[[], bool]) -> bool:
    return there()
