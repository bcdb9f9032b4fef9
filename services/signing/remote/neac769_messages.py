"""What a service by Decision 769/QĐ-BTTTT answers, as far as it is read; members beside these are passed over."""

import msgspec

from services.signing.remote.port import Number
from services.wire import Title


class Chain(msgspec.Struct, frozen=True):
    """Who certified the certificate."""

    ca_cert: str | None = None
    root_cert: str | None = None


class Certificate(msgspec.Struct, frozen=True):
    """One certificate of a user; `service_type` says whether a person or a body signs with it."""

    serial_number: Title
    cert_data: str
    service_type: str = ""
    chain_data: Chain = Chain()


class Certificates(msgspec.Struct, frozen=True):
    """`v1/credentials/get_certificate`."""

    user_certificates: list[Certificate] | None = None


class Started(msgspec.Struct, frozen=True):
    """`v1/signatures/sign`."""

    transaction_id: str
    tran_code: Number | None = None


class Signature(msgspec.Struct, frozen=True):
    """The signature of one document."""

    doc_id: str
    signature_value: str | None = None


class Signed(msgspec.Struct, frozen=True):
    """`v1/signatures/sign/{transaction}/status`."""

    transaction_id: str = ""
    signatures: list[Signature] | None = None


class Said(msgspec.Struct, frozen=True):
    """What every answer begins with; `data` is read once the rest is known."""

    status_code: int
    message: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")
