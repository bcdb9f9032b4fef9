"""Why a certificate of a person, a seal or a time-stamp authority is not taken, beside what credential_errors says."""

from services.refusal import Refused
from services.rules.credential_errors import (
    ChainExpired,
    ChainMalformed,
    ChainNotYetValid,
    ChainUntrusted,
    ChainWrongUse,
    KeyNotTaken,
)


class ChainRevoked(Refused):
    """The X.509 certificate, or one above it, was revoked on {when} ({reason})."""

    code = "chain_revoked"
    status = 403
    vi = "Chứng thư số, hoặc chứng thư cấp trên của nó, đã bị thu hồi ngày {when} ({reason})."


class ChainStatusUnknown(Refused):
    """It cannot be told now whether the X.509 certificate is revoked: {what}. Try again later."""

    code = "chain_status_unknown"
    status = 503
    vi = "Hiện chưa xác định được chứng thư số có bị thu hồi hay không: {what}. Xin thử lại sau."


class ChainWeak(Refused):
    """The X.509 certificate, or one above it, uses an algorithm or a key that is too weak: {what}."""

    code = "chain_weak"
    status = 403
    vi = "Chứng thư số, hoặc chứng thư cấp trên của nó, dùng thuật toán hoặc khóa quá yếu: {what}."


# All that a person's certificate of another authority may be refused for, as routes name it.
OF_A_CHAIN: tuple[type[Refused], ...] = (
    KeyNotTaken,
    ChainMalformed,
    ChainUntrusted,
    ChainExpired,
    ChainNotYetValid,
    ChainWrongUse,
    ChainWeak,
    ChainRevoked,
    ChainStatusUnknown,
)


class EvidenceRefused(Exception):
    """A list or an answer that proves nothing about a certificate; the text says why, for logs and records.

    No refusal of a request: without evidence a certificate's status is unknown, and that is what is told.
    """
