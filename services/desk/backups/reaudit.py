"""After a restore: every ledger is computed again, every sealed paper is audited as by a stranger (`plenary audit`),
with all its receipts made again from the restored ledger and its key.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.desk.audit import audit
from services.desk.verdict import Verdict
from services.desk.verify import verify
from services.desk.written import FilesDisagree
from services.kit import keys
from services.kit.ledger_key import LedgerKey
from services.refusal import Refused
from services.rules import jws, merkle
from services.rules.receipts import append, issue
from services.wire import CertificateFile, Statement

_FILES = {
    "certificate": {"json": "certificate.json", "pdf": "certificate.pdf", "jsonl": "ledger.jsonl"},
    "record": {"json": "turns.json", "pdf": "turns.pdf", "jsonl": "floor.jsonl"},
}
_PAGE = 1_000
_statements = msgspec.json.Decoder(Statement)
_files = msgspec.json.Decoder(CertificateFile)
_LEDGERS = "select no, meeting, size, frontier from {schema}.ledger order by no"
_OPEN = "select id, title from meeting.meeting where state <> 'ended' order by id"


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was proven, or not: what it is, in words, and the verdict."""

    what: str
    verdict: Verdict


def check_all(database_url: str, directory: Path, tsa_trust: Path | None) -> Iterator[Checked]:
    """Everything, one after the other. `directory`: the keys and anchors that were restored; `tsa_trust`: of time."""
    trust = directory / "trust.pem"
    key = keys.load_ed25519(directory / "ledger.key")
    with psycopg.connect(database_url) as connection:
        for service in ("voting", "floor"):
            yield from _ledgers(connection, service)
        papers = connection.execute(
            "select kind, id, about from signing.paper where sha256 is not null order by issued_at, id"
        ).fetchall()
        for kind, identifier, about in papers:
            with tempfile.TemporaryDirectory(prefix="plenary-audit-") as out:
                where = Path(out)
                _write(connection, kind, identifier, where)
                if kind == "certificate":
                    (where / "receipts.jsonl").write_bytes(_receipts(connection, about, where, key))
                yield from _audited(kind, identifier, where, trust)
        yield from _signed(connection, trust, tsa_trust)


def _audited(kind: str, identifier: str, where: Path, trust: Path) -> Iterator[Checked]:
    if kind in _FILES:
        yield Checked(f"{kind} {identifier}", audit(where, trust))
        return
    # Minutes: each file is proven by itself; the papers that they name are audited on their own.
    for each in sorted(where.glob("*.json")) + sorted(where.glob("*.pdf")):
        yield Checked(f"{each.name} {identifier}", verify(each, trust))


def open_meetings(database_url: str) -> list[tuple[str, str]]:
    """The meetings that are not over: id and title."""
    with psycopg.connect(database_url) as connection:
        return [(str(row[0]), str(row[1])) for row in connection.execute(_OPEN)]


def _ledgers(connection: psycopg.Connection, service: str) -> Iterator[Checked]:
    for no, meeting, size, frontier in connection.execute(_LEDGERS.format(schema=service)).fetchall():
        verdict = Verdict(checks=["ledger"])
        try:
            tree = merkle.Frontier()
            while tree.size < size:
                lines = _lines(connection, service, no, tree.size, min(size, tree.size + _PAGE))
                if not lines:
                    raise FilesDisagree(file=f"{service}.entry", what=f"meeting {meeting}")
                tree = append(tree, lines).growth.frontier
            if tree != merkle.frontier_of(size, bytes(frontier)):
                raise FilesDisagree(file=f"{service}.entry", what=f"meeting {meeting}")
        except Refused as refused:
            verdict.refused = refused
        yield Checked(f"ledger {service} {meeting} ({size})", verdict)


def _lines(connection: psycopg.Connection, service: str, no: int, start: int, end: int) -> list[bytes]:
    sql = f"select line from {service}.entry where ledger = %s and index >= %s and index < %s order by index"  # noqa: S608 - a name of ours
    return [bytes(row[0]) for row in connection.execute(sql, [no, start, end])]


def _write(connection: psycopg.Connection, kind: str, identifier: str, where: Path) -> None:
    rows = connection.execute("select kind, content from signing.paper_file where paper = %s", [identifier])
    for each, content in rows:
        (where / _FILES.get(kind, {}).get(each, f"{kind}.{each}")).write_bytes(content)
    # The ledger of a great poll stands in pieces: each is let go before the next is read.
    piece = "select content from signing.ledger_piece where paper = %s and no = %s"
    no = 0
    while row := connection.execute(piece, [identifier, no]).fetchone():
        with (where / "ledger.jsonl").open("ab" if no else "wb") as file:
            file.write(row[0])
        no += 1


def _receipts(connection: psycopg.Connection, poll: str, where: Path, key: Ed25519PrivateKey) -> bytes:
    """The receipts of all ballots of a poll, made again: equal to those given out, as Ed25519 is deterministic."""
    ledger, no, meeting = connection.execute(
        "select p.ledger, p.no, l.meeting from voting.poll p join voting.ledger l on l.no = p.ledger where p.id = %s",
        [poll],
    ).fetchone() or (0, 0, "")
    signer = LedgerKey(key, _origin(where).removesuffix(f"/{meeting}"))
    batches = connection.execute(
        "select b.start, b.size, b.frontier from voting.batch b where b.ledger = %s and exists ("
        "select from voting.entry e where e.ledger = b.ledger and e.poll = %s and e.seq is not null"
        " and e.index >= b.start and e.index < b.size)"
        " order by b.start",
        [ledger, no],
    ).fetchall()
    return b"".join(
        line
        for start, size, frontier in batches
        for line in _batch(connection, signer, (ledger, no, meeting, poll), (start, size, bytes(frontier)))
    )


def _batch(
    connection: psycopg.Connection,
    signer: LedgerKey,
    poll: tuple[int, int, str, str],
    batch: tuple[int, int, bytes],
) -> Iterator[bytes]:
    (ledger, no, meeting, name), (start, size, frontier) = poll, batch
    rows = connection.execute(
        "select line, poll = %s and seq is not null from voting.entry where ledger = %s and index >= %s and index < %s"
        " order by index",
        [no, ledger, start, size],
    ).fetchall()
    grown = append(merkle.frontier_of(start, frontier), [bytes(line) for line, _ in rows])
    issued = issue(grown, [name] * len(rows), signer.checkpoint(meeting, grown.growth.frontier))
    return (receipt + b"\n" for receipt, (_, is_ballot) in zip(issued, rows, strict=True) if is_ballot)


def _origin(where: Path) -> str:
    payload = _files.decode((where / "certificate.json").read_bytes()).payload
    return _statements.decode(jws.b64_decode(payload.encode())).evidence.ledger.origin


def _signed(connection: psycopg.Connection, trust: Path, tsa_trust: Path | None) -> Iterator[Checked]:
    """The signed editions. Whose word counted for time when they were stamped is said by the settings of that time."""
    rows = connection.execute(
        "select certificate, json, pdf, level, test_time from signing.signed_edition order by sealed_at"
    )
    for certificate, file, pdf, level, is_trial in rows.fetchall():
        time = trust.with_name("trial-time.pem") if is_trial else trust if level == "B-B" else tsa_trust
        for name, content in (("certificate.signed.json", file), ("certificate.signed.pdf", pdf)):
            if time is None:
                yield Checked(f"{name} {certificate}", Verdict(unchecked=["PLENARY_TSA_TRUST"]))
                continue
            with tempfile.TemporaryDirectory(prefix="plenary-audit-") as out:
                (Path(out) / name).write_bytes(content)
                yield Checked(f"{name} {certificate}", verify(Path(out) / name, trust, time))
