"""Good histories broken on purpose: each in one way, by the name of the check that must complain."""

from collections.abc import Callable
from dataclasses import replace

from tests.faults.checker import CHECKS
from tests.faults.history import History, Left, Sent
from tests.faults.ledger_book import Book

Break = Callable[[History], History]
BREAKS: dict[str, list[Break]] = {check.__name__: [] for check in CHECKS}


def breaks(check: str) -> Callable[[Break], Break]:
    """Breaks a history such that this check must complain."""

    def kept(made: Break) -> Break:
        BREAKS[check].append(made)
        return made

    return kept


def left(history: History, **other: object) -> History:
    """The same, but for what is left in the end."""
    changed: Left = replace(history.left, **other)  # type: ignore[arg-type] # names of Left
    return replace(history, left=changed)


def with_lines(history: History, lines: list[bytes]) -> History:
    """The same with another ledger, its head and checkpoint as they were."""
    head, *_, foot = history.left.ledger.splitlines()
    return left(history, ledger=b"\n".join([head, *lines, foot, b""]))


def with_floor(history: History, lines: list[bytes]) -> History:
    """The same with another ledger of the floor."""
    head, *_, foot = history.left.floor.splitlines()
    return left(history, floor=b"\n".join([head, *lines, foot, b""]))


def ballots(history: History) -> list[int]:
    """Where ballots stand in the ledger that phones have sent."""
    book = Book(history.left.ledger)
    return [at for at in book.places("ballot") if not book.said[at].get("salt")]


def one(history: History, kind: str) -> Sent:
    """The first that was acknowledged."""
    return next(each for each in history.sent if each.kind == kind and each.taken)


def without(history: History, gone: Callable[[Sent], bool]) -> History:
    """As if some requests had never been made."""
    return replace(history, sent=tuple(each for each in history.sent if not gone(each)))
