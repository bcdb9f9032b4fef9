"""A worker of signing rounds in a process of its own, to be killed: `python -m tests.support.round_worker DB URL`.

The product's own round, over PostgreSQL, at a service that it knows by name. What is told of an end goes into the table
`told`, in the transaction that ends it, as a journal's line does. Writes how many threads it has had at most, a line
each time that grows.
"""

import asyncio
import sys
import threading
from typing import NoReturn

from services.kit import clock
from services.kit.database import Connection, open_pool
from services.signing.remote.exchange import open_session
from services.signing.remote.neac769 import Neac769
from services.signing.remote.round_store import RoundStore, Tell
from services.signing.remote.settings import Neac769Settings, Secret
from services.signing.remote.signing_round import SigningRound
from services.signing.remote.wanted import Outcome, Wanted
from tests.support import fake_neac769 as fake


def told(wanted: Wanted, outcome: Outcome, signature: bytes) -> Tell:
    """Told once, or the transaction fails."""

    async def tell(connection: Connection) -> None:
        await connection.execute(
            "insert into told (id, outcome, signature) values ($1, $2, $3)", wanted.id, outcome, signature
        )

    return tell


async def _watch() -> NoReturn:
    most = 0
    while True:
        if (now := threading.active_count()) > most:
            most = now
            sys.stdout.write(f"{most}\n")
            sys.stdout.flush()
        await asyncio.sleep(0.01)


async def _work(database_url: str, url: str) -> None:
    settings = Neac769Settings(name="VNPT", bodies=(), url=url, secret_file="", sp_id=fake.SP_ID)
    pool = await open_pool(database_url, "signing", 4)
    async with open_session() as session:
        vnpt = Neac769.over(session, clock.now, "vnpt", settings, Secret(fake.SP_PASSWORD))
        await asyncio.gather(_watch(), SigningRound(RoundStore(pool), {"vnpt": vnpt}, clock.now, told).run())


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], sys.argv[2]))
