"""Webhooks as the Standard Webhooks specification 1.0.0 signs them, by who sends them and by who gets them.

What is signed is `<id>.<timestamp>.<body>`: with Ed25519 (`v1a`, so that a receiver needs no secret), and where a
webhook has a secret also with HMAC-SHA256 (`v1`). Receivers accept any one of the signatures that they can check.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.refusal import Refused

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_S = 300
_PUBLIC, _SECRET = "whpk_", "whsec_"
_MOST_SIGNATURES = 10


class WebhookKeyWrong(Refused):
    """This is no key of a webhook: whpk_… (public key) or whsec_… (secret) is expected."""

    code = "webhook_key"
    vi = "Khóa webhook không đúng: cần whpk_… (khóa công khai) hoặc whsec_… (khóa bí mật)."


class WebhookNotGenuine(Refused):
    """This webhook was not signed with the key that is known here ({what})."""

    code = "webhook_not_genuine"
    status = 401
    vi = "Webhook không được ký bằng khóa đã biết ({what})."


class WebhookStale(Refused):
    """This webhook was sent {seconds} s away from now: clocks differ, or somebody repeats an old one."""

    code = "webhook_stale"
    status = 401
    vi = "Webhook được gửi lệch {seconds} giây so với hiện tại: đồng hồ lệch, hoặc bản tin cũ bị gửi lại."


def key_text(key: Ed25519PublicKey) -> str:
    """A public key as receivers are given it: `whpk_…`."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _PUBLIC + base64.b64encode(raw).decode()


def secret_text(secret: bytes) -> str:
    """A secret as its receiver is given it: `whsec_…`."""
    return _SECRET + base64.b64encode(secret).decode()


def read_key(text: str) -> Ed25519PublicKey | bytes:
    """A public key or a secret from its text. Raises WebhookKeyWrong."""
    try:
        if text.startswith(_PUBLIC):
            return Ed25519PublicKey.from_public_bytes(_decoded(text.removeprefix(_PUBLIC)))
        if text.startswith(_SECRET) and 24 <= len(secret := _decoded(text.removeprefix(_SECRET))) <= 64:
            return secret
    except ValueError as error:
        raise WebhookKeyWrong from error
    raise WebhookKeyWrong


def headers(
    identifier: str, now: int, body: bytes, key: Ed25519PrivateKey, secret: bytes | None
) -> dict[str, str]:
    """The headers of one try to send. `now`: seconds; `identifier`: the same at every try, without a full stop."""
    signed = _signed(identifier, str(now), body)
    signatures = ["v1a," + base64.b64encode(key.sign(signed)).decode()]
    if secret is not None:
        signatures.append("v1," + _hmac(secret, signed))
    return {ID: identifier, TIMESTAMP: str(now), SIGNATURE: " ".join(signatures)}


def verify(given: Mapping[str, str], body: bytes, key: Ed25519PublicKey | bytes, now: int) -> str:
    """The id of a genuine webhook, from its headers. `now`: seconds. Raises WebhookNotGenuine, WebhookStale."""
    identifier, timestamp = given.get(ID, ""), given.get(TIMESTAMP, "")
    signatures = given.get(SIGNATURE, "").split(" ")
    # Servers give bytes of a header that are no text as lone surrogates, which nothing can be made of.
    if not (identifier and "." not in identifier and timestamp.isdecimal() and _is_ascii(given)):
        raise WebhookNotGenuine(what="headers")
    if not any(
        _matches(each, _signed(identifier, timestamp, body), key) for each in signatures[:_MOST_SIGNATURES]
    ):
        raise WebhookNotGenuine(what="signature")
    # After the signature: what is said of a stranger's clock is nobody's business.
    away = abs(now - int(timestamp[:15]))
    if away > TOLERANCE_S:
        raise WebhookStale(seconds=away)
    return identifier


def _is_ascii(given: Mapping[str, str]) -> bool:
    return all(given.get(name, "").isascii() for name in (ID, TIMESTAMP, SIGNATURE))


def _matches(signature: str, signed: bytes, key: Ed25519PublicKey | bytes) -> bool:
    version, _, text = signature.partition(",")
    if isinstance(key, bytes):
        return version == "v1" and hmac.compare_digest(text.encode(), _hmac(key, signed).encode())
    try:
        key.verify(_decoded(text), signed)
    except (InvalidSignature, ValueError):
        return False
    return version == "v1a"


def _signed(identifier: str, timestamp: str, body: bytes) -> bytes:
    return f"{identifier}.{timestamp}.".encode() + body


def _hmac(secret: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("base64") from error
