"""One person with very many screens: the oldest make room, and nobody else notices."""

import pytest

from services.kit import metrics
from services.live import own_screens
from tests.integration.live.screens import seen
from tests.integration.live.theatre import Theatre
from tests.unit.live import stories


async def test_the_oldest_of_one_persons_screens_make_room(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of five screens three stay, the newest; each other one was told to come back much later, and left the count."""
    monkeypatch.setattr(own_screens, "MOST", 3)
    before = metrics.live_connections._value.get()
    other = await theatre.follower(sub="d2")
    many = [await theatre.follower() for _ in range(5)]
    await seen(lambda: many[0].ended and many[1].ended)
    assert [screen.names()[-1] for screen in many[:2]] == ["bye", "bye"]
    assert [screen.retry for screen in many[:2]] == [30_000, 30_000]
    await theatre.tell("voting", stories.received(2, 1))
    await seen(lambda: all("progress" in screen.names() for screen in (other, *many[2:])))
    assert not any(screen.ended for screen in (other, *many[2:]))
    await seen(lambda: metrics.live_connections._value.get() == before + 4)


async def test_a_screen_that_left_makes_room_itself(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes and goes a hundred times has one screen; nothing of the others is kept, and nobody is sent away."""
    monkeypatch.setattr(own_screens, "MOST", 2)
    staying = await theatre.follower()
    assert theatre.hall is not None
    for _ in range(5):
        passing = await theatre.follower()
        await passing.leave()
        assert theatre.hall is not None
        own = theatre.hall.own_screens
        await seen(lambda own=own: sum(map(len, own._of.values())) == 1)  # type: ignore[misc]
    assert not staying.ended
    await staying.leave()
    await seen(lambda: not theatre.hall.own_screens._of)  # type: ignore[union-attr]
