"""The steps of a signed edition as values: what was prepared, what was signed, what became of it. Kept by `store`."""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from services.rules import countersigned, jws
from services.wire import SignatureLevel, SignaturePrepared, SignedPart, SigningRole

# The files of a signed edition: the page, and the file that machines read.
SignedKind = Literal["json", "pdf"]
# The papers that persons sign, by the kind under which they are kept.
SignedPaper = Literal["certificate", "minutes"]
PAPERS: dict[SignedPaper, countersigned.Paper[Any]] = {
    "certificate": countersigned.CERTIFICATE,
    "minutes": countersigned.MINUTES,
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """The sealed edition that persons sign: the statement's exact bytes, the sealed file, its hash, the ledger. `kind`:
    which paper it is; `poll`: of a certificate."""

    certificate: str
    body: str
    meeting: str
    poll: str
    statement: bytes
    file: bytes
    sha256: str
    ledger: bytes
    kind: SignedPaper = "certificate"

    @property
    def paper(self) -> countersigned.Paper[Any]:
        """How such a paper is signed."""
        return PAPERS[self.kind]


@dataclass(frozen=True, slots=True)
class Ready:
    """A page with the place for one signature: what of it is signed, and how."""

    document: bytes
    byte_range: tuple[int, int, int, int]
    attributes: bytes


@dataclass(frozen=True, slots=True)
class PreparedSignature:
    """What a person is to sign (see wire.SignaturePrepared). `page` is None once it is good no more."""

    id: str
    certificate: str
    role: SigningRole
    member: str
    thumbprint: str
    instead: str
    begun_at: int
    page: bytes | None
    page_sha256: str
    byte_range: tuple[int, int, int, int]
    attributes: bytes
    protected: str

    def shown(self) -> SignaturePrepared:
        """As the person's device is told."""
        return SignaturePrepared(
            id=self.id,
            certificate=self.certificate,
            role=self.role,
            member=self.member,
            page=self.page_sha256,
            byte_range=self.byte_range,
            attributes=jws.b64_encode(self.attributes).decode(),
            protected=self.protected,
        )


@dataclass(frozen=True, slots=True)
class PersonSigned:
    """What a person signed: `page` as CMS has it, `statement` as JWS has it; when it was kept (milliseconds)."""

    certificate: str
    role: SigningRole
    prepared: str
    page: bytes
    statement: bytes
    signed_at: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A person's signature with what stands behind it: the page so far, and the signature as it stands in the file."""

    certificate: str
    role: SigningRole
    level: SignatureLevel
    pdf: bytes
    part: SignedPart


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A page or a file under the body's seal, and when the authority of its archive time-stamp ends (milliseconds, None
    without one)."""

    content: bytes
    ends_at: int | None


@dataclass(frozen=True, slots=True)
class Ending:
    """A file of a signed edition whose archive is to be looked at. `ends_at`: as there; None of a file without one,
    or of which nobody noted it."""

    certificate: str
    kind: SignedKind
    ends_at: int | None

    @property
    def name(self) -> str:
        """As people are told of it, and as it is fetched."""
        return f"{self.certificate}.signed.{self.kind}"


@dataclass(frozen=True, slots=True)
class Edition:
    """The signed edition. `ends_at`, `file_ends_at`: when the authority of the page's, and of the file's, archive
    time-stamp ends, None without one."""

    certificate: str
    level: SignatureLevel
    test_time: bool
    json: bytes
    pdf: bytes
    sealed_at: int
    ends_at: int | None
    file_ends_at: int | None


class SignerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A person who signed, in short; `level` is empty until it is finished."""

    role: SigningRole
    member: str
    name: str
    signed_at: int
    level: Literal["", "B-B", "B-LT"]
    instead: str


class EditionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A signed edition, in short."""

    level: SignatureLevel
    test_time: bool
    json_sha256: str
    pdf_sha256: str
