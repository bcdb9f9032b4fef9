"""A signing service beside the house: our fake of one by Decision 769, people who confirm there, and who they are.

Nothing of the house is told that it is a fake: it is set up as an operator would set up the real one.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import asyncpg

from services.desk.device import Device
from services.rules import certified
from services.signing.remote import settings
from tests.support import fake_neac769 as fake
from tests.support.fake_neac769 import FakeNeac769, Transaction
from tests.support.fake_signers import Signer, serving

PROVIDER = "vnpt"
# Ids of bodies whose members may use the service: it has to be said before the house stands.
_BODIES = 400
_PAUSE = 0.05
# So many do not confirm, but refuse.
_REFUSED = 0.15


@dataclass
class SigningServices:
    """The service, ids of bodies that may use it and have not been used, and whose keys lie there now."""

    fake: FakeNeac769
    bodies: Iterator[str]
    members: Collection[str] = ()

    async def confirm(self) -> None:
        """People look at their telephones and confirm, or refuse, until cancelled."""
        while True:
            for name, transaction in tuple(self.fake.transactions.items()):
                if transaction.state == "waiting":
                    self._decide(name, transaction)
            await asyncio.sleep(_PAUSE)

    def _decide(self, name: str, transaction: Transaction) -> None:
        transaction.state = "rejected" if Random(name).random() < _REFUSED else "signed"

    async def hold_keys(self, devices: dict[str, Device], database_url: str) -> None:
        """From now on the keys of these lie there: put into signing's own table, as its store would."""
        self.members = frozenset(devices)
        connection = await asyncpg.connect(database_url, server_settings={"search_path": "signing"})
        try:
            for member, device in devices.items():
                leaf = certified.blocks(device.chain[0].encode())[0]
                self.fake.people[device.thumbprint] = [Signer(member, device.key, leaf)]  # type: ignore[arg-type] # RSA
                await connection.execute(
                    "insert into remote_account (thumbprint, provider, user_name, key_id, chain)"
                    " values ($1, $2, $1, $3, $4)",
                    *(device.thumbprint, PROVIDER, f"key-of-{member}", [leaf]),
                )
        finally:
            await connection.close()


@asynccontextmanager
async def beside(data: Path) -> AsyncIterator[SigningServices]:
    """The service, set up in a data directory to be; people confirm there as long as the block lasts."""
    bodies = [f"co-quan-{number}" for number in range(_BODIES)]
    services = SigningServices(FakeNeac769(people={}), iter(bodies))
    async with serving(services.fake.app()) as there:
        listed = ", ".join(f'"{body}"' for body in bodies)
        said = (
            f'kind = "neac769"\nname = "VNPT SmartCA"\nbodies = [{listed}]\nsp_id = "{fake.SP_ID}"\n'
            f'url = "{there}/sca/sp769"\nsecret_file = "{PROVIDER}.secret"\n'
        )
        for name, text in ((f"{PROVIDER}.toml", said), (f"{PROVIDER}.secret", fake.SP_PASSWORD)):
            path = data / settings.FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o600)
        confirming = asyncio.create_task(services.confirm())
        try:
            yield services
        finally:
            confirming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await confirming
