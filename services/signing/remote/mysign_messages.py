"""What Viettel MySign answers, as far as it is read; numbers come as numbers or as texts."""

import msgspec

from services.signing.remote.port import Number
from services.wire import Title

RSA = "1.2.840.113549.1.1.1"


class Token(msgspec.Struct, frozen=True):
    """What we are signed in with for a user."""

    access_token: str
    expires_in: int | str = 0


class KeySaid(msgspec.Struct, frozen=True):
    """The key of a credential: enabled or not, and its algorithms as OIDs."""

    status: str
    algo: list[str]


class CertSaid(msgspec.Struct, frozen=True):
    """Its certificates, base64 DER, leaf first."""

    certificates: list[str]
    status: str = ""


class Credential(msgspec.Struct, frozen=True):
    """`certificates/info`, one of a list."""

    credential_id: Title
    key: KeySaid
    cert: CertSaid
    scal: int | str = ""

    @property
    def is_fit(self) -> bool:
        """Whether it may sign for a person: enabled, RSA, and what is confirmed is bound to the hash (SCAL2)."""
        return self.key.status == "enabled" and RSA in self.key.algo and str(self.scal) == "2"


class Started(msgspec.Struct, frozen=True):
    """`signHash`."""

    transactionId: Number


class Status(msgspec.Struct, frozen=True):
    """`requests/status`."""

    status: int | str
    signatures: list[str] | None = None


class Error(msgspec.Struct, frozen=True):
    """What a refusal may look like; every client quotes another of these members."""

    error: int | str = ""
    error_code: int | str = ""
    errorCode: int | str = ""
    code: int | str = ""

    @property
    def codes(self) -> set[str]:
        """All that were given."""
        return {str(each) for each in (self.error, self.error_code, self.errorCode, self.code)}
