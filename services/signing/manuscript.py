"""What comes to the press: from a result, a record of the floor, or the proceedings of a sitting, to what the seal
signs; pure."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from services.rules import jws, minutes
from services.wire import (
    CertificateIssued,
    FloorRecord,
    FloorStatement,
    MinutesBefore,
    MinutesEvidence,
    MinutesIssued,
    MinutesStatement,
    Proceedings,
    RecordIssued,
    Result,
    Statement,
    TurnsMinuted,
    Voted,
)

PaperName = Literal["certificate", "record", "minutes"]
# What a paper is about: its kind, the thing, the line or edition (see Manuscript).
Matter = tuple[PaperName, str, int]


@dataclass(frozen=True, slots=True)
class Manuscript:
    """One paper that is to be printed. There is one of its kind about each thing: a certificate about a poll, a record
    about a meeting and the line of the floor's ledger that asked for it (0 for a certificate), minutes about a meeting
    and their edition.

    `state(id, issued_at)`: the exact bytes to be signed, under the paper's id and time (milliseconds).
    `tell(id, sha256, index)`: the event by which all learn of it. `outside`: the file that goes beside it.
    `ledger`: where the lines stand, each with its newline, if it names its ledger by hash.
    """

    paper: PaperName
    about: str
    line: int
    body: str
    meeting: str
    request: str
    state: Callable[[str, int], bytes]
    tell: Callable[[str, str, int], CertificateIssued | RecordIssued | MinutesIssued]
    outside: bytes | None = None
    ledger: Path | None = None

    @property
    def matter(self) -> Matter:
        """What it is about; there is one paper about that."""
        return self.paper, self.about, self.line

    @property
    def prefix(self) -> str:
        """What ids of such papers begin with: giấy chứng nhận, nhật ký, biên bản."""
        return {"certificate": "gcn-", "record": "nk-", "minutes": "bb-"}[self.paper]


@cache
def software() -> str:
    """This program and its version, as papers name it."""
    return f"plenary {version('plenary')}"


class _Said(msgspec.Struct):
    evidence: msgspec.Raw


_said = msgspec.json.Decoder(_Said)


def of_result(
    result: Result, outside: bytes | None = None, ledger: Path | None = None, message: bytes | None = None
) -> Manuscript:
    """The certificate of a declared result: everything that the result says. `outside`: what others said of the keys
    behind its ballots, the file that goes beside it. `ledger`: where its lines stand, if it does not hold them.
    `message`: what a great one was read from, which is held anyway."""

    evidence: Any = _spell(result, message)
    of = msgspec.structs.replace(result, evidence=evidence)

    def state(certificate: str, issued_at: int) -> bytes:
        statement = Statement(
            id=certificate,
            issued_at=issued_at,
            software=software(),
            body=of.body,
            meeting=of.meeting,
            poll=of.poll,
            definition=of.definition,
            title=of.title,
            decision=of.decision,
            evidence=of.evidence,
            outside=UNSET if outside is None else jws.digest(outside),
        )
        return msgspec.json.encode(statement)

    def tell(certificate: str, sha256: str, index: int) -> CertificateIssued:
        return CertificateIssued(
            index=index,
            request=of.request,
            body=of.body.id,
            meeting=of.meeting,
            poll=of.poll,
            certificate=certificate,
            sha256=sha256,
        )

    about, body = of.poll, of.body.id
    return Manuscript("certificate", about, 0, body, of.meeting, of.request, state, tell, outside, ledger)


def _spell(result: Result, message: bytes | None) -> msgspec.Raw:
    """The evidence as bytes: ten thousand ballots in parts are three times as much. A view of the message where that
    spells it as we do; what is spelled otherwise is signed as we spell it."""
    ours = msgspec.Raw(msgspec.json.encode(result.evidence))
    if message is not None:
        theirs = _said.decode(message).evidence
        if memoryview(theirs) == memoryview(ours):
            return theirs
    return ours


def of_record(record: FloorRecord) -> Manuscript:
    """The sealed turn log of a floor: everything that the record says."""

    def state(identifier: str, issued_at: int) -> bytes:
        statement = FloorStatement(
            id=identifier,
            issued_at=issued_at,
            software=software(),
            body=record.body,
            meeting=record.meeting,
            index=record.index,
            log=record.log,
            evidence=record.evidence,
        )
        return msgspec.json.encode(statement)

    def tell(identifier: str, sha256: str, index: int) -> RecordIssued:
        return RecordIssued(
            index=index,
            request=record.request,
            body=record.body.id,
            meeting=record.meeting,
            line=record.index,
            record=identifier,
            sha256=sha256,
        )

    return Manuscript(
        "record", record.meeting, record.index, record.body.id, record.meeting, record.request, state, tell
    )


def of_proceedings(
    proceedings: Proceedings,
    polls: tuple[Voted, ...],
    turns: TurnsMinuted | None,
    before: MinutesBefore | None,
) -> Manuscript:
    """The minutes of a sitting: what the meeting and the voting room say of it, and the papers that there are."""
    sitting = proceedings.sitting
    meeting = sitting.meeting

    def state(identifier: str, issued_at: int) -> bytes:
        return msgspec.json.encode(_minutes(proceedings, polls, turns, before, identifier, issued_at))

    def tell(identifier: str, sha256: str, index: int) -> MinutesIssued:
        return MinutesIssued(
            index=index,
            request=sitting.request,
            body=sitting.body.id,
            meeting=meeting.id,
            edition=sitting.edition,
            minutes=identifier,
            sha256=sha256,
        )

    return Manuscript(
        "minutes", meeting.id, sitting.edition, sitting.body.id, meeting.id, sitting.request, state, tell
    )


def _minutes(
    proceedings: Proceedings,
    polls: tuple[Voted, ...],
    turns: TurnsMinuted | None,
    before: MinutesBefore | None,
    identifier: str,
    issued_at: int,
) -> MinutesStatement:
    sitting = proceedings.sitting
    meeting = sitting.meeting
    return MinutesStatement(
        id=identifier,
        issued_at=issued_at,
        software=software(),
        edition=sitting.edition,
        before=before,
        body=sitting.body,
        meeting=meeting.id,
        title=meeting.title,
        place=meeting.place,
        starts_at=meeting.starts_at,
        opened_at=sitting.opened_at,
        ended_at=sitting.ended_at,
        asked_at=sitting.asked_at,
        asked_by=sitting.asked_by,
        presiding=minutes.presiding_of(polls),
        desk=sitting.desk,
        attendance=sitting.attendance,
        agenda=sitting.agenda,
        polls=polls,
        turns=turns,
        evidence=MinutesEvidence(
            roll=sitting.roll, credentials=proceedings.credentials, ledger=proceedings.ledger
        ),
    )
