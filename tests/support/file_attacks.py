"""Attacks on certificate.signed.json and minutes.signed.json, each a function from the genuine edition to another file.

A JWS signature covers nothing of its neighbours, and nothing of what stands behind it: so what can be taken away,
moved, doubled, exchanged, or passed off as another kind of file. `FILE_CODES`: by which check each is refused.
"""

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import msgspec

from services.rules import jws, seal, signed_file
from services.wire import CertificateFile, SignedFile, SignedPart, UnprotectedHeader
from tests.support.signed_edition import Edition

FileAttack = Callable[[Edition], bytes]
Change = Callable[[list[SignedPart]], list[SignedPart]]

_files = msgspec.json.Decoder(SignedFile)
_WRONG, _FORM, _TIME = "countersignature_wrong", "certificate_malformed", "time_stamp_wrong"


def parts_of(edition: Edition) -> list[SignedPart]:
    """The signatures of its file."""
    return list(_files.decode(edition.json).signatures)


def _with(change: Change) -> FileAttack:
    return lambda edition: signed_file.write(edition.statement, change(parts_of(edition)))


def _changed(place: int, **members: Any) -> Change:
    def change(parts: list[SignedPart]) -> list[SignedPart]:
        parts[place] = msgspec.structs.replace(parts[place], **members)
        return parts

    return change


def _header(part: SignedPart) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jws.b64_decode(part.protected.encode()))
    return found


def _with_header(place: int, change: Callable[[dict[str, Any]], object]) -> Change:
    def attack(parts: list[SignedPart]) -> list[SignedPart]:
        found = _header(parts[place])
        change(found)
        text = json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode()
        return _changed(place, protected=jws.b64_encode(text).decode())(parts)

    return attack


def _elements(place: int, change: Callable[[list[str]], list[str]]) -> Change:
    def attack(parts: list[SignedPart]) -> list[SignedPart]:
        header = parts[place].header
        assert header is not None
        return _changed(place, header=UnprotectedHeader(etsiU=tuple(change(list(header.etsiU)))))(parts)

    return attack


def _other_statement(edition: Edition) -> bytes:
    other = edition.statement.replace(b'"software":"', b'"software":"x', 1)
    assert other != edition.statement
    return signed_file.write(other, parts_of(edition))


def _alone(edition: Edition) -> bytes:
    """The seal of the signed edition, as that of certificate.json."""
    sealed = parts_of(edition)[2]
    payload = jws.b64_encode(edition.statement).decode()
    file = CertificateFile(payload=payload, protected=sealed.protected, signature=sealed.signature)
    return msgspec.json.encode(file)


def _sealed_thrice(edition: Edition) -> bytes:
    """certificate.json, with its seal in all three places."""
    found = msgspec.json.decode(edition.issued.printed.file, type=CertificateFile)
    part = SignedPart(protected=found.protected, signature=found.signature)
    return signed_file.write(edition.statement, [part] * 3)


def _sealed_last(edition: Edition) -> bytes:
    """Both persons as they signed, the seal of certificate.json under them."""
    found = msgspec.json.decode(edition.issued.printed.file, type=CertificateFile)
    part = SignedPart(protected=found.protected, signature=found.signature)
    return signed_file.write(edition.statement, [*parts_of(edition)[:2], part])


def _misspelt(parts: list[SignedPart]) -> list[SignedPart]:
    """THỬ NGHIỆM in what its time-stamp says of the authority."""

    def change(elements: list[str]) -> list[str]:
        stamped = json.loads(jws.b64_decode(elements[0].encode()))
        (token,) = stamped["sigTst"]["tstTokens"]
        raw = b64decode(token["val"]).replace("THỬ".encode(), "THƯ ".encode())
        token["val"] = jws.standard_b64(raw)
        text = json.dumps(stamped, separators=(",", ":")).encode()
        return [jws.b64_encode(text).decode(), *elements[1:]]

    return _elements(0, change)(parts)


# What is done, and by which check it is refused.
_TOLD: dict[str, tuple[str, FileAttack]] = {
    "secretary removed": (_FORM, _with(lambda parts: parts[1:])),
    "seal removed": (_FORM, _with(lambda parts: parts[:2])),
    "only the seal": (_FORM, _with(lambda parts: parts[2:])),
    "none": (_FORM, _with(lambda _: [])),
    "persons in the other order": (_WRONG, _with(lambda parts: [parts[1], parts[0], parts[2]])),
    "the secretary twice": (_WRONG, _with(lambda parts: [parts[0], parts[0], parts[2]])),
    "the chair twice": (_WRONG, _with(lambda parts: [parts[1], parts[1], parts[2]])),
    "a fourth signature": (_FORM, _with(lambda parts: [*parts, parts[2]])),
    "signature of the other": (_WRONG, _with(lambda it: _changed(0, signature=it[1].signature)(it))),
    "header of the other": (_WRONG, _with(lambda it: _changed(0, protected=it[1].protected)(it))),
    "no signature": (_WRONG, _with(_changed(0, signature=""))),
    "alg none": (_WRONG, _with(_with_header(0, lambda it: it.update(alg="none")))),
    "alg HS256": (_WRONG, _with(_with_header(0, lambda it: it.update(alg="HS256")))),
    "alg RS256 for an EC key": (_WRONG, _with(_with_header(0, lambda it: it.update(alg="RS256")))),
    "alg in small letters": (_WRONG, _with(_with_header(0, lambda it: it.update(alg="es256")))),
    "crit unknown": (_WRONG, _with(_with_header(0, lambda it: it.update(crit=["exp"], exp=1)))),
    "crit empty": (_WRONG, _with(_with_header(0, lambda it: it.update(crit=[])))),
    "b64 false": (_WRONG, _with(_with_header(0, lambda it: it.update(b64=False, crit=["b64"])))),
    "sigT": (_WRONG, _with(_with_header(0, lambda it: it.update(sigT="2026-11-22T00:00:00Z")))),
    "no iat": (_WRONG, _with(_with_header(0, lambda it: it.pop("iat")))),
    "iat a text": (_WRONG, _with(_with_header(0, lambda it: it.update(iat=str(it["iat"]))))),
    "iat with a fraction": (_WRONG, _with(_with_header(0, lambda it: it.update(iat=it["iat"] + 0.5)))),
    "iat below nought": (_WRONG, _with(_with_header(0, lambda it: it.update(iat=-1)))),
    "iat another": (_WRONG, _with(_with_header(0, lambda it: it.update(iat=it["iat"] + 1)))),
    "jwk beside": (_WRONG, _with(_with_header(0, lambda it: it.update(jwk={"kty": "EC"})))),
    "jku beside": (_WRONG, _with(_with_header(0, lambda it: it.update(jku="https://example.vn/keys")))),
    "kid beside": (_WRONG, _with(_with_header(0, lambda it: it.update(kid="1")))),
    "no x5c": (_WRONG, _with(_with_header(0, lambda it: it.update(x5c=[])))),
    "x5c of the other": (
        _WRONG,
        _with(lambda parts: _with_header(0, lambda it: it.update(x5c=_header(parts[1])["x5c"]))(parts)),
    ),
    "cty of another": (_WRONG, _with(_with_header(0, lambda it: it.update(cty="text/plain")))),
    "typ of the chair": (
        _WRONG,
        lambda edition: _with(_with_header(0, lambda it: it.update(typ=edition.paper.types["chair"])))(
            edition
        ),
    ),
    "typ of certificate.json": (_WRONG, _with(_with_header(2, lambda it: it.update(typ=seal.TYP)))),
    "seal over other signatures": (_WRONG, _with(_with_header(2, lambda it: it["signatures"].reverse()))),
    "seal over another certificate": (
        _WRONG,
        _with(_with_header(2, lambda it: it.update(certificate="A" * 43))),
    ),
    "stamp taken from the secretary": (_WRONG, _with(_changed(0, header=None))),
    "stamp of the other": (_TIME, _with(lambda parts: _changed(0, header=parts[1].header)(parts))),
    "stamp of the other on the seal": (
        _TIME,
        _with(lambda parts: _changed(2, header=parts[1].header)(parts)),
    ),
    "etsiU empty": ("validation_wrong", _with(_elements(2, lambda _: []))),
    "etsiU without lists": ("validation_wrong", _with(_elements(2, lambda it: it[:2]))),
    "etsiU in another order": ("validation_wrong", _with(_elements(2, lambda it: it[::-1]))),
    "the archive twice": (_TIME, _with(_elements(2, lambda it: [*it, it[-1]]))),
    "the archive behind a person's": (
        _TIME,
        _with(lambda it: _elements(0, lambda own: [*own, it[2].header.etsiU[-1]])(it)),  # type: ignore[union-attr]
    ),
    "THỬ NGHIỆM misspelt": (_TIME, _with(_misspelt)),
    "another statement": (_WRONG, _other_statement),
    "signed as sealed": ("seal_wrong", _alone),
    "sealed as signed": (_WRONG, _sealed_thrice),
    "sealed under both persons": (_WRONG, _sealed_last),
    "a line more": (_FORM, lambda edition: edition.json + b"\n"),
    "a space inside": (_FORM, lambda edition: edition.json.replace(b'","signatures"', b'", "signatures"')),
    "a member more": (_FORM, lambda edition: edition.json.replace(b'{"payload"', b'{"extra":1,"payload"')),
    "a member twice": (
        _FORM,
        lambda edition: edition.json.replace(b'{"payload"', b'{"payload":"","payload"'),
    ),
    "cut off": (_FORM, lambda edition: edition.json[:-200]),
}
FILE_ATTACKS: dict[str, FileAttack] = {name: attack for name, (_, attack) in _TOLD.items()}
FILE_CODES: dict[str, str] = {name: code for name, (code, _) in _TOLD.items()}
