"""A worker that has hardly any files left says so, once; and once more when it has."""

import os
import resource
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from services.desk import open_files
from services.kit.background import beside
from tests.support.waiting import until


@pytest.fixture
def few() -> Iterator[int]:
    """This process may open twenty more, for now."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (10 * lowest + 20, before[1]))
    yield 10 * lowest + 20
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("left", [0, 1])
async def test_who_has_hardly_any_files_left_says_so(
    few: int, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also who has none at all: to look is done without."""
    monkeypatch.setattr(open_files, "LOOK_SECONDS", 0.01)
    with capture_logs() as said:

        async def told(event: str) -> bool:
            return any(each["event"] == event for each in said)

        async with beside("test", open_files.watch()):
            held = _all_but(left)
            try:
                await until(lambda: told("worker.files_nearly_out"), what="said that it has none left")
                seen = open_files.open_files_of(os.getpid()) if left else (few, few)
                assert seen is not None
                assert seen[0] > open_files.ALMOST * few
            finally:
                for each in held:
                    os.close(each)
            await until(lambda: told("worker.files_suffice"), what="said that it has some again")
    assert [each["event"] for each in said] == ["worker.files_nearly_out", "worker.files_suffice"]


def _all_but(left: int) -> list[int]:
    held: list[int] = []
    try:
        while True:
            held.append(os.dup(0))
    except OSError:
        for _ in range(left):
            os.close(held.pop())
    return held
