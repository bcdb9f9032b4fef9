"""Ballots written out one by one: jose and OpenSSL check each with nothing but its file and the anchor."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from services.desk import ballots
from services.rules import jws, seal
from services.rules.certified import PERSON_POLICY
from services.wire import Statement
from tests.support import issued, minutes_edition
from tests.support.engines import jwk
from tests.support.evidence import Sitting, encode
from tests.support.minutes_edition import MinutesEdition
from tests.support.pki import Pki, certify, subject
from tests.support.signed_edition import Edition
from tests.support.tools import run


def held() -> tuple[Sitting, Statement]:
    """Five vote, one of them with an RSA key, one by PSS; one changes their vote."""
    pki = Pki()
    keys = {
        member: certify(
            subject(member, body=pki.body, member=member),
            rsa.generate_private_key(65537, 2048),  # type: ignore[arg-type]  # a person may have one
            pki.delegates,
            policy=PERSON_POLICY,
        )
        for member in ("db002", "db003")
    }
    sitting = Sitting(members=5, pki=pki, keys=keys, changes=True)
    sitting.algorithms = {keys["db002"].der: "RS256", keys["db003"].der: "PS256"}
    sitting.announce()
    sitting.open()
    sitting.cast_all(dict.fromkeys(sitting.ids, "approve"))
    sitting.cast("db004", "reject")
    sitting.close()
    sitting.count()
    sitting.declare()
    return sitting, sitting.statement()


def written(tmp_path: Path, sitting: Sitting, statement: Statement) -> tuple[Path, Path]:
    """certificate.json and trust.pem."""
    own = sitting.pki.seal
    raw = encode(statement).encode()
    (tmp_path / "certificate.json").write_bytes(
        seal.sign(raw, (own.der,), own.key, statement.issued_at // 1000)
    )
    (tmp_path / "trust.pem").write_bytes(sitting.pki.root.pem)
    return tmp_path / "certificate.json", tmp_path / "trust.pem"


def must_verify(file: Path, anchor: Path) -> dict[str, object]:
    """By OpenSSL's path from the file's own chain to the anchor, and by jose with the key at its end: what it says."""
    said = json.loads(file.read_bytes())
    chain = [base64.b64decode(each, validate=True) for each in said["header"]["x5c"]]
    pems = []
    for place, der in enumerate(chain):
        (file.parent / "one.der").write_bytes(der)
        pem = run("openssl", "x509", "-inform", "DER", "-in", str(file.parent / "one.der"))
        (file.parent / f"{place}.pem").write_text(pem)
        pems.append(pem)
    (file.parent / "above.pem").write_text("".join(pems[1:]))
    path = ("openssl", "verify", "-CAfile", str(anchor), "-untrusted", str(file.parent / "above.pem"))
    assert run(*path, str(file.parent / "0.pem")).strip().endswith("OK")
    (file.parent / "key.jwk").write_text(json.dumps(jwk(chain[0])))
    out = file.parent / "payload"
    run("jose", "jws", "ver", "-i", str(file), "-k", str(file.parent / "key.jwk"), "-O", str(out))
    # The certificate is the one that the signature covers.
    header = json.loads(jws.b64_decode(said["protected"].encode()))
    assert header["x5t#S256"] == jws.digest(chain[0])
    found: dict[str, object] = json.loads(out.read_bytes())
    return found


def test_jose_verifies_each_with_its_file_and_the_anchor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every ballot that was cast, by every kind of key; whose, for what, and which is the last."""
    sitting, statement = held()
    file, trust = written(tmp_path, sitting, statement)
    out = tmp_path / "ballots"
    assert ballots.main([str(file), "--trust", str(trust), "--out", str(out)]) == 0
    assert "6" in capsys.readouterr().out
    names = {path.name for path in out.iterdir()}
    assert names == {*(f"{one}-1.json" for one in sitting.ids), "db004-2.json"}
    for name in sorted(names):
        (there := tmp_path / f"alone-{name}").mkdir()
        (there / name).write_bytes((out / name).read_bytes())
        said = must_verify(there / name, trust)
        assert f"{said['voter']}-{said['seq']}.json" == name
        assert said["poll"] == statement.definition
        assert said["choice"] == ("reject" if name == "db004-2.json" else "approve")


def test_nothing_is_written_of_what_is_not_proven_nor_over_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another anchor; a changed byte; a directory that is there."""
    sitting, statement = held()
    file, trust = written(tmp_path, sitting, statement)
    out = tmp_path / "ballots"
    (tmp_path / "other.pem").write_bytes(Pki().root.pem)
    assert ballots.main([str(file), "--trust", str(tmp_path / "other.pem"), "--out", str(out)]) == 1
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed.json").write_bytes(bytes(changed))
    assert ballots.main([str(tmp_path / "changed.json"), "--trust", str(trust), "--out", str(out)]) == 1
    assert "NOT VALID" in capsys.readouterr().out
    assert not out.exists()
    out.mkdir()
    assert ballots.main([str(file), "--trust", str(trust), "--out", str(out)]) == 1
    assert str(out) in capsys.readouterr().err
    assert list(out.iterdir()) == []


def test_no_ballot_is_lost_where_capitals_are_small_letters(tmp_path: Path) -> None:
    """Members whose ids differ by capitals alone, one of whom votes anew: a file for each ballot, on any disk."""
    sitting = Sitting(members=3, ids=["to1-a", "To1-A", "to1-b"], changes=True)
    sitting.announce()
    sitting.open()
    for voter, choice in (
        ("to1-a", "approve"),
        ("To1-A", "reject"),
        ("to1-b", "approve"),
        ("to1-a", "reject"),
    ):
        sitting.cast(voter, choice)  # type: ignore[arg-type]
    sitting.close()
    sitting.count()
    sitting.declare()
    statement = sitting.statement()
    found = dict(ballots.files(statement))
    assert len({name.lower() for name in found}) == len(found) == 4
    assert [name.split(".")[0] for name in found] == ["to1-a-1", "To1-A-1", "to1-b-1", "to1-a-2"]
    assert "to1-b-1.json" in found
    file, trust = written(tmp_path, sitting, statement)
    assert ballots.main([str(file), "--trust", str(trust), "--out", str(tmp_path / "out")]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(found)


def test_the_ballots_of_every_form_of_a_certificate(tmp_path: Path) -> None:
    """Sealed and signed, PDF and JSON: the same ballots, byte for byte."""
    edition = Edition(issued.usual()).finished()
    printed = edition.issued.printed
    (tmp_path / "trust.pem").write_bytes(edition.issued.sitting.pki.root.pem)
    (tmp_path / "time.pem").write_bytes(edition.trusted.time)
    forms = {
        "certificate.json": printed.file,
        "certificate.pdf": printed.pdf,
        "certificate.signed.json": edition.json,
        "certificate.signed.pdf": edition.pdf,
    }
    found = {}
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
        out = tmp_path / f"of-{name}"
        anchors = ["--trust", str(tmp_path / "trust.pem"), "--tsa-trust", str(tmp_path / "time.pem")]
        assert ballots.main([str(tmp_path / name), *anchors, "--out", str(out)]) == 0, name
        found[name] = {path.name: path.read_bytes() for path in out.iterdir()}
    assert found["certificate.json"]
    assert all(each == found["certificate.json"] for each in found.values())


def test_papers_without_ballots_are_said_to_be_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Minutes, sealed and signed, are good, and no certificate: not a word of NOT VALID."""
    edition = MinutesEdition(minutes_edition.issued()).finished()
    (tmp_path / "trust.pem").write_bytes(edition.issued.sitting.pki.root.pem)
    for name, content in {
        "minutes.json": edition.issued.printed.file,
        "minutes.signed.json": edition.json,
        "minutes.pdf": edition.issued.printed.pdf,
    }.items():
        (tmp_path / name).write_bytes(content)
        given = [str(tmp_path / name), "--trust", str(tmp_path / "trust.pem"), "--out", str(tmp_path / "out")]
        assert ballots.main(given) == 1
        said = capsys.readouterr()
        assert "certificate.json" in said.err
        assert "NOT VALID" not in said.out
