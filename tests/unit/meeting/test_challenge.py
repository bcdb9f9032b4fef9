"""Challenges: ours, for one certificate, for two minutes."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.meeting import login
from services.meeting.errors import AudienceWrong, ChallengeExpired, ChallengeWrong
from services.wire import LoginPayload

SECRET = login.secret_of(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
ONE, OTHER = "A" * 43, "B" * 43
TEXT, EXPIRES = login.challenge(SECRET, ONE, b"n" * 32, 1_000)


def test_good() -> None:
    """A challenge is good for its certificate until just before it expires."""
    assert EXPIRES == 121_000
    assert login.must_be_ours(SECRET, ONE, TEXT, EXPIRES - 1) == EXPIRES


def test_expired() -> None:
    """At its last millisecond it has expired."""
    with pytest.raises(ChallengeExpired):
        login.must_be_ours(SECRET, ONE, TEXT, EXPIRES)


def test_other_certificate() -> None:
    """A challenge of one certificate is none for another."""
    with pytest.raises(ChallengeWrong):
        login.must_be_ours(SECRET, OTHER, TEXT, 2_000)


def test_other_installation() -> None:
    """Another installation's secret makes other challenges."""
    other = login.secret_of(Ed25519PrivateKey.from_private_bytes(b"j" * 32))
    with pytest.raises(ChallengeWrong):
        login.must_be_ours(other, ONE, TEXT, 2_000)


@pytest.mark.parametrize(
    "given",
    ["", ".", "..", "a.b.c", TEXT + "A", TEXT[:-1], "9" + TEXT, TEXT.replace(".", "", 1), "٣.x.y", "\u2028"],
)
def test_altered(given: str) -> None:
    """Whatever is not exactly what we gave is refused."""
    with pytest.raises(ChallengeWrong):
        login.must_be_ours(SECRET, ONE, given, 2_000)


def test_audience() -> None:
    """What was signed for another address is refused."""
    payload = LoginPayload(challenge="x", audience="https://a.example")
    login.must_be_for(payload, "https://a.example")
    with pytest.raises(AudienceWrong):
        login.must_be_for(payload, "https://b.example")
