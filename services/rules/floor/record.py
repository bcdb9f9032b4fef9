"""The whole check of a sealed turn log, as any stranger can make it: turns.json and a trust anchor, no network."""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from cryptography.x509.oid import NameOID

from services.rules import certified, merkle, seal
from services.rules.bulk import THREADS
from services.rules.credential import Anchors
from services.rules.extract import must_be_signed
from services.rules.floor import acts
from services.rules.floor.errors import RecordWrong
from services.rules.floor.replay import replay
from services.rules.floor.state import Floor
from services.rules.floor.turn_log import log_of
from services.rules.holders import Known, read_holders
from services.rules.proof_errors import ExtractWrong
from services.rules.signed_acts import holder_of
from services.wire import (
    UNREADABLE,
    Credential,
    Extract,
    FloorActed,
    FloorEntry,
    FloorStatement,
    RecordFloor,
    RollEntry,
)

TYP = "plenary-floor-record+jws"
# The checks of a turn log by name, in the order in which they are made.
CHECKS = ("ledger", "credentials", "acts_and_order", "turn_log")

_lines: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)
_statements = msgspec.json.Decoder(FloorStatement)
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Replayed:
    """A turn log, once all in it has been checked, and the floor that its ledger gives."""

    statement: FloorStatement
    floor: Floor

    @property
    def names(self) -> dict[str, str]:
        """Names of all who acted."""
        return names_of(self.floor.roll, self.statement.evidence.credentials)


def verify_file(file: bytes, anchors: Anchors) -> Replayed:
    """Check a whole turns.json: the seal, then everything that is sealed. Raises a Refused naming the check."""
    statement, _, _ = seal.open_file(file, anchors, RECORD)
    return verify_statement(statement, anchors)


def verify_statement(statement: FloorStatement, anchors: Anchors, known: Known | None = None) -> Replayed:
    """Check everything a turn log claims. Raises a Refused that names the check which failed."""
    # 1. The ledger: whole, every line readable, all together the tree that the checkpoint signs.
    lines = _read(statement.evidence.ledger)
    # 2. The keys: every credential up to a trust anchor.
    holders = read_holders(
        THREADS,
        statement.evidence.credentials,
        anchors,
        body=statement.body.id,
        at=lines[0].at,
        known=known,
    )
    # 3. Every act signed by who did it, and decided by the rules exactly as its line says.
    floor = replay(lines, lambda thumbprint, at: holder_of(holders, thumbprint, at))
    # 4. The log, made again from the lines; whose it is, and that the desk asked for it.
    _must_be_stated(statement, floor, lines)
    return Replayed(statement, floor)


def names_of(roll: Mapping[str, RollEntry], credentials: Iterable[Credential]) -> dict[str, str]:
    """Names of who may have acted, by member: as on the roll, else as certified."""
    names = {member: entry.name for member, entry in roll.items()}
    for credential in credentials:
        if credential.member not in names:
            certificate = certified.load_one(b64decode(credential.chain[0]))
            common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            names[credential.member] = str(common[0].value) if common else credential.member
    return names


def _read(extract: Extract) -> list[FloorEntry]:
    if extract.start:
        raise ExtractWrong(index=extract.start, what="not the whole ledger")
    lines: list[FloorEntry] = []
    leaves: list[bytes] = []
    for index, text in enumerate(extract.lines):
        try:
            line = text.encode()
            entry = _lines.decode(line)
        except UNREADABLE as error:
            raise ExtractWrong(index=index, what="no entry of a floor's ledger") from error
        if _encoder.encode(entry) != line:
            raise ExtractWrong(index=index, what="not written as a ledger writes it")
        lines.append(entry)
        leaves.append(merkle.leaf_hash(line))
    must_be_signed(extract, leaves)
    if not lines:
        raise ExtractWrong(index=0, what="empty")
    return lines


def _must_be_stated(statement: FloorStatement, floor: Floor, lines: list[FloorEntry]) -> None:
    pairs = {
        "body": (statement.body, floor.body),
        "meeting": (statement.meeting, floor.meeting),
        "line": (statement.index + 1, floor.size),
        "log": (statement.log, log_of(lines)),
    }
    for name, (one, other) in pairs.items():
        if one != other:
            raise RecordWrong(what=name)
    if not statement.evidence.ledger.origin.endswith(f"/{floor.meeting}/floor"):
        raise RecordWrong(what="origin")
    last = lines[-1]
    if not (isinstance(last, FloorActed) and isinstance(acts.said(last.jws), RecordFloor)):
        raise RecordWrong(what="nobody asked for it")


def read_statement(raw: bytes) -> FloorStatement:
    """What a seal signed. Raises RecordWrong unless it is a turn log, written as one is."""
    try:
        statement = _statements.decode(raw)
    except UNREADABLE as error:
        raise RecordWrong(what="statement") from error
    if _encoder.encode(statement) != raw:
        raise RecordWrong(what="not written as turn logs are")
    return statement


RECORD = seal.Kind(TYP, read_statement)
