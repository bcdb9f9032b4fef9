"""docs/settings.md is what the program says of itself."""

from pathlib import Path

from services.desk.settings_page import page

_PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_is_current() -> None:
    """`plenary settings --page > docs/settings.md` changes nothing."""
    assert _PAGE.read_text() == page()
