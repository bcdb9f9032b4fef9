"""Assertions of passkeys: each thing that can be wrong is refused by its own code; and the evidence of a step up."""

import hashlib
import json
from base64 import urlsafe_b64decode
from typing import Any

import cbor2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.refusal import Refused
from services.rules import assertion, jws, step_up
from services.rules.assertion import Assertion, Enrolled, Site
from services.wire import StepUpEvidence
from tests.support import proto
from tests.support.authenticator import BE, BS, ED, SYNCED, UP, UV, Authenticator, Key, b64, client_data, cose

HOST, ORIGIN = "plenary.example.vn", "https://plenary.example.vn"
SITE = Site(HOST, (ORIGIN,))
CHALLENGE = b"thu-thach"


def raw(given: dict[str, Any]) -> Assertion:
    """What was sent, as bytes."""
    parts = (given["authenticator_data"], given["client_data"], given["signature"])
    return Assertion(*(urlsafe_b64decode(part + "==") for part in parts))


def enrolled(device: Authenticator, count: int = 0, *, eligible: bool = True) -> Enrolled:
    """What the house keeps of a device."""
    return Enrolled(cose(device.key), count, eligible)


def code(device: Authenticator, given: dict[str, Any], count: int = 0, *, eligible: bool = True) -> str:
    """The code of the refusal."""
    with pytest.raises(Refused) as refused:
        assertion.verify(raw(given), enrolled(device, count, eligible=eligible), SITE, CHALLENGE)
    return refused.value.code


def fresh(kind: str) -> Key:
    """A new key of a kind that is taken."""
    match kind:
        case "EdDSA":
            return Ed25519PrivateKey.generate()
        case "RS256":
            return rsa.generate_private_key(65537, 2048)
        case _:
            return ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
def test_an_honest_one(kind: str) -> None:
    """A passkey of any kind that is taken; its flags and its count are told."""
    device = Authenticator(key=fresh(kind), count=7, flags=UP | UV | BE)
    flags = assertion.verify(raw(device.asserted(CHALLENGE)), enrolled(device, 6), SITE, CHALLENGE)
    assert (flags.sign_count, flags.backup_eligible, flags.backed_up) == (7, True, False)


def test_a_browser_may_say_more() -> None:
    """Members that a newer browser adds are let be (section 5.8.1), and no crossOrigin at all is none."""
    device = Authenticator()
    said = client_data("webauthn.get", CHALLENGE, ORIGIN, crossOrigin=None, other_keys_can_be_added_here="so")
    assertion.verify(raw(device.asserted(CHALLENGE, said=said)), enrolled(device), SITE, CHALLENGE)


SAID: list[tuple[str, bytes]] = [
    ("assertion_kind_wrong", client_data("webauthn.create", CHALLENGE, ORIGIN)),
    ("assertion_kind_wrong", client_data("payment.get", CHALLENGE, ORIGIN)),
    ("assertion_challenge_wrong", client_data("webauthn.get", b"another", ORIGIN)),
    ("assertion_challenge_wrong", client_data("webauthn.get", b"", ORIGIN)),
    (
        "assertion_challenge_wrong",
        client_data("webauthn.get", CHALLENGE, ORIGIN, challenge=b64(CHALLENGE) + "="),
    ),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, "https://evil.example")),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, "https://a.plenary.example.vn")),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, "https://evilplenary.example.vn")),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, ORIGIN + ".evil.example")),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, ORIGIN + "/")),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, ORIGIN + ":444")),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, "http://plenary.example.vn")),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, ORIGIN.upper())),
    ("assertion_origin_wrong", client_data("webauthn.get", CHALLENGE, "")),
    ("assertion_embedded", client_data("webauthn.get", CHALLENGE, ORIGIN, crossOrigin=True)),
    ("assertion_embedded", client_data("webauthn.get", CHALLENGE, ORIGIN, crossOrigin="false")),
    ("assertion_embedded", client_data("webauthn.get", CHALLENGE, ORIGIN, crossOrigin=0)),
    ("assertion_embedded", client_data("webauthn.get", CHALLENGE, ORIGIN, topOrigin="https://evil.example")),
    ("assertion_embedded", client_data("webauthn.get", CHALLENGE, ORIGIN, topOrigin=ORIGIN)),
    ("assertion_malformed", b""),
    ("assertion_malformed", b"[]"),
    ("assertion_malformed", b"\xff"),
    ("assertion_malformed", b"\xef\xbb\xbf" + client_data("webauthn.get", CHALLENGE, ORIGIN)),
    ("assertion_malformed", b"[" * 4_000),
    ("assertion_malformed", client_data("webauthn.get", CHALLENGE, ORIGIN, more="x" * 4_096)),
    ("assertion_malformed", client_data("webauthn.get", CHALLENGE, ORIGIN, origin=[ORIGIN])),
    (
        "assertion_malformed",
        client_data("webauthn.get", CHALLENGE, ORIGIN)[:-1] + b', "origin": "https://x"}',
    ),
]


@pytest.mark.parametrize(("expected", "said"), SAID)
def test_what_the_browser_says(expected: str, said: bytes) -> None:
    """Signed by the right key all the same, it is refused for what it says."""
    device = Authenticator()
    assert code(device, device.asserted(CHALLENGE, said=said)) == expected


@pytest.mark.parametrize(
    ("expected", "how"),
    [
        ("assertion_site_wrong", {"site": "evil.example"}),
        ("assertion_site_wrong", {"site": "example.vn"}),
        ("assertion_site_wrong", {"site": "a.plenary.example.vn"}),
        ("assertion_site_wrong", {"site": ORIGIN}),
        ("assertion_unattended", {"flags": UV | BE}),
        ("assertion_unverified", {"flags": UP | BE}),
        ("assertion_backup_wrong", {"flags": UP | UV | BS}),
        ("assertion_backup_wrong", {"flags": UP | UV}),
    ],
)
def test_what_the_device_says(expected: str, how: dict[str, Any]) -> None:
    """Signed by the right key all the same."""
    device = Authenticator()
    assert code(device, device.asserted(CHALLENGE, data=device.data(**how))) == expected


@pytest.mark.parametrize("length", [0, 31, 36])
def test_authenticator_data_too_short(length: int) -> None:
    """Cut off, there is nothing to read."""
    device = Authenticator()
    assert code(device, device.asserted(CHALLENGE, data=device.data()[:length])) == "assertion_malformed"


def test_something_behind_the_authenticator_data() -> None:
    """Bytes behind that no flag announces are refused; announced extensions are signed, and let be."""
    device = Authenticator()
    assert code(device, device.asserted(CHALLENGE, data=device.data() + b"\xa0")) == "assertion_malformed"
    extended = device.data(flags=SYNCED | ED) + cbor2.dumps({"credProps": {}})
    assertion.verify(raw(device.asserted(CHALLENGE, data=extended)), enrolled(device), SITE, CHALLENGE)


def test_a_passkey_of_one_device_does_not_become_one_that_is_copied() -> None:
    """What can be backed up is said once, when it is made."""
    device = Authenticator(flags=UP | UV)
    assertion.verify(raw(device.asserted(CHALLENGE)), enrolled(device, eligible=False), SITE, CHALLENGE)
    device.flags = SYNCED
    assert code(device, device.asserted(CHALLENGE), eligible=False) == "assertion_backup_wrong"


@pytest.mark.parametrize(("kept", "given"), [(5, 5), (5, 4), (5, 0), (1, 1), (2**32 - 1, 0)])
def test_counted_backwards(kept: int, given: int) -> None:
    """The count must grow, unless it is never used."""
    device = Authenticator(count=given)
    assert code(device, device.asserted(CHALLENGE), kept) == "assertion_replayed"


@pytest.mark.parametrize(("kept", "given"), [(0, 0), (0, 1), (5, 6), (5, 2**32 - 1)])
def test_counted_on(kept: int, given: int) -> None:
    """It grew, by however much; or both are 0."""
    device = Authenticator(count=given)
    assertion.verify(raw(device.asserted(CHALLENGE)), enrolled(device, kept), SITE, CHALLENGE)


def test_signatures_of_others() -> None:
    """Another key, other bytes, another form, nothing: none is this passkey's signature."""
    device, other = Authenticator(), Authenticator()
    good = raw(device.asserted(CHALLENGE))
    respaced = json.dumps(json.loads(good.client_data), separators=(",", ":")).encode()
    assert respaced != good.client_data
    for signature, data, said in (
        (raw(other.asserted(CHALLENGE)).signature, good.authenticator_data, good.client_data),
        (b"", good.authenticator_data, good.client_data),
        (good.signature[:-1], good.authenticator_data, good.client_data),
        (b"\0" * 64, good.authenticator_data, good.client_data),
        (good.signature, good.authenticator_data, respaced),
        (good.signature, good.authenticator_data[:33] + b"\0\0\0\x09", good.client_data),
        (device.sign(good.authenticator_data + good.client_data), good.authenticator_data, good.client_data),
    ):
        with pytest.raises(Refused) as refused:
            assertion.verify(Assertion(data, said, signature), enrolled(device), SITE, CHALLENGE)
        assert refused.value.code == "assertion_unsigned"


@pytest.mark.parametrize(
    ("expected", "key"),
    [
        ("passkey_key_not_taken", cose(ec.generate_private_key(ec.SECP384R1()))),
        ("passkey_key_not_taken", cose(rsa.generate_private_key(65537, 1024))),  # noqa: S505 - that it is too small is the point
        ("assertion_malformed", b""),
        ("assertion_malformed", b"\xa0"),
        ("assertion_malformed", cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32})),
        ("assertion_malformed", cbor2.dumps([1, 2])),
        ("assertion_malformed", cose(ec.generate_private_key(ec.SECP256R1()))[:-1]),
    ],
    # Names of their own: a key made anew would give the test another name each time.
    ids=["P-384", "RSA-1024", "nothing", "an empty map", "off the curve", "a list", "cut"],
)
def test_keys_that_are_not_taken(expected: str, key: bytes) -> None:
    """Other curves, small RSA keys, points off the curve, bytes that are no key."""
    with pytest.raises(Refused) as refused:
        assertion.key_of(key)
    assert refused.value.code == expected


def test_an_algorithm_that_is_not_the_keys() -> None:
    """A P-256 key that names another algorithm is none that is taken."""
    read = cbor2.loads(cose(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(Refused) as refused:
        assertion.key_of(cbor2.dumps(read | {3: -35}))
    assert refused.value.code == "passkey_key_not_taken"


VECTORS = json.loads((proto.ROOT / "proto" / "vectors" / "step-ups.json").read_text())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=[case["name"] for case in VECTORS["cases"]])
def test_vectors_of_step_ups(case: dict[str, Any]) -> None:
    """proto/vectors/step-ups.json: good, or refused by the code that it says."""
    given = msgspec.convert(case["evidence"], StepUpEvidence)
    known = Enrolled(jws.b64_decode(given.public_key.encode()), 0, VECTORS["backup_eligible"])
    site = Site(VECTORS["host"], tuple(VECTORS["origins"]))
    came = ""
    try:
        step_up.verify(given, jws.b64_decode(VECTORS["payload"].encode()), known, site)
    except Refused as refused:
        came = refused.code
    assert came == case["refused"]


PAYLOAD = b'{"v":1,"meeting":"ky-hop","choice":"approve"}'


def evidence(device: Authenticator, payload: bytes = PAYLOAD) -> StepUpEvidence:
    """What the device confirms beside a ballot."""
    given = device.asserted(hashlib.sha256(b"plenary-ballot-v1\0" + payload).digest())
    return StepUpEvidence(
        authenticator_data=given["authenticator_data"],
        client_data=given["client_data"],
        signature=given["signature"],
        public_key=b64(cose(device.key)),
    )


def test_a_step_up_is_checked_again_and_again() -> None:
    """The evidence says that this passkey confirmed this payload, to anybody, also after the passkey counted on."""
    device = Authenticator(count=3)
    kept = evidence(device)
    for _ in range(2):
        assert step_up.verify(kept, PAYLOAD, enrolled(device), SITE).sign_count == 3


def test_a_step_up_is_for_one_payload_and_one_passkey() -> None:
    """Beside another ballot, or of another passkey, it proves nothing; nor does a login."""
    device, other = Authenticator(), Authenticator()
    kept = evidence(device)
    for payload, who, expected in (
        (PAYLOAD.replace(b"approve", b"reject"), device, "assertion_challenge_wrong"),
        (b"", device, "assertion_challenge_wrong"),
        (PAYLOAD, other, "assertion_unsigned"),
    ):
        with pytest.raises(Refused) as refused:
            step_up.verify(kept, payload, enrolled(who), SITE)
        assert refused.value.code == expected
    with pytest.raises(Refused) as refused:
        assertion.verify(raw(device.asserted(CHALLENGE)), enrolled(device), SITE, step_up.challenge(PAYLOAD))
    assert refused.value.code == "assertion_challenge_wrong"
