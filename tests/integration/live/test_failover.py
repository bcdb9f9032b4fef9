"""Another database goes on, which the last lines had not reached: no screen goes on showing them."""

import re

import pytest

from services.live import feed, histories
from services.wire import Event
from tests.integration.live.screens import Watcher, seen
from tests.integration.live.theatre import Theatre
from tests.unit.live import stories


@pytest.fixture
async def marked(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> Theatre:
    """The same worker on streams of which every line has its mark; it looks whether they stand at each round."""
    monkeypatch.setattr(feed, "BLOCK_MS", 50)
    monkeypatch.setattr(histories, "PATIENCE_SECONDS", 0.2)
    await theatre.forget_streams()
    for pages in theatre.pages.values():
        pages.marked = True
    await theatre.publish()
    return theatre


def _at(screen: Watcher, place: str) -> bool:
    """Whether it was told a position there, of a history that has a name."""
    return re.fullmatch(place + r"\.s0\.f0\.h[0-9a-f]{8}", screen.last or "") is not None


_BEGUN = (stories.announced(0), stories.opened(1))
_LOST = (stories.received(2, 1), stories.closed(3))


@pytest.mark.parametrize(
    "after",
    [
        _BEGUN,
        (*_BEGUN, stories.received(2, 1), stories.held(3)),
        (*_BEGUN, stories.held(2), stories.resumed(3), stories.held(4), stories.resumed(5)),
    ],
    ids=["shorter", "as long", "longer"],
)
async def test_screens_are_brought_back_from_lines_that_are_lost(
    marked: Theatre, after: tuple[Event, ...]
) -> None:
    """Whoever is there is sent away and comes back to what there is; whoever comes later from there, too."""
    await marked.tell("voting", *_LOST)
    stays, away = await marked.follower(), await marked.follower()
    await seen(lambda: _at(stays, "m3.v4") and away.last == stays.last)
    told = away.last
    await away.leave()
    await marked.fail_over("voting", *after)
    await seen(lambda: stays.ended)
    await stays.leave()
    await stays.come()
    await seen(lambda: stays.names()[-1] == "snapshot")
    await away.come()
    await seen(lambda: away.names()[-1] == "snapshot")
    newcomer = await marked.follower()
    await seen(lambda: newcomer.names()[:1] == ["snapshot"])
    assert stays.last == away.last == newcomer.last != told
    assert newcomer.seen[0].content == stays.seen[-1].content == away.seen[-1].content
    assert "bye" in stays.names()


async def test_a_flush_after_which_the_streams_are_the_same_sends_nobody_away(marked: Theatre) -> None:
    """The same lines have the same marks: who comes back is told what they missed, and nothing else."""
    stays, away = await marked.follower(), await marked.follower()
    await seen(lambda: _at(stays, "m3.v2") and away.last == stays.last)
    await away.leave()
    await marked.forget_streams()
    await marked.publish()
    await marked.tell("voting", stories.held(2))
    await away.come()
    await seen(lambda: _at(stays, "m3.v3") and away.last == stays.last)
    assert stays.names() == away.names() == ["snapshot", "poll.changed"]
