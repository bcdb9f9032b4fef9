"""Whether certificates were good when they were used, as far as the file itself can prove it: nothing is fetched.

With revocation data (B-LT) nobody may be unknown; without, only the path is asked. And whatever is kept in the file for
this must be of use: certificates that lead to an anchor, lists and answers of their issuers about them.
"""

from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from services.pki import anchors, demands, paths
from services.pki.errors import ChainStatusUnknown
from services.pki.paths import Evidence, Path
from services.refusal import Refused
from services.rules.certified import NOT_WELL_FORMED, load_one
from services.rules.credential_errors import ChainMalformed, ChainUntrusted
from services.rules.proof_errors import TimeStampWrong
from services.rules.time_stamp import TimeStamp
from services.signing.countersigned.acts import Materials
from services.signing.countersigned.pdf_errors import MaterialsWrong, PdfSignatureWrong
from services.signing.countersigned.places import Role


class Judge:
    """Asks about the certificates of one file, and remembers which of them were needed."""

    def __init__(self, trust: Sequence[bytes], tsa_trust: Sequence[bytes]) -> None:
        """Anchors (DER) of persons and seal, and of time-stamp authorities."""
        self._persons, self._time = anchors.of(trust), anchors.of(tsa_trust)
        self._needed: set[bytes] = {*trust, *tsa_trust}

    async def signer(self, role: Role, chain: tuple[bytes, ...], at: int, evidence: Materials | None) -> None:
        """Raise PdfSignatureWrong, MaterialsWrong unless the chain was good at `at` (milliseconds)."""
        demand = demands.SEAL if role == "seal" else demands.PERSON
        try:
            await self._path(chain, self._persons, at, demand, evidence)
        except MaterialsWrong:
            raise
        except ChainStatusUnknown as error:
            raise MaterialsWrong(what=f"{role}: {error.facts['what']}") from error
        except Refused as error:
            raise PdfSignatureWrong(who=role, what=error.code) from error

    async def authority(self, stamp: TimeStamp, evidence: Materials | None, at: int = 0) -> int:
        """Until when its path lasts (milliseconds), if it was good when it stamped, and still at `at`. Raises
        TimeStampWrong, MaterialsWrong."""
        moment = max(stamp.at, at)
        try:
            path = await self._path(stamp.chain, self._time, moment, demands.TIME_STAMP, evidence)
        except MaterialsWrong:
            raise
        except ChainStatusUnknown as error:
            raise MaterialsWrong(what=f"time: {error.facts['what']}") from error
        except ChainUntrusted as error:
            raise TimeStampWrong(what="an authority for time that is not trusted here") from error
        except Refused as error:
            raise TimeStampWrong(what=error.code) from error
        if not set(stamp.chain) <= {*path.certificates, *self._time.certificates}:
            raise TimeStampWrong(what="a certificate of no use")
        return path.not_after

    async def newest_authority(self, stamp: TimeStamp, evidence: Materials) -> int:
        """The same of the last time-stamp: nobody can have said in the file yet that it was not revoked since."""
        try:
            return await self.authority(stamp, evidence)
        except MaterialsWrong:
            return await self.authority(stamp, None)

    def must_be_of_use(self, kept: Materials) -> None:
        """Raise MaterialsWrong for anything in the file that none of these questions had a use for."""
        issuers = [load_one(der) for der in self._needed]
        for der in kept.certificates:
            if der not in self._needed and not _leads(der, issuers):
                raise MaterialsWrong(what="a certificate that leads to no anchor")
        for der in kept.crls:
            _must_be_list(der, issuers)
        serials = {each.serial_number for each in issuers}
        for der in kept.ocsps:
            _must_be_answer(der, issuers, serials)

    async def _path(
        self,
        chain: tuple[bytes, ...],
        trusted: anchors.TrustAnchors,
        at: int,
        demand: demands.Demand,
        evidence: Materials | None,
    ) -> Path:
        if evidence is None:
            path = await paths.build(chain, trusted, at, demand)
        else:
            told = Evidence(evidence.crls, evidence.ocsps)
            path = await paths.validate(chain, trusted, max(at, _newest(evidence)), demand, told)
        self._needed.update(path.certificates)
        return path


def _newest(evidence: Materials) -> int:
    """When the newest of what is told was told (milliseconds): of that moment all of it must be good."""
    try:
        moments = [x509.load_der_x509_crl(der).last_update_utc for der in evidence.crls]
        moments += [ocsp.load_der_ocsp_response(der).produced_at_utc for der in evidence.ocsps]
    except NOT_WELL_FORMED as error:
        raise MaterialsWrong(what="not well formed") from error
    return max((int(each.timestamp() * 1000) for each in moments), default=0)


def _leads(der: bytes, issuers: Iterable[x509.Certificate]) -> bool:
    try:
        certificate = load_one(der)
    except ChainMalformed as error:
        raise MaterialsWrong(what="not well formed") from error
    for issuer in issuers:
        if certificate.issuer == issuer.subject:
            try:
                certificate.verify_directly_issued_by(issuer)
            except (*NOT_WELL_FORMED, InvalidSignature):
                continue
            return True
    return False


def _must_be_list(der: bytes, issuers: Iterable[x509.Certificate]) -> None:
    found = x509.load_der_x509_crl(der)
    by = [each for each in issuers if each.subject == found.issuer]
    if not any(found.is_signature_valid(each.public_key()) for each in by):  # type: ignore[arg-type]
        raise MaterialsWrong(what="a revocation list of nobody's here")


def _must_be_answer(der: bytes, issuers: Iterable[x509.Certificate], serials: set[int]) -> None:
    found = ocsp.load_der_ocsp_response(der)
    if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL or found.serial_number not in serials:
        raise MaterialsWrong(what="an OCSP response about nobody here")
    if found.certificates and not any(
        _leads(each.public_bytes(Encoding.DER), issuers) for each in found.certificates
    ):
        raise MaterialsWrong(what="an OCSP response of nobody's here")
