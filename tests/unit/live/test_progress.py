"""Counts are told a few times a second, and the last one always."""

from services.live.progress import BEAT_SECONDS, Beat, Pending


def test_first_count_at_once_then_every_beat() -> None:
    """The first count is told at once, the next ones together at the next beat."""
    beat: Beat[Pending] = Beat()
    beat.hold("p", Pending("p", 1, 0, 1))
    assert [each.received for each in beat.due(100.0)] == [1]
    beat.hold("p", Pending("p", 2, 0, 2))
    beat.hold("p", Pending("p", 3, 0, 3))
    assert beat.due(100.0 + BEAT_SECONDS / 2) == []
    assert beat.wait(100.0 + BEAT_SECONDS / 2) == BEAT_SECONDS / 2
    assert beat.due(100.0 + BEAT_SECONDS) == [Pending("p", 3, 0, 3)]
    assert beat.wait(100.0 + BEAT_SECONDS) is None


def test_at_most_four_a_second() -> None:
    """A thousand counts in a second become at most five events: one at its start and four beats."""
    beat: Beat[Pending] = Beat()
    told = []
    for number in range(1_000):
        beat.hold("p", Pending("p", number, 0, number))
        told += beat.due(50.0 + number / 1_000)
    told += beat.due(51.25)
    assert len(told) <= 5
    assert told[-1].received == 999


def test_polls_share_the_beat_in_order() -> None:
    """Counts of two polls are told together, the older entry first, so that the last position covers both."""
    beat: Beat[Pending] = Beat()
    beat.hold("a", Pending("a", 1, 0, 10))
    beat.hold("b", Pending("b", 1, 0, 11))
    beat.hold("a", Pending("a", 2, 0, 12))
    assert beat.due(9.0) == [Pending("b", 1, 0, 11), Pending("a", 2, 0, 12)]


def test_flush_tells_before_the_beat() -> None:
    """What comes after a count may not be told before it."""
    beat: Beat[Pending] = Beat()
    beat.hold("p", Pending("p", 1, 0, 1))
    beat.due(1.0)
    beat.hold("p", Pending("p", 2, 0, 2))
    assert beat.flush(1.01) == [Pending("p", 2, 0, 2)]
    assert beat.flush(1.02) == []
