"""Who is connected: several screens of one member count once, a reload is no loss, screens are told what changed."""

from services.live.connected import GRACE_SECONDS, Everywhere, Here
from services.wire import Connected


def test_a_member_counts_once_and_until_their_last_screen_went() -> None:
    """Two screens are one member; one that went leaves the other; the last one counts for a while longer."""
    here = Here()
    for _ in range(2):
        here.come("d1")
    here.come("d2")
    here.go("d1", 1.0)
    assert here.members(100.0) == {"d1", "d2"}
    here.go("d1", 100.0)
    assert here.members(100.0 + GRACE_SECONDS - 0.1) == {"d1", "d2"}
    assert here.members(100.0 + GRACE_SECONDS) == {"d2"}
    assert here.members(100.0) == {"d2"}, "who was forgotten is not remembered"


def test_a_reload_is_no_loss() -> None:
    """Gone and back within the grace: at no time was the member gone; gone again, the grace begins anew."""
    here = Here()
    here.come("d1")
    here.go("d1", 1.0)
    here.come("d1")
    assert here.members(1.0 + 2 * GRACE_SECONDS) == {"d1"}
    here.go("d1", 50.0)
    assert here.members(50.0 + GRACE_SECONDS - 0.1) == {"d1"}


def test_near_screens_are_told_all_once_then_what_changed() -> None:
    """First everything, then who came and went, nothing if nothing changed; a joining screen gets everything."""
    everywhere = Everywhere()
    assert everywhere.whole() == Connected(at=0, count=None)
    members = frozenset(f"d{number}" for number in range(10))
    assert everywhere.learn(members, 1) == Connected(at=1, count=10, members=tuple(sorted(members)))
    assert everywhere.learn(members, 2) is None
    moved = members - {"d3"} | {"e1", "e2"}
    assert everywhere.learn(moved, 3) == Connected(at=3, count=11, came=("e1", "e2"), went=("d3",))
    assert everywhere.whole() == Connected(at=3, count=11, members=tuple(sorted(moved)))
    assert everywhere.counted() == Connected(at=3, count=11)


def test_not_knowing_is_told_once_and_then_everything() -> None:
    """Without Redis nobody knows who is connected elsewhere: that is said, not guessed; afterwards all is told."""
    everywhere = Everywhere()
    everywhere.learn(frozenset({"d1"}), 1)
    assert everywhere.learn(None, 2) == Connected(at=2, count=None)
    assert everywhere.learn(None, 3) is None
    assert everywhere.counted() == Connected(at=3, count=None)
    assert everywhere.learn(frozenset({"d1"}), 4) == Connected(at=4, count=1, members=("d1",))


def test_a_hall_that_changed_altogether_is_told_whole() -> None:
    """Never more ids than there are members and were: where the changes are longer than the list, the list is told."""
    everywhere = Everywhere()
    everywhere.learn(frozenset({"d1", "d2"}), 1)
    assert everywhere.learn(frozenset({"d3"}), 2) == Connected(at=2, count=1, members=("d3",))
