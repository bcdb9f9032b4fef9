"""`make load` ends by itself: what hangs is ended, and has not passed."""

import asyncio
from pathlib import Path

import pytest

from loadtests import load
from loadtests.programme import SHAPES, Programme


async def test_a_sitting_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No figures, no pass, and a sentence that says why."""

    async def hang(_: Programme, __: Path) -> dict[str, object]:
        await asyncio.Event().wait()
        return {"passed": True}

    monkeypatch.setattr(load, "play", hang)
    figures = await load._within(SHAPES["burst"], tmp_path, 0.0)
    assert figures["passed"] is False
    assert "not over in the time" in str(figures["wrong"])


def test_the_programmes_leave_time_for_all_else() -> None:
    """All shapes one after the other, with everybody's coming and the verdicts, within the time there is."""
    lasts = sum(max(step.at for step in shape.steps) for shape in SHAPES.values())
    assert lasts < 0.6 * load.ALL_SECONDS
    assert load.ALL_SECONDS < 25 * 60
