"""Viettel MySign against a service that behaves as its guide says, and as it does not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from services.refusal import Refused
from services.rules import jws, remote_evidence
from services.signing.remote.errors import (
    RemoteBusy,
    RemoteKeyUnfit,
    RemoteMalformed,
    RemoteRefusesUs,
    RemoteSignatureForeign,
    RemoteUserUnknown,
)
from services.signing.remote.exchange import Manners
from services.signing.remote.mysign import MySign
from services.signing.remote.port import Declined, Done, Expired, StillPending
from services.signing.remote.settings import MySignSettings, Secret
from tests.support import fake_mysign as fake
from tests.support.fake_mysign import FakeMySign
from tests.support.fake_signers import Clock, Pauses, order, signer, talking

AN, BINH = signer("an"), signer("binh")


@asynccontextmanager
async def desk(
    service: FakeMySign,
    clock: Clock | None = None,
    secret: str = fake.CLIENT_SECRET,
    manners: Manners | None = None,
) -> AsyncIterator[MySign]:
    def make(session: aiohttp.ClientSession, url: str) -> MySign:
        settings = MySignSettings(
            name="Viettel MySign",
            bodies=("hdnd",),
            url=url,
            secret_file="mysign.secret",
            client_id=fake.CLIENT_ID,
            profile_id=fake.PROFILE,
        )
        taken = manners or Pauses().manners
        return MySign.over(session, clock or Clock(), "mysign", settings, Secret(secret), taken)

    async with talking(service.app(), make) as made:
        yield made


def service(**said: Any) -> FakeMySign:
    return FakeMySign(people={"user-an": AN, "user-binh": BINH}, **said)


async def test_signed_on_the_phone() -> None:
    """From the request to evidence that stands alone; what the app shows begins with the code on our screen."""
    held = service()
    async with desk(held) as mysign:
        wanted = order(AN)
        pending = await mysign.start(wanted)
        asked = held.asked[pending.transaction]
        assert asked.shown.startswith(f"{wanted.display.code} Tan thanh - Nghi quyet ve du toan")
        waiting = await mysign.ask(pending)
        assert isinstance(waiting, StillPending)
        asked.status = "6000"
        assert isinstance(await mysign.ask(waiting.pending), StillPending)
        asked.status = "1"
        done = await mysign.ask(waiting.pending)
    assert isinstance(done, Done)
    jws.verify_bytes("RS256", AN.key.public_key(), done.signature, wanted.signing_input)
    raw = remote_evidence.write(done.evidence)
    assert remote_evidence.verify(raw, wanted.signing_input, AN.der) == done.evidence
    assert fake.CLIENT_SECRET.encode() not in raw
    assert b"token-" not in raw


@pytest.mark.parametrize(
    ("status", "outcome", "why"),
    [
        ("4001", Expired, ""),
        ("4002", Declined, "person"),
        ("4004", Declined, "service"),
        ("4005", Declined, "service"),
        ("13004", Declined, "service"),
        ("50000", Declined, "service"),
    ],
)
async def test_not_signed(status: str, outcome: type[Any], why: str) -> None:
    """Each of its numbers that is an end."""
    held = service()
    async with desk(held) as mysign:
        pending = await mysign.start(order(AN))
        held.asked[pending.transaction].status = status
        found = await mysign.ask(pending)
    assert isinstance(found, outcome)
    assert getattr(found, "why", "") == why


async def test_nobody_confirms_for_ever() -> None:
    """Also if the service never says that it is over."""
    clock, held = Clock(), service()
    async with desk(held, clock) as mysign:
        pending = await mysign.start(order(AN))
        clock.now += 301_000
        assert isinstance(await mysign.ask(pending), Expired)


@pytest.mark.parametrize(
    "wraps",
    [
        pytest.param(lambda who, hashed: BINH.signs(hashed), id="another person"),
        pytest.param(lambda who, hashed: who.signs(bytes(32)), id="another hash"),
        pytest.param(lambda who, hashed: who.cms(hashed, attributes=True), id="over attributes"),
        pytest.param(lambda who, hashed: hashed * 8, id="not a signature"),
    ],
)
async def test_what_is_no_signature_of_this(wraps: Callable[[Any, bytes], bytes]) -> None:
    """Whatever the status says."""
    held = service(wraps=wraps)
    async with desk(held) as mysign:
        pending = await mysign.start(order(AN))
        held.asked[pending.transaction].status = "1"
        with pytest.raises(RemoteSignatureForeign):
            await mysign.ask(pending)


@pytest.mark.parametrize("count", [0, 2])
async def test_not_one_signature(count: int) -> None:
    """None, or two of which one would have to be chosen."""
    held = service(signatures=count)
    async with desk(held) as mysign:
        pending = await mysign.start(order(AN))
        held.asked[pending.transaction].status = "1"
        with pytest.raises(RemoteMalformed):
            await mysign.ask(pending)


async def test_token_that_ended() -> None:
    """Signed in once for many questions; once more when the service says that the token is over, or our clock does."""
    clock, held = Clock(), service(token_lives=2)
    async with desk(held, clock) as mysign:
        pending = await mysign.start(order(AN))
        await mysign.ask(pending)
        assert held.logins == 1
        assert isinstance(await mysign.ask(pending), StillPending)
        assert held.logins == 2
        held.token_lives, clock.now = 0, clock.now + 3_600_000
        await mysign.certificates("user-an")
        assert held.logins == 3
        assert "token" not in repr(mysign)


async def test_tokens_are_each_persons_own() -> None:
    """What one user's token is good for, another's is not."""
    held = service()
    async with desk(held) as mysign:
        await asyncio.gather(mysign.start(order(AN, "pl-01")), mysign.start(order(BINH, "pl-02")))
    assert {asked.user for asked in held.asked.values()} == {"user-an", "user-binh"}


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (service(), [AN.remote]),
        (service(key_status="disabled"), []),
        (service(scal="1"), []),
    ],
    ids=["fit", "disabled", "SCAL1"],
)
async def test_keys(held: FakeMySign, found: list[Any]) -> None:
    """Only those that are enabled and whose permission is bound to the hash."""
    async with desk(held) as mysign:
        assert await mysign.certificates("user-an") == found


async def test_strangers() -> None:
    """A user that it does not know; a secret of ours that it does not take."""
    async with desk(service()) as mysign:
        with pytest.raises(RemoteUserUnknown):
            await mysign.certificates("nobody")
    async with desk(service(), secret="other") as mysign:
        with pytest.raises(RemoteRefusesUs):
            await mysign.start(order(AN))
    async with desk(service()) as mysign:
        with pytest.raises(RemoteKeyUnfit):
            await mysign.start(order(AN, alg="PS256"))


@pytest.mark.parametrize(
    ("broken", "refusal"),
    [
        (lambda: web.Response(status=500, text="<html>"), RemoteBusy),
        (lambda: web.Response(status=429), RemoteBusy),
        (lambda: web.json_response({"status": 1.5}), RemoteMalformed),
        (lambda: web.json_response({"status": "1", "signatures": "AAAA"}), RemoteMalformed),
        (lambda: web.json_response({"status": "1", "signatures": ["!"]}), RemoteMalformed),
        (lambda: web.Response(text='{"status": "1", "sig'), RemoteMalformed),
    ],
    ids=["500", "429", "a fraction", "no list", "no base64", "cut off"],
)
async def test_wrong_answers(broken: Callable[[], web.StreamResponse], refusal: type[Refused]) -> None:
    """Each has its refusal."""
    held = service(breaks={"status": broken})
    async with desk(held) as mysign:
        pending = await mysign.start(order(AN))
        with pytest.raises(refusal):
            await mysign.ask(pending)


async def test_answer_that_drips() -> None:
    """A byte now and then does not hold us longer than an answer may take."""
    released = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b"{")
        await released.wait()
        return answer

    manners = Manners(timeout=aiohttp.ClientTimeout(total=0.05), tries=1)
    dripping = web.Application()
    dripping.router.add_post("/vtss/service/ras/v1/login", drip)

    def make(session: aiohttp.ClientSession, url: str) -> MySign:
        settings = MySignSettings(
            name="x", bodies=(), url=url, secret_file="x", client_id="x", profile_id="x"
        )
        return MySign.over(session, Clock(), "mysign", settings, Secret("x"), manners)

    async with talking(dripping, make) as mysign:
        with pytest.raises(Refused) as refused:
            await mysign.certificates("user-an")
        released.set()
    assert refused.value.code == "remote_unreachable"
