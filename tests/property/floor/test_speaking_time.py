"""The clock's arithmetic against a naive one: a list of when each clock ran, added up."""

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.rules.floor import speaking_time
from services.wire import Lane, LaneRules, Turn

What = Literal["run", "stop", "extend", "look"]
Happened = tuple[What, int]

# What happens, after how long by the wall clock: which may be set back, or far ahead.
happenings: st.SearchStrategy[list[Happened]] = st.lists(
    st.tuples(
        st.sampled_from(("run", "stop", "extend", "look")),
        st.one_of(
            st.integers(-5_000, 90_000),
            st.sampled_from((0, 1, 29_999, 30_000, 60_000, -3_600_000, 86_400_000)),
        ),
    ),
    max_size=30,
)
LANE = Lane(item="i", lane="speech", title="", rules=LaneRules())
START = 1_800_000_000_000


class Watch:
    """When the clock ran, from and to."""

    def __init__(self, planned: int | None) -> None:
        self.planned = planned
        self.spans: list[tuple[int, int]] = []
        self.since: int | None = None

    def used(self, now: int) -> int:
        """All spans added up."""
        running = 0 if self.since is None else now - self.since
        return sum(to - since for since, to in self.spans) + running


@given(planned=st.none() | st.integers(1, 600_000), happened=happenings)
def test_a_turn_against_a_list_of_spans(planned: int | None, happened: list[Happened]) -> None:
    """Used is the sum of what ran; the plan is what was granted and added; the deadline is now and what is left."""
    turn = Turn(id="t", item="i", lane="speech", member="m", name="X", planned_ms=planned, called_at=START)
    watch, wall, now = Watch(planned), START, START
    for what, passed in happened:
        wall += passed
        now = max(now, wall)  # a ledger's lines never go back
        turn = _do(turn, watch, what, now)
        _must_agree(turn, watch, now)
    over = speaking_time.end(turn, now)
    assert (over.used_ms, over.planned_ms, over.state) == (watch.used(now), watch.planned, "ended")
    assert (over.running_since, over.deadline, over.warn_at) == (None, None, None)
    assert speaking_time.used(over, now + 99) == over.used_ms


def _do(turn: Turn, watch: Watch, what: What, now: int) -> Turn:
    if what == "run" and watch.since is None:
        watch.since = now
        return speaking_time.run(turn, LANE, now)
    if what == "stop" and watch.since is not None:
        watch.spans.append((watch.since, now))
        watch.since = None
        return speaking_time.stop(turn, now)
    if what == "extend":
        watch.planned = None if watch.planned is None else watch.planned + 7_000
        return speaking_time.extend(turn, LANE, 7_000, now)
    return turn


def _must_agree(turn: Turn, watch: Watch, now: int) -> None:
    assert speaking_time.used(turn, now) == watch.used(now)
    assert turn.planned_ms == watch.planned
    if watch.planned is None:
        assert speaking_time.left(turn, now) is turn.deadline is turn.warn_at is None
        return
    left = watch.planned - watch.used(now)
    assert speaking_time.left(turn, now) == left
    if watch.since is None:
        assert turn.deadline is turn.warn_at is None
    else:
        assert turn.deadline == now + left
        assert turn.warn_at in (None, turn.deadline - 30_000)


budgets = st.none() | st.integers(1, 300)
spoken = st.builds(
    Turn,
    id=st.just("t"),
    item=st.just("i"),
    lane=st.sampled_from(("speech", "question")),
    role=st.sampled_from(("speech", "answer", "interposed")),
    member=st.sampled_from(("m1", "m2")),
    name=st.just("X"),
    group=st.sampled_from(("A", "B")),
    state=st.sampled_from(("ended", "paused", "called", "running")),
    planned_ms=st.none() | st.integers(0, 120_000),
    used_ms=st.integers(0, 120_000),
    running_since=st.integers(START, START + 60_000),
    called_at=st.just(0),
).map(lambda turn: turn if turn.state == "running" else replace(turn, running_since=None))


@given(
    limits=st.fixed_dictionaries(
        {name: budgets for name in ("turn_s", "second_s", "person_s", "lane_s", "item_s")}
    ),
    group_s=budgets,
    turns=st.lists(spoken, max_size=8),
    now=st.integers(START, START + 200_000),
)
def test_what_is_granted_is_what_every_budget_has_left(
    limits: dict[str, int | None], group_s: int | None, turns: list[Turn], now: int
) -> None:
    """Each limit is a bound, one of them is reached, and none goes below nothing."""
    rules = LaneRules(**limits, group_s={} if group_s is None else {"A": group_s})  # type: ignore[arg-type]
    lane = Lane(item="i", lane="speech", title="", rules=rules)

    def gone(*, lane: str = "", member: str = "", group: str = "", speeches: bool = True) -> int:
        total = 0
        for turn in turns:
            if (
                (lane and turn.lane != lane)
                or (member and turn.member != member)
                or (group and turn.group != group)
            ):
                continue
            if speeches and turn.role != "speech":
                continue
            under_way = turn.state != "ended" and turn.planned_ms is not None
            used = turn.used_ms
            if turn.running_since is not None and turn.running_since < now:
                used += now - turn.running_since
            total += max(used, turn.planned_ms or 0) if under_way else used
        return total

    has_spoken = any((turn.lane, turn.role, turn.member) == ("speech", "speech", "m1") for turn in turns)
    own = limits["second_s"] if has_spoken and limits["second_s"] is not None else limits["turn_s"]
    left = {
        "turn": (own, 0),
        "person": (limits["person_s"], gone(lane="speech", member="m1")),
        "group": (group_s, gone(lane="speech", group="A")),
        "lane": (limits["lane_s"], gone(lane="speech", speeches=False)),
        "item": (limits["item_s"], gone(speeches=False)),
    }
    bounds = [max(0, limit * 1_000 - spent) for limit, spent in left.values() if limit is not None]
    granted = speaking_time.granted(lane, speaking_time.spending(lane, turns, now), "m1", "A")
    assert granted == (min(bounds) if bounds else None)
