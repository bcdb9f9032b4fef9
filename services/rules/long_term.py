"""What stands behind a signature so that it can be validated in twenty years: its time-stamp, certificates, lists.

JAdES `etsiU` (ETSI TS 119 182-1 clause 5.3), each element base64url of one JSON object, written in one way and in this
order: `sigTst` (the time-stamp over the signature value), `xVals` (certificates beside the signer's own chain), `rVals`
(the revocation lists of the signer's issuers, good at the time of the stamp). Behind the seal's, which covers all of
the file, archive time-stamps may follow (`arcTst`, clause 5.3.6, over all that stands before): the first by itself,
each other after what says that the authority of the one before was not revoked (`xVals`, `rVals`).
"""

from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
from cryptography import x509

from services.refusal import Refused
from services.rules import jws, time_stamp
from services.rules.certified import NOT_WELL_FORMED, load_one
from services.rules.proof_errors import TimeStampWrong, ValidationWrong
from services.rules.time_stamp import TimeStamp
from services.wire import UNREADABLE, UnprotectedHeader

# Of our own authority for trials, under the arc of our other policies (see certified): it proves nothing to anybody.
TRIAL_POLICY = "2.25.263503441224358092656128688260488835665.9"


@dataclass(frozen=True, slots=True)
class LongTerm:
    """The token (DER) and what it says; certificates and revocation lists, DER."""

    token: bytes
    stamp: TimeStamp
    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]
    archives: tuple[TimeStamp, ...] = ()


# What is put before an archive time-stamp over another: certificates and lists, DER.
Support = tuple[Sequence[bytes], Sequence[bytes]]


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


class _Archive(_Exact, frozen=True, kw_only=True):
    arcTst: _Tokens


# An archive renewed each year for a hundred years and more; of one signature, what is said of a path and of an
# authority for time. Each list costs who reads a verified signature.
MOST_ARCHIVES, MOST_VALUES = 250, 64
_KINDS = (_Stamped, _Certificates, _Revocations)
_AFTER = (_Certificates, _Revocations, _Archive)
_encoder = msgspec.json.Encoder()


def write(behind: LongTerm) -> UnprotectedHeader:
    """As it stands in the file."""
    parts = (
        _Stamped(sigTst=_Tokens(tstTokens=(_value(behind.token),))),
        _Certificates(xVals=tuple(_Certificate(x509Cert=_value(der)) for der in behind.certificates)),
        _Revocations(rVals=_Lists(crlVals=tuple(map(_value, behind.lists)))),
    )
    return UnprotectedHeader(etsiU=tuple(jws.b64_encode(_encoder.encode(each)).decode() for each in parts))


def read(
    place: str,
    header: UnprotectedHeader,
    over: bytes,
    authorities: Sequence[bytes] | None,
    before: bytes | None = None,
) -> LongTerm:
    """What stands behind the signature of `place`, whose time-stamp is over these bytes. `authorities`: anchors for
    time (DER); None: not asked. `before`: payload, protected header and signature, each in base64url with a point after
    it, where archive time-stamps may follow. Raises TimeStampWrong, ValidationWrong."""
    if before is None and len(header.etsiU) > len(_KINDS):
        raise TimeStampWrong(what="three elements expected")
    if len(header.etsiU) > len(_KINDS) + MOST_ARCHIVES * len(_AFTER):
        raise TimeStampWrong(what="too many archive time-stamps")
    try:
        stamped, certificates, revocations = _parts(header)
        token = _bytes(stamped.sigTst.tstTokens[0])
        ders = tuple(_bytes(each.x509Cert) for each in certificates.xVals)
        lists = tuple(map(_bytes, revocations.rVals.crlVals))
    except (*UNREADABLE, ValueError, Refused) as error:
        raise ValidationWrong(role=place, what="not written as it must be") from error
    stamp = time_stamp.read(token, over)
    if authorities is not None:
        time_stamp.must_be_trusted(stamp, authorities)
    try:
        archives = _archives(place, header.etsiU, before or b"", stamp, authorities)
    except (*UNREADABLE, ValueError, jws.NotWellFormed) as error:
        raise TimeStampWrong(what="not written as it must be") from error
    return LongTerm(token, stamp, ders, lists, archives)


def archived(
    header: UnprotectedHeader, before: bytes, stamp: Callable[[bytes], bytes], support: Support
) -> UnprotectedHeader:
    """The header with one more archive time-stamp by `stamp` (of bytes to a token); `before`: see `read`; `support`:
    what says that the authority of the last archive time-stamp was not revoked, of no use for the first."""
    elements = list(header.etsiU)
    if len(elements) > len(_KINDS):
        certificates, lists = support
        values = (
            _Certificates(xVals=tuple(_Certificate(x509Cert=_value(der)) for der in certificates)),
            _Revocations(rVals=_Lists(crlVals=tuple(map(_value, lists)))),
        )
        elements += map(_element, values)
    token = stamp(_imprinted(before, elements))
    elements.append(_element(_Archive(arcTst=_Tokens(tstTokens=(_value(token),)))))
    return UnprotectedHeader(etsiU=tuple(elements))


def _imprinted(before: bytes, elements: Sequence[str]) -> bytes:
    """What an archive time-stamp is over (clause 5.3.6.3): all before it, as it stands."""
    return before + "".join(elements).encode()


def _element(part: _Exact) -> str:
    return jws.b64_encode(_encoder.encode(part)).decode()


def _archives(
    place: str,
    elements: Sequence[str],
    before: bytes,
    first: TimeStamp,
    authorities: Sequence[bytes] | None,
) -> tuple[TimeStamp, ...]:
    """The archive time-stamps behind a signature, each put there while the authority of the one before it was good."""
    found: list[TimeStamp] = []
    at = len(_KINDS)
    while at < len(elements):
        kinds = _AFTER if found else _AFTER[-1:]
        last = found[-1] if found else first
        group = _read_exactly(place, elements[at : at + len(kinds)], kinds)
        at += len(kinds)
        token = _bytes(group[-1].arcTst.tstTokens[0])
        stamp = time_stamp.read(token, _imprinted(before, elements[: at - 1]))
        if authorities is not None:
            time_stamp.must_be_trusted(stamp, authorities)
        _must_cover(place, last, stamp, group[:-1])
        found.append(stamp)
    return tuple(found)


def _read_exactly(place: str, texts: Sequence[str], kinds: Sequence[type[Any]]) -> list[Any]:
    if len(texts) != len(kinds):
        raise TimeStampWrong(what="an archive that is not whole")
    raw = [jws.b64_decode(text.encode()) for text in texts]
    group = [msgspec.json.decode(each, type=kind) for each, kind in zip(raw, kinds, strict=True)]
    if [_encoder.encode(each) for each in group] != raw:
        raise TimeStampWrong(what="not written as it must be")
    if len(kinds) > 1:
        _must_be_few(*group[:2])
    return group


def _must_be_few(certificates: _Certificates, revocations: _Revocations) -> None:
    if max(len(certificates.xVals), len(revocations.rVals.crlVals)) > MOST_VALUES:
        raise TimeStampWrong(what="too many certificates or lists")


def _must_cover(place: str, last: TimeStamp, stamp: TimeStamp, values: Sequence[Any]) -> None:
    """Raise unless `stamp` was put over `last` in time, while nobody of its authority had ended or was revoked."""
    if stamp.at < last.at:
        raise TimeStampWrong(what="an archive time-stamp before what it covers")
    chain = [load_one(der) for der in last.chain]
    if any(stamp.at > each.not_valid_after_utc.timestamp() * 1000 + 999 for each in chain):
        raise TimeStampWrong(what="an archive that had ended before it was renewed")
    lists = [_list(place, _bytes(each)) for part in values[1:] for each in part.rVals.crlVals]
    anchors = [load_one(_bytes(each.x509Cert)) for part in values[:1] for each in part.xVals]
    for certificate, issuer in pairwise(
        [*chain, *(each for each in anchors if each.subject == chain[-1].issuer)]
    ):
        fitting = [one for one in lists if one.issuer == issuer.subject and _is_signed_by(one, issuer)]
        for one in fitting:
            entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None and entry.revocation_date_utc.timestamp() * 1000 <= stamp.at:
                raise TimeStampWrong(what="an authority that was revoked before its archive was renewed")


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
    if len(header.etsiU) < len(_KINDS):
        raise TimeStampWrong(what="three elements expected")
    raw = [jws.b64_decode(text.encode()) for text in header.etsiU[: len(_KINDS)]]
    stamped = msgspec.json.decode(raw[0], type=_Stamped)
    certificates = msgspec.json.decode(raw[1], type=_Certificates)
    revocations = msgspec.json.decode(raw[2], type=_Revocations)
    if [_encoder.encode(each) for each in (stamped, certificates, revocations)] != raw:
        raise TimeStampWrong(what="not written as it must be")
    if not certificates.xVals or not revocations.rVals.crlVals:
        raise TimeStampWrong(what="an empty list")
    _must_be_few(certificates, revocations)
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
