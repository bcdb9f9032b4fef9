"""What makes bytes an assertion of a passkey: WebAuthn Level 3, section 7.2, each check by its own name.

An assertion signs `authenticatorData || SHA-256(clientDataJSON)`. The bytes are taken as they came and never written
again. The library reads keys in COSE and nothing else here: it takes an assertion from inside somebody else's page
(`crossOrigin`), and has one refusal for everything. Pure: what is needed is given, so that a stranger can do it again.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography, encode_cbor
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Cose

from services.rules import jws
from services.rules.assertion_errors import (
    AssertionBackupWrong,
    AssertionChallengeWrong,
    AssertionEmbedded,
    AssertionKindWrong,
    AssertionMalformed,
    AssertionOriginWrong,
    AssertionReplayed,
    AssertionSiteWrong,
    AssertionUnattended,
    AssertionUnsigned,
    AssertionUnverified,
    PasskeyKeyNotTaken,
)

Kind = Literal["webauthn.get", "webauthn.create"]
LARGEST_CLIENT_DATA = 4_096
RSA_LARGEST_BITS = 4_096
_E = 65_537
_HEAD = 37
_PRESENT, _VERIFIED, _BACKUP_ELIGIBLE, _BACKED_UP, _EXTENDED = 0x01, 0x04, 0x08, 0x10, 0x80


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a passkey gave, byte for byte."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What is known of the passkey: its public key (COSE), how far it counted, whether it can be backed up at all."""

    public_key: bytes
    sign_count: int
    backup_eligible: bool


@dataclass(frozen=True, slots=True)
class Site:
    """Who asks: the host's name that passkeys belong to, and the addresses of its pages, exactly."""

    host: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """What the device said: how far it counts, and whether the passkey can be and is backed up."""

    sign_count: int
    backup_eligible: bool
    backed_up: bool


def site_of(address: str) -> Site | None:
    """The site of an address for people: its host, and its origin exactly. None of a number, which has no passkeys."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        port = {"http": 80, "https": 443}.get(parts.scheme)
        origin = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, port) else "")
        return Site(host, (origin,))
    return None


def verify(given: Assertion, enrolled: Enrolled, site: Site, challenge: bytes) -> Flags:
    """What the device says, once all of it was found right.

    Raises AssertionMalformed, AssertionKindWrong, AssertionChallengeWrong, AssertionOriginWrong, AssertionEmbedded,
    AssertionSiteWrong, AssertionUnattended, AssertionUnverified, AssertionBackupWrong, PasskeyKeyNotTaken,
    AssertionUnsigned, AssertionReplayed.
    """
    # 1. What the browser says: asked for this, by our own page, at the top.
    must_be_for(given.client_data, "webauthn.get", site, challenge)
    # 2. What the device says: for our site, with its owner there and known to it.
    flags = read_flags(given.authenticator_data, site)
    if len(given.authenticator_data) > _HEAD and not given.authenticator_data[32] & _EXTENDED:
        raise AssertionMalformed(what="authenticatorData")
    if flags.backup_eligible != enrolled.backup_eligible:
        raise AssertionBackupWrong
    # 3. Signed by this very passkey, over the bytes as they came.
    must_be_signed(given, enrolled.public_key)
    # 4. Counted on; passkeys that are kept in several places always say 0.
    must_count_on(flags.sign_count, enrolled.sign_count)
    return flags


def challenge_in(client_data: bytes) -> bytes:
    """The challenge that was answered, not yet believed. Raises AssertionMalformed."""
    text = _client_data(client_data)["challenge"]
    try:
        return jws.b64_decode(text.encode())
    except (jws.NotWellFormed, UnicodeEncodeError) as error:
        raise AssertionMalformed(what="challenge") from error


def must_be_for(client_data: bytes, kind: Kind, site: Site, challenge: bytes) -> None:
    """Raise unless the browser was asked for this, with this challenge, by a page of ours that stood alone.

    Raises AssertionMalformed, AssertionKindWrong, AssertionChallengeWrong, AssertionOriginWrong, AssertionEmbedded.
    """
    said = _client_data(client_data)
    if said["type"] != kind:
        raise AssertionKindWrong
    if said["challenge"] != jws.b64_encode(challenge).decode():
        raise AssertionChallengeWrong
    if said["origin"] not in site.origins:
        raise AssertionOriginWrong(origin=", ".join(site.origins))
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise AssertionEmbedded


def _client_data(raw: bytes) -> dict[str, Any]:
    if len(raw) > LARGEST_CLIENT_DATA:
        raise AssertionMalformed(what="clientDataJSON")
    try:
        said = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        raise AssertionMalformed(what="clientDataJSON") from error
    # A browser may say more than we know of (section 5.8.1): the rest is let be.
    if not isinstance(said, dict) or not all(
        isinstance(said.get(name), str) for name in ("type", "challenge", "origin")
    ):
        raise AssertionMalformed(what="clientDataJSON")
    return said


def _once(pairs: Collection[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice is read in two ways by two readers."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise AssertionMalformed(what="clientDataJSON")
    return found


def _no_json(word: str) -> None:
    """NaN and Infinity, which Python reads and no browser does."""
    raise AssertionMalformed(what="clientDataJSON")


def read_flags(authenticator_data: bytes, site: Site) -> Flags:
    """What the device says of itself, for our site, with its owner there and verified.

    Raises AssertionMalformed, AssertionSiteWrong, AssertionUnattended, AssertionUnverified, AssertionBackupWrong.
    """
    if len(authenticator_data) < _HEAD:
        raise AssertionMalformed(what="authenticatorData")
    if authenticator_data[:32] != hashlib.sha256(site.host.encode()).digest():
        raise AssertionSiteWrong(site=site.host)
    flags = authenticator_data[32]
    if not flags & _PRESENT:
        raise AssertionUnattended
    if not flags & _VERIFIED:
        raise AssertionUnverified
    if flags & _BACKED_UP and not flags & _BACKUP_ELIGIBLE:
        raise AssertionBackupWrong
    return Flags(
        sign_count=int.from_bytes(authenticator_data[33:37]),
        backup_eligible=bool(flags & _BACKUP_ELIGIBLE),
        backed_up=bool(flags & _BACKED_UP),
    )


def key_of(cose: bytes) -> jws.PublicKey:
    """The public key, of a kind that is taken. Raises AssertionMalformed, PasskeyKeyNotTaken."""
    try:
        read = decode_credential_public_key(cose)
        key = decoded_public_key_to_cryptography(read)
    except Exception as error:  # the library and CBOR below it raise what they like about bytes of a stranger
        raise AssertionMalformed(what="COSE") from error
    match key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()) if read.alg == Cose.ECDSA_SHA_256:
            return key
        case Ed25519PublicKey() if read.alg == Cose.EDDSA:
            return key
        case rsa.RSAPublicKey() if read.alg == Cose.RSASSA_PKCS1_v1_5_SHA_256:
            # Of others browsers do not agree whether they are keys at all.
            if jws.RSA_SMALLEST_BITS <= key.key_size <= RSA_LARGEST_BITS and key.public_numbers().e == _E:
                return key
    raise PasskeyKeyNotTaken


def spelled(key: jws.PublicKey) -> bytes:
    """A key that is taken, in COSE as WebAuthn section 6.5.1.1 wants it written: these members, in this order, no more.
    A device may have written it otherwise; one key then had several texts, and not every reader reads all of them."""
    match key:
        case ec.EllipticCurvePublicKey():
            point = key.public_numbers()
            return encode_cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        case Ed25519PublicKey():
            return encode_cbor({1: 1, 3: -8, -1: 6, -2: key.public_bytes_raw()})
        case rsa.RSAPublicKey():
            n = key.public_numbers().n
            return encode_cbor({1: 3, 3: -257, -1: n.to_bytes((n.bit_length() + 7) // 8), -2: _E.to_bytes(3)})


def must_be_signed(given: Assertion, cose: bytes) -> None:
    """Raise unless this key signed these bytes. Raises AssertionMalformed, PasskeyKeyNotTaken, AssertionUnsigned."""
    signed = given.authenticator_data + hashlib.sha256(given.client_data).digest()
    try:
        match key_of(cose):
            case ec.EllipticCurvePublicKey() as key:
                key.verify(given.signature, signed, ec.ECDSA(SHA256()))
            case rsa.RSAPublicKey() as key:
                key.verify(given.signature, signed, padding.PKCS1v15(), SHA256())
            case Ed25519PublicKey() as key:
                key.verify(given.signature, signed)
    except InvalidSignature as error:
        raise AssertionUnsigned from error


def must_count_on(given: int, kept: int) -> None:
    """Raise AssertionReplayed unless the passkey counted on, or never counts."""
    if (given or kept) and given <= kept:
        raise AssertionReplayed
