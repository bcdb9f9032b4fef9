"""What a passkey is to us: for which site, asked with which challenge, and what is kept of a new one. Pure.

Challenges are those of `login.py`, bound to a purpose in place of a certificate: nothing is stored for who asks.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from webauthn import verify_registration_response
from webauthn.helpers import parse_attestation_object, parse_cbor
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)

from services.meeting import login
from services.meeting.errors import ChallengeWrong
from services.meeting.passkey_errors import KeyLoginNeeded, PasskeysNeedName
from services.refusal import Refused
from services.rules import assertion, jws
from services.rules.assertion import Enrolled, Flags, Site
from services.rules.assertion_errors import AssertionMalformed
from services.rules.text import must_be_legible
from services.wire import Passkey, PasskeyMade, PasskeyVouched, PasskeyVoucher, Token

Added = Literal["added", "full", "taken", "revoked"]
MOST = 10
FRESH_S = 300
TO_ENTER = "passkey.get"
_LONGEST_ID = 1_023
# A device that was asked not to vouch may still sign with the new key itself ("packed", section 7.1 step 21).
_FORMATS = (AttestationFormat.NONE.value, AttestationFormat.PACKED.value)


@dataclass(frozen=True, slots=True)
class Kept:
    """A passkey as it is kept: whose it is, and the handle (`person`) that the device keeps beside it."""

    shown: Passkey
    body: str
    credential: bytes
    person: bytes
    public_key: bytes
    sign_count: int

    def enrolled(self) -> Enrolled:
        """What its answers are checked with."""
        return Enrolled(self.public_key, self.sign_count, self.shown.backup_eligible)


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey, once all that was said of it was found right."""

    credential: bytes
    public_key: bytes
    flags: Flags


@dataclass(frozen=True, slots=True)
class Answered:
    """A challenge of ours that was answered, as the browser repeats it; when it expires (milliseconds)."""

    raw: bytes
    expires_at: int


def site_of(address: str) -> Site:
    """The site of our public address: its host, and its origin exactly. Raises PasskeysNeedName for a number."""
    site = assertion.site_of(address)
    if site is None:
        raise PasskeysNeedName(address=address)
    return site


def vouched(kept: Kept, vouch: Callable[[PasskeyVoucher], str], iat: int, exp: int) -> PasskeyVouched:
    """A passkey with our word for whose it is, signed by `vouch`, good from `iat` to `exp` (seconds)."""
    key = jws.b64_encode(kept.public_key).decode()
    said = PasskeyVoucher(
        body=kept.body,
        member=kept.shown.member,
        public_key=key,
        backup_eligible=kept.shown.backup_eligible,
        iat=iat,
        exp=exp,
    )
    identifier = jws.b64_encode(kept.credential).decode()
    return PasskeyVouched(
        id=identifier, transports=kept.shown.transports, public_key=key, voucher=vouch(said)
    )


def kept_of(new: Made, made: PasskeyMade, who: Token, person: bytes, now: int) -> Kept:
    """A new passkey of this member, as it is to be kept."""
    shown = Passkey(
        id=id_of(new.credential),
        member=who.sub,
        name=made.name,
        transports=made.transports,
        backup_eligible=new.flags.backup_eligible,
        backed_up=new.flags.backed_up,
        created_at=now,
        used_at=0,
        replayed_at=0,
    )
    return Kept(shown, who.body, new.credential, person, new.public_key, new.flags.sign_count)


def to_add(token: Token) -> str:
    """The purpose of a challenge for a new passkey of this member."""
    return f"passkey.create {token.body} {token.sub}"


def handle(secret: bytes, body: str, member: str) -> bytes:
    """What a device keeps in place of a name (WebAuthn 14.6.1): the same for all of a member's passkeys."""
    return hmac.digest(secret, f"passkey.person {body} {member}".encode(), "sha256")


def must_have_key(token: Token, now_s: int) -> None:
    """Raise KeyLoginNeeded unless they have just signed in with a key: a passkey, or a token that was stolen a while
    ago, must not make itself a way in for good."""
    if not token.credential or token.passkey or not 0 <= now_s - token.iat <= FRESH_S:
        raise KeyLoginNeeded


def challenge_answered(secret: bytes, purpose: str, client_data: bytes, now: int) -> Answered:
    """The challenge of ours that was answered. Raises AssertionMalformed, ChallengeWrong, ChallengeExpired."""
    raw = assertion.challenge_in(client_data)
    if not raw.isascii():
        raise ChallengeWrong
    return Answered(raw, login.must_be_ours(secret, purpose, raw.decode(), now))


def read_made(made: PasskeyMade, site: Site, challenge: bytes) -> Made:
    """The new passkey. What the device says to vouch for itself is not asked for, and not believed (WebAuthn 7.1).

    Raises TextUnclean, and what assertion.must_be_for, read_flags and key_of raise.
    """
    must_be_legible(made.name, place="name")
    client_data, attestation = bytes_of(made.client_data), bytes_of(made.attestation)
    # 1. What the browser says, and what the device says, by the rules that also hold for every later answer.
    assertion.must_be_for(client_data, "webauthn.create", site, challenge)
    try:
        flags = assertion.read_flags(_authenticator_data(attestation), site)
        # 2. The rest of section 7.1, by the library: the form, and the kind of attestation.
        data = parse_attestation_object(attestation).auth_data.attested_credential_data
        credential = data.credential_id if data is not None else b""
        if not 0 < len(credential) <= _LONGEST_ID:
            raise AssertionMalformed(what="credential id")
        verified = verify_registration_response(
            credential=RegistrationCredential(
                id=jws.b64_encode(credential).decode(),
                raw_id=credential,
                response=AuthenticatorAttestationResponse(client_data, attestation),
            ),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except Refused:
        raise
    except Exception as error:  # the library and CBOR below it raise what they like about bytes of a stranger
        raise AssertionMalformed(what="attestation") from error
    # 3. A key of a kind that is taken, written in the one way in which others will read it.
    key = assertion.key_of(verified.credential_public_key)
    return Made(credential, assertion.spelled(key), flags)


def _authenticator_data(attestation: bytes) -> bytes:
    read = parse_cbor(attestation)
    if (
        not isinstance(read, dict)
        or read.get("fmt") not in _FORMATS
        or not isinstance(read.get("authData"), bytes)
    ):
        raise AssertionMalformed(what="attestation")
    return bytes(read["authData"])


def id_of(credential: bytes) -> str:
    """The name by which we speak of a passkey."""
    return jws.b64_encode(hashlib.sha256(credential).digest()).decode()


def bytes_of(text: str) -> bytes:
    """What a text of base64url stands for. Raises AssertionMalformed."""
    try:
        return jws.b64_decode(text.encode())
    except jws.NotWellFormed as error:
        raise AssertionMalformed(what="base64url") from error
