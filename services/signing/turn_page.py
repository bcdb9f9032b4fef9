"""The turn log (nhật ký phát biểu) of a floor: what was replayed, as a page."""

from services.rules import ledger_file
from services.rules.floor.record import Replayed
from services.signing import turn_words, typesetting
from services.signing.typesetting import Meanwhile, Template, nothing

TEMPLATE = Template("turns.typ", turn_words.PARTS, turn_words.LISTS)


def typeset(
    replayed: Replayed,
    record: bytes,
    record_sha256: str,
    verify_url: str,
    meanwhile: Meanwhile = nothing,
) -> bytes:
    """The unsealed turn log. The same input gives the same bytes."""
    words = turn_words.words(replayed, record_sha256, verify_url)
    ledger = ledger_file.render(replayed.statement.evidence.ledger)
    issued = replayed.statement.issued_at // 1000
    return typesetting.typeset(
        TEMPLATE, typesetting.spell(words), issued, record.decode(), ledger.decode(), meanwhile
    )
