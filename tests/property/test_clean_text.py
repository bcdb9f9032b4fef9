"""What is let through is what Unicode calls visible and composed."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rules.errors import TextUnclean
from services.rules.text import must_be_clean, must_be_legible, must_not_be_heaped


@settings(max_examples=500)
@given(st.text(max_size=20))
def test_clean_text_has_nothing_hidden(text: str) -> None:
    """Text that is not composed, hides something or has spaces at its edges is refused, with the place."""
    categories = {unicodedata.category(character) for character in text}
    composed = text == unicodedata.normalize("NFC", text) == text.strip()
    if not composed or categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        with pytest.raises(TextUnclean) as refused:
            must_be_clean(text)
        assert 1 <= int(refused.value.facts["at"]) <= len(text)


@settings(max_examples=200)
@given(
    st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệ 0123456789“”–()/,.", max_size=60)
)
def test_composed_vietnamese_is_never_refused(text: str) -> None:
    """What a Vietnamese keyboard types, composed and without spaces at its edges, may be shown."""
    must_be_legible(unicodedata.normalize("NFC", text.strip()))


_MARKED = st.text(
    alphabet="aếZกក\u0e31\u0e48\u0e33\u17d2\u17b6\u0300\u0301\u0323\u0327\u0331\u093e\u20dd ", max_size=12
)


def _is_heaped(text: str) -> bool:
    try:
        must_not_be_heaped(text)
    except TextUnclean:
        return True
    return False


@settings(max_examples=500)
@given(_MARKED)
def test_a_heap_is_one_in_every_normal_form(text: str) -> None:
    """A Mac's text is brought to NFC after it was asked for heaps: the answer is the same before and after."""
    composed, parted = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert _is_heaped(composed) == _is_heaped(parted)
    rows = "".join("m" if unicodedata.category(each) in ("Mn", "Me") else each for each in parted)
    if not _is_heaped(composed):
        assert "m" * 5 not in rows


@settings(max_examples=300)
@given(_MARKED)
def test_what_is_legible_is_clean(text: str) -> None:
    """Legible is more than clean, never less."""
    try:
        must_be_legible(text)
    except TextUnclean:
        return
    must_be_clean(text)
    assert not _is_heaped(text)
