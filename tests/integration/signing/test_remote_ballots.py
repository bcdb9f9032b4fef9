"""A ballot between voting and a service outside: wanted and told on streams, signed on a phone; always sealed."""

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis.asyncio as redis

from services.kit import envelope, stream
from services.kit.complaint import Complaint
from services.kit.envelope import Envelope
from services.rules import begun, jws, remote_evidence
from services.signing import app as signing_app
from services.signing import holdings
from services.signing.remote import ballots, settings
from services.signing.remote.round_store import RoundStore
from services.signing.remote.wanted import Account
from services.wire import BallotSigned, BallotsUnwanted, BallotToSign, BallotUnsigned, BallotWanted
from tests.support import fake_neac769 as fake
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Signer, serving, signer, signing_input
from tests.support.signing_desk import SigningDesk, assemble
from tests.support.waiting import until

AN = signer("an")
COMMITMENT, THUMBPRINT = "C" * 43, "T" * 43
Told = BallotSigned | BallotUnsigned
_told: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)


class House:
    """Signing as a worker mounts it, with one service; and voting, as far as streams show it."""

    def __init__(self, desk: SigningDesk, service: FakeNeac769, sealing: Envelope) -> None:
        self.desk, self.service, self.sealing = desk, service, sealing
        self.store = RoundStore(desk.app[holdings.POOL])

    @property
    def streams(self) -> redis.Redis:
        """The store of streams."""
        return self.desk.streams

    async def want(
        self,
        commitment: str = COMMITMENT,
        provider: str = "vnpt",
        body: str = "hdnd",
        times: int = 1,
        forged: dict[str, Any] | None = None,
    ) -> None:
        """Voting wants a ballot signed, told as often as streams tell; `forged`: by who can write on them."""
        words = BallotToSign(input=signing_input().decode(), title="Nghị quyết", label="Tán thành")
        wanted = BallotWanted(
            body=body,
            meeting="ky-hop-12",
            poll="bq-01",
            voter="an",
            commitment=commitment,
            provider=provider,
            thumbprint=THUMBPRINT,
            sealed="",
        )
        sealed = self.sealing.seal(msgspec.json.encode(words), begun.wanted(wanted))
        wanted = msgspec.structs.replace(wanted, sealed=sealed, **(forged or {}))
        for _ in range(times):
            name = stream.work("ky-hop-12", ballots.STREAM, 1)
            await self.streams.xadd(name, {stream.FIELD: msgspec.json.encode(wanted)})

    async def unwant(self, *commitments: str, poll: str = "bq-01", matter: str = "") -> None:
        """Voting wants these no more, or none of the poll."""
        sealed = self.sealing.seal(msgspec.json.encode(commitments), begun.matter("unwanted", matter or poll))
        message = BallotsUnwanted(meeting="ky-hop-12", poll=poll, sealed=sealed)
        name = stream.work("ky-hop-12", ballots.STREAM, 1)
        await self.streams.xadd(name, {stream.FIELD: msgspec.json.encode(message)})

    async def outcome(self, commitment: str) -> str | None:
        """How a ballot stands."""
        standing = await self.store.standing(commitment)
        assert standing is not None
        return standing.outcome

    async def told(self, count: int = 1) -> list[Told]:
        """What voting is told, once it is so much."""

        async def found() -> list[Told]:
            entries: Any = await self.streams.xrange(stream.work("ky-hop-12", "signatures", 1))
            told = [_told.decode(fields[stream.FIELD]) for _, fields in entries]
            return told if len(told) >= count else []

        return await until(found, what="told")

    async def asked(self) -> str:
        """The number of the transaction that the person was asked with."""

        async def found() -> str:
            return next(iter(self.service.transactions), "")

        return await until(found, what="asked")


@pytest.fixture
async def house(
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    without_press: None,
    aiohttp_client: Callable[[Any], Awaitable[Any]],
) -> AsyncIterator[House]:
    service = FakeNeac769(people={"user-an": [AN]})
    async with serving(service.app()) as url:
        _write(tmp_path, "vnpt.toml", f'kind = "neac769"\nname = "VNPT"\nbodies = ["hdnd"]\nurl = "{url}/sca/sp769"\n'
               f'sp_id = "{fake.SP_ID}"\nsecret_file = "vnpt.secret"\n')  # fmt: skip
        _write(tmp_path, "vnpt.secret", fake.SP_PASSWORD)
        desk = assemble(tmp_path, database_url, redis_url)
        desk.client = await aiohttp_client(desk.root)
        sealing = envelope.load(next(tmp_path.rglob("envelope.key")))
        made = House(desk, service, sealing)
        await made.store.enrol(THUMBPRINT, "vnpt", Account("user-an", AN.remote))
        yield made
        await desk.client.close()
        await desk.streams.aclose()


def _write(data: Path, name: str, text: str) -> None:
    path = data / settings.FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


def _why(house: House, told: BallotUnsigned) -> str:
    said: str = msgspec.json.decode(
        house.sealing.open(told.sealed, begun.matter("unsigned", told.commitment))
    )
    return said


async def test_ballot_is_signed_and_told_once(house: House) -> None:
    """Wanted twice, asked for once; what comes back is the ballot whole, and nothing of it stands open on a stream."""
    await house.want(times=2)
    number = await house.asked()
    assert COMMITMENT not in number
    house.service.confirm(number)
    (told,) = await house.told()
    assert isinstance(told, BallotSigned)
    raw = house.sealing.open(told.sealed, begun.matter("signed", COMMITMENT))
    signed, _, signature = raw.rpartition(b".")
    assert signed == signing_input()
    jws.verify_bytes("RS256", AN.key.public_key(), jws.b64_decode(signature), signed)
    evidence = await house.store.evidence(COMMITMENT)
    assert evidence is not None
    assert remote_evidence.verify(evidence, signed, AN.der).transaction == number
    for name in await house.streams.keys("*"):
        if await house.streams.type(name) == b"stream":
            said = str(await house.streams.xrange(name))
            for secret in (number, "Tán thành", signed.decode(), signature.decode()):
                assert secret not in said
    assert len(house.service.transactions) == 1
    assert len(await house.told()) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"provider": "mysign"}, "failed"),
        ({"body": "ubnd"}, "failed"),
    ],
    ids=["a service that is not set up", "a body that may not use it"],
)
async def test_ballot_that_no_service_is_for(house: House, said: dict[str, Any], why: str) -> None:
    """Voting is told, and nobody is asked."""
    await house.want(**said)
    (told,) = await house.told()
    assert isinstance(told, BallotUnsigned)
    assert _why(house, told) == why
    assert house.service.asked == []


@pytest.mark.parametrize("shape", ["sp769", "vtss"])
async def test_webhook_is_a_hint(house: House, shape: str) -> None:
    """What it says of a signature is not read; the service is asked, and its answer is what counts."""
    await house.want()
    number = await house.asked()
    named: dict[str, Any] = {"transaction_id": number, "status_code": 200}
    hint = {"sp769": named, "vtss": {"meta_data": named, "data": {"results": [{"signature": "AAAA"}]}}}[shape]
    for said in (hint, {}, {"transaction_id": "pl-of-nobody"}, {"transaction_id": "số \\u0000"}):
        await house.desk.ask("POST", "/remote/vnpt/hints", said, status=204)
    for no in ("x" * 101, "\0", "\\\0"):
        await house.desk.ask("POST", "/remote/vnpt/hints", {"transaction_id": no}, status=400)
    waiting = sum(act == "status" for act, _ in house.service.asked)

    async def asked_again() -> bool:
        return sum(act == "status" for act, _ in house.service.asked) > waiting

    await until(asked_again, what="the service is asked")
    house.service.confirm(number)
    (told,) = await house.told()
    assert isinstance(told, BallotSigned)


def _signed_by(who: Signer, number: str) -> dict[str, Any]:
    """As Decision 769 sends it, with a signature over our very hash."""
    value = base64.b64encode(who.signs(hashlib.sha256(signing_input()).digest())).decode()
    files = [{"doc_id": "PL-0000 TAN THANH", "signature_value": value, "timestamp_signature": None}]
    return {"status_code": 200, "message": "SUCCESS", "transaction_id": number, "signed_files": files}


@pytest.mark.parametrize(
    "hint",
    [
        lambda number: _signed_by(AN, number),
        lambda number: _signed_by(signer("binh"), number),
        lambda number: {"status_code": 200, "message": "REJECTED", "transaction_id": number},
        lambda number: {"status_code": 200, "message": "EXPIRED", "transaction_id": number},
        lambda number: {"status": "4002", "meta_data": {"transaction_id": number}, "data": {"results": []}},
    ],
    ids=["signed by the very key", "signed by another", "rejected", "expired", "MySign: rejected"],
)
async def test_hostile_webhook(house: House, hint: Callable[[str], dict[str, Any]]) -> None:
    """It comes from anybody, and may say what it likes, true things too: all that it does is have the service asked."""
    await house.want()
    number = await house.asked()
    waiting = len(house.service.asked)
    await house.desk.ask("POST", "/remote/vnpt/hints", hint(number), status=204)
    assert await house.outcome(COMMITMENT) is None

    async def heard() -> bool:
        standing = await house.store.standing(COMMITMENT)
        return standing is not None and standing.asked and len(house.service.asked) > waiting + 1

    await until(heard, what="the service is asked, and asked again")
    # It says that nobody has confirmed yet, and that is how it stands.
    assert await house.outcome(COMMITMENT) is None
    assert await house.streams.xlen(stream.work("ky-hop-12", "signatures", 1)) == 0
    house.service.confirm(number)
    (told,) = await house.told()
    assert isinstance(told, BallotSigned)
    evidence = await house.store.evidence(COMMITMENT)
    assert evidence is not None
    answers = remote_evidence.verify(evidence, signing_input(), AN.der).answers
    assert {answer.act.rpartition("/")[2] for answer in answers} <= {"sign", "status"}


async def test_person_says_no(house: House) -> None:
    """Voting is told why."""
    await house.want()
    house.service.confirm(await house.asked(), "rejected")
    (told,) = await house.told()
    assert isinstance(told, BallotUnsigned)
    assert _why(house, told) == "declined"


async def test_what_is_not_sealed_for_us(house: House) -> None:
    """Put on the stream by somebody else, or under another commitment: passed over, and what follows is not held up."""
    mine, house.sealing = house.sealing, Envelope(bytes(32))
    await house.want("D" * 43)
    house.sealing = mine
    await house.streams.xadd(stream.work("ky-hop-12", ballots.STREAM, 1), {stream.FIELD: b"nonsense"})
    await house.want(provider="mysign")
    (told,) = await house.told()
    assert told.commitment == COMMITMENT


def test_settings_that_are_not_right_stop_the_start(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Told at once, with the file's name, not when somebody votes."""
    _write(tmp_path, "vnpt.toml", "kind = 'unheard of'")
    with pytest.raises(Complaint, match=r"vnpt\.toml"):
        assemble(tmp_path, database_url, redis_url)
    assert signing_app.work_of("ballot.signed") == signing_app.work_of("ballot.unsigned") == ("signatures",)


@pytest.mark.parametrize(
    "forged",
    [
        {"provider": "mysign"},
        {"body": "ubnd"},
        {"thumbprint": "U" * 43},
        {"poll": "bq-02"},
        {"meeting": "ky-hop-13"},
        {"voter": "binh"},
    ],
    ids=lambda each: next(iter(each)),
)
async def test_what_is_asked_with_the_words_cannot_be_exchanged(house: House, forged: dict[str, Any]) -> None:
    """To another service, under another key, of another poll: heard before the true one, it ends nothing."""
    await house.want(forged=forged)
    await house.want()
    number = await house.asked()
    house.service.confirm(number)
    (told,) = await house.told()
    assert isinstance(told, BallotSigned)
    assert list(house.service.transactions) == [number]
    assert (told.meeting, told.poll) == ("ky-hop-12", "bq-01")


async def test_wanted_no_more(house: House) -> None:
    """Given up by its voter, or its vote over: the service is asked no more; who writes on streams ends nothing."""
    first, second, third = "C" * 43, "D" * 43, "E" * 43
    for each in (first, second, third):
        await house.want(each)
    await until(lambda: _all_asked(house, 3), what="asked")
    # Of another poll, sealed for another, by somebody else: nothing happens.
    await house.unwant(poll="bq-02")
    await house.unwant(matter="bq-02")
    await house.unwant(second)

    async def ended(commitment: str) -> bool:
        return await house.outcome(commitment) == "withdrawn"

    await until(lambda: ended(second), what="withdrawn")
    assert [await house.outcome(each) for each in (first, third)] == [None, None]
    await house.unwant()
    await until(lambda: ended(third), what="withdrawn")
    assert await ended(first)
    # Confirmed later, it is no ballot, and voting is told of none.
    for transaction in list(house.service.transactions):
        house.service.confirm(transaction)
    await house.want("F" * 43)
    await until(lambda: _all_asked(house, 4), what="asked")
    house.service.confirm(list(house.service.transactions)[-1])
    (told,) = await house.told()
    assert told.commitment == "F" * 43


async def _all_asked(house: House, count: int) -> bool:
    return len(house.service.transactions) == count
