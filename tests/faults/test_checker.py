"""The checker itself: it finds nothing where nothing is wrong, and by its name whatever is broken on purpose."""

import asyncio
import hashlib
import importlib

import pytest

from tests.faults.breaking import BREAKS, Break
from tests.faults.checker import complaints
from tests.faults.history import History
from tests.faults.ledger_book import Book

pytestmark = pytest.mark.asyncio(loop_scope="session")

for of in ("answers", "ledgers", "figures", "papers"):
    importlib.import_module(f"tests.faults.breaks_of_{of}")


async def test_nothing_is_wrong_where_nothing_broke(quiet: History) -> None:
    """No complaint; and ballots, acts and wishes to speak were there to be lost, and a certificate."""
    assert await asyncio.to_thread(complaints, quiet) == {}
    assert {each.kind for each in quiet.sent if each.taken} == {
        *("ballot", "act", "floor", "intent", "receipt", "begun", "signature", "minutes")
    }
    assert {each.of for each in quiet.glimpses} == {"poll", "ledger", "floor ledger", "hall", "signatures"}
    assert quiet.left.papers
    assert len(quiet.left.signed) == 2


@pytest.mark.parametrize(
    ("check", "made"),
    [(check, made) for check, all_made in BREAKS.items() for made in all_made],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
async def test_a_broken_history_is_caught(quiet: History, check: str, made: Break) -> None:
    """By the check that is there for it."""
    assert check in await asyncio.to_thread(complaints, made(quiet))


async def test_every_check_is_tried() -> None:
    """No check that has never been seen to complain."""
    assert [check for check, made in BREAKS.items() if not made] == []


async def test_the_tree_is_counted_as_it_is_printed(quiet: History) -> None:
    """Our own root of the whole ledger is the one that its checkpoint names."""
    book = Book(quiet.left.ledger)
    assert book.leaves[0] == hashlib.sha256(b"\0" + book.lines[0]).digest()
    assert f"\n{len(book.lines)}\n" in book.checkpoint
