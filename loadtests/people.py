"""Those who sit in the halls of a load run, for Locust: delegates, chairs, screens, secretaries; and how many.

They do what their devices do: sign their own ballots, prove their own receipts, follow the live stream, come back when
it is cut. `loadtests.load` starts Locust on this file; stage and journal are told in the environment. One process: all
greenlets share one room.
"""

from collections import deque

import gevent
import msgspec
from locust import LoadTestShape, task
from locust.exception import StopUser

from loadtests.chair import Chair
from loadtests.delegate import Delegate
from loadtests.person import Following, Person
from loadtests.room import ROOM
from loadtests.stream import Told
from services.wire import CertificateIssued

__all__ = ["Chair", "Crowd", "Delegate", "Hall", "Secretary"]


class Crowd(LoadTestShape):
    """Who is there when, until every chair has done the programme."""

    def tick(self) -> tuple[int, float] | None:
        """How many, and how many come in a second; None: it is over."""
        if ROOM.finished == len(ROOM.stage.halls):
            return None
        wanted = ROOM.crowd + round(ROOM.delegates * ROOM.programme.share(ROOM.clock()))
        # Chairs follow nothing.
        if not ROOM.began and ROOM.following == wanted - len(ROOM.stage.halls):
            ROOM.begin()
        return wanted, 150.0


class Hall(Person):
    """The hall's screen: follows, and does nothing else."""

    def on_start(self) -> None:
        """It signs in as the secretary: displays have no key of their own."""
        if not ROOM.screens:
            raise StopUser
        number = ROOM.screens.popleft()
        self.come(number, ROOM.stage.halls[number].secretary)
        self.following = Following(self, lambda _: None)

    def on_stop(self) -> None:
        """The display is switched off."""
        if hasattr(self, "following"):
            self.following.leave()

    @task
    def show(self) -> None:
        """Its stream does all."""
        gevent.sleep(1)


class Secretary(Person):
    """Looks at who is there, and takes each certificate home as it comes."""

    def on_start(self) -> None:
        """One for each hall."""
        if not ROOM.secretaries:
            raise StopUser
        number, hall = ROOM.secretaries.popleft()
        self.issued: deque[str] = deque()
        self.come(number, hall.secretary)
        self.following = Following(self, self.hear)

    def on_stop(self) -> None:
        """The desk is closed."""
        if hasattr(self, "following"):
            self.following.leave()

    def hear(self, told: Told) -> None:
        """A certificate has come."""
        if told.name == "certificate.issued":
            self.issued.append(msgspec.json.decode(told.data, type=CertificateIssued).certificate)

    @task
    def keep_the_desk(self) -> None:
        """Every two seconds."""
        gevent.sleep(2)
        meeting = self.hall.meeting
        self.ask("GET", f"/meeting/meetings/{meeting}/presence", "look at who is there")
        self.ask("GET", f"/voting/meetings/{meeting}/polls", "look at the polls")
        while self.issued:
            certificate = self.issued.popleft()
            self.ask("GET", f"/signing/certificates/{certificate}.json", "take a certificate (JSON)")
            self.ask("GET", f"/signing/certificates/{certificate}.pdf", "take a certificate (PDF)")


# Locust brings those of a fixed number first; the others are delegates.
Chair.fixed_count = Secretary.fixed_count = len(ROOM.stage.halls)
Hall.fixed_count = len(ROOM.stage.halls) * ROOM.programme.screens
