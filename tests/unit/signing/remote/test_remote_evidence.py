"""What a service leaves behind, with the service gone: any change of what matters is found."""

import base64
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from services.refusal import Refused
from services.rules import certified, jws, remote_evidence, verification_code
from services.signing.remote.port import MOST_ANSWERS, Pending
from services.signing.remote.settled import settle
from services.wire import RemoteAnswer, RemoteEvidence
from tests.support.fake_signers import Signer, certified_again, signer, signing_input

AT = 1_795_000_000_000
# Said by the service or by us of how it came to be; nothing that was signed depends on it.
HEARSAY = {"provider", "kind", "version", "transaction", "form"}


def answer(body: Any, at: int = AT + 1, act: str = "status") -> RemoteAnswer:
    return RemoteAnswer(at=at, act=act, status=200, body=jws.standard_b64(msgspec.json.encode(body)))


def pending(who: Signer, message: bytes, *answers: RemoteAnswer) -> Pending:
    return Pending(
        provider="vnpt",
        kind="neac769",
        order="pl-01",
        user="user-an",
        key="54010101",
        chain=(who.der, b"issuer"),
        signing_input=message,
        code="0000",
        transaction="pl-01",
        started_at=AT,
        expires_at=AT + 300_000,
        answers=answers,
    )


@cache
def made(kind: str = "rsa", alg: str = "RS256") -> tuple[bytes, bytes, bytes]:
    """Evidence, the message, the certificate."""
    who, message = signer("an", kind), signing_input(alg)
    value = base64.b64encode(who.signs(jws.b64_decode(jws.digest(message).encode()), alg)).decode()
    held = pending(who, message, answer({"message": "PENDING"}), answer({"data": [{"v": value}]}, AT + 2))
    done = settle(msgspec.structs.replace(held, code=verification_code.of(message)), value, "sp769")
    return remote_evidence.write(done.evidence), message, who.der


KINDS = pytest.mark.parametrize(("kind", "alg"), [("rsa", "RS256"), ("rsa", "PS256"), ("p256", "ES256")])


@KINDS
def test_stands_alone(kind: str, alg: str) -> None:
    """Of each algorithm."""
    raw, message, certificate = made(kind, alg)
    evidence = remote_evidence.verify(raw, message, certificate)
    jws.verify_bytes(
        alg, signer("an", kind).key.public_key(), jws.b64_decode(evidence.signature.encode()), message
    )


@KINDS
@given(place=some.integers(min_value=0), change=some.integers(1, 255))
def test_any_changed_byte_of_what_matters(kind: str, alg: str, place: int, change: int) -> None:
    """Each byte is held by a check, but for those that say how it came to be, and answers before the last."""
    raw, message, certificate = made(kind, alg)
    changed = bytearray(raw)
    changed[place % len(raw)] ^= change
    try:
        found = remote_evidence.verify(bytes(changed), message, certificate)
    except Refused:
        return
    good = remote_evidence.verify(raw, message, certificate)
    different = {
        name for name in RemoteEvidence.__struct_fields__ if getattr(found, name) != getattr(good, name)
    }
    # The chain above the leaf is checked where trust is: here only that the leaf is for the key. Times stay in order,
    # and of the answers the last still brings the signature.
    assert different <= HEARSAY | {"chain", "answers", "started_at", "done_at"}
    ours, theirs = (certified.public_key_of(base64.b64decode(each.chain[0])) for each in (good, found))
    assert ours == theirs
    assert found.answered in base64.b64decode(found.answers[-1].body).decode("utf-8", "replace")


@KINDS
@given(place=some.integers(min_value=0), change=some.integers(1, 255))
def test_of_this_message_only(kind: str, alg: str, place: int, change: int) -> None:
    """Any other message: it is no evidence for that."""
    raw, message, certificate = made(kind, alg)
    other = bytearray(message)
    other[place % len(message)] ^= change
    with pytest.raises(Refused):
        remote_evidence.verify(raw, bytes(other), certificate)


@KINDS
def test_of_this_key_only(kind: str, alg: str) -> None:
    """Another person's certificate is refused; another certificate of the same key, as of our own authority, is not."""
    raw, message, _ = made(kind, alg)
    assert remote_evidence.verify(raw, message, certified_again(signer("an", kind)).der).alg == alg
    for other in (signer("binh", kind), signer("binh", "rsa" if kind == "p256" else "p256")):
        with pytest.raises(remote_evidence.EvidenceWrong, match="another key"):
            remote_evidence.verify(raw, message, other.der)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"input_sha256": "A" * 43}, "another message"),
        ({"verification_code": "9999"}, "another verification code"),
        ({"chain": ()}, "another key"),
        ({"chain": (jws.standard_b64(signer("binh").der),)}, "another key"),
        ({"alg": "PS256"}, "another algorithm"),
        ({"answers": ()}, "no answer"),
        ({"answers": (answer({"v": "AAAA"}),)}, "another signature"),
        ({"answers": (answer({}, AT + 2), answer({}, AT + 1))}, "times"),
        ({"started_at": AT + 10}, "times"),
        ({"done_at": AT}, "times"),
        ({"answered": ""}, "no answer"),
    ],
)
def test_each_check_has_its_reason(changed: dict[str, Any], what: str) -> None:
    """What is wrong is said."""
    raw, message, certificate = made()
    evidence = replace(msgspec.json.decode(raw, type=RemoteEvidence), **changed)
    with pytest.raises(remote_evidence.EvidenceWrong, match=what):
        remote_evidence.verify(remote_evidence.write(evidence), message, certificate)


def test_another_signature_of_the_same_key() -> None:
    """It must be over this message."""
    raw, message, certificate = made()
    evidence = replace(msgspec.json.decode(raw, type=RemoteEvidence), signature="A" * 342)
    with pytest.raises(jws.SignatureWrong):
        remote_evidence.verify(remote_evidence.write(evidence), message, certificate)


@pytest.mark.parametrize("spelling", [b" ", b"\n"])
def test_written_in_one_way(spelling: bytes) -> None:
    """Its bytes may be hashed: the same in other bytes is another."""
    raw, message, certificate = made()
    with pytest.raises(remote_evidence.EvidenceWrong, match="one way"):
        remote_evidence.verify(raw + spelling, message, certificate)
    with pytest.raises(remote_evidence.EvidenceWrong, match="too long"):
        remote_evidence.verify(raw + b" " * remote_evidence.LARGEST, message, certificate)


def test_answers_that_say_the_same_are_kept_once() -> None:
    """Asked every second for five minutes, the evidence stays small; the last answer is always kept."""
    held = pending(signer("an"), signing_input())
    for second in range(300):
        held = held.heard(answer({"message": "PENDING"}, AT + second))
    assert [each.at for each in held.answers] == [AT]
    for second in range(300):
        held = held.heard(answer({"message": f"PENDING {second}"}, AT + 1000 + second))
    assert len(held.answers) == MOST_ANSWERS
    assert held.answers[-1].at == AT + 1299
