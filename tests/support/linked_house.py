"""A running house, a service outside of any kind, and a delegate who has linked a key there beside their phone's."""

import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from loadtests.run_json import database_url
from services.desk import own_server
from services.desk.asking import Declined
from services.desk.client import Client, opened
from services.desk.convening import Convened, convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import Opened, open_poll
from services.kit.database import open_pool
from services.rules import certified, jws
from services.signing.remote import settings
from services.signing.remote.port import RemoteKey
from services.signing.remote.round_store import RoundStore
from services.signing.remote.wanted import Account
from services.wire import (
    BallotIntent,
    Choice,
    IntentShown,
    PollDraft,
    RemoteLinkShown,
    RemoteOwnLinkAsked,
    RemoteRequestShown,
)
from tests.support import ca_server
from tests.support.council import CHAIR, council
from tests.support.fake_signers import Signer
from tests.support.signing_services import USER, AtService, Deed, answering, person_of, trusted, write
from tests.support.waiting import until

DRAFT = PollDraft(title="Nghị quyết về chữ ký số", presiding=CHAIR)


@dataclass
class LinkedHouse:
    """`linked`: what `an` signs with at the service; its private key is the service's, and here for its words only."""

    url: str
    data: Path
    client: Client
    service: AtService
    convened: Convened
    devices: dict[str, Device]
    linked: Device
    open: str = ""

    async def poll(self) -> Opened:
        """A question that is open."""
        return await open_poll(self.client, self.convened, self.devices[CHAIR], DRAFT)

    async def begin(self, held: Opened, choice: Choice = "approve") -> bytes:
        """The phone says what the service is to sign; the person is asked."""
        count, self.open = self.service.asked(), ""
        words = self.linked.ballot(held.ask, choice).rpartition(b".")[0]
        intent = BallotIntent(input=words.decode(), provider=self.service.id)
        path = f"/voting/polls/{held.poll}/intents"
        shown = await self.client.send("POST", path, intent, IntentShown, await self._token())
        assert shown.state == "pending"

        async def asked() -> bool:
            return self.service.asked() > count or bool(await self.page(words))

        await until(asked, 30, what="the person is asked")
        return words

    async def page(self, words: bytes) -> str:
        """Where it is confirmed, if that is a page."""
        path = f"/signing/remote/own/requests/{jws.digest(words)}"
        try:
            shown = await self.client.get(path, RemoteRequestShown, await self._token())
        except Declined as declined:
            # Voting has begun it, and signing has not heard of it yet.
            if declined.code != "remote_request_unknown":
                raise
            return ""
        # Who has the page open may confirm there also when it is over.
        self.open = shown.confirm_at or self.open
        return self.open

    async def does(self, deed: Deed, words: bytes) -> None:
        """The person, asked for these words, does this."""
        await self.service.does(deed, self.url, lambda: self.page(words))

    async def stands(self, held: Opened, *states: str) -> IntentShown:
        """How the ballot stands, once it stands so."""

        async def stands() -> IntentShown | None:
            path = f"/voting/polls/{held.poll}/intents/mine"
            shown = await self.client.get(path, IntentShown, await self._token())
            return shown if shown.state in states else None

        return await until(stands, 60, what=f"ballot {states}")

    async def _token(self) -> str:
        return await self.client.sign_in(self.devices["an"])


@asynccontextmanager
async def linked_house(kept: Path, service: AtService) -> AsyncIterator[LinkedHouse]:
    """Everybody is enrolled on a phone; `an` has linked a key at the service by the word of theirs."""
    port = _free_port()
    write(kept / settings.FOLDER, service.files(f"http://127.0.0.1:{port}"))
    more = {"workers": "2", "revocation_hosts": "127.0.0.0/8"}
    async with (
        ca_server.serving() as lists,
        own_server.running(more, kept) as (url, data),
        opened(url) as client,
    ):
        authority = trusted(data, "hdnd", lists)
        who = person_of(authority, "an", "Nguyễn Văn An", lists.url)
        above = (authority.issuing.der, authority.root.der)
        convened = await convene(client, mint(data), council(("an", "chi")))
        devices = await enrol_all(client, convened.body, [CHAIR, "an", "chi"], convened.token)
        async with answering(service.app(who, above), port):
            linked = Device("an", who.key, "RS256")
            house = LinkedHouse(url, data, client, service, convened, devices, linked)
            house.linked = await _link(house)
            yield house


@asynccontextmanager
async def house_of_keys(kept: Path, service: AtService) -> AsyncIterator[LinkedHouse]:
    """The key that `an` enrolled lies at the service itself, put into signing's own table: nothing is linked."""
    port = _free_port()
    write(kept / settings.FOLDER, service.files(f"http://127.0.0.1:{port}"))
    async with own_server.running({"workers": "2"}, kept) as (url, data), opened(url) as client:
        convened = await convene(client, mint(data), council(("an", "chi")))
        devices = await enrol_all(client, convened.body, [CHAIR, "chi"], convened.token)
        devices |= await enrol_all(client, convened.body, ["an"], convened.token, "rsa")
        an = devices["an"]
        leaf = certified.blocks(an.chain[0].encode())[0]
        app = service.app(Signer("an", an.key, leaf), ())  # type: ignore[arg-type]
        await put_account(data, an.thumbprint, service.id, Account(USER, RemoteKey(service.key, (leaf,))))
        async with answering(app, port):
            yield LinkedHouse(url, data, client, service, convened, devices, an)


async def put_account(data: Path, thumbprint: str, provider: str, account: Account) -> None:
    """Where a key lies, as the house's own store keeps it."""
    async with await open_pool(database_url(data), "signing", 1) as pool:
        await RoundStore(pool).enrol(thumbprint, provider, account)


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def _link(house: LinkedHouse) -> Device:
    """By the word of the phone's key: confirmed at the service, with the code that both show."""
    token = await house.client.sign_in(house.devices["an"])
    asked = RemoteOwnLinkAsked(user=USER, key=house.service.key)
    path = f"/signing/remote/{house.service.id}/own/links"

    async def shown() -> RemoteLinkShown:
        return await house.client.send("POST", path, asked, RemoteLinkShown, token)

    async def page() -> str:
        return (await shown()).confirm_at

    async def waits() -> bool:
        return (await shown()).state == "pending" and (house.service.asked() > 0 or bool(await page()))

    async def linked() -> RemoteLinkShown | None:
        now = await shown()
        return now if now.state == "linked" else None

    await until(waits, 30, what="asked")
    await house.service.does("signed", house.url, page)
    found = await until(linked, 60, what="linked")
    assert found.enrolled is not None
    return replace(house.linked.enrolled(found.enrolled.chain), member="an")
