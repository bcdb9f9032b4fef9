"""What the press has refused rests for a while, by a clock that may be wrong."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import pytest

from services.signing import manuscript, proving
from services.signing.manuscript import Manuscript, Matter
from services.signing.press import ManuscriptNotProven, Press, Stored
from services.signing.printing import Printed
from services.signing.proving import Spoiled
from tests.support.evidence import Sitting, by_choice

NOON, HOUR = 1_790_000_000_000, 3_600_000


class Shelf:
    """On which nothing ever is."""

    async def reserve(
        self,
        manuscript: Manuscript,
        identifier: str,
        issued_at: int,
        statement: bytes,
        proven: Awaitable[None],
    ) -> Stored:
        """Not without a proof."""
        await proven
        raise AssertionError("nothing is proven")

    async def statement(self, stored: Stored) -> bytes:
        """Nobody asks."""
        raise NotImplementedError

    async def is_done(self, matter: Matter) -> bool:
        """It is not."""
        return False

    async def keep(
        self, stored: Stored, printed: Printed, manuscript: Manuscript, verified: Awaitable[None]
    ) -> bool:
        """Nobody asks."""
        raise NotImplementedError


class Shop:
    """Where nothing is found to hold."""

    def __init__(self) -> None:
        self.asked = 0

    async def run(self, do: Callable[..., Any], *_: object) -> Any:
        """It does not hold."""
        assert do is proving.prove
        self.asked += 1
        return Spoiled("chain_not_yet_valid", "made up")


class Nobody:
    """Of great papers there are none here."""

    def taken(self) -> AbstractAsyncContextManager[None]:
        """At once."""
        return nullcontext()


async def test_a_clock_that_was_ahead_makes_nobody_wait_for_it() -> None:
    """The clock was what was wrong: it is right again, and the paper is tried at once; else it rests as ever."""
    made, shop, moment = Sitting(members=3), Shop(), [NOON + HOUR]
    made.play(by_choice(made.ids, 1, 1, 1))
    written = manuscript.of_result(made.result())
    press = Press(Shelf(), shop, lambda: moment[0], str, lambda _: None, Nobody())

    async def asked() -> int:
        with pytest.raises(ManuscriptNotProven):
            await press.issue(written)
        return shop.asked

    assert [await asked(), await asked()] == [1, 1]
    moment[0] = NOON
    assert [await asked(), await asked()] == [2, 2]
    moment[0] = NOON + HOUR
    assert await asked() == 3
