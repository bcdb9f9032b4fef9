"""The minutes (biên bản) of a vote: what was proven, as a page."""

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
    """The unsealed minutes (see `typesetting.typeset_statement`)."""
    words = minutes_words.words(proven, certificate_sha256, verify_url)
    return typesetting.typeset_statement(TEMPLATE, words, proven.statement, certificate, meanwhile, signing)
