"""Bytes changed at random, pages that nobody should sign: not one is believed. What attackers make on purpose, and by
which check it is refused, is told by the command itself (`tests/unit/desk/test_verify_attacks.py`)."""

import random
import zlib

import pytest

from services.refusal import Refused
from services.signing.countersigned import appearance, revisions, signed_pdf
from services.signing.countersigned.acts import Stamp
from services.signing.press_errors import PdfChanged
from tests.support.issued import usual
from tests.support.signed_edition import Edition, finished


def _must_be_refused(pdf: bytes, edition: Edition) -> str:
    with pytest.raises(Refused) as refused:
        signed_pdf.open_signed(pdf, edition.trust, edition.authority.trust)
    return refused.value.code


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


def _signed_by_all(page: bytes) -> Edition:
    """A page that all three have signed and archived in earnest, whatever it is."""
    edition = Edition(usual())
    edition.pdf = page
    return edition.sign("secretary").sign("chair").sign("seal").archived()


def _page() -> bytes:
    return revisions.read(Edition(usual()).laid_out().pdf).page


def test_a_page_that_acts_is_not_believed_whoever_signs_it() -> None:
    plain = b"/MarkInfo<</Marked true/Suspects false>>"
    for acting in (b"/OpenAction<</S/Named/N/Print>>", b"/OCProperties<</OCGs[]/D<<>>>>"):
        page = _page().replace(plain, acting.ljust(len(plain)))
        edition = _signed_by_all(revisions.begin(page).pdf)
        assert _must_be_refused(edition.pdf, edition) == "pdf_malformed"


def test_a_page_under_another_hash_is_not_believed_whoever_signs_it() -> None:
    """What it shows and what is attached must be one."""
    digest = usual().printed.sha256.encode()
    page = _page().replace(digest, digest[::-1])
    edition = _signed_by_all(revisions.begin(page).pdf)
    assert _must_be_refused(edition.pdf, edition) == "pdf_attachment_wrong"


def test_a_field_that_shows_text_is_not_believed_whoever_signs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = zlib.compress(b"BT /F1 12 Tf (Khong dong y) Tj ET")
    monkeypatch.setattr(appearance, "draw", lambda *_: drawn)
    edition = _signed_by_all(revisions.begin(_page()).pdf)
    assert _must_be_refused(edition.pdf, edition) == "pdf_signature_wrong"


def test_the_signatures_of_one_page_are_not_those_of_another() -> None:
    edition = finished()
    start = len(revisions.begin(revisions.read(edition.pdf).page).pdf)
    other = Edition(usual(), stamped=False).laid_out().pdf
    assert other != edition.pdf[:start]
    _must_be_refused(other + edition.pdf[start:], edition)


def test_no_more_is_read_than_a_hundred_years_need(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = finished()
    document = revisions.read(edition.pdf)
    monkeypatch.setattr(revisions, "MOST_ACTS", len(document.written))
    assert revisions.read(edition.pdf) == document
    with pytest.raises(PdfChanged):
        revisions.read(revisions.add(document, Stamp(12_000)).pdf)
