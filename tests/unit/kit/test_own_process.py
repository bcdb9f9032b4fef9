"""A process beside a worker: the first to go where memory runs out."""

import sys
from pathlib import Path

import pytest

from services.kit import own_process

_SCORE = Path("/proc/self/oom_score_adj")


@pytest.mark.skipif(sys.platform != "linux", reason="as the kernel of Linux has it")
def test_who_runs_out_of_memory_loses_a_press_first() -> None:
    """Neither us nor the database: what a press had under way is printed again."""
    beside = own_process.start(int)
    try:
        assert int(beside.submit(_SCORE.read_text).result(60)) > int(_SCORE.read_text())
    finally:
        own_process.end(beside)
