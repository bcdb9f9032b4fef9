"""Files made from a genuine signed edition by somebody who means no good: not one is believed."""

import random

import pytest

from services.refusal import Refused
from services.signing.countersigned import signed_pdf
from tests.support.pdf_attacks import ATTACKS
from tests.support.signed_edition import Edition, finished


def _must_be_refused(pdf: bytes, edition: Edition) -> str:
    with pytest.raises(Refused) as refused:
        signed_pdf.open_signed(pdf, edition.trust, edition.authority.trust)
    return refused.value.code


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_is_believed(name: str) -> None:
    edition = finished()
    pdf = ATTACKS[name](edition)
    assert pdf != edition.pdf
    _must_be_refused(pdf, edition)


def test_no_flipped_byte_is_believed() -> None:
    edition = finished()
    dice = random.Random(5)
    # Everywhere, and more in what is added by signing: its last token is covered by nothing after it.
    start = edition.pdf.rindex(b"/Type/DocTimeStamp")
    places = [dice.randrange(len(edition.pdf)) for _ in range(60)]
    places += [start + dice.randrange(3_000) for _ in range(120)]
    for place in places:
        changed = bytearray(edition.pdf)
        changed[place] ^= 1 << dice.randrange(8)
        _must_be_refused(bytes(changed), edition)


def test_no_byte_more_or_less_is_believed() -> None:
    edition = finished()
    dice = random.Random(7)
    for _ in range(40):
        place = dice.randrange(len(edition.pdf))
        _must_be_refused(edition.pdf[:place] + edition.pdf[place + 1 :], edition)
        _must_be_refused(edition.pdf[:place] + b"0" + edition.pdf[place:], edition)
        _must_be_refused(edition.pdf[:place], edition)
