"""Two signatures that a person confirms at once: both good and each over its own hash, or none is taken."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from services.refusal import Refused
from services.rules import jws, remote_evidence, verification_code
from services.signing.remote.csc import Csc
from services.signing.remote.errors import RemoteKeyUnfit, RemoteMalformed, RemoteSignatureForeign
from services.signing.remote.mysign import MySign
from services.signing.remote.neac769 import Neac769
from services.signing.remote.port import Display, Done, Hashed, Order, SigningService
from services.signing.remote.settings import CscSettings, MySignSettings, Neac769Settings, Secret
from tests.support import fake_mysign, fake_neac769
from tests.support.fake_mysign import FakeMySign
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Clock, Pauses, signer, talking

AN, BINH = signer("an"), signer("binh")
PAGE, STATEMENT = b"signed attributes", b"header.statement"
HASHES = (
    Hashed(hashlib.sha256(PAGE).digest(), "Trang ký"),
    Hashed(hashlib.sha256(STATEMENT).digest(), "Nội dung số"),
)


def wanted(**said: Any) -> Order:
    """Page and statement, by one key."""
    display = Display("Giấy chứng nhận", "Trang ký", "0000")
    asked: dict[str, Any] = {"hashes": HASHES, "alg": "RS256"} | said
    return Order("pl-01", "user-an", AN.remote, b"", display, Clock().now + 300_000, **asked)


@asynccontextmanager
async def vnpt(service: FakeNeac769) -> AsyncIterator[SigningService]:
    def make(session: aiohttp.ClientSession, url: str) -> Neac769:
        said = Neac769Settings(
            name="VNPT",
            bodies=("hdnd",),
            url=f"{url}/sca/sp769",
            secret_file="s",
            sp_id=fake_neac769.SP_ID,
        )
        secret = Secret(fake_neac769.SP_PASSWORD)
        return Neac769.over(session, Clock(), "vnpt", said, secret, Pauses().manners)

    async with talking(service.app(), make) as made:
        yield made


@asynccontextmanager
async def viettel(service: FakeMySign) -> AsyncIterator[SigningService]:
    def make(session: aiohttp.ClientSession, url: str) -> MySign:
        said = MySignSettings(
            name="MySign",
            bodies=("hdnd",),
            url=url,
            secret_file="s",
            client_id=fake_mysign.CLIENT_ID,
            profile_id=fake_mysign.PROFILE,
        )
        secret = Secret(fake_mysign.CLIENT_SECRET)
        return MySign.over(session, Clock(), "mysign", said, secret, Pauses().manners)

    async with talking(service.app(), make) as made:
        yield made


def neac(**said: Any) -> FakeNeac769:
    return FakeNeac769(people={"user-an": [AN]}, **said)


def mysign(**said: Any) -> FakeMySign:
    return FakeMySign(people={"user-an": AN}, **said)


def must_be_both(done: object) -> None:
    """Each by the key over its own message, and each with evidence that stands alone."""
    assert isinstance(done, Done)
    (other,) = done.more
    for one, message in ((done, PAGE), (other, STATEMENT)):
        jws.verify_bytes("RS256", AN.key.public_key(), one.signature, message)
        raw = remote_evidence.write(one.evidence)
        assert remote_evidence.verify(raw, message, AN.der, "RS256") == one.evidence
        assert one.evidence.verification_code == verification_code.of(message)


async def test_both_by_decision_769() -> None:
    """One request, one confirmation, a document with its own code for each."""
    held = neac()
    async with vnpt(held) as service:
        pending = await service.start(wanted())
        assert [name for name, _ in held.transactions["pl-01"].files] == [
            f"PL-{HASHES[0].code} TRANG KY",
            f"PL-{HASHES[1].code} NOI DUNG SO",
        ]
        held.confirm("pl-01")
        must_be_both(await service.ask(pending))


async def test_both_by_mysign() -> None:
    """The same; one text for both, each code before what it is of."""
    held = mysign()
    async with viettel(held) as service:
        pending = await service.start(wanted())
        (asked,) = held.asked.values()
        assert asked.shown.startswith(
            f"{HASHES[0].code} Trang ky - {HASHES[1].code} Noi dung so - Giay chung nhan"
        )
        asked.status = "1"
        must_be_both(await service.ask(pending))


@pytest.mark.parametrize(
    ("held", "refusal"),
    [
        (neac(only=1), RemoteMalformed),
        (neac(wraps=lambda who, hashed: BINH.signs(hashed)), RemoteSignatureForeign),
        (neac(wraps=lambda who, hashed: who.signs(HASHES[0].sha256)), RemoteSignatureForeign),
        (neac(file_named="PL-0000 TRANG KY"), RemoteMalformed),
    ],
    ids=["one of two", "another key", "the same for both", "another document"],
)
async def test_half_is_nothing(held: FakeNeac769, refusal: type[Refused]) -> None:
    """Whatever is wrong with one, the other is not taken either."""
    async with vnpt(held) as service:
        pending = await service.start(wanted())
        held.confirm("pl-01")
        with pytest.raises(refusal):
            await service.ask(pending)


async def test_each_over_its_own_hash() -> None:
    """In the other order they are signatures of each other's."""
    held = mysign(turned=True)
    async with viettel(held) as service:
        pending = await service.start(wanted())
        next(iter(held.asked.values())).status = "1"
        with pytest.raises(RemoteSignatureForeign):
            await service.ask(pending)


async def test_only_by_what_signs_pages() -> None:
    """PSS is not asked of services that sign PKCS #1 v1.5, and several at once not of CSC."""
    async with vnpt(neac()) as service:
        with pytest.raises(RemoteKeyUnfit):
            await service.start(wanted(alg="PS256"))
    said = CscSettings(name="CSC", bodies=("hdnd",), url="http://127.0.0.1:9", secret_file="s")
    async with aiohttp.ClientSession() as session:
        csc = Csc.over(session, Clock(), "csc", said, Secret("s"), Pauses().manners)
        with pytest.raises(RemoteKeyUnfit, match="several at once"):
            await csc.start(wanted())
