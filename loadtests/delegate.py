"""A delegate under load: their own key signs, their own device proves each receipt."""

import random
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import gevent
import msgspec
from gevent.event import Event
from locust import task
from locust.exception import StopUser

from loadtests.journal import Acknowledged, Asked, Refused, Sent
from loadtests.person import JOSE, LANE, PATIENCE, Following, Person, code_of
from loadtests.programme import Vote
from loadtests.room import ROOM
from loadtests.stream import Told
from services.desk.device import Ask as Question
from services.desk.device import must_hold, must_hold_act
from services.rules import jws
from services.wire import (
    Ask,
    Choice,
    FloorDone,
    FloorNewsShown,
    Lane,
    PollDefinition,
    PollShown,
    Receipt,
    Snapshot,
)

_CHOICES: tuple[Choice, ...] = ("approve", "approve", "approve", "reject", "abstain")
_TOO_LATE = ("poll_closed", "poll_not_open", "deadline_passed")


class Delegate(Person):
    """Comes, checks in, follows; votes on every question within the programme's time, asks to speak when one may."""

    def on_start(self) -> None:
        """Take a free seat."""
        if not ROOM.seats:
            raise StopUser
        self.seat = ROOM.seats.popleft()
        self.asked: set[str] = set()
        self.todo: deque[Callable[[], None]] = deque()
        self.something = Event()
        self.come(*self.seat)
        path = f"/meeting/meetings/{self.hall.meeting}/presence"
        self.ask("POST", path, "check in", b'{"present":true}')
        self.following = Following(self, self.hear)

    def on_stop(self) -> None:
        """Leave the seat to whoever comes next."""
        if hasattr(self, "following"):
            self.following.leave()
        ROOM.seats.append(self.seat)

    @task
    def attend(self) -> None:
        """Do what is to be done, one thing after the other."""
        self.something.wait()
        self.something.clear()
        while self.todo:
            self.todo.popleft()()

    def hear(self, told: Told) -> None:
        """What the phone is told: a question that opens, a list that opens."""
        match told.name:
            case "snapshot":
                shown = msgspec.json.decode(told.data, type=Snapshot)
                for poll in shown.polls.values():
                    self._see(poll)
                if shown.floor is not None:
                    self._see_lanes([each.lane for each in shown.floor.lanes])
            case "poll.changed":
                self._see(msgspec.json.decode(told.data, type=PollShown))
            case "floor.changed":
                self._see_lanes(msgspec.json.decode(told.data, type=FloorNewsShown).lanes)
            case _:
                pass

    def plan(self, act: Callable[[], None], within: float) -> None:
        """Do it at some moment within so many seconds."""

        def due() -> None:
            self.todo.append(act)
            self.something.set()

        gevent.spawn_later(random.uniform(0, within), due)

    def _see(self, poll: PollShown) -> None:
        if poll.state != "open" or poll.poll in self.asked or not poll.definition:
            return
        self.asked.add(poll.poll)
        signed = poll.definition.encode()
        definition = msgspec.json.decode(jws.b64_decode(signed.split(b".")[1]), type=PollDefinition)
        question = Question(definition, jws.digest(signed))
        step = ROOM.programme.steps[int(definition.title.rsplit(" ", 1)[1]) - 1]
        assert isinstance(step, Vote)
        self.plan(lambda: self._vote(poll.poll, question), step.within)

    def _vote(self, poll: str, question: Question) -> None:
        ballot = self.device.ballot(question, random.choice(_CHOICES))
        acknowledged = self._cast(poll, ballot, 1)
        if acknowledged and question.definition.changes and random.random() < 1 / 3:
            another = self.device.ballot(question, random.choice(_CHOICES), after=ballot, seq=2)
            self._cast(poll, another, 2)

    def _cast(self, poll: str, ballot: bytes, seq: int) -> bool:
        """The same bytes until there is an answer; a receipt counts once it has been proven."""
        voter, until = self.device.member, time.monotonic() + PATIENCE
        ROOM.journal.write(Sent(poll, voter, seq, ballot.decode()))
        while time.monotonic() < until:
            status, raw = self.try_(
                "POST",
                f"/voting/polls/{poll}/ballots",
                "cast a ballot",
                ballot,
                JOSE,
                expected=_TOO_LATE,
            )
            if status in (200, 201):
                receipt = msgspec.json.decode(raw, type=Receipt)
                must_hold(receipt, ballot, self.hall.log_key)
                ROOM.journal.write(Acknowledged(voter, seq, receipt))
                return True
            if 400 <= status < 500:
                ROOM.journal.write(Refused(poll, voter, seq, code_of(raw)))
                return False
            gevent.sleep(0.2)
        return False

    def _see_lanes(self, lanes: Sequence[Lane]) -> None:
        """The list opens: ask, within the time that the programme gives."""
        for lane in lanes:
            if lane.state == "open" and lane.item not in self.asked:
                self.asked.add(lane.item)
                self.plan(partial(self._ask_to_speak, lane.item), ROOM.programme.questions[lane.item].within)

    def _ask_to_speak(self, item: str) -> None:
        request = uuid.uuid4().hex
        signed = self.device.floor_act(
            Ask(meeting=self.hall.meeting, id=request, item=item, lane=LANE, note="Xin hỏi về dự thảo")
        )
        path = f"/floor/meetings/{self.hall.meeting}/acts"
        status, raw = self.try_("POST", path, "ask to speak", signed, JOSE, expected=("lane_closed",))
        if status in (200, 201):
            receipt = msgspec.json.decode(raw, type=FloorDone).receipt
            must_hold_act(receipt, signed, self.hall.floor_key)
            ROOM.journal.write(Asked(self.number, request, receipt.index, receipt.entry))
