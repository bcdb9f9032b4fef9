"""certificate.signed.json: what persons and the seal signed stands, and whatever is done to it is refused."""

import json
import subprocess
from base64 import b64decode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from services.refusal import Refused
from services.rules import certified, countersigned, jws, proof, seal, time_stamp
from services.rules.proof_errors import (
    CertificateMalformed,
    CountersignatureWrong,
    TimeStampWrong,
    ValidationWrong,
)
from services.wire import SignedPart, Statement, UnprotectedHeader
from tests.support.countersigned import Making, making, parts_of
from tests.support.pki import Pki
from tests.support.stamps import TimeAuthority, for_time

STAMPED = making(stamped=True)
USUAL = cache(STAMPED.usual)
HEADER = ["alg", "typ", "cty", "x5t#S256", "x5c", "iat"]


def read(file: bytes, of: Making = STAMPED) -> countersigned.Countersigned[Statement]:
    """What a stranger reads who trusts the sitting's anchors."""
    return countersigned.open_file(file, of.sitting.pki.anchors(), [of.time.root.der] if of.time else None)


def header(part: SignedPart) -> dict[str, Any]:
    """A protected header as JSON."""
    found: dict[str, Any] = json.loads(jws.b64_decode(part.protected.encode()))
    return found


def test_what_was_signed_is_read() -> None:
    """Two persons and the seal, over the statement of certificate.json, each with a time-stamp."""
    found = read(USUAL())
    assert [(each.place, each.member) for each in found.signers] == [
        ("secretary", "db002"),
        ("chair", "db001"),
        ("seal", ""),
    ]
    assert found.level == "B-LT"
    assert found.raw == STAMPED.statement
    assert found.certificate != jws.digest(found.raw)
    stamps = [each.behind.stamp.at for each in found.signers if each.behind]
    assert stamps == [each.at + 2000 for each in found.signers]
    anchors = STAMPED.sitting.pki.anchors()
    assert proof.verify_statement(found.statement, anchors).definition.presiding == "db001"


def test_without_an_authority_for_time_it_says_so() -> None:
    """Nothing stands behind the signatures: level B-B."""
    plain = making(stamped=False)
    assert read(plain.usual(), plain).level == "B-B"


def test_headers_are_those_of_jades_baseline() -> None:
    """TS 119 182-1 clause 6.3: `iat` and never `sigT`, one of the certificate's digests, `x5c`, no `crit`, no `kid`."""
    secretary, chair, sealed = map(header, parts_of(USUAL()))
    assert list(secretary) == list(chair) == HEADER
    assert list(sealed) == [*HEADER, "certificate", "signatures"]
    for found in (secretary, chair, sealed):
        assert type(found["iat"]) is int
        assert jws.digest(b64decode(found["x5c"][0])) == found["x5t#S256"]
        assert found["cty"] == "application/json"


def test_what_stands_behind_is_written_as_jades_has_it() -> None:
    """`etsiU` is all that is unprotected: base64url of one object each, in the shapes of the standard's schema."""
    for part in parts_of(USUAL()):
        assert part.header is not None
        stamped, certificates, lists = (
            json.loads(jws.b64_decode(text.encode())) for text in part.header.etsiU
        )
        assert list(stamped["sigTst"]) == ["tstTokens"]
        assert [list(token) for token in stamped["sigTst"]["tstTokens"]] == [["val"]]
        assert [list(each["x509Cert"]) for each in certificates["xVals"]] == [["val"], ["val"]]
        assert [list(each) for each in lists["rVals"]["crlVals"]] == [["val"], ["val"]]


def test_jose_verifies_each_signature(tmp_path: Path) -> None:
    """Another engine (Debian `jose`), each signature alone as a flattened JWS, by the key of its certificate."""
    file = USUAL()
    for place, part in enumerate(parts_of(file)):
        leaf = b64decode(header(part)["x5c"][0])
        flat = {"payload": json.loads(file)["payload"], **msgspec.to_builtins(part)}
        (tmp_path / "one.jws").write_text(json.dumps(flat))
        (tmp_path / "one.jwk").write_text(json.dumps(_jwk(leaf)))
        done = subprocess.run(
            ["jose", "jws", "ver", "-i", "one.jws", "-k", "one.jwk", "-O", "out"], cwd=tmp_path, check=False
        )
        assert done.returncode == 0, place
        assert (tmp_path / "out").read_bytes() == STAMPED.statement


def _jwk(leaf: bytes) -> dict[str, str]:
    key = certified.public_key_of(leaf)
    assert isinstance(key, EllipticCurvePublicKey)
    numbers = key.public_numbers()
    x, y = (jws.b64_encode(number.to_bytes(32)).decode() for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def test_openssl_verifies_each_time_stamp(tmp_path: Path) -> None:
    """The token is over the base64url of the signature value (clause 5.3.4), up to the anchor for time."""
    assert STAMPED.time is not None
    (tmp_path / "root.pem").write_bytes(STAMPED.time.root.pem)
    for part in parts_of(USUAL()):
        assert part.header is not None
        token = json.loads(jws.b64_decode(part.header.etsiU[0].encode()))["sigTst"]["tstTokens"][0]["val"]
        (tmp_path / "token.der").write_bytes(b64decode(token))
        (tmp_path / "data").write_text(part.signature)
        done = subprocess.run(
            [
                "openssl",
                "ts",
                "-verify",
                "-token_in",
                "-in",
                "token.der",
                "-data",
                "data",
                "-CAfile",
                "root.pem",
            ],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert b"Verification: OK" in done.stdout, done


Attack = Callable[[list[SignedPart]], list[SignedPart]]


def _changed(place: int, **members: Any) -> Attack:
    def change(parts: list[SignedPart]) -> list[SignedPart]:
        parts[place] = msgspec.structs.replace(parts[place], **members)
        return parts

    return change


def _with_header(place: int, change: Callable[[dict[str, Any]], object]) -> Attack:
    def attack(parts: list[SignedPart]) -> list[SignedPart]:
        found = header(parts[place])
        change(found)
        text = json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode()
        return _changed(place, protected=jws.b64_encode(text).decode())(parts)

    return attack


ATTACKS: dict[str, Attack] = {
    "secretary removed": lambda parts: parts[1:],
    "seal removed": lambda parts: parts[:2],
    "only the seal": lambda parts: parts[2:],
    "none": lambda _: [],
    "persons in the other order": lambda parts: [parts[1], parts[0], parts[2]],
    "the secretary twice": lambda parts: [parts[0], parts[0], parts[2]],
    "the chair twice": lambda parts: [parts[1], parts[1], parts[2]],
    "a fourth signature": lambda parts: [*parts, parts[2]],
    "signature of the other": lambda parts: _changed(0, signature=parts[1].signature)(parts),
    "header of the other": lambda parts: _changed(0, protected=parts[1].protected)(parts),
    "no signature": _changed(0, signature=""),
    "alg none": _with_header(0, lambda it: it.update(alg="none")),
    "alg HS256": _with_header(0, lambda it: it.update(alg="HS256")),
    "alg RS256 for an EC key": _with_header(0, lambda it: it.update(alg="RS256")),
    "alg in small letters": _with_header(0, lambda it: it.update(alg="es256")),
    "crit unknown": _with_header(0, lambda it: it.update(crit=["exp"], exp=1)),
    "crit empty": _with_header(0, lambda it: it.update(crit=[])),
    "b64 false": _with_header(0, lambda it: it.update(b64=False, crit=["b64"])),
    "sigT": _with_header(0, lambda it: it.update(sigT="2026-11-22T00:00:00Z")),
    "no iat": _with_header(0, lambda it: it.pop("iat")),
    "iat a text": _with_header(0, lambda it: it.update(iat=str(it["iat"]))),
    "iat with a fraction": _with_header(0, lambda it: it.update(iat=it["iat"] + 0.5)),
    "iat below nought": _with_header(0, lambda it: it.update(iat=-1)),
    "jwk beside": _with_header(0, lambda it: it.update(jwk={"kty": "EC"})),
    "jku beside": _with_header(0, lambda it: it.update(jku="https://example.vn/keys")),
    "kid beside": _with_header(0, lambda it: it.update(kid="1")),
    "no x5c": _with_header(0, lambda it: it.update(x5c=[])),
    "x5c of the other": lambda parts: _with_header(0, lambda it: it.update(x5c=header(parts[1])["x5c"]))(
        parts
    ),
    "cty of another": _with_header(0, lambda it: it.update(cty="text/plain")),
    "typ of the chair": _with_header(0, lambda it: it.update(typ=countersigned.TYPES["chair"])),
    "typ of certificate.json": _with_header(2, lambda it: it.update(typ=seal.TYP)),
    "seal over other signatures": _with_header(2, lambda it: it["signatures"].reverse()),
    "seal over another certificate": _with_header(2, lambda it: it.update(certificate="A" * 43)),
    "stamp taken from the secretary": _changed(0, header=None),
    "stamp of the other": lambda parts: _changed(0, header=parts[1].header)(parts),
    "stamp of the other on the seal": lambda parts: _changed(2, header=parts[1].header)(parts),
    "etsiU empty": _changed(2, header=UnprotectedHeader(etsiU=())),
    "etsiU without lists": lambda parts: _changed(
        2, header=UnprotectedHeader(etsiU=parts[2].header.etsiU[:2] if parts[2].header else ())
    )(parts),
    "etsiU in another order": lambda parts: _changed(
        2, header=UnprotectedHeader(etsiU=parts[2].header.etsiU[::-1] if parts[2].header else ())
    )(parts),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_done_to_the_signatures_is_refused(name: str) -> None:
    """Taken away, moved, doubled, exchanged; headers that mean something else; what stands behind, exchanged."""
    parts = ATTACKS[name](parts_of(USUAL()))
    with pytest.raises(Refused) as refused:
        read(countersigned.write(STAMPED.statement, parts))
    assert type(refused.value) in (
        CertificateMalformed,
        CountersignatureWrong,
        TimeStampWrong,
        ValidationWrong,
    )


def test_another_statement_under_the_same_signatures_is_refused() -> None:
    """The payload is what everybody signed."""
    other = STAMPED.statement.replace(b'"approve":3', b'"approve":4')
    assert other != STAMPED.statement
    with pytest.raises(CountersignatureWrong):
        read(countersigned.write(other, parts_of(USUAL())))


@pytest.mark.parametrize(
    "respell",
    [
        lambda file: file + b"\n",
        lambda file: b" " + file,
        lambda file: file.replace(b'","signatures"', b'", "signatures"'),
        lambda file: file.replace(b'{"payload"', b'{"extra":1,"payload"'),
        lambda file: file.replace(b'{"payload"', b'{"payload":"","payload"'),
        lambda file: json.dumps(dict(reversed(json.loads(file).items()))).encode(),
        lambda file: file.replace(b'"header":{"etsiU"', b'"header":{"alg":"ES256","etsiU"', 1),
        lambda file: file[:-4] + b'=="}]}',
    ],
    ids=["line", "space", "space inside", "member", "member twice", "order", "header", "padding"],
)
def test_there_is_one_way_to_write_it(respell: Callable[[bytes], bytes]) -> None:
    """Spaces, order, more members, a member twice, padding: each another file, none of them good."""
    file = USUAL()
    assert respell(file) != file
    with pytest.raises(CertificateMalformed):
        read(respell(file))


def test_a_signature_by_another_key_in_the_same_name_is_refused() -> None:
    """Another of the body signs in the secretary's place, and the seal's signature stays."""
    sitting = STAMPED.sitting
    parts = parts_of(USUAL())
    parts[0] = STAMPED.person("secretary", sitting.keys["db003"], 5)
    with pytest.raises(CountersignatureWrong, match="not over these signatures"):
        read(countersigned.write(STAMPED.statement, parts))


def test_people_from_elsewhere_do_not_sign() -> None:
    """Another body's member; the same person twice; an authority that nobody trusts."""
    pki, keys = STAMPED.sitting.pki, STAMPED.sitting.keys
    chair = STAMPED.person("chair", keys["db001"], 10)
    for what, signer in {
        "of another body": pki.person("db002", body="khac"),
        "the same person twice": keys["db001"],
        "no issuer's name and signature fit": Pki().person("db002"),
    }.items():
        with pytest.raises(CountersignatureWrong, match=what):
            read(STAMPED.sealed(STAMPED.person("secretary", signer, 5), chair))


def test_a_person_cannot_seal() -> None:
    """The seal's place needs a certificate issued as a seal."""
    keys, statement = STAMPED.sitting.keys, STAMPED.statement
    parts = parts_of(USUAL())[:2]
    chain = STAMPED.chain(keys["db001"])
    protected, signature = countersigned.seal_over(
        parts, statement, "A" * 43, chain, keys["db001"].key, STAMPED.at_s(20)
    )
    file = countersigned.write(statement, [*parts, STAMPED.part(protected, signature, 20)])
    with pytest.raises(CountersignatureWrong, match="not issued as a seal"):
        read(file)


def test_the_order_in_time_is_the_order_of_places() -> None:
    """The chair after the secretary, both after the certificate was issued."""
    keys = STAMPED.sitting.keys
    for secretary, chair in ((10, 5), (-1, 5)):
        with pytest.raises(CountersignatureWrong, match="signed before what it follows"):
            read(
                STAMPED.sealed(
                    STAMPED.person("secretary", keys["db002"], secretary),
                    STAMPED.person("chair", keys["db001"], chair),
                )
            )


def test_who_was_revoked_before_the_stamp_did_not_sign() -> None:
    """Revoked a second before: refused. A second after: it stands."""
    keys = STAMPED.sitting.keys
    chair, number = keys["db001"], keys["db001"].certificate.serial_number
    secretary = STAMPED.person("secretary", keys["db002"], 5)
    stamped_ms = (STAMPED.at_s(10) + 2) * 1000
    with pytest.raises(ValidationWrong, match="was revoked"):
        read(STAMPED.sealed(secretary, STAMPED.person("chair", chair, 10, {number: stamped_ms - 1000})))
    read(STAMPED.sealed(secretary, STAMPED.person("chair", chair, 10, {number: stamped_ms + 1000})))


def test_time_from_an_authority_that_is_not_trusted_is_refused() -> None:
    """Anchors for votes say nothing of time, and another authority's anchor neither."""
    file, pki = USUAL(), STAMPED.sitting.pki
    for anchor in (pki.root.der, TimeAuthority().root.der):
        with pytest.raises(TimeStampWrong, match="not trusted here"):
            countersigned.open_file(file, pki.anchors(), [anchor])


def test_what_may_not_stamp_does_not() -> None:
    """RFC 3161 section 2.3: the use for time-stamps must be critical and the only one."""
    wrongs: tuple[dict[str, Any], ...] = ({"critical": False}, {"more": True})
    for wrong in wrongs:
        authority = TimeAuthority()
        authority.stamper = for_time("Time 2", authority.root, **wrong)
        with pytest.raises(TimeStampWrong, match="not for time-stamps"):
            time_stamp.read(authority.token(b"x", 1_795_000_000_000), b"x")


def test_no_byte_of_a_token_can_be_changed() -> None:
    """Each byte flipped: refused, or read as before where it is in a certificate nobody needs."""
    authority = TimeAuthority()
    token = authority.token(b"x", 1_795_000_000_000)
    good = time_stamp.read(token, b"x")
    for place in range(0, len(token), 7):
        changed = bytearray(token)
        changed[place] ^= 1
        try:
            found = time_stamp.read(bytes(changed), b"x")
            time_stamp.must_be_trusted(found, [authority.root.der])
        except TimeStampWrong:
            continue
        assert (found.at, found.policy, found.chain[0]) == (good.at, good.policy, good.chain[0]), place
