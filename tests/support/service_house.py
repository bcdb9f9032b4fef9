"""A running house with a signing service outside, where some voters have their keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from loadtests.run_json import database_url
from services.desk import own_server
from services.desk.client import Client, opened
from services.desk.convening import Convened, convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import Opened, open_poll
from services.rules import certified, verification_code
from services.signing.remote import settings
from services.wire import (
    BallotIntent,
    Choice,
    IntentShown,
    PollDraft,
)
from tests.support import fake_neac769 as fake
from tests.support.council import CHAIR, council
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Signer, serving
from tests.support.waiting import until

VOTERS = ("an", "binh", "chi")
PLAN = council(VOTERS)
DRAFT = PollDraft(title="Nghị quyết về chuyển đổi số", presiding=CHAIR)
CHOICES: dict[str, Choice] = {"an": "approve", "binh": "reject", "chi": "approve"}


@dataclass
class House:
    """A running house, a poll that is open, everybody's keys, and the service where two of them lie."""

    url: str
    client: Client
    data: Path
    service: FakeNeac769
    convened: Convened
    devices: dict[str, Device]
    held: Opened

    async def begin(self, member: str) -> tuple[str, str]:
        """The phone says what the service is to sign: the number of the transaction there, and the ballot's code."""
        known = set(self.service.transactions)
        words = self.devices[member].ballot(self.held.ask, CHOICES[member]).rpartition(b".")[0]
        token = await self.client.sign_in(self.devices[member])
        intent = BallotIntent(input=words.decode(), provider="vnpt")
        path = f"/voting/polls/{self.held.poll}/intents"
        shown = await self.client.send("POST", path, intent, IntentShown, token)
        assert shown.state == "pending"

        async def asked() -> str:
            return next(iter(set(self.service.transactions) - known), "")

        return await until(asked, what="the person is asked"), verification_code.of(words)

    async def became(self, member: str, state: str) -> IntentShown:
        """How a voter's ballot stands, once it stands so."""
        token = await self.client.sign_in(self.devices[member])

        async def stands() -> IntentShown | None:
            path = f"/voting/polls/{self.held.poll}/intents/mine"
            shown = await self.client.get(path, IntentShown, token)
            return shown if shown.state == state else None

        return await until(stands, what=f"ballot {state}")


@asynccontextmanager
async def serving_keys(kept: Path, draft: PollDraft = DRAFT) -> AsyncIterator[House]:
    """With the service set up and a poll that is open; `an` and `binh` have their keys there, `chi` on a phone."""
    service = FakeNeac769(people={})
    async with serving(service.app()) as there:
        for name, text in _files(there).items():
            path = kept / settings.FOLDER / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            path.chmod(0o600)
        async with own_server.running({"workers": "2"}, kept) as (url, data), opened(url) as client:
            convened = await convene(client, mint(data), PLAN)
            devices = await enrol_all(client, convened.body, [CHAIR, "chi"], convened.token)
            devices |= await enrol_all(client, convened.body, ["an", "binh"], convened.token, "rsa")
            for member in ("an", "binh"):
                await _account(data, devices[member], service)
            held = await open_poll(client, convened, devices[CHAIR], draft)
            yield House(url, client, data, service, convened, devices, held)


def _files(there: str) -> dict[str, str]:
    said = f"""
kind = "neac769"
name = "VNPT SmartCA"
bodies = ["hdnd"]
url = "{there}/sca/sp769"
sp_id = "{fake.SP_ID}"
secret_file = "vnpt.secret"
"""
    return {"vnpt.toml": said, "vnpt.secret": fake.SP_PASSWORD}


async def _account(data: Path, device: Device, service: FakeNeac769) -> None:
    """The voter's key lies at the service: put into signing's own table, as its store would."""
    leaf = leaf_of(device)
    service.people[f"user-{device.member}"] = [Signer(device.member, device.key, leaf)]  # type: ignore[arg-type]
    connection = await asyncpg.connect(database_url(data), server_settings={"search_path": "signing"})
    try:
        await connection.execute(
            "insert into remote_account (thumbprint, provider, user_name, key_id, chain)"
            " values ($1, 'vnpt', $2, $3, $4)",
            *(device.thumbprint, f"user-{device.member}", f"key-of-{device.member}", [leaf]),
        )
    finally:
        await connection.close()


def leaf_of(device: Device) -> bytes:
    """The certificate itself, DER."""
    return certified.blocks(device.chain[0].encode())[0]
