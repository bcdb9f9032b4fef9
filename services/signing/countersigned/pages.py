"""The page of the signed edition: the minutes once more, of a vote or of a whole sitting, with places to sign."""

from typing import Final, Literal

from services.rules.minutes import Minuted
from services.rules.proof import Proven
from services.signing import minutes, sitting_page
from services.signing.countersigned import revisions
from services.signing.typesetting import Meanwhile, nothing

# Where time-stamps come from: from nobody, from our own authority for trials, from a given one.
Stamps = Literal["none", "trial", "given"]

_NOTES: Final[dict[Stamps, str]] = {
    "none": "Chữ ký trong văn bản này không có dấu thời gian của bên thứ ba.",
    "trial": "THỬ NGHIỆM: dấu thời gian trong văn bản này do hệ thống tự cấp để thử, không có giá trị chứng minh.",
    "given": "",
}
_COMMAND: Final = "signed.pdf --trust trust.pem"
_COMMAND_WITH_TIME: Final = f"{_COMMAND} --tsa-trust time.pem"


def lay_out(
    proven: Proven | Minuted,
    file: bytes,
    file_sha256: str,
    verify_url: str,
    stamps: Stamps,
    meanwhile: Meanwhile = nothing,
) -> bytes:
    """The page that all sign, with three empty fields. `file`: certificate.json or minutes.json of the sealed edition.
    The same input, the same bytes."""
    command = _COMMAND if stamps == "none" else _COMMAND_WITH_TIME
    if isinstance(proven, Minuted):
        foot = {"note": _NOTES[stamps], "command": f"minutes.{command}"}
        page = sitting_page.typeset(proven, file, file_sha256, verify_url, meanwhile, foot)
    else:
        foot = {"note": _NOTES[stamps], "command": f"certificate.{command}"}
        page = minutes.typeset(proven, file, file_sha256, verify_url, meanwhile, foot)
    return revisions.begin(page).pdf
