"""What is kept of receipts made again: of one run of the database, for in another there may be other lines."""

from services.kit.reissuing import Reissues


class _Source:
    """A database that is lost, and followed by others."""

    def __init__(self) -> None:
        self.now = "one"
        self.made: list[str] = []

    async def run(self) -> str:
        return self.now

    async def again(self, key: str, index: int) -> dict[int, str]:
        self.made.append(self.now)
        return {each: f"{key}/{each} of {self.now}" for each in (index, index + 1)}


async def test_another_run_has_its_own() -> None:
    """Those of a batch are kept together; of the run that is gone none is given out any more."""
    source = _Source()
    reissues: Reissues[str] = Reissues(source, len)
    for _ in range(2):
        assert await reissues.receipt("hop", 4) == "hop/4 of one"
        assert await reissues.receipt("hop", 5) == "hop/5 of one"
    source.now = "two"
    assert await reissues.receipt("hop", 5) == "hop/5 of two"
    assert source.made == ["one", "two"]
