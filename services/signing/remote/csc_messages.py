"""The messages of the Cloud Signature Consortium API, v1.0.4.0 and v2.0.0.2: what differs between them, in one place.

Version 1 calls them `hash`, `hashAlgo`, `authMode`; version 2 `hashes`, `hashAlgorithmOID`, `auth`. Of a PIN or a
one-time password there is no word here, in either: none passes through us.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from asn1crypto import algos

from services.rules.jws import standard_b64
from services.wire import Title

Version = Literal["1", "2"]
SHA256 = "2.16.840.1.101.3.4.2.1"
# The signature algorithm in so many words where there is an OID for it, so that no service has to guess the hash.
SIGN_ALGORITHMS = {
    "RS256": "1.2.840.113549.1.1.11",
    "PS256": "1.2.840.113549.1.1.10",
    "ES256": "1.2.840.10045.4.3.2",
}
# What a credential may list for a key that signs by it: RSA alone means that the hash is said beside it.
LISTED = {
    "RS256": frozenset({"1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1"}),
    "PS256": frozenset({"1.2.840.113549.1.1.10"}),
    "ES256": frozenset({"1.2.840.10045.4.3.2"}),
}
_PSS = algos.RSASSAPSSParams(
    {
        "hash_algorithm": {"algorithm": "sha256"},
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
        "salt_length": 32,
    }
)


class Listed(msgspec.Struct, frozen=True):
    """`credentials/list`."""

    credentialIDs: list[Title]


class KeySaid(msgspec.Struct, frozen=True):
    """The key of a credential: enabled or not, and its algorithms as OIDs."""

    status: str
    algo: list[str]


class CertSaid(msgspec.Struct, frozen=True):
    """Its certificates, base64 DER, leaf first."""

    certificates: list[str] = []
    status: str = ""


class AuthSaid(msgspec.Struct, frozen=True):
    """Version 2: how it is authorised."""

    mode: str = ""


class Info(msgspec.Struct, frozen=True):
    """`credentials/info`, either version."""

    key: KeySaid
    cert: CertSaid
    SCAL: str = "1"
    authMode: str = ""
    auth: AuthSaid = AuthSaid()

    @property
    def mode(self) -> str:
        """implicit, explicit, oauth2code (or oauth2token, which nobody has asked for yet)."""
        return self.authMode or self.auth.mode


class Token(msgspec.Struct, frozen=True):
    """An OAuth 2.0 token (RFC 6749 section 5.1)."""

    access_token: str
    expires_in: int = 0


class Pushed(msgspec.Struct, frozen=True):
    """An authorisation request that was pushed (RFC 9126)."""

    # As part of an address it must leave room for the rest.
    request_uri: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Authorised(msgspec.Struct, frozen=True):
    """`credentials/authorize`."""

    SAD: str


class Signed(msgspec.Struct, frozen=True):
    """`signatures/signHash`."""

    signatures: list[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """One hash to sign with one credential, in the words of a version."""

    version: Version
    credential: str
    hash: bytes
    alg: str

    def authorize(self, description: str) -> dict[str, Any]:
        """`credentials/authorize`: permission for this hash and no other, of a service that asks the person itself."""
        asked = {
            "credentialID": self.credential,
            "numSignatures": 1,
            "description": description,
            **self._hashes(),
        }
        return asked if self.version == "1" else asked | {"authData": []}

    def sign_hash(self, sad: str) -> dict[str, Any]:
        """`signatures/signHash`. In version 2 the permission may be the token itself: then `sad` is empty."""
        asked = {"credentialID": self.credential, "signAlgo": SIGN_ALGORITHMS[self.alg], **self._hashes()}
        if self.version == "2":
            asked["operationMode"] = "S"
        if sad:
            asked["SAD"] = sad
        if self.alg == "PS256":
            asked["signAlgoParams"] = standard_b64(_PSS.dump())
        return asked

    def _hashes(self) -> dict[str, Any]:
        coded = [standard_b64(self.hash)]
        if self.version == "1":
            return {"hash": coded, "hashAlgo": SHA256}
        return {"hashes": coded, "hashAlgorithmOID": SHA256}
