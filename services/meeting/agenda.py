"""The agenda of a meeting: items in order, each id and each position once."""

from collections.abc import Iterable, Sequence

from services.meeting.errors import ItemTwice, SheetTooLong
from services.rules.text import must_be_legible
from services.wire import AgendaItem, Document

ITEMS_MOST = 1_000
PAPERS_MOST = 100


def arranged(items: Sequence[AgendaItem]) -> tuple[AgendaItem, ...]:
    """The items in order of position. Raises SheetTooLong, TextUnclean, ItemTwice.

    An item has at most 100 papers, each once by the hash of its bytes.
    """
    if len(items) > ITEMS_MOST:
        raise SheetTooLong(line=ITEMS_MOST + 1, most=ITEMS_MOST)
    for line, item in enumerate(items, start=1):
        must_be_legible(item.title, place=f"title {line}")
        must_be_legible(item.note, place=f"note {line}", multiline=True)
        _must_be_papers(line, item.documents)
    _must_be_once("id", [item.id for item in items])
    _must_be_once("position", [item.position for item in items])
    return tuple(sorted(items, key=lambda item: item.position))


def _must_be_papers(line: int, papers: Sequence[Document]) -> None:
    if len(papers) > PAPERS_MOST:
        raise SheetTooLong(line=line, most=PAPERS_MOST)
    for paper in papers:
        must_be_legible(paper.title, place=f"document {line}")
    if len({paper.sha256 for paper in papers}) != len(papers):
        raise ItemTwice(line=line, what="document")


def _must_be_once(what: str, values: Iterable[str | int]) -> None:
    seen: set[str | int] = set()
    for line, value in enumerate(values, start=1):
        if value in seen:
            raise ItemTwice(line=line, what=what)
        seen.add(value)
