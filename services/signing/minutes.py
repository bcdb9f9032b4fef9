"""The minutes (biên bản) of a vote: what was proven, as a page."""

from services.rules import ledger_file
from services.rules.proof import Proven
from services.signing import minutes_words, typesetting
from services.signing.typesetting import Meanwhile, Template, nothing

TEMPLATE = Template("minutes.typ", minutes_words.PARTS, minutes_words.LISTS)


def typeset(
    proven: Proven,
    certificate: bytes,
    certificate_sha256: str,
    verify_url: str,
    meanwhile: Meanwhile = nothing,
) -> bytes:
    """The unsealed minutes. The same input gives the same bytes."""
    words = minutes_words.words(proven, certificate_sha256, verify_url)
    ledger = ledger_file.render(proven.statement.evidence.ledger)
    issued = proven.statement.issued_at // 1000
    return typesetting.typeset(TEMPLATE, words, issued, certificate, ledger, meanwhile)
