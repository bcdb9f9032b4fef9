"""certificate.signed.json: what persons and the seal signed stands, and whatever is done to it is refused."""

import json
from base64 import b64decode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.rules import countersigned, countersigning, jws, proof, signed_file, time_stamp
from services.rules.proof_errors import (
    CertificateMalformed,
    CountersignatureWrong,
    TimeStampWrong,
    ValidationWrong,
)
from services.wire import PollDeclared, SignedPart, Statement
from tests.support import engines
from tests.support.countersigned import Making, making, parts_of
from tests.support.engines import Trusted
from tests.support.evidence import Sitting
from tests.support.pki import Pki
from tests.support.stamps import TimeAuthority, for_time
from tests.support.tools import needs

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


@needs("jose", "openssl")
def test_programs_of_others_find_all_of_it_good(tmp_path: Path) -> None:
    """The rules of JAdES, jose by the keys in `x5c`, OpenSSL up to both anchors; time by an authority with RSA keys."""
    assert STAMPED.time is not None
    root, time = STAMPED.sitting.pki.root.pem, STAMPED.time.root.pem
    names = ("db002", "db001", "Hội đồng nhân dân — dấu số")
    engines.must_agree_on_file(USUAL(), Trusted(root, time, names, archives=0), tmp_path)


def test_another_statement_under_the_same_signatures_is_refused() -> None:
    """The payload is what everybody signed."""
    other = STAMPED.statement.replace(b'"approve":3', b'"approve":4')
    assert other != STAMPED.statement
    with pytest.raises(CountersignatureWrong):
        read(signed_file.write(other, parts_of(USUAL())))


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
        read(signed_file.write(STAMPED.statement, parts))


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
    protected, signature = countersigning.seal_over(
        parts, statement, "A" * 43, chain, keys["db001"].key, STAMPED.at_s(20)
    )
    file = signed_file.write(statement, [*parts, STAMPED.part(protected, signature, 20)])
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


def test_it_is_asked_who_declared_this_result() -> None:
    """Lines of other polls may stand in the same ledger, by whomever."""
    vote = Sitting(members=3).play({"db001": "approve"})
    vote.append(PollDeclared(at=vote.tick(), poll="bq-99", jws=vote.act("declare", by="db002")))
    assert countersigned.declared_by(vote.statement()) == "db001"
