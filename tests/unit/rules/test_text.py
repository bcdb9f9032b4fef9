"""Text that voters read looks like what it is."""

import time
import unicodedata

import pytest

from services.rules.errors import TextUnclean
from services.rules.text import must_be_clean


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
