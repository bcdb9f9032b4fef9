"""The minutes of a sitting (biên bản phiên họp): what was proven, as a page."""

from services.rules import ledger_file
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
    """The unsealed page; `signing`: with places for signatures at its foot. The same input gives the same bytes."""
    words = sitting_words.words(minuted, file_sha256, verify_url)
    if signing is not None:
        words["signing"] = signing
    ledger = ledger_file.render(minuted.statement.evidence.ledger)
    issued = minuted.statement.issued_at // 1000
    return typesetting.typeset(
        TEMPLATE, typesetting.spell(words), issued, file.decode(), ledger.decode(), meanwhile
    )
