"""The minutes of a sitting (biên bản phiên họp): what was proven, as a page."""

from services.rules.minutes import Minuted
from services.signing import sitting_words, typesetting
from services.signing.typesetting import Meanwhile, Signing, Template, nothing

TEMPLATE = Template("sitting.typ", sitting_words.PARTS, sitting_words.LISTS)


def typeset(
    minuted: Minuted,
    file: bytes,
    file_sha256: str,
    verify_url: str,
    meanwhile: Meanwhile = nothing,
    signing: Signing | None = None,
) -> bytes:
    """The unsealed page (see `typesetting.typeset_statement`)."""
    words = sitting_words.words(minuted, file_sha256, verify_url)
    return typesetting.typeset_statement(TEMPLATE, words, minuted.statement, file, meanwhile, signing)
