"""The kinds of paper that we seal: what is proven of each, how it is signed, and how its page looks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from services.rules import minutes as sitting_minutes
from services.rules import proof, seal
from services.rules.credential import Anchors
from services.rules.floor import record
from services.rules.holders import Known
from services.rules.proof_errors import CertificateMalformed
from services.signing import (
    minutes,
    minutes_words,
    sealed_pdf,
    sitting_page,
    sitting_words,
    turn_page,
    turn_words,
    typesetting,
)
from services.signing.typesetting import Template
from services.wire import UNREADABLE, FloorStatement, MinutesStatement, Statement


class Proven(Protocol):
    """What a check makes of a statement, once everything in it is found true."""

    @property
    def statement(self) -> Statement | FloorStatement | MinutesStatement:
        """The statement itself."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. `format`: the first member of its statements; `kind`: how they are sealed and read; `files`:
    the names of the sealed file and its ledger; `reason`: what the seal on the page says it is for; `words(proven,
    sha256, url)`: what its template shows."""

    format: str
    kind: seal.Kind[Any]
    files: tuple[str, str]
    reason: str
    template: Template
    prove: Callable[[Any, Anchors, Known], Proven]
    words: Callable[[Any, str, str], dict[str, Any]]


class _Formatted(msgspec.Struct):
    format: str


_formats = msgspec.json.Decoder(_Formatted)

CERTIFICATE = Paper(
    format="plenary-certificate/1",
    kind=seal.CERTIFICATE,
    files=sealed_pdf.CERTIFICATE,
    reason="Đóng dấu số biên bản kết quả biểu quyết",
    template=minutes.TEMPLATE,
    prove=proof.verify_statement,
    words=minutes_words.words,
)
RECORD = Paper(
    format="plenary-floor-record/1",
    kind=record.RECORD,
    files=sealed_pdf.RECORD,
    reason="Đóng dấu số nhật ký phát biểu",
    template=turn_page.TEMPLATE,
    prove=record.verify_statement,
    words=turn_words.words,
)
MINUTES = Paper(
    format="plenary-minutes/1",
    kind=seal.MINUTES,
    files=sealed_pdf.MINUTES,
    reason="Đóng dấu số biên bản phiên họp",
    template=sitting_page.TEMPLATE,
    prove=sitting_minutes.verify_statement,
    words=sitting_words.words,
)
PAPERS = (CERTIFICATE, RECORD, MINUTES)


def paper_of(statement: bytes) -> Paper:
    """The kind of paper that a statement is for. Raises CertificateMalformed for none of them."""
    try:
        format_ = _formats.decode(statement).format
    except UNREADABLE as error:
        raise CertificateMalformed(what="statement") from error
    for paper in PAPERS:
        if paper.format == format_:
            return paper
    raise CertificateMalformed(what="format")


def warm(paper: Paper) -> bytes:
    """A page of nothing."""
    return typesetting.warm(paper.template)
