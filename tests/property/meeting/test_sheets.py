"""Any roll that may be, written as CSV in any way, is read back the same."""

import contextlib
import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from services.meeting import roll
from services.refusal import Refused
from services.rules.errors import TextUnclean
from services.rules.text import must_be_legible
from services.wire import RollEntry


def is_clean(text: str) -> bool:
    """Whether the text may be shown, and survives the trimming of cells."""
    try:
        must_be_legible(text)
    except TextUnclean:
        return False
    return text == text.strip(" \t\u00a0")


LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"))
NAMES = st.text(LETTERS | st.sampled_from("ằẫđĐƯợ,;\"'"), min_size=1, max_size=40).filter(is_clean)
TEXTS = st.just("") | NAMES
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)


@st.composite
def rolls(draw: st.DrawFn) -> list[RollEntry]:
    """Entries with distinct ids and seats."""
    ids = draw(st.lists(IDS, unique=True, max_size=20))
    named = draw(st.lists(NAMES, unique_by=str.casefold, max_size=3))
    seats = draw(st.lists(NAMES, unique=True, min_size=len(ids), max_size=len(ids)))
    return [
        RollEntry(
            member=member,
            name=draw(NAMES),
            group=draw(TEXTS),
            seat=seat if draw(st.booleans()) else "",
            attributes={name: text for name in named if (text := draw(TEXTS))},
        )
        for member, seat in zip(ids, seats, strict=True)
    ]


@given(
    rolls(),
    st.sampled_from([",", ";"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.permutations(["id", "name", "group", "seat"]),
)
def test_round_trip(
    entries: list[RollEntry], separator: str, encoding: str, end: str, quoting: int, columns: list[str]
) -> None:
    """What is written is read."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    named = sorted({name for entry in entries for name in entry.attributes})
    writer.writerow(columns + [f"attribute:{name}" for name in named])
    for entry in entries:
        cells = {"id": entry.member, "name": entry.name, "group": entry.group, "seat": entry.seat}
        attributes = [entry.attributes.get(name, "") for name in named]
        writer.writerow([cells[column] for column in columns] + attributes)
    read = roll.from_sheet(text.getvalue().encode(encoding))
    assert [one.entry for one in read] == entries


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: b"id,name\n" + text.encode(errors="replace"))
)
def test_any_bytes(raw: bytes) -> None:
    """Whatever the bytes, they are read or refused; nothing else is raised."""
    with contextlib.suppress(Refused):
        assert all(one.entry.name for one in roll.from_sheet(raw))
