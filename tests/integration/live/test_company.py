"""Who is connected and who has voted: what the desk, observers and the rest of the hall are told, over workers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.live import company, connected, hall
from services.wire import DraftsMoved, VoidWish, VoidWishes
from tests.integration.live.screens import Watcher, seen
from tests.integration.live.theatre import Theatre
from tests.unit.live import stories


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds twenty times a second, and a grace to match."""
    monkeypatch.setattr(hall, "ROUND_SECONDS", 0.05)
    monkeypatch.setattr(connected, "GRACE_SECONDS", 0.3)


@pytest.fixture
async def neighbour(theatre: Theatre) -> AsyncIterator[Theatre]:
    """Another worker of the same installation."""
    other = Theatre(theatre.redis_url, key=theatre.key)
    await other.open()
    yield other
    await other.leave()


def told(screen: Watcher) -> set[str] | None:
    """Who is connected, by all that a near screen was told; None while nobody knows."""
    here: set[str] | None = None
    for name, news in screen.aside:
        if name != "connected":
            continue
        if news["count"] is None:
            here = None
        elif news["members"] is not None:
            here = set(news["members"])
        elif here is not None:
            here = here - set(news["went"]) | set(news["came"])
        assert news["count"] == (None if here is None else len(here))
    return here


def votes(screen: Watcher) -> list[Any]:
    """Who has voted, as it was told."""
    return [news for name, news in screen.aside if name == "received.from"]


async def test_workers_know_each_others_screens(theatre: Theatre, neighbour: Theatre) -> None:
    """Members at two workers are told to the desk at either; a second screen of one changes nothing."""
    chair = await theatre.follower(roles=("chair", "delegate"), sub="chair")
    big = await neighbour.follower(roles=("observer",), sub="hall-1")
    await seen(lambda: told(chair) == told(big) == {"chair"})
    first = await theatre.follower(sub="d1")
    second = await neighbour.follower(sub="d1")
    await neighbour.follower(sub="d2")
    await seen(lambda: told(chair) == told(big) == {"chair", "d1", "d2"})
    await first.leave()
    await theatre.follower(sub="d3")
    await seen(lambda: told(chair) == told(big) == {"chair", "d1", "d2", "d3"})
    await second.leave()
    await seen(lambda: told(chair) == told(big) == {"chair", "d2", "d3"})


async def test_a_reload_at_another_worker_is_no_loss(theatre: Theatre, neighbour: Theatre) -> None:
    """Gone here and back there at once: nobody is told that the member went."""
    secretary = await theatre.follower(roles=("secretary",), sub="sec")
    phone = await theatre.follower(sub="d1")
    await seen(lambda: told(secretary) == {"sec", "d1"})
    await phone.leave()
    await neighbour.follower(sub="d1")
    await neighbour.follower(sub="d2")
    await seen(lambda: told(secretary) == {"sec", "d1", "d2"})
    assert not [news for name, news in secretary.aside if "d1" in news.get("went", ())]


async def test_a_worker_that_dies_takes_its_members_with_it(
    theatre: Theatre, neighbour: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it told grows stale; nobody has to clean up behind it."""
    monkeypatch.setattr(company, "STALE_MS", 400)
    chair = await theatre.follower(roles=("chair",), sub="chair")
    await neighbour.follower(sub="d1")
    await seen(lambda: told(chair) == {"chair", "d1"})
    await neighbour.close()
    await seen(lambda: told(chair) == {"chair"})


async def test_phones_are_told_a_number_and_nobodys_name(theatre: Theatre) -> None:
    """Joining, and with the heartbeat; who is there and who voted is for the desk and for observers."""
    theatre.heartbeat_seconds = 0
    await theatre.close()
    await theatre.open()
    chair = await theatre.follower(roles=("chair",), sub="chair")
    phone = await theatre.follower(sub="d1")
    await theatre.tell("voting", stories.received(2, 1, voters=("d2",)))
    await seen(lambda: votes(chair) == [{"poll": "p1", "voters": ["d2"]}])
    await seen(lambda: any(news["count"] == 2 for _, news in phone.aside))
    assert {name for name, _ in phone.aside} == {"connected"}
    for _, news in phone.aside:
        assert (news["members"], news["came"], news["went"]) == (None, [], [])


async def test_who_joins_late_is_told_who_has_voted(theatre: Theatre) -> None:
    """A hall screen that comes, or comes back with its position, knows every voter; not how anybody voted."""
    await theatre.tell("voting", stories.received(2, 1, voters=("d2",)))
    big = await theatre.follower(roles=("observer",), sub="hall-1")
    await seen(lambda: votes(big) == [{"poll": "p1", "voters": ["d2"]}])
    await seen(lambda: big.last is not None and told(big) == set())
    await big.leave()
    await theatre.tell("voting", stories.received(3, 2, voters=("d1",)))
    await big.come()
    await seen(lambda: votes(big)[-1:] == [{"poll": "p1", "voters": ["d2", "d1"]}])
    assert big.names().count("snapshot") == 1
    assert {key for news in votes(big) for key in news} == {"poll", "voters"}


async def test_only_the_desk_is_told_of_a_wish_to_annul(theatre: Theatre) -> None:
    """Secretary and chair, joining and when it changes; neither the big screen nor a phone."""
    wish = VoidWish(poll="p1", by="sec", reason="Sai", at=1, expires_at=2, payload="A" * 43, act="a.b.c")
    await theatre.put_board("wishes", VoidWishes(wishes=(wish,)))
    chair = await theatre.follower(roles=("chair",), sub="chair")
    others = [await theatre.follower(roles=("observer",), sub="hall-1"), await theatre.follower(sub="d1")]
    await seen(lambda: _wished(chair)[-1:] == [["p1"]])
    late = await theatre.follower(roles=("secretary",), sub="sec")
    await seen(lambda: _wished(late) == [["p1"]])
    await theatre.put_board("wishes", VoidWishes())
    await seen(lambda: _wished(chair)[-1:] == _wished(late)[-1:] == [[]])
    assert [_wished(other) for other in others] == [[], []]


async def test_only_the_desk_is_told_that_drafts_moved(theatre: Theatre) -> None:
    """A mark and nothing else: when it changes and when joining; an expired one is no news."""
    chair = await theatre.follower(roles=("chair",), sub="chair")
    others = [await theatre.follower(roles=("observer",), sub="hall-1"), await theatre.follower(sub="d1")]
    await seen(lambda: _moved(chair) == [""])
    await theatre.put_board("drafts", DraftsMoved(mark="mrk_1"))
    await seen(lambda: _moved(chair) == ["", "mrk_1"])
    late = await theatre.follower(roles=("secretary",), sub="sec")
    await seen(lambda: _moved(late) == ["mrk_1"])
    await theatre.put_board("drafts", DraftsMoved())
    await theatre.put_board("drafts", DraftsMoved(mark="mrk_2"))
    await seen(lambda: _moved(chair) == ["", "mrk_1", "mrk_2"])
    assert [_moved(other) for other in others] == [[], []]


def _moved(screen: Watcher) -> list[str]:
    """The marks that were told."""
    return [news["mark"] for name, news in screen.aside if name == "drafts.moved"]


def _wished(screen: Watcher) -> list[list[str]]:
    """The polls that somebody wished to annul, each time it was told."""
    return [[each["poll"] for each in news["wishes"]] for name, news in screen.aside if name == "void.wished"]
