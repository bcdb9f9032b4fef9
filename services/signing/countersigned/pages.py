"""The page of the signed edition: the minutes once more, with the places where secretary, chair and body sign."""

from typing import Final, Literal

from services.rules import ledger_file
from services.rules.proof import Proven
from services.signing import minutes, minutes_words, typesetting
from services.signing.countersigned import revisions
from services.signing.typesetting import Meanwhile, nothing

# Where time-stamps come from: from nobody, from our own authority for trials, from a given one.
Stamps = Literal["none", "trial", "given"]

_NOTES: Final[dict[Stamps, str]] = {
    "none": "Chữ ký trong văn bản này không có dấu thời gian của bên thứ ba.",
    "trial": "THỬ NGHIỆM: dấu thời gian trong văn bản này do hệ thống tự cấp để thử, không có giá trị chứng minh.",
    "given": "",
}
_COMMAND: Final = "certificate.signed.pdf --trust trust.pem"
_COMMAND_WITH_TIME: Final = f"{_COMMAND} --tsa-trust time.pem"


def lay_out(
    proven: Proven,
    certificate: bytes,
    certificate_sha256: str,
    verify_url: str,
    stamps: Stamps,
    meanwhile: Meanwhile = nothing,
) -> bytes:
    """The page that all sign, with three empty fields. `certificate`: certificate.json of the sealed edition.
    The same input, the same bytes."""
    words = minutes_words.words(proven, certificate_sha256, verify_url)
    ledger = ledger_file.render(proven.statement.evidence.ledger)
    issued = proven.statement.issued_at // 1000
    words["signing"] = {
        "note": _NOTES[stamps],
        "command": _COMMAND if stamps == "none" else _COMMAND_WITH_TIME,
    }
    page = typesetting.typeset(minutes.TEMPLATE, words, issued, certificate, ledger, meanwhile)
    return revisions.begin(page).pdf
