"""What comes to the press: from a result, or a record of the floor, to what the seal signs; pure."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Literal

import msgspec

from services.wire import CertificateIssued, FloorRecord, FloorStatement, RecordIssued, Result, Statement

PaperName = Literal["certificate", "record"]


@dataclass(frozen=True, slots=True)
class Manuscript:
    """One paper that is to be printed. There is one of its kind about each thing: a certificate about a poll, a record
    about a meeting and the line of the floor's ledger that asked for it (0 for a certificate).

    `state(id, issued_at)`: the exact bytes to be signed, under the paper's id and time (milliseconds).
    `tell(id, sha256, index)`: the event by which all learn of it.
    """

    paper: PaperName
    about: str
    line: int
    body: str
    meeting: str
    request: str
    state: Callable[[str, int], bytes]
    tell: Callable[[str, str, int], CertificateIssued | RecordIssued]

    @property
    def prefix(self) -> str:
        """What ids of such papers begin with: giấy chứng nhận, nhật ký."""
        return {"certificate": "gcn-", "record": "nk-"}[self.paper]


@cache
def software() -> str:
    """This program and its version, as papers name it."""
    return f"plenary {version('plenary')}"


def of_result(result: Result) -> Manuscript:
    """The certificate of a declared result: everything that the result says."""

    def state(certificate: str, issued_at: int) -> bytes:
        statement = Statement(
            id=certificate,
            issued_at=issued_at,
            software=software(),
            body=result.body,
            meeting=result.meeting,
            poll=result.poll,
            definition=result.definition,
            title=result.title,
            decision=result.decision,
            evidence=result.evidence,
        )
        return msgspec.json.encode(statement)

    def tell(certificate: str, sha256: str, index: int) -> CertificateIssued:
        return CertificateIssued(
            index=index,
            request=result.request,
            body=result.body.id,
            meeting=result.meeting,
            poll=result.poll,
            certificate=certificate,
            sha256=sha256,
        )

    return Manuscript(
        "certificate", result.poll, 0, result.body.id, result.meeting, result.request, state, tell
    )


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
