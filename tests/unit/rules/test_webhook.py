"""Webhooks are signed as the Standard Webhooks specification says, and only genuine, fresh ones are taken."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.rules import webhook

# The published example of the specification's libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR_ID, VECTOR_AT, VECTOR_BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
VECTOR_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = 1_700_000_000
BODY = b'{"type":"turn.started"}'


def secret() -> bytes:
    found = webhook.read_key(SECRET)
    assert isinstance(found, bytes)
    return found


def test_published_vector() -> None:
    """Our HMAC signature of the published example is the published one."""
    made = webhook.headers(VECTOR_ID, VECTOR_AT, VECTOR_BODY, KEY, secret())
    assert made[webhook.SIGNATURE].split(" ")[1] == VECTOR_SIGNATURE
    given = {**made, webhook.SIGNATURE: VECTOR_SIGNATURE}
    assert webhook.verify(given, VECTOR_BODY, secret(), VECTOR_AT) == VECTOR_ID


def test_ed25519_over_id_timestamp_and_body() -> None:
    """The asymmetric signature is Ed25519 over `id.timestamp.body`, and needs no secret."""
    made = webhook.headers("msg_1", NOW, BODY, KEY, None)
    version, _, text = made[webhook.SIGNATURE].partition(",")
    assert version == "v1a"
    KEY.public_key().verify(base64.b64decode(text), b"msg_1.%d.%b" % (NOW, BODY))
    assert webhook.verify(made, BODY, KEY.public_key(), NOW) == "msg_1"


def test_either_key_is_enough() -> None:
    """With both signatures a receiver checks the one that it has a key for, wherever it stands."""
    made = webhook.headers("msg_1", NOW, BODY, KEY, secret())
    turned = {**made, webhook.SIGNATURE: " ".join(reversed(made[webhook.SIGNATURE].split(" ")))}
    for given in (made, turned):
        assert webhook.verify(given, BODY, KEY.public_key(), NOW) == "msg_1"
        assert webhook.verify(given, BODY, secret(), NOW) == "msg_1"


def test_keys_as_text() -> None:
    """A key is read back from the text in which it is handed out."""
    public = webhook.read_key(webhook.key_text(KEY.public_key()))
    assert not isinstance(public, bytes)
    assert public.public_bytes_raw() == KEY.public_key().public_bytes_raw()
    assert webhook.read_key(webhook.secret_text(secret())) == secret()


@pytest.mark.parametrize(
    "text",
    ["", "whpk_", "whpk_AAAA", "whsec_AAAA", "whsk_" + "A" * 44, SECRET.removeprefix("whsec_"), "whsec_đ"],
)
def test_no_key(text: str) -> None:
    """What is no key, too short a secret or a private key is refused."""
    with pytest.raises(webhook.WebhookKeyWrong):
        webhook.read_key(text)


MADE = webhook.headers("msg_1", NOW, BODY, KEY, secret())
FORGED = [
    ({**MADE, webhook.ID: "msg_2"}, BODY),
    ({**MADE, webhook.TIMESTAMP: str(NOW + 1)}, BODY),
    (MADE, BODY + b" "),
    ({**MADE, webhook.SIGNATURE: ""}, BODY),
    ({**MADE, webhook.SIGNATURE: "v1,AAAA v1a,AAAA v1a, v1a,%%"}, BODY),
    ({**MADE, webhook.SIGNATURE: MADE[webhook.SIGNATURE].replace("v1a,", "v2,").replace("v1,", "v3,")}, BODY),
    ({key: value for key, value in MADE.items() if key != webhook.ID}, BODY),
    ({key: value for key, value in MADE.items() if key != webhook.TIMESTAMP}, BODY),
    ({**MADE, webhook.TIMESTAMP: "١٧"}, BODY),
    # The place of a full stop must not be a matter of opinion.
    ({**MADE, webhook.ID: f"msg_1.{NOW}", webhook.TIMESTAMP: "1"}, BODY),
]


@pytest.mark.parametrize(("given", "body"), FORGED)
def test_forged(given: dict[str, str], body: bytes) -> None:
    """Anything changed, left out or put elsewhere is not genuine, with either key."""
    for key in (KEY.public_key(), secret()):
        with pytest.raises(webhook.WebhookNotGenuine):
            webhook.verify(given, body, key, NOW)


def test_signed_by_another() -> None:
    """Another installation's key is no key of ours."""
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    with pytest.raises(webhook.WebhookNotGenuine):
        webhook.verify(MADE, BODY, other, NOW)


@pytest.mark.parametrize("away", [-301, 301])
def test_stale(away: int) -> None:
    """Five minutes either way, no more."""
    assert webhook.verify(MADE, BODY, KEY.public_key(), NOW + (300 if away > 0 else -300)) == "msg_1"
    with pytest.raises(webhook.WebhookStale):
        webhook.verify(MADE, BODY, KEY.public_key(), NOW + away)


@pytest.mark.parametrize("name", [webhook.ID, webhook.TIMESTAMP, webhook.SIGNATURE])
@pytest.mark.parametrize("key", [KEY.public_key(), secret()], ids=["public", "secret"])
def test_headers_that_are_no_text(name: str, key: Ed25519PublicKey | bytes) -> None:
    """Bytes that are no UTF-8 come as lone surrogates; they, and letters of other scripts, are refused as anything
    else that is not genuine."""
    made = webhook.headers("msg_1", NOW, BODY, KEY, secret())
    for wrong in ("\udcff", "١"):
        with pytest.raises(webhook.WebhookNotGenuine):
            webhook.verify({**made, name: made[name] + wrong}, BODY, key, NOW)
