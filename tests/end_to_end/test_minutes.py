"""The minutes of a whole sitting, from votes and turns to the signed edition; programs of others agree."""

import asyncio
from pathlib import Path

from services.desk.verify import verify
from tests.support.desk import running
from tests.support.minuted_sitting import AGAIN, FIRST, PRACTICE, convened
from tests.support.stores import reachable_directory


async def test_a_sitting_is_minuted_and_a_stranger_proves_it(tmp_path: Path) -> None:
    """Annulled, run again, in practice, spoken: all of it is named; what lies beside is compared."""
    with reachable_directory() as data, running(data, SAMPLE="false") as desk:
        async with convened(desk) as sitting:
            await sitting.held()
            notice = await sitting.minutes()
            out = await sitting.write(notice, tmp_path / "out")
            again = await sitting.minutes()
            assert again == notice
    for name in ("minutes.json", "minutes.pdf"):
        verdict = await asyncio.to_thread(verify, out / name, out / "trust.pem", None, out / "beside")
        assert verdict.refused is None, verdict.refused
        assert verdict.figures["not_given"] == []
        states = {one["poll"]: one["state"] for one in verdict.figures["polls"]}
        assert states == {FIRST.id: "voided", AGAIN.id: "certified", PRACTICE.id: "declared"}
