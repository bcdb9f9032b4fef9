"""The minutes of a whole sitting, from votes and turns to the signed edition; programs of others agree."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.desk.verify import verify
from tests.support.chair_sitting import CHAIR, SECRETARY
from tests.support.desk import running
from tests.support.minuted_sitting import AGAIN, FIRST, PRACTICE, MinutedSitting, convened
from tests.support.stores import reachable_directory


@pytest.fixture
async def sitting() -> AsyncIterator[MinutedSitting]:
    """A sitting that has ended, on a server that stamps with an authority of its own, for trials."""
    with reachable_directory() as data, running(data, "--test-tsa", SAMPLE="false") as desk:
        async with convened(desk) as found:
            yield await found.held()


async def test_a_sitting_is_minuted_signed_and_proven_by_a_stranger(
    sitting: MinutedSitting, tmp_path: Path
) -> None:
    """Annulled, run again, in practice, spoken: all of it is named; secretary, chair and seal sign it; what lies beside
    is compared, and what does not is told."""
    notice = await sitting.minutes()
    assert await sitting.minutes() == notice
    out = await sitting.write(notice, tmp_path / "out")
    await sitting.sign(notice, SECRETARY, "secretary")
    await sitting.sign(notice, CHAIR, "chair")
    await sitting.write_signed(notice, out)
    time = sitting.data / "keys" / "trial-time.pem"
    for name in ("minutes.json", "minutes.pdf", "minutes.signed.json", "minutes.signed.pdf"):
        verdict = await asyncio.to_thread(verify, out / name, out / "trust.pem", time, out / "beside")
        assert verdict.refused is None, (name, verdict.refused)
        assert verdict.figures["not_given"] == []
        states = {one["poll"]: one["state"] for one in verdict.figures["polls"]}
        assert states == {FIRST.id: "voided", AGAIN.id: "certified", PRACTICE.id: "declared"}
        assert verdict.figures.get("level", "B-LT") in ("B-LT", "B-LTA")
    alone = await asyncio.to_thread(verify, out / "minutes.json", out / "trust.pem")
    assert len(alone.figures["not_given"]) == 2
