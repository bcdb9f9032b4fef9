"""Texts as the services' apps take them: cut to their length, and without diacritics where they take ASCII only."""

import unicodedata

ELLIPSIS = "…"


def shortened(text: str, most: int) -> str:
    """At most so many characters; what is cut off is seen to be."""
    return text if len(text) <= most else text[: most - 1].rstrip() + ELLIPSIS


def unaccented(text: str) -> str:
    """Vietnamese in ASCII letters, as people type it without marks: "Không tán thành" is "Khong tan thanh"."""
    base = text.replace("đ", "d").replace("Đ", "D")
    plain = (each for each in unicodedata.normalize("NFD", base) if not unicodedata.combining(each))
    return " ".join("".join(each if _is_taken(each) else " " for each in plain).split())


def _is_taken(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "-_")
