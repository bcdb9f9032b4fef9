"""`plenary ballots FILE --trust PEM --out DIR`: the ballots of a certificate, a file each, for other validators.

FILE is a certificate in any of its four forms: sealed or signed, PDF or JSON.

A ballot is a compact JWS (JAdES B-B) that names its certificate by hash alone; the certificates stand in the evidence,
once each. Here its chain is put beside each ballot again: JWS in the flattened JSON serialisation (RFC 7515 section
7.2.2), the chain in the unprotected `x5c`, which the signature does not cover and need not: the protected `x5t#S256`
names its first. So EU DSS, `jose` or any other JWS library checks one ballot with nothing but its file and the anchor.
Only ballots of a certificate that is proven are written; that a ballot counts, the certificate says and no ballot.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from services.desk.hands import Forks
from services.desk.verdict import Verdict
from services.desk.verify import read
from services.kit.complaint import Complaint
from services.refusal import Refused
from services.rules import countersigned, jws, proof, seal, signed_file
from services.rules.credential import Anchors, load_anchors
from services.rules.extract import open_extract
from services.rules.floor import record
from services.signing import sealed_pdf
from services.signing.countersigned import signed_pdf
from services.wire import BallotCast, BallotPayload, Statement

_payloads = msgspec.json.Decoder(BallotPayload)


class OutUnusable(Complaint):
    """Where the ballots are to be written something lies already, or nothing can be; the text says which."""


class NoBallots(Complaint):
    """What was given is no certificate of a vote; the text says what it is."""


class Chained(msgspec.Struct, frozen=True, kw_only=True):
    """The unprotected header: certificates in standard base64 (RFC 7515 section 4.1.6), the signer's first."""

    x5c: tuple[str, ...]


class BallotFile(msgspec.Struct, frozen=True, kw_only=True):
    """A ballot as others read it."""

    payload: str
    protected: str
    header: Chained
    signature: str


def main(arguments: Sequence[str]) -> int:
    """0 if all ballots were written, 1 if the certificate is not proven or they cannot be written."""
    parser = argparse.ArgumentParser(prog="plenary ballots", description=__doc__)
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="certificate.json, certificate.pdf, or the same .signed"
    )
    parser.add_argument("--trust", type=Path, required=True, metavar="PEM", help="trust anchors")
    parser.add_argument(
        "--tsa-trust", type=Path, metavar="PEM", help="anchors of time-stamp authorities (default: --trust)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new directory")
    given = parser.parse_args(arguments)
    try:
        written = write(prove(given.file, given.trust, given.tsa_trust), given.out)
    except Refused as refused:
        return Verdict(refused=refused).show(as_json=False)
    except (OutUnusable, NoBallots) as complaint:
        sys.stderr.write(f"{complaint}\n")
        return 1
    sys.stdout.write(f"Đã ghi {written} phiếu vào / ballots written to {given.out}: {written}\n")
    return 0


def prove(file: Path, trust: Path, tsa_trust: Path | None = None) -> Statement:
    """What a certificate states, all of it proven. Raises NoBallots, or a Refused that names the check which failed."""
    content, anchors, tsa_anchors = read(file), read(trust), read(tsa_trust or trust)
    trusted = Anchors(load_anchors(anchors))
    # 1. Signed, as JSON: the statement is in it.
    if signed_file.is_one(content):
        _must_be_of_a_vote(countersigned.paper_of(content).kind.typ)
        signed = countersigned.open_file(content, trusted, load_anchors(tsa_anchors))
        return proof.verify_statement(signed.statement, trusted, hands=Forks()).statement
    # 2. All else has the sealed file in it, or is it.
    opened = None
    if signed_pdf.is_signed_edition(content):
        opened = signed_pdf.open_signed(content, anchors, tsa_anchors)
        content = opened.file
    elif content.startswith(b"%PDF-"):
        content = sealed_pdf.open_pdf(content, anchors).file
    _must_be_of_a_vote(seal.typ_of(content))
    statement = proof.verify_certificate(content, trusted, Forks()).statement
    if opened is not None:
        signed_pdf.must_agree(opened, statement)
    return statement


def _must_be_of_a_vote(typ: str) -> None:
    if typ in (seal.MINUTES.typ, record.TYP):
        raise NoBallots(
            "đây là biên bản phiên họp hoặc nhật ký phát biểu, không có phiếu nào: hãy đưa certificate.json của cuộc"
            " biểu quyết / these are minutes of a sitting, or a turn log, without a ballot: give certificate.json"
        )


def write(statement: Statement, out: Path) -> int:
    """Write each ballot that was cast, also those that others took the place of; how many. Raises OutUnusable."""
    number = 0
    try:
        out.mkdir(parents=True)
        for name, content in files(statement):
            (out / name).write_bytes(content)
            number += 1
    except OSError as error:
        raise OutUnusable(f"{out}: {error.strerror}") from error
    return number


def files(statement: Statement) -> Iterator[tuple[str, bytes]]:
    """Name and content for each ballot of a statement that was proven, in the order of the ledger. No two names are the
    same, nor on a disk that takes capitals for small letters."""
    chains = {one.thumbprint: one.chain for one in statement.evidence.credentials}
    cast = [
        (placed.index, placed.entry.jws)
        for placed in open_extract(statement.evidence.ledger).lines
        if isinstance(placed.entry, BallotCast) and placed.entry.poll == statement.poll
    ]
    alike = Counter(voter.lower() for voter in {_said(compact).voter for _, compact in cast})
    for index, compact in cast:
        said = _said(compact)
        # Members whose ids differ by capitals alone: the line of the ledger tells their ballots apart.
        line = f".{index}" if alike[said.voter.lower()] > 1 else ""
        yield f"{said.voter}-{said.seq}{line}.json", _file(compact, chains)


def _said(compact: str) -> BallotPayload:
    return _payloads.decode(jws.b64_decode(compact.split(".")[1].encode()))


def _file(compact: str, chains: Mapping[str, tuple[str, ...]]) -> bytes:
    protected, payload, signature = compact.split(".")
    file = BallotFile(
        payload=payload,
        protected=protected,
        header=Chained(x5c=chains[jws.signer_of(compact)]),
        signature=signature,
    )
    return msgspec.json.encode(file)
