"""Signatures as services write them, spoilt at random: none breaks anything, and what is taken is one spelling."""

import asyncio
import base64
import itertools
import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import example, given
from hypothesis import strategies as st

from services.refusal import Refused
from services.rules import certified, jws
from services.signing.remote.csc import Csc
from services.signing.remote.exchange import Exchange
from services.signing.remote.normalised import signature_of
from services.signing.remote.port import Grant, Pending, SigningService
from services.wire import RemoteAnswer
from tests.support.fake_signers import Clock, order, signer
from tests.support.remote_desks import NAMES, Name, adapter

RSA, EC = signer("an"), signer("an", "p256")
HASH = bytes(range(32))
KEYS = {who: certified.public_key_of(who.der) for who in (RSA, EC)}
GOOD = [(RSA, RSA.signs(HASH)), (RSA, RSA.cms(HASH)), (EC, EC.signs(HASH)), (EC, EC.cms(HASH))]
N = jws.P256_ORDER


@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), max_size=4),
    st.binary(max_size=3),
)
@example(GOOD[2], [], b"\0")
@example(GOOD[3], [], b"\0")
def test_bytes_exchanged(good: tuple[object, bytes], spoilt: list[tuple[int, int]], more: bytes) -> None:
    """A refusal of ours, or bytes of exactly the length that JWS wants; trailing bytes are never passed over."""
    who, answered = good
    changed = bytearray(answered)
    for place, value in spoilt:
        changed[place % len(changed)] = value
    key = KEYS[who]  # type: ignore[index]
    try:
        form, signature = signature_of(key, bytes(changed) + more, "x")
    except Refused:
        return
    assert len(signature) == (64 if who is EC else 256)
    assert form == "raw" or not more


@given(st.integers(-2 * N, 2 * N), st.integers(-2 * N, 2 * N))
@example(0, 1)
@example(1, N)
@example(-1, 1)
@example(N - 1, N - 1)
def test_numbers_of_an_ecdsa_signature(r: int, s: int) -> None:
    """Negative, zero, too large: refused; the larger s becomes the smaller; never anything else."""
    try:
        der = encode_dss_signature(r, s)
        _, signature = signature_of(KEYS[EC], der, "x")
    except (Refused, ValueError):
        assert not (0 < r < N and 0 < s < N)
        return
    assert 0 < r < N
    assert int.from_bytes(signature[:32]) == r
    assert int.from_bytes(signature[32:]) == min(s, N - s)


def test_long_forms_of_the_same_numbers() -> None:
    """BER: a length in more bytes than it takes, a leading zero more. The same numbers, another spelling: refused."""
    der = EC.signs(HASH)
    for spelt in (
        b"\x30\x81" + der[1:],
        der[:1] + bytes([der[1] + 1]) + b"\x02" + bytes([der[3] + 1]) + b"\0" + der[4:],
    ):
        try:
            signature_of(KEYS[EC], spelt, "x")
        except Refused:
            continue
        raise AssertionError(spelt)


class _Said(Exchange):
    """Answers everything with the same bytes; no network."""

    def __init__(self, body: bytes, status: int) -> None:
        self.body, self.status = body, status

    async def post(self, act: str, message: object, **how: object) -> RemoteAnswer:
        """The same to all; of keys MySign gives a list."""
        body = b"[" + self.body + b"]" if act == "vtss/service/certificates/info" else self.body
        return RemoteAnswer(at=1_795_000_000_001, act=act, status=self.status, body=jws.standard_b64(body))


_DER = base64.b64encode(RSA.der).decode()
_SIGNED = base64.b64encode(RSA.signs(HASH)).decode()
_CSC = {
    "access_token": "t",
    "expires_in": 3600,
    "credentialIDs": ["key-of-an"],
    "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.11"]},
    "cert": {"certificates": [_DER]},
    "SCAL": "2",
    "auth": {"mode": "oauth2code"},
    "request_uri": "urn:x",
    "signatures": [_SIGNED],
}
# One answer that does for every question.
RIGHT: dict[Name, dict[str, Any]] = {
    "769": {
        "status_code": 200,
        "message": "SUCCESS",
        "data": {
            "transaction_id": "pl-01",
            "tran_code": "t",
            "signatures": [{"doc_id": "x", "signature_value": _SIGNED}],
            "user_certificates": [{"serial_number": "1", "cert_data": _DER, "service_type": "SMARTCA"}],
        },
    },
    "MySign": {
        "status": "1",
        "signatures": [_SIGNED],
        "transactionId": "t",
        "access_token": "t",
        "expires_in": "3600",
        "credential_id": "key-of-an",
        "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.1"]},
        "cert": {"certificates": [_DER]},
        "scal": "2",
    },
    "CSC v1": _CSC,
    "CSC v2": _CSC,
}
_TEXTS = ["", "1", "4000", "EXPIRED", "enabled", "\0", "AAAA", "٣", "9" * 5_000, "a\r\nb: c", _DER[:-8], _DER]
_ODD: list[Any] = [None, True, 200, 404, -1, 10**30, 1.5, [], [[]], {}, {"x": 1}, *_TEXTS]


def _spoilt(said: Any, places: dict[int, Any]) -> Any:
    """The same with some values, counted from the outside in, exchanged."""
    left = dict(places)
    count = 0

    def walk(value: Any) -> Any:
        nonlocal count
        place, count = count, count + 1
        if place in left:
            return left[place]
        if isinstance(value, dict):
            return {name: walk(each) for name, each in value.items()}
        return [walk(each) for each in value] if isinstance(value, list) else value

    return walk(said)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("name", NAMES)
def test_each_value_of_an_answer_exchanged(name: Name, status: int) -> None:
    """Whatever a service says of keys, of a question, of how it stands: a refusal of ours, or an answer."""
    for place, odd in itertools.product(range(20), _ODD):
        # Another each time: one that is signed in would not ask for that again.
        service = adapter(name, None, Clock(), "http://127.0.0.1:9")  # type: ignore[arg-type]
        asyncio.run(_ask_all(_saying(service, _spoilt(RIGHT[name], {place: odd}), status)))


@pytest.mark.parametrize("name", NAMES)
def test_unspoilt_it_is_an_answer(name: Name) -> None:
    """So that what is spoilt above was good before."""
    service = _saying(adapter(name, None, Clock(), "http://127.0.0.1:9"), RIGHT[name], 200)  # type: ignore[arg-type]
    answered = asyncio.run(_ask_all(service))
    assert [type(each).__name__ for each in answered] == ["list", "Pending"]


def _saying(service: SigningService, said: Any, status: int) -> SigningService:
    exchange = _Said(json.dumps(said).encode(), status)
    object.__setattr__(service, "exchange", exchange)
    if isinstance(service, Csc):
        object.__setattr__(service.authority, "exchange", exchange)
    return service


async def _ask_all(service: SigningService) -> list[object]:
    """What was answered to each question; what was refused is left out."""
    wanted = order(RSA)
    pending = Pending(
        provider="x",
        kind="neac769",
        order=wanted.id,
        user=wanted.user,
        key=wanted.key.id,
        chain=wanted.key.chain,
        signing_input=wanted.signing_input,
        code="0000",
        transaction="pl-01",
        started_at=1,
        expires_at=2**50,
        label="x",
    )
    page = msgspec.structs.replace(pending, confirm_at="https://csc.example.vn", verifier="v")
    questions = (
        service.certificates("an"),
        service.start(wanted),
        service.ask(pending),
        service.ask(page, Grant("code")),
    )
    answered: list[object] = []
    for question in questions:
        with suppress(Refused):
            answered.append(await question)
    return answered
