"""Decision 769/QĐ-BTTTT against a service that behaves as the vendor's documents say, and as they do not."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from services.refusal import Refused
from services.rules import jws, remote_evidence
from services.signing.remote.errors import (
    PasswordSigningRefused,
    RemoteBusy,
    RemoteKeyUnfit,
    RemoteMalformed,
    RemoteRefusesUs,
    RemoteSignatureForeign,
    RemoteUserUnknown,
)
from services.signing.remote.neac769 import Neac769
from services.signing.remote.port import Declined, Done, Expired, Pending, StillPending
from services.signing.remote.settings import Neac769Settings, Secret
from tests.support import fake_neac769 as fake
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Clock, Pauses, order, signer, talking

AN, BINH = signer("an"), signer("binh")


@asynccontextmanager
async def desk(
    service: FakeNeac769, clock: Clock | None = None, password: str = fake.SP_PASSWORD, **said: Any
) -> AsyncIterator[Neac769]:
    def make(session: aiohttp.ClientSession, url: str) -> Neac769:
        settings = Neac769Settings(
            name="VNPT SmartCA",
            bodies=("hdnd",),
            url=f"{url}/sca/sp769",
            secret_file="vnpt.secret",
            sp_id=fake.SP_ID,
            **said,
        )
        return Neac769.over(session, clock or Clock(), "vnpt", settings, Secret(password), Pauses().manners)

    async with talking(service.app(), make) as made:
        yield made


def service(**said: Any) -> FakeNeac769:
    return FakeNeac769(people={"user-an": [AN], "user-binh": [BINH]}, **said)


@pytest.mark.parametrize("status_by", ["transaction_id", "tran_code"])
async def test_signed_on_the_phone(status_by: str) -> None:
    """From the request to evidence that stands alone; what the app shows begins with the code on our screen."""
    held = service()
    async with desk(held, status_by=status_by) as vnpt:
        wanted = order(AN)
        pending = await vnpt.start(wanted)
        shown = held.transactions["pl-01"]
        assert shown.doc_id == f"PL-{wanted.display.code} TAN THANH"
        assert shown.description.startswith(f"{wanted.display.code} Tán thành: Nghị quyết")
        waiting = await vnpt.ask(pending)
        assert isinstance(waiting, StillPending)
        held.confirm("pl-01")
        done = await vnpt.ask(waiting.pending)
    assert isinstance(done, Done)
    jws.verify_bytes("RS256", AN.key.public_key(), done.signature, wanted.signing_input)
    raw = remote_evidence.write(done.evidence)
    assert remote_evidence.verify(raw, wanted.signing_input, AN.der) == done.evidence
    assert [answer.act.rpartition("/")[2] for answer in done.evidence.answers] == ["sign", "status", "status"]


@pytest.mark.parametrize("form", ["raw", "cms"])
@pytest.mark.parametrize("broken_lines", [True, False], ids=["broken lines", "one line"])
async def test_forms_of_a_signature(form: str, broken_lines: bool) -> None:
    """PKCS#1 or PKCS#7, base64 in lines or not: one signature."""
    wraps = (
        (lambda who, hashed: who.cms(hashed)) if form == "cms" else (lambda who, hashed: who.signs(hashed))
    )
    held = service(wraps=wraps, broken_lines=broken_lines)
    async with desk(held) as vnpt:
        pending = await vnpt.start(order(AN))
        held.confirm("pl-01")
        done = await vnpt.ask(pending)
    assert isinstance(done, Done)
    assert done.evidence.form == form


@pytest.mark.parametrize(
    "wraps",
    [
        pytest.param(fake.other_hash, id="another hash"),
        pytest.param(lambda who, hashed: BINH.signs(hashed), id="another person"),
        pytest.param(lambda who, hashed: who.cms(hashed, attributes=True), id="over attributes"),
        pytest.param(lambda who, hashed: who.signs(hashed, "PS256"), id="another padding"),
        pytest.param(lambda who, hashed: who.signs(hashed)[1:], id="a byte short"),
        pytest.param(lambda who, hashed: b"", id="nothing"),
    ],
)
async def test_what_is_no_signature_of_this(wraps: Callable[[Any, bytes], bytes]) -> None:
    """Whatever the status says."""
    held = service(wraps=wraps)
    async with desk(held) as vnpt:
        pending = await vnpt.start(order(AN))
        held.confirm("pl-01")
        with pytest.raises(RemoteSignatureForeign):
            await vnpt.ask(pending)


@pytest.mark.parametrize(("state", "outcome"), [("rejected", Declined), ("expired", Expired)])
async def test_not_signed(state: str, outcome: type[Any]) -> None:
    """The person says no, or nothing."""
    held = service()
    async with desk(held) as vnpt:
        pending = await vnpt.start(order(AN))
        held.confirm("pl-01", state)
        assert isinstance(await vnpt.ask(pending), outcome)


async def test_nobody_confirms_for_ever() -> None:
    """Also if the service never says that it is over; and what is signed after that is still a signature."""
    clock, held = Clock(), service()
    async with desk(held, clock) as vnpt:
        pending = await vnpt.start(order(AN))
        clock.now += 301_000
        assert isinstance(await vnpt.ask(pending), Expired)
        held.confirm("pl-01")
        assert isinstance(await vnpt.ask(pending), Done)


@pytest.mark.parametrize(
    ("held", "refusal"),
    [
        (service(answers_as="pl-99"), RemoteMalformed),
        (service(file_named="PL-0000 KHONG TAN THANH"), RemoteMalformed),
    ],
    ids=["another transaction", "another document"],
)
async def test_answers_for_something_else(held: FakeNeac769, refusal: type[Refused]) -> None:
    """Whoever answers the status of another transaction answers nothing."""
    async with desk(held) as vnpt:
        pending = await vnpt.start(order(AN))
        held.confirm("pl-01")
        with pytest.raises(refusal):
            await vnpt.ask(pending)


async def test_lost_answer_to_the_request() -> None:
    """The number is ours: the person was asked, and the status brings the signature all the same."""
    held = service(breaks={"lost": fake.busy})
    async with desk(held) as vnpt:
        pending = await vnpt.start(order(AN))
        assert len([act for act, _ in held.asked if act == "sign"]) == 1
        held.confirm("pl-01")
        assert isinstance(await vnpt.ask(pending), Done)


async def test_number_that_was_used() -> None:
    """The service takes each of our numbers once: used again, it is the one that we began before a crash."""
    held = service()
    async with desk(held) as vnpt:
        await vnpt.start(order(AN))
        again = await vnpt.start(order(AN))
        held.confirm("pl-01")
        assert isinstance(await vnpt.ask(again), Done)
        held.breaks["sign"] = fake.refused
        with pytest.raises(RemoteBusy):
            await vnpt.start(order(AN, "pl-02"))


async def test_keys_of_persons_and_of_bodies() -> None:
    """SMARTCA signs ballots, ESEAL seals; certificates come with line breaks; a stranger has none."""
    held = FakeNeac769(people={"user-an": [AN, BINH]}, services=("SMARTCA", "ESEAL"), broken_lines=True)
    async with desk(held) as vnpt:
        assert await vnpt.certificates("user-an") == [AN.remote]
        assert await vnpt.certificates("user-an", "seal") == [BINH.remote]
        with pytest.raises(RemoteUserUnknown):
            await vnpt.certificates("nobody")
        with pytest.raises(RemoteUserUnknown):
            await vnpt.start(order(signer("cuc")))


async def test_password_mode_is_for_nobody_who_votes() -> None:
    """The integrated package signs by what the service holds for the person: refused before anything is sent."""
    held = service()
    async with desk(held, mode="password") as vnpt:
        with pytest.raises(PasswordSigningRefused):
            await vnpt.start(order(AN))
    assert held.asked == []


async def test_only_by_the_algorithm_that_it_has() -> None:
    """It signs PKCS#1 v1.5; a message that names another algorithm is not sent."""
    held = service()
    async with desk(held) as vnpt:
        with pytest.raises(RemoteKeyUnfit):
            await vnpt.start(order(AN, alg="PS256"))
        with pytest.raises(RemoteKeyUnfit):
            await vnpt.start(order(signer("an", "p256"), alg="ES256"))
    assert held.asked == []


@pytest.mark.parametrize(
    ("breaks", "refusal"),
    [
        ({"sign": fake.credential_not_active}, RemoteKeyUnfit),
        ({"sign": fake.broken}, RemoteBusy),
        (
            {"sign": lambda: web.json_response({"status_code": 200, "data": {"transaction_id": "x"}})},
            RemoteMalformed,
        ),
        ({"sign": lambda: web.json_response({"status_code": "200"})}, RemoteMalformed),
        ({"sign": lambda: web.Response(text='{"status_code": 200, "da')}, RemoteMalformed),
        (
            {"sign": lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"})},
            RemoteMalformed,
        ),
        ({"sign": lambda: web.Response(body=b"[" * 300_000)}, RemoteMalformed),
    ],
    ids=["not active", "500", "another number", "wrong type", "cut off", "redirect", "too long"],
)
async def test_wrong_answers_to_the_request(breaks: dict[str, Any], refusal: type[Refused]) -> None:
    """Each has its refusal, and none of them says what the service said."""
    async with desk(service(breaks=breaks)) as vnpt:
        with pytest.raises(refusal):
            await vnpt.start(order(AN))


async def test_wrong_password_of_ours() -> None:
    """Told to the operator, and nothing of the password with it."""
    async with desk(service(), password="other") as vnpt:
        with pytest.raises(RemoteRefusesUs) as refused:
            await vnpt.start(order(AN))
        assert "other" not in repr(vnpt) + str(refused.value)


async def test_busy_then_well() -> None:
    """503 and 429 are asked again a little later, the status as often as it takes."""
    times = iter([503, 429])
    held = service()

    def busy() -> web.StreamResponse:
        status = next(times, None)
        if status is None:
            held.breaks.clear()
            return web.json_response({"status_code": 200, "message": "PENDING", "data": None})
        return web.Response(status=status, headers={"Retry-After": "3"})

    async with desk(held) as vnpt:
        pending = await vnpt.start(order(AN))
        held.breaks["status"] = busy
        assert isinstance(await vnpt.ask(pending), StillPending)
    assert len([act for act, _ in held.asked if act == "status"]) == 3


async def test_service_that_is_gone() -> None:
    """Nobody listens there any more."""
    held = service()
    async with desk(held) as vnpt:
        pending = await vnpt.start(order(AN))
    async with aiohttp.ClientSession() as session:
        gone = Neac769.over(session, Clock(), "vnpt", vnpt.settings, Secret("x"), Pauses().manners)
        with pytest.raises(RemoteBusy):
            await gone.ask(pending)


async def test_pending_outlives_a_restart() -> None:
    """It is a value: written, read, asked with by another process."""
    held = service()
    async with desk(held) as vnpt:
        kept = msgspec.json.encode(await vnpt.start(order(AN)))
        held.confirm("pl-01")
        assert isinstance(await vnpt.ask(msgspec.json.decode(kept, type=Pending)), Done)
