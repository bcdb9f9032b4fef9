"""The clock between acts that are committed together, and a clock that somebody held back."""

import pytest

from services.floor.page import Page
from services.rules.floor import acts, ticking
from services.rules.floor.errors import ReplayDiffers
from services.rules.floor.replay import replay
from services.rules.floor.requests import Facts
from services.wire import AdjustLane, FloorActed, FloorTicked, LaneRules, OpenLane
from tests.support.floor_sitting import CHAIR, ITEM, ROLES, TITLE, FloorSitting


def _speaking(at_limit: str) -> FloorSitting:
    hall = FloorSitting({"speech": LaneRules(turn_s=60, at_limit="end" if at_limit == "end" else "warn")})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    hall.ask("an")
    hall.call("r-an", begun=True)
    return hall


def test_what_an_act_makes_due_stands_before_the_next() -> None:
    """Other rules end a turn that is over its time; the clock writes that before anybody else's act, and it replays."""
    hall = _speaking("warn")
    hall.wait(90_000)
    page = Page(hall.floor, hall.floor, hall.now)
    rules = LaneRules(turn_s=60, at_limit="end")
    act = hall.desk_act(AdjustLane, item=ITEM, lane="speech", rules=rules, reason="Hết giờ")
    facts = Facts(hall.now, CHAIR, ROLES[CHAIR], True, TITLE)
    news = acts.decide(page.floor, act, facts)
    signed = hall.signed(CHAIR, act)
    page.write(
        FloorActed(at=hall.now, jws=signed, by=CHAIR, roles=facts.roles, present=True, title=TITLE, news=news)
    )
    assert ticking.due(page.floor) is not None
    page.settle()
    assert ticking.due(page.floor) is None
    assert page.floor.turns[hall.turn().id].state == "ended"


def test_a_clock_held_back_does_not_replay() -> None:
    """A turn that ended a minute after its time, written as if the clock had come late: no clock of ours does that."""
    hall = _speaking("end")
    hall.wait(59_000)
    honest, before = list(hall.lines), hall.floor
    hall.wait(1_000)
    assert replay(hall.lines, hall.holder_at) == hall.floor
    late = hall.now + 60_000
    lines = [*honest, FloorTicked(at=late, news=ticking.tick(before, late))]
    with pytest.raises(ReplayDiffers) as refused:
        replay(lines, hall.holder_at)
    assert refused.value.facts["what"] == "nothing was due then"
