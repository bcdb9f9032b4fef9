"""What lies beside a certificate, checked offline: who else vouches for the keys of its ballots, and were they good."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from services.pki import anchors as authorities
from services.pki import judging, kept
from services.pki.anchors import TrustAnchors
from services.refusal import Refused
from services.rules import outside_evidence
from services.rules.certified import NOT_WELL_FORMED, blocks, thumbprint
from services.rules.outside_evidence import Vouched
from services.rules.proof import Proven
from services.rules.proof_errors import OutsideEvidenceWrong

PURPOSE = "person"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, by name, and what is to be said of it, a line each."""

    checks: tuple[str, ...]
    remarks: tuple[str, ...]
    vouched: int
    remote: int


def anchors_in(pems: Sequence[bytes]) -> TrustAnchors | None:
    """The outside authorities that a reader trusts, from PEM files; None if none were given. Raises ChainMalformed."""
    return authorities.of(der for pem in pems for der in blocks(pem)) if pems else None


def check(raw: bytes, proven: Proven, trusted: TrustAnchors | None) -> Checked:
    """The file is the one that the certificate names; every path leads to an authority that is trusted (or, if none was
    given, to the one that it names), and what was found after the cut is what the kept lists and answers say.

    Raises OutsideEvidenceWrong, and what makes a path not good.
    """
    shown = outside_evidence.read(raw, proven)
    remarks = [_vouched(each, trusted) for each in shown.vouched]
    checks = ["outside_evidence"]
    if shown.vouched:
        checks += ["outside_status"] if trusted is None else ["outside_paths", "outside_status"]
    if trusted is None and shown.vouched:
        not_compared = "Chưa đối chiếu gốc tin cậy (--outside-trust)"
        tops = sorted({each.path[-1] for each in shown.vouched})
        remarks += [f"{not_compared}: {_name(top)}, SHA-256 {thumbprint(top)}" for top in tops]
    return Checked(tuple(checks), tuple(remarks), len(shown.vouched), shown.remote)


def _vouched(one: Vouched, trusted: TrustAnchors | None) -> str:
    anchors = trusted or authorities.of([one.path[-1]])
    found, at = one.found, one.found.checked_at
    names = f"{_name(one.path[1])} ({_name(one.path[0])})"
    if found.kind == "unknown":
        # Nothing says that this path was ever good.
        return (
            f"{one.member}: chứng thư số ghi tên {names}; sau khi chốt phiếu chưa rõ trạng thái: {found.why}"
        )
    who = f"{one.member}: khóa còn được {_name(one.path[1])} chứng thực ({_name(one.path[0])})"
    try:
        judging.prove(one.path, anchors, at, PURPOSE)
        told = kept.standing(one.path, one.evidence, anchors, at, PURPOSE)
    except Refused as refused:
        raise OutsideEvidenceWrong(what=f"{one.member}: {refused.code}") from refused
    if (told.kind, told.revoked_at) != (found.kind, found.revoked_at):
        raise OutsideEvidenceWrong(
            what=f"{one.member}: the evidence says {told.kind}, the ledger {found.kind}"
        )
    if told.this_update < found.known_at:
        raise OutsideEvidenceWrong(what=f"{one.member}: the evidence is older than the ledger says")
    said = "hợp lệ" if told.kind == "good" else "đã bị thu hồi"
    return f"{who}; sau khi chốt phiếu: {said}, theo bằng chứng kèm theo"


def _name(der: bytes) -> str:
    """The common name in a certificate, else its whole subject. Raises OutsideEvidenceWrong."""
    try:
        subject = x509.load_der_x509_certificate(der).subject
    except NOT_WELL_FORMED as error:
        raise OutsideEvidenceWrong(what="a certificate that is none") from error
    common = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else subject.rfc4514_string()
