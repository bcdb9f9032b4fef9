"""What stands behind a signature so that it can be validated in twenty years: its time-stamp, certificates, lists.

JAdES `etsiU` (ETSI TS 119 182-1 clause 5.3), each element base64url of one JSON object, written in one way and in this
order: `sigTst` (the time-stamp over the signature value), `xVals` (certificates beside the signer's own chain), `rVals`
(the revocation lists of the signer's issuers, good at the time of the stamp).
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
from cryptography import x509

from services.refusal import Refused
from services.rules import jws, time_stamp
from services.rules.certified import NOT_WELL_FORMED
from services.rules.proof_errors import TimeStampWrong, ValidationWrong
from services.rules.time_stamp import TimeStamp
from services.wire import UnprotectedHeader

# Of our own authority for trials, under the arc of our other policies (see certified): it proves nothing to anybody.
TRIAL_POLICY = "2.25.263503441224358092656128688260488835665.9"


@dataclass(frozen=True, slots=True)
class LongTerm:
    """The token (DER) and what it says; certificates and revocation lists, DER."""

    token: bytes
    stamp: TimeStamp
    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]


class _Exact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of `etsiU`: these members and no others."""


class _Value(_Exact, frozen=True, kw_only=True):
    val: str


class _Tokens(_Exact, frozen=True, kw_only=True):
    tstTokens: tuple[_Value]


class _Stamped(_Exact, frozen=True, kw_only=True):
    sigTst: _Tokens


class _Certificate(_Exact, frozen=True, kw_only=True):
    x509Cert: _Value


class _Certificates(_Exact, frozen=True, kw_only=True):
    xVals: tuple[_Certificate, ...]


class _Lists(_Exact, frozen=True, kw_only=True):
    crlVals: tuple[_Value, ...]


class _Revocations(_Exact, frozen=True, kw_only=True):
    rVals: _Lists


_KINDS = (_Stamped, _Certificates, _Revocations)
_encoder = msgspec.json.Encoder()


def write(behind: LongTerm) -> UnprotectedHeader:
    """As it stands in the file."""
    parts = (
        _Stamped(sigTst=_Tokens(tstTokens=(_value(behind.token),))),
        _Certificates(xVals=tuple(_Certificate(x509Cert=_value(der)) for der in behind.certificates)),
        _Revocations(rVals=_Lists(crlVals=tuple(map(_value, behind.lists)))),
    )
    return UnprotectedHeader(etsiU=tuple(jws.b64_encode(_encoder.encode(each)).decode() for each in parts))


def read(place: str, header: UnprotectedHeader, over: bytes, authorities: Sequence[bytes] | None) -> LongTerm:
    """What stands behind the signature of `place`, whose time-stamp is over these bytes. `authorities`: anchors for
    time (DER); None: not asked. Raises TimeStampWrong, ValidationWrong."""
    try:
        stamped, certificates, revocations = _parts(header)
        token = _bytes(stamped.sigTst.tstTokens[0])
        ders = tuple(_bytes(each.x509Cert) for each in certificates.xVals)
        lists = tuple(map(_bytes, revocations.rVals.crlVals))
    except (msgspec.DecodeError, ValueError, Refused) as error:
        raise ValidationWrong(role=place, what="not written as it must be") from error
    stamp = time_stamp.read(token, over)
    if authorities is not None:
        time_stamp.must_be_trusted(stamp, authorities)
    return LongTerm(token, stamp, ders, lists)


def must_validate(place: str, behind: LongTerm, path: Sequence[x509.Certificate]) -> None:
    """Raise ValidationWrong unless the lists say, at the time of the stamp, that nobody on the path (from the signer up
    to and with the anchor) was revoked."""
    found = [_list(place, der) for der in behind.lists]
    for certificate, issuer in pairwise(path):
        fitting = [one for one in found if one.issuer == issuer.subject and _is_signed_by(one, issuer)]
        if not fitting:
            raise ValidationWrong(role=place, what="no revocation list of an issuer")
        _must_be_good(place, certificate, fitting, behind.stamp.at)


def _must_be_good(
    place: str, certificate: x509.Certificate, lists: Sequence[x509.CertificateRevocationList], at: int
) -> None:
    for one in lists:
        ends = one.next_update_utc
        if ends is None or ends.timestamp() * 1000 < at:
            raise ValidationWrong(role=place, what="a revocation list that had ended")
        entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None and entry.revocation_date_utc.timestamp() * 1000 <= at:
            raise ValidationWrong(role=place, what="the certificate was revoked")


def _parts(header: UnprotectedHeader) -> tuple[_Stamped, _Certificates, _Revocations]:
    if len(header.etsiU) != len(_KINDS):
        raise TimeStampWrong(what="three elements expected")
    raw = [jws.b64_decode(text.encode()) for text in header.etsiU]
    stamped = msgspec.json.decode(raw[0], type=_Stamped)
    certificates = msgspec.json.decode(raw[1], type=_Certificates)
    revocations = msgspec.json.decode(raw[2], type=_Revocations)
    if [_encoder.encode(each) for each in (stamped, certificates, revocations)] != raw:
        raise TimeStampWrong(what="not written as it must be")
    if not certificates.xVals or not revocations.rVals.crlVals:
        raise TimeStampWrong(what="an empty list")
    return stamped, certificates, revocations


def _list(place: str, der: bytes) -> x509.CertificateRevocationList:
    try:
        return x509.load_der_x509_crl(der)
    except NOT_WELL_FORMED as error:
        raise ValidationWrong(role=place, what="a revocation list that cannot be read") from error


def _is_signed_by(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        # An issuer's key was found good with the path.
        return one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except NOT_WELL_FORMED:
        return False


def _value(der: bytes) -> _Value:
    return _Value(val=jws.standard_b64(der))


def _bytes(value: _Value) -> bytes:
    found = b64decode(value.val, validate=True)
    if jws.standard_b64(found) != value.val:
        raise ValueError("base64")
    return found
