"""The minutes (biên bản) of a vote: what was proven, as a page."""

from services.rules import ledger_file
from services.rules.proof import Proven
from services.signing import minutes_words, typesetting
from services.signing.typesetting import Meanwhile, Signing, Template, nothing

TEMPLATE = Template("minutes.typ", minutes_words.PARTS, minutes_words.LISTS)


def typeset(
    proven: Proven,
    certificate: bytes,
    certificate_sha256: str,
    verify_url: str,
    meanwhile: Meanwhile = nothing,
    signing: Signing | None = None,
) -> bytes:
    """The unsealed minutes; `signing`: with places for signatures at the foot. The same input gives the same bytes."""
    words = minutes_words.words(proven, certificate_sha256, verify_url)
    if signing is not None:
        words["signing"] = signing
    ledger = ledger_file.render(proven.statement.evidence.ledger)
    issued = proven.statement.issued_at // 1000
    return typesetting.typeset(
        TEMPLATE, typesetting.spell(words), issued, certificate.decode(), ledger.decode(), meanwhile
    )
