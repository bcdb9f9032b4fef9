"""Whole sittings at random over HTTP, with deaths in the middle of turns; then all books that are kept agree."""

import pytest

from tests.support.random_play import play


@pytest.mark.parametrize("seed", [7, 8])
async def test_a_sitting_at_random(seed: int) -> None:
    """Every lane, two consoles, votes; a worker, Valkey and PostgreSQL killed: ledger, model, server, screens agree."""
    told = await play(seed, acts=120, faults=("worker", "valkey", "postgres"), polls=1)
    assert told["killed worker"] == told["killed valkey"] == told["killed postgres"] == 1
    for needed in ("Ask", "Call", "StartTurn", "EndTurn", "EndItem", "WriteOpinion"):
        assert told[needed] > 0, told
