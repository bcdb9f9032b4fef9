"""Everything that may happen on a floor, in any order, against a clerk's paper (`reference.py`).

The rules decide, the ledger's lines are folded, and the paper says what must have come of it: who waits in which
order, who speaks, what each has used to the millisecond, and why an act was refused.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.refusal import Refused
from services.rules.floor import speakers, ticking
from services.rules.floor.replay import replay
from services.rules.floor.requests import Repeat
from services.wire import (
    Arrange,
    Call,
    CallAnswer,
    ChangeRequest,
    CloseLane,
    Defer,
    EndItem,
    EndTurn,
    ExtendTurn,
    Interpose,
    LaneRules,
    OpenLane,
    PauseTurn,
    Remove,
    ResumeTurn,
    ReturnLast,
    Skip,
    Stance,
    StartTurn,
    Withdraw,
    WriteOpinion,
)
from tests.property.floor.reference import Place, Reference
from tests.support.floor_sitting import MEETING, FloorSitting

LANES = {
    "speech": LaneRules(
        turn_s=60,
        second_s=20,
        person_s=70,
        turns_per_person=3,
        interposed_s=15,
        length=4,
        withdrawals_per_person=2,
        changes_per_request=2,
        paused_by_vote=True,
        stances=("for", "against", "other"),
    ),
    "question": LaneRules(
        turn_s=10, answer_s=20, warn_s=5, at_limit="end", waiting_per_person=2, opinions_per_person=1
    ),
    "point": LaneRules(
        turn_s=15,
        lane_s=40,
        interposed_s=20,
        warn_s=5,
        at_limit="end",
        interrupts=True,
        blocked_by_vote=True,
        presence=False,
    ),
}
PEOPLE = {"an": "A", "binh": "B", "chi": "B"}
PLACES: list[Place] = [("i1", "speech"), ("i1", "question"), ("i1", "point"), ("i2", "point")]
# Most of what happens happens in the first three, and to some that there are.
OFTEN = [*PLACES[:3], *PLACES[:3], *PLACES, ("i3", "speech")]
WHY = "Lý do"

people = st.sampled_from(sorted(PEOPLE))
places = st.sampled_from(OFTEN)
# The request so many before the last; -1 is one that there is not.
some = st.sampled_from((0, 0, 1, 1, 2, 3, 4, 5, -1))
stances: st.SearchStrategy[Stance] = st.sampled_from(("other", "other", "other", "for"))
notes = st.sampled_from(("", "một", "hai"))
seconds = st.sampled_from((1, 5, 10, 25, 60))
waits = st.one_of(st.integers(0, 12_000), st.sampled_from((1, 5_000, 10_000, 30_000, 60_000)))
# The turn so many before the last, as above.
turns = st.sampled_from((0, 0, 0, 1, 1, 2, 3, -1))


class FloorMachine(RuleBasedStateMachine):
    """A floor with two items, and all that people, the desk, the clock and votes do."""

    def __init__(self) -> None:
        """Nothing is open yet."""
        super().__init__()
        self.hall = FloorSitting(LANES, {**PEOPLE, "chair-1": "C"})
        self.paper = Reference(self.hall.now)
        self.paper.roll = {*PEOPLE, "chair-1"}

    def same(self, act: Callable[[], Any], why: set[str]) -> None:
        """The rules did it, or refused it for one of the reasons that the paper knows."""
        try:
            act()
        except Repeat:
            code = "repeat"
        except Refused as refused:
            code = refused.code
        else:
            code = ""
        assert code in (why or {""})

    @property
    def next_turn(self) -> str:
        """The id of a turn that the next line makes."""
        return f"t{self.hall.floor.size}"

    def turn(self, back: int) -> str:
        """One of the last turns."""
        made = list(self.paper.turns)
        return made[-1 - back] if 0 <= back < len(made) else "t0"

    def request(self, back: int) -> str:
        """One of the last requests."""
        made = self.paper.asked
        return made[-1 - back] if 0 <= back < len(made) else "r0"

    def has_requests(self) -> bool:
        """Something to act on."""
        return bool(self.paper.asked)

    def has_turns(self) -> bool:
        """Something to act on."""
        return bool(self.paper.turns)

    def desk(self, kind: type[Any], why: set[str], **said: Any) -> None:
        """The chair does it with a reason."""
        self.same(lambda: self.hall.chair(kind, **{"reason": WHY, **said}), why)

    # --- Time ----------------------------------------------------------------------------------------------------

    @rule(milliseconds=waits)
    def wait(self, milliseconds: int) -> None:
        """The clock does each thing in time."""
        self.hall.wait(milliseconds)
        self.paper.wait(milliseconds)

    @rule(
        poll=st.sampled_from(("p1", "p2")),
        to=st.sampled_from(("open", "held", "closing", "closed", "declared")),
    )
    def vote(self, poll: str, to: Any) -> None:
        """Voting tells."""
        self.hall.vote(poll, to)
        self.paper.vote(poll, to in ("open", "held", "closing"))

    @rule(without=st.sampled_from(("", "", "chi")))
    def take_roll(self, without: str) -> None:
        """Another roll is in force."""
        members = {who: group for who, group in {**PEOPLE, "chair-1": "C"}.items() if who != without}
        self.hall.take_roll(members, revision=2)
        self.paper.roll = set(members)

    # --- Lanes ---------------------------------------------------------------------------------------------------

    @initialize()
    def open_all(self) -> None:
        """The lists are open, and somebody waits in each."""
        for place in PLACES:
            self.open(place, None)
            for who in PEOPLE:
                self.ask(None, who, place, "other", "", True)

    @rule(place=places, closes=st.none() | seconds)
    def open(self, place: Place, closes: int | None) -> None:
        """A list opens."""
        why = self.paper.open(place, LANES[place[1]], closes)
        self.desk(OpenLane, why, item=place[0], lane=place[1], closes_in_s=closes)

    @rule(place=places)
    def close(self, place: Place) -> None:
        """A list closes."""
        self.desk(CloseLane, self.paper.close(place), item=place[0], lane=place[1])

    @rule(item=st.sampled_from(("i1", "i2", "i2", "i3")), sure=st.integers(0, 5))
    def end_item(self, item: str, sure: int) -> None:
        """An item ends; not too often."""
        if sure == 0:
            self.desk(EndItem, self.paper.end_item(item), item=item)

    # --- People --------------------------------------------------------------------------------------------------

    @rule(
        again=st.sampled_from((None, None, None, None, None, 0, 1)),
        who=people,
        place=places,
        stance=stances,
        note=notes,
        present=st.sampled_from((True, True, True, True, False)),
    )
    def ask(
        self, again: int | None, who: str, place: Place, stance: Stance, note: str, present: bool
    ) -> None:
        """Somebody asks."""
        key = f"r{len(self.hall.lines)}" if again is None else self.request(again)
        why = self.paper.ask(key, who, place, (stance, note), present)
        said = {"item": place[0], "lane": place[1], "stance": stance, "note": note}
        self.same(lambda: self.hall.ask(who, request=key, present=present, **said), why)

    @precondition(has_requests)
    @rule(back=some, who=people, stance=stances, note=notes)
    def change(self, back: int, who: str, stance: Stance, note: str) -> None:
        """Somebody changes a request."""
        key = self.request(back)
        why = self.paper.change(key, who, (stance, note))
        act = ChangeRequest(meeting=MEETING, request=key, stance=stance, note=note)
        self.same(lambda: self.hall.act(who, act), why)

    @precondition(has_requests)
    @rule(back=some, who=people)
    def withdraw(self, back: int, who: str) -> None:
        """Somebody takes a request back."""
        key = self.request(back)
        why = self.paper.withdraw(key, who)
        self.same(lambda: self.hall.act(who, Withdraw(meeting=MEETING, request=key)), why)

    @rule(item=st.sampled_from(("i1", "i2", "i3")), who=people, text=notes.filter(bool))
    def write(self, item: str, who: str, text: str) -> None:
        """Somebody writes."""
        why = self.paper.write(item, who, text)
        self.same(lambda: self.hall.act(who, WriteOpinion(meeting=MEETING, item=item, text=text)), why)

    # --- The desk's order ----------------------------------------------------------------------------------------

    @precondition(has_requests)
    @rule(back=some)
    def skip(self, back: int) -> None:
        """Passed over once."""
        self.desk(Skip, self.paper.skip(self.request(back)), request=self.request(back))

    @precondition(has_requests)
    @rule(back=some)
    def defer(self, back: int) -> None:
        """To the end."""
        self.desk(Defer, self.paper.defer(self.request(back)), request=self.request(back))

    @precondition(has_requests)
    @rule(back=some)
    def remove(self, back: int) -> None:
        """Off the list."""
        self.desk(Remove, self.paper.remove(self.request(back)), request=self.request(back))

    @rule(place=places)
    def put_back(self, place: Place) -> None:
        """The last who spoke, again."""
        self.desk(ReturnLast, self.paper.put_back(place), item=place[0], lane=place[1])

    @rule(place=places, shuffled=st.randoms(use_true_random=False), wrong=st.sampled_from(("", "", "", "r0")))
    def arrange(self, place: Place, shuffled: Any, wrong: str) -> None:
        """By hand."""
        order = [*self.paper.lines.get(place, []), *([wrong] if wrong else [])]
        shuffled.shuffle(order)
        why = self.paper.arrange(place, order)
        self.desk(Arrange, why, item=place[0], lane=place[1], order=tuple(order))

    # --- The desk's turns ----------------------------------------------------------------------------------------

    @precondition(has_requests)
    @rule(back=some, reason=st.booleans())
    def call(self, back: int, reason: bool) -> None:
        """Somebody is called."""
        self.call_one(self.request(back), reason)

    def call_one(self, key: str, reason: bool) -> None:
        """This one is called."""
        why = self.paper.call(key, self.next_turn, reason)
        self.desk(Call, why, request=key, reason=WHY if reason else "")

    @rule(place=places)
    def call_the_next(self, place: Place) -> None:
        """Who is next is called, and starts."""
        line = self.paper.lines.get(place, [])
        if line:
            turn = self.next_turn
            self.call_one(line[0], reason=True)
            self.desk(StartTurn, self.paper.start(turn), turn=turn)

    @precondition(has_turns)
    @rule(back=turns, reason=st.booleans())
    def answer(self, back: int, reason: bool) -> None:
        """A minister is called to answer."""
        turn, name = self.turn(back), "Bộ trưởng"
        why = self.paper.answer(turn, self.next_turn, name, reason)
        self.desk(CallAnswer, why, turn=turn, name=name, reason=WHY if reason else "")

    @precondition(has_turns)
    @rule(back=turns, who=people)
    def interpose(self, back: int, who: str) -> None:
        """Somebody asks who speaks."""
        turn = self.turn(back)
        self.desk(Interpose, self.paper.interpose(turn, self.next_turn, who), turn=turn, member=who)

    @precondition(has_turns)
    @rule(back=turns)
    def start(self, back: int) -> None:
        """The clock runs."""
        self.desk(StartTurn, self.paper.start(self.turn(back)), turn=self.turn(back))

    @precondition(has_turns)
    @rule(back=turns)
    def pause(self, back: int) -> None:
        """The clock stands."""
        self.desk(PauseTurn, self.paper.pause(self.turn(back)), turn=self.turn(back))

    @precondition(has_turns)
    @rule(back=turns)
    def resume(self, back: int) -> None:
        """The clock runs on."""
        self.desk(ResumeTurn, self.paper.resume(self.turn(back)), turn=self.turn(back))

    @precondition(has_turns)
    @rule(back=turns, more=seconds)
    def extend(self, back: int, more: int) -> None:
        """More time."""
        self.desk(ExtendTurn, self.paper.extend(self.turn(back), more), turn=self.turn(back), seconds=more)

    @precondition(has_turns)
    @rule(back=turns)
    def end(self, back: int) -> None:
        """It is over."""
        self.desk(EndTurn, self.paper.end(self.turn(back)), turn=self.turn(back))

    @rule(back=st.integers(1, 3))
    def act_on_what_was(self, back: int) -> None:
        """A console that saw an older floor does nothing."""
        seen = self.hall.floor.revision - back
        self.desk(CloseLane, {"floor_moved"}, item="i1", lane="speech", seen=max(0, seen))

    # --- What always holds ---------------------------------------------------------------------------------------

    @invariant()
    def the_lists_are_the_papers(self) -> None:
        """Each list in its order: exactly those who wait, those arranged first."""
        floor = self.hall.floor
        assert set(floor.lanes) == set(self.paper.states)
        for place, lane in floor.lanes.items():
            queue = [request.id for request in speakers.queue(floor, lane)]
            assert queue == self.paper.lines[place]
            assert sorted(queue) == sorted(request.id for request in floor.waiting(*place))
            assert queue == [key for key in lane.arranged if key in queue] + [
                key for key in self.paper.asked if key in queue and key not in lane.arranged
            ]
            assert (lane.state, lane.closes_at) == (self.paper.states[place], self.paper.closing[place])

    @invariant()
    def the_requests_are_the_papers(self) -> None:
        """Each in one state, none lost."""
        told = {
            key: (request.member, (request.item, request.lane), request.stance, request.note, request.state)
            for key, request in self.hall.floor.requests.items()
        }
        assert told == {
            key: (request["who"], request["place"], request["stance"], request["note"], request["state"])
            for key, request in self.paper.requests.items()
        }
        assert list(told) == self.paper.asked
        written = {key: opinion.text for key, opinion in self.hall.floor.opinions.items()}
        assert written == self.paper.written

    @invariant()
    def the_turns_are_the_papers(self) -> None:
        """State, plan, and use to the millisecond."""
        floor, paper = self.hall.floor, self.paper
        assert list(floor.turns) == list(paper.turns)
        for key, turn in floor.turns.items():
            told = paper.turns[key]
            assert (turn.role, turn.state) == (told["role"], told["state"])
            assert turn.next_was == told["passed"]
            assert turn.in_turn == (not told["passed"])
            assert turn.planned_ms == told["planned"]
            running = turn.running_since is not None
            assert turn.used_ms + (paper.now - (turn.running_since or 0) if running else 0) == paper.used(key)
        assert floor.votes == tuple(paper.votes)

    @invariant()
    def one_speaks_at_most(self) -> None:
        """Its deadline is what is left; its warnings are those that its time calls for."""
        floor = self.hall.floor
        running = [turn for turn in floor.turns.values() if turn.state == "running"]
        assert [turn.id for turn in running] == [key for key in (self.paper.speaks(),) if key is not None]
        under_way = [turn.id for turn in floor.turns.values() if turn.state not in ("ended", "dropped")]
        assert list(floor.active) == under_way
        for turn in running:
            left = self.paper.left(turn.id)
            ahead = self.paper.rules[turn.item, turn.lane].warn_s * 1_000
            assert turn.deadline == self.paper.now + left
            assert turn.warned == (0 if left > ahead else 1 if left > 0 else 2)
            assert turn.warn_at == (turn.deadline - ahead if left > ahead else None)

    @invariant()
    def no_millisecond_is_lost(self) -> None:
        """What all have used, and when nobody spoke, is the time that has passed."""
        spans = sorted(
            (since or 0, self.paper.now if to is None else to)
            for each in self.paper.spans.values()
            for since, to in each
        )
        silence, until = 0, self.hall.lines[0].at
        for since, to in spans:
            assert since >= until
            silence, until = silence + since - until, to
        silence += self.paper.now - until
        used = sum(self.paper.used(key) for key in self.paper.turns)
        assert used + silence == self.hall.now - self.hall.lines[0].at

    @invariant()
    def nothing_is_due(self) -> None:
        """The clock has done its work."""
        due = ticking.due(self.hall.floor)
        assert due is None or due > self.hall.now

    def teardown(self) -> None:
        """The lines replay to the same floor: wholly, and up to some of them."""
        lines, floors = self.hall.lines, self.hall.floors
        for size in {len(lines), len(lines) // 2, len(lines) // 3, 1} - {0}:
            assert replay(lines[:size], self.hall.holder_at) == floors[size - 1]


FloorMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=50)
TestFloorMachine = FloorMachine.TestCase


# How often each thing happens in a long sitting: much of it turns.
OFTENER: dict[str, int] = {
    "wait": 12,
    "call_the_next": 10,
    "ask": 10,
    "start": 5,
    "pause": 5,
    "resume": 8,
    "end": 8,
    "interpose": 6,
    "answer": 4,
    "extend": 3,
    "call": 4,
    "open": 3,
}
ONCE = (
    "vote",
    "vote",
    "change",
    "withdraw",
    "skip",
    "defer",
    "remove",
    "put_back",
    "arrange",
    "close",
    "end_item",
)
SELDOM = ("write", "take_roll", "act_on_what_was")


# Which turns an act mostly means.
MEANT = {
    "start": "called",
    "pause": "running",
    "interpose": "running",
    "end": "running",
    "resume": "paused",
    "answer": "ended",
    "extend": "running",
}


def _meant(dice: Random, machine: FloorMachine, move: str) -> int:
    """One of the turns that are in the right state, or any."""
    states = [turn["state"] for turn in reversed(machine.paper.turns.values())]
    right = [back for back, state in enumerate(states) if state == MEANT.get(move)]
    if right and dice.random() < 0.7:
        return dice.choice(right[:4])
    return dice.choice((0, 0, 0, 1, 1, 2, 3, 4, 5, -1))


def _drawn(dice: Random, machine: FloorMachine, move: str) -> dict[str, Any]:
    """What a move is told, as its rule would draw it."""
    back = _meant(dice, machine, move)
    drawn: dict[str, dict[str, Any]] = {
        "wait": {"milliseconds": dice.choice((1, 999, 4_000, 5_000, 10_000, 29_999, 60_001))},
        "vote": {
            "poll": dice.choice(("p1", "p2")),
            "to": dice.choice(("open", "closed", "held", "closing", "declared", "closed")),
        },
        "take_roll": {"without": dice.choice(("", "", "", "chi"))},
        "open": {"place": dice.choice(OFTEN), "closes": dice.choice((None, None, 5, 60))},
        "end_item": {"item": dice.choice(("i2", "i1", "i3")), "sure": dice.randrange(12)},
        "ask": {
            "again": dice.choice((None, None, None, 0)),
            "who": dice.choice(sorted(PEOPLE)),
            "place": dice.choice(OFTEN),
            "stance": "other",
            "note": dice.choice(("", "một")),
            "present": dice.random() < 0.9,
        },
        "change": {"back": back, "who": dice.choice(sorted(PEOPLE)), "stance": "for", "note": "hai"},
        "withdraw": {"back": back, "who": dice.choice(sorted(PEOPLE))},
        "write": {"item": dice.choice(("i1", "i2")), "who": dice.choice(sorted(PEOPLE)), "text": "x"},
        "arrange": {"place": dice.choice(OFTEN), "shuffled": dice, "wrong": dice.choice(("", "", "r0"))},
        "call": {"back": back, "reason": dice.random() < 0.7},
        "answer": {"back": back, "reason": dice.random() < 0.5},
        "interpose": {"back": back, "who": dice.choice(sorted(PEOPLE))},
        "extend": {"back": back, "more": dice.choice((1, 10, 60))},
        "act_on_what_was": {"back": 1},
    }
    if move in ("close", "put_back", "call_the_next"):
        return {"place": dice.choice(OFTEN)}
    return drawn.get(move, {"back": back})


@pytest.mark.parametrize("seed", range(30))
def test_long_sittings(seed: int) -> None:
    """Hypothesis keeps its sittings short; a real one is long, and turns stand in one another."""
    dice, machine = Random(seed), FloorMachine()
    machine.open_all()
    moves = [*(move for move, times in OFTENER.items() for _ in range(times)), *ONCE, *SELDOM]
    for _ in range(150):
        move = dice.choice(moves)
        getattr(machine, move)(**_drawn(dice, machine, move))
        machine.the_lists_are_the_papers()
        machine.the_requests_are_the_papers()
        machine.the_turns_are_the_papers()
        machine.one_speaks_at_most()
        machine.no_millisecond_is_lost()
        machine.nothing_is_due()
    machine.teardown()
