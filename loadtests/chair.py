"""A chair under load: holds the votes and question times of the programme, each at its time."""

import time

import gevent
import msgspec
from locust import task
from locust.exception import StopUser

from loadtests.journal import Declared
from loadtests.person import JOSE, LANE, PATIENCE, Person
from loadtests.programme import Cut, Questions, Vote
from loadtests.room import ROOM
from services.rules import jws
from services.wire import (
    ActName,
    ActPayload,
    Call,
    CertificateNotice,
    CloseLane,
    Counted,
    EndTurn,
    FloorActs,
    FloorShown,
    OpenLane,
    Poll,
    PollDraft,
    StartTurn,
)


class Chair(Person):
    """Does the programme, step by step, and is done when the last certificate has come."""

    def on_start(self) -> None:
        """One for each hall."""
        if not ROOM.chairs:
            raise StopUser
        number, hall = ROOM.chairs.popleft()
        self.come(number, hall.chair)
        self.seen = 0

    @task
    def preside(self) -> None:
        """The programme, once all are there."""
        ROOM.start.wait()
        try:
            for number, step in enumerate(ROOM.programme.steps, start=1):
                match step:
                    case Vote():
                        self._until(step.at)
                        self._hold(number, step)
                    case Questions():
                        self._until(step.at)
                        self._hear_questions(step)
                    case Cut():
                        pass  # The network fails by itself.
        finally:
            ROOM.finished += 1
        raise StopUser

    def _until(self, at: float) -> None:
        gevent.sleep(max(0.0, at - ROOM.clock()))

    def _hold(self, number: int, step: Vote) -> None:
        """A vote from draft to certificate."""
        meeting = self.hall.meeting
        draft = PollDraft(title=f"Biểu quyết số {number}", presiding=self.device.member, changes=step.changes)
        raw = self.ask(
            "POST", f"/voting/meetings/{meeting}/polls", "draft a poll", msgspec.json.encode(draft)
        )
        poll = msgspec.json.decode(raw, type=Poll).id
        self._act(poll, "announce", ActPayload(act="announce", meeting=meeting, poll=poll))
        raw = self.ask("GET", f"/voting/polls/{poll}/definition", "read the definition")
        signed = self.device.definition(raw)
        self.ask("POST", f"/voting/polls/{poll}/open", "open a poll", signed, JOSE)
        gevent.sleep(step.lasts)
        self._decide(poll, jws.digest(signed))

    def _decide(self, poll: str, definition: str) -> None:
        closed = time.perf_counter()
        meeting = self.hall.meeting
        close = ActPayload(act="close", meeting=meeting, poll=poll, definition=definition)
        self._act(poll, "close", close)
        counted = msgspec.json.decode(
            self.ask("GET", f"/voting/polls/{poll}/result", "read the count"), type=Counted
        )
        declare = ActPayload(
            act="declare", meeting=meeting, poll=poll, definition=definition, result=counted.sha256
        )
        self._act(poll, "declare", declare)
        certificate = self._certificate(poll)
        ROOM.journal.write(Declared(self.number, poll, certificate, time.perf_counter() - closed))

    def _act(self, poll: str, name: ActName, payload: ActPayload) -> None:
        self.ask("POST", f"/voting/polls/{poll}/{name}", f"{name} a poll", self.device.act(payload), JOSE)

    def _certificate(self, poll: str) -> str:
        """Asked for often at first, because the time it takes is told, then more and more seldom: sixty chairs who
        ask ten times a second would measure themselves (pages are told of it)."""
        began = time.monotonic()
        while (waited := time.monotonic() - began) < PATIENCE:
            status, raw = self.try_(
                "GET",
                f"/signing/polls/{poll}/certificate",
                "is there a certificate",
                expected=("certificate_not_yet",),
            )
            if status == 200:
                return msgspec.json.decode(raw, type=CertificateNotice).id
            gevent.sleep(max(0.1, waited / 4))
        raise StopUser

    def _hear_questions(self, step: Questions) -> None:
        """Open the list, let some speak for a second each, close it."""
        meeting, why = self.hall.meeting, "Theo chương trình"
        (item,) = (each for each, one in ROOM.programme.questions.items() if one is step)
        self._look()
        self._do(OpenLane(meeting=meeting, seen=self.seen, reason=why, item=item, lane=LANE))
        gevent.sleep(step.within + 1)
        for _ in range(step.turns):
            waiting = next((lane.waiting for lane in self._look().lanes if lane.lane.item == item), ())
            if not waiting:
                break
            self._do(Call(meeting=meeting, seen=self.seen, reason=why, request=waiting[0].id))
            (turn, *_) = self._look().turns
            self._do(StartTurn(meeting=meeting, seen=self.seen, reason=why, turn=turn.id))
            gevent.sleep(1)
            self._look()
            self._do(EndTurn(meeting=meeting, seen=self.seen, reason=why, turn=turn.id))
        self._look()
        self._do(CloseLane(meeting=meeting, seen=self.seen, reason=why, item=item, lane=LANE))

    def _look(self) -> FloorShown:
        raw = self.ask("GET", f"/floor/meetings/{self.hall.meeting}", "look at the floor")
        shown = msgspec.json.decode(raw, type=FloorShown)
        self.seen = shown.revision
        return shown

    def _do(self, act: FloorActs) -> None:
        path = f"/floor/meetings/{self.hall.meeting}/acts"
        self.ask("POST", path, "act on the floor", self.device.floor_act(act), JOSE)
