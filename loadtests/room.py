"""What all people of a load run share: the stage, the time, who is there, and the journal."""

import os
import random
import time
from collections import deque
from pathlib import Path
from typing import Protocol

import gevent
from gevent.event import Event

from loadtests import stage
from loadtests.journal import Journal
from loadtests.programme import Cut


class Cuttable(Protocol):
    """A connection that can be cut."""

    def cut(self) -> None:
        """As when the network is gone."""


class Room:
    """What all know: the stage, the time, who is there, and where is written what happened."""

    def __init__(self) -> None:
        self.stage = stage.read(Path(os.environ["PLENARY_STAGE"]))
        self.programme = self.stage.programme
        self.journal = Journal(Path(os.environ["PLENARY_JOURNAL"]))
        seats = [(n, one) for n, hall in enumerate(self.stage.halls) for one in hall.delegates]
        random.Random(1).shuffle(seats)
        self.seats = deque(seats)
        self.chairs = deque(enumerate(self.stage.halls))
        self.secretaries = deque(enumerate(self.stage.halls))
        self.screens = deque(n for n in range(len(self.stage.halls)) for _ in range(self.programme.screens))
        self.streams: set[Cuttable] = set()
        self.following = 0
        self.began = 0.0
        self.finished = 0
        self.start = Event()

    @property
    def crowd(self) -> int:
        """All who are not delegates."""
        return len(self.stage.halls) * (2 + self.programme.screens)

    @property
    def delegates(self) -> int:
        """All delegates there are."""
        return len(self.stage.halls) * self.programme.delegates

    def clock(self) -> float:
        """Seconds since all were there; 0 before."""
        return time.monotonic() - self.began if self.began else 0.0

    def begin(self) -> None:
        """All are there: time runs, and the network fails when the programme says so."""
        self.began = time.monotonic()
        self.start.set()
        for step in self.programme.steps:
            if isinstance(step, Cut):
                gevent.spawn_later(step.at, self._cut)

    def _cut(self) -> None:
        """The network of all halls is gone for a moment."""
        for stream in list(self.streams):
            stream.cut()


ROOM = Room()
