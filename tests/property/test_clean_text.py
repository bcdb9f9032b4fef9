"""What is let through is what Unicode calls visible and composed."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rules.errors import TextUnclean
from services.rules.text import must_be_clean


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=20))
def test_clean_text_has_nothing_hidden(text: str) -> None:
    """Text that is not composed, hides something or has spaces at its edges is refused, with the place."""
    categories = {unicodedata.category(character) for character in text}
    composed = text == unicodedata.normalize("NFC", text) == text.strip()
    if not composed or categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        with pytest.raises(TextUnclean) as refused:
            must_be_clean(text)
        assert 1 <= int(refused.value.facts["at"]) <= len(text)


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệ 0123456789“”–()/,.", max_size=60)
)
def test_composed_vietnamese_is_never_refused(text: str) -> None:
    """What a Vietnamese keyboard types, composed and without spaces at its edges, may be shown."""
    must_be_clean(unicodedata.normalize("NFC", text.strip()))
