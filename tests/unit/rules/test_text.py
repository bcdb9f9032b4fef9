"""Text that voters read looks like what it is."""

import time
import unicodedata
from typing import Literal

import pytest

from services.rules.errors import TextUnclean
from services.rules.text import is_assigned, must_be_clean, must_be_legible, must_not_be_heaped


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nghị quyết số 12/2026/NQ-HĐND về “giá đất” — phần 2",
        "日本国憲法",
        "Số\u00a01",
        "Đặng Thị Ứớ",
        "a" * 20_000,
    ],
)
def test_ordinary_text_is_clean(text: str) -> None:
    """Vietnamese with all its marks, other scripts, quotes, dashes and a no-break space may be shown."""
    must_be_clean(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a\u202eb", 2), ("a\u2066b", 2), ("a\u200bb", 2), ("a\u200db", 2), ("ab\ufeffc", 3), ("a\u00adb", 2),
        ("a\x00b", 2), ("a\x07b", 2), ("a\tb", 2), ("a\rb", 2), ("a\nb", 2), ("a\x85b", 2), ("a\u2028b", 2),
        ("a\u0378b", 2), ("a\ue000b", 2), ("a\ud800b", 2), ("a\U000e0041b", 2), ("a\ufffeb", 2),
        ("a\u3164b", 2), ("a\ufe0fb", 2), ("a\u034fb", 2), ("a\u2003b", 2),
        (" a", 1), ("a ", 2), ("a\u00a0", 2), ("a\n", 2), (" ", 1),
    ],
)  # fmt: skip
def test_hidden_and_odd_characters_are_refused(text: str, at: int) -> None:
    """Controls, direction overrides, invisible, private, unassigned characters and edge spaces are refused by
    place.
    """
    with pytest.raises(TextUnclean) as refused:
        must_be_clean(text, place="title")
    assert (refused.value.facts["place"], refused.value.facts["at"]) == ("title", at)
    assert refused.value.code == "text_unclean"
    assert refused.value.text.isprintable()
    assert refused.value.text_en.isprintable()


@pytest.mark.parametrize("newer", ["\U0001fae8", "\U00031350", "\U0002ebf0", "\u1c89", "\ua7cb"])
def test_what_is_newer_than_unicode_14_is_refused(newer: str) -> None:
    """A stranger with older tables must find the same text clean; the versions are 15.0, 15.0, 15.1, 16.0, 16.0."""
    with pytest.raises(TextUnclean, match="unassigned"):
        must_be_clean(f"a{newer}")


def test_the_oldest_tables_are_those_of_unicode_14() -> None:
    """What they have not assigned is what Python 3.11 says; later ones assign some of it, and take nothing back."""
    points = [chr(point) for point in range(0x80, 0x110000)]
    refused = {each for each in points if not is_assigned(each)}
    unknown = {each for each in points if unicodedata.category(each) == "Cn"}
    assert unknown <= refused
    assert len(refused) == 829_834
    if unicodedata.unidata_version == "14.0.0":
        assert unknown == refused


def test_decomposed_vietnamese_is_refused() -> None:
    """The same word in another normal form would sign to other bytes; the first character that differs is
    named.
    """
    decomposed = unicodedata.normalize("NFD", "Biểu quyết")
    with pytest.raises(TextUnclean) as refused:
        must_be_clean(decomposed)
    assert refused.value.facts["at"] == 3


def test_newlines_only_where_lines_are_meant() -> None:
    """The text of a motion may have lines; nothing else gets through with them."""
    must_be_clean("Điều 1.\n\nĐiều 2.", multiline=True)
    with pytest.raises(TextUnclean):
        must_be_clean("Điều 1.\r\nĐiều 2.", multiline=True)


@pytest.mark.parametrize(
    "heap",
    ["\u0301" * 25_000 + "\u0316" * 25_000, "\u0316\u0301" * 25_000, "\u0f73" * 25_000],
    ids=["halves", "by-turns", "two-in-one"],
)
def test_marks_without_end_hold_up_nobody(heap: str) -> None:
    """Marks in a wrong order are refused about as soon as they are read: to sort 50,000 of them takes seconds, in
    which nobody else would be answered. The end of what is in order is named."""
    began = time.thread_time()
    with pytest.raises(TextUnclean) as refused:
        must_be_clean(f"Điều 1: a{heap}")
    assert time.thread_time() - began < 1
    assert 9 <= int(refused.value.facts["at"]) <= 9 + len(heap)


@pytest.mark.parametrize(
    "text", ["e\u0301", "Bie\u0302\u0309u", "a\u0316\u0301\u0316", "\u212b", "\u1100\u1161", "\u0344"]
)
def test_what_is_not_composed_is_named_where_it_begins(text: str) -> None:
    """As the whole text, composed, differs first."""
    composed = unicodedata.normalize("NFC", text)
    first = next(
        at for at, (ours, theirs) in enumerate(zip(text, composed, strict=False), 1) if ours != theirs
    )
    with pytest.raises(TextUnclean) as refused:
        must_be_clean(text)
    assert refused.value.facts["at"] == first


_HEAP = "".join(map(chr, range(0x0303, 0x0340)))


@pytest.mark.parametrize("base", ["Z", "ế", "ก", "ក", "ש"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_is_newly_said_heaps_no_marks(base: str, form: Literal["NFC", "NFD"]) -> None:
    """A letter bears four at most, in whatever form: dozens run over other lines."""
    letter = unicodedata.normalize("NFD", base)
    for count in range(len(_HEAP)):
        text = unicodedata.normalize(form, f"Điều {letter}{_HEAP[:count]}b")
        if len(letter) - 1 + count <= 4:
            must_not_be_heaped(text)
            continue
        with pytest.raises(TextUnclean) as refused:
            must_not_be_heaped(text, place="title")
        assert refused.value.facts["what"] == "more than 4 marks on one letter"
        assert refused.value.facts["place"] == "title"
        assert "quá 4 dấu trên một chữ" in refused.value.text


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("Tán x\u0323\u0323", 7, "the same mark twice on one letter"),
        ("\u0323x", 1, "a mark without a letter"),
        ("\u0903x", 1, "a mark without a letter"),
        ("a\u0316\u0317\u0903\u0318\u0319\u0300", 7, "more than 4 marks on one letter"),
    ],
)
def test_marks_that_cannot_be_told_apart(text: str, at: int, what: str) -> None:
    """Twice the same, on nothing, or between marks that have room of their own: each refused with its place."""
    with pytest.raises(TextUnclean) as refused:
        must_be_legible(text)
    assert refused.value.facts == {"place": "text", "at": at, "what": what}


def test_what_was_said_before_that_was_asked_stays_good() -> None:
    """An old certificate's title is proven as it is: only the newly said must be legible."""
    old = f"Nghị quyết Z{_HEAP[:30]}"
    must_be_clean(unicodedata.normalize("NFC", old))
    with pytest.raises(TextUnclean):
        must_be_legible(unicodedata.normalize("NFC", old))
