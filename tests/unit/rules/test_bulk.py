"""Threads do what one would do: the same results, the same refusal, in the same order."""

import threading
from collections.abc import Sequence

import pytest

from services.rules import bulk
from services.rules.proof_errors import BallotWrong


@pytest.fixture(autouse=True)
def three_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """On any machine."""
    monkeypatch.setattr(bulk, "cores", lambda: 3)


@pytest.mark.parametrize("length", [0, 1, 15, 47, 48, 49, 750, 2001])
def test_results_are_in_order(length: int) -> None:
    """Of lists of any length, each given once."""
    for share in (bulk.THREADS.verify, bulk.THREADS.think):
        assert share(range(length), lambda some: [one * one for one in some], int) == [
            one * one for one in range(length)
        ]


def test_a_long_list_is_verified_on_several_threads_and_a_short_one_here() -> None:
    """Work that is Python's own stays here, however long."""

    def where(some: Sequence[int]) -> list[int]:
        return [threading.get_ident() for _ in some]

    here = threading.get_ident()
    assert here not in bulk.THREADS.verify(range(2001), where, int)
    assert set(bulk.THREADS.verify(range(40), where, int)) == {here}
    assert set(bulk.THREADS.think(range(2001), where, int)) == {here}


@pytest.mark.parametrize("wrong", [{0}, {999}, {3, 500}, {400, 900, 1500}])
def test_the_first_refusal_in_order_is_raised(wrong: set[int]) -> None:
    """Whichever was found first."""

    def work(some: Sequence[int]) -> list[int]:
        for number in some:
            if number in wrong:
                raise BallotWrong(index=number, what="made up")
        return list(some)

    for share in (bulk.THREADS.verify, bulk.THREADS.think):
        with pytest.raises(BallotWrong) as caught:
            share(range(2000), work, int)
        assert caught.value.facts["index"] == min(wrong)
