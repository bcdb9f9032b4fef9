"""A person in a hall, as Locust plays them: a device with a key, a session, a live stream that comes back."""

import time
from collections.abc import Callable

import gevent
import msgspec
from locust import constant
from locust.contrib.fasthttp import FastHttpUser
from locust.exception import StopUser

from loadtests.room import ROOM
from loadtests.stage import HallSet, Holder
from loadtests.stream import Stream, StreamRefused, Told
from services.desk.device import Device
from services.kit.problem import Problem
from services.wire import Admission, Challenge

JOSE, JSON = "application/jose", "application/json"
LANE = "speech"
# How long a device tries to get one answer, in seconds.
PATIENCE = 60.0


class Following:
    """The live stream of a person, for as long as they are there: cut, it comes back where it was."""

    def __init__(self, person: "Person", hear: Callable[[Told], None]) -> None:
        self._person = person
        self._hear = hear
        self._last = ""
        self._stream: Stream | None = None
        self._joined = False
        self._task = gevent.spawn(self._follow)
        ROOM.streams.add(self)

    def cut(self) -> None:
        """The network is gone."""
        if self._stream is not None:
            self._stream.cut()

    def leave(self) -> None:
        """Whoever followed goes."""
        self._task.kill()
        self.cut()
        ROOM.streams.discard(self)
        ROOM.following -= self._joined

    def _follow(self) -> None:
        while True:
            began, first = time.perf_counter(), True
            try:
                person = self._person
                self._stream = Stream(person.host or "", person.hall.meeting, person.token, self._last)
                for told in self._stream.events():
                    if first:
                        self._tell(began, None)
                        first = False
                    self._last = told.at or self._last
                    self._hear(told)
            except (OSError, ValueError, StreamRefused) as error:
                if first:
                    self._tell(began, error)
                    gevent.sleep(0.2)

    def _tell(self, began: float, error: Exception | None) -> None:
        """The first event of a connection is there: the screen shows what is."""
        if error is None and not self._joined:
            self._joined = True
            ROOM.following += 1
        self._person.environment.events.request.fire(
            request_type="SSE",
            name="follow: connection to first event",
            response_time=(time.perf_counter() - began) * 1000,
            response_length=0,
            exception=error,
            context={},
        )


class Person(FastHttpUser):
    """Somebody with a key in one hall."""

    abstract = True
    wait_time = constant(0)
    hall: HallSet
    number: int
    device: Device
    token = ""

    def come(self, number: int, holder: Holder) -> None:
        """Take the device and sign in."""
        self.number, self.hall = number, ROOM.stage.halls[number]
        self.device = holder.device()
        asked = msgspec.json.encode({"credential": self.device.thumbprint})
        given = msgspec.json.decode(
            self.ask("POST", "/meeting/challenges", "sign in: challenge", asked, JSON), type=Challenge
        )
        answer = self.device.login(given.challenge, given.audience)
        raw = self.ask("POST", "/meeting/tokens", "sign in: token", answer, JOSE)
        self.token = msgspec.json.decode(raw, type=Admission).token

    def ask(self, method: str, path: str, name: str, body: bytes | None = None, media: str = JSON) -> bytes:
        """The answer's bytes; asked again while nobody answers or nothing can be written, as a person presses again.

        Each of these is a failure of the run; raises StopUser for what is refused, or when patience ends.
        """
        until = time.monotonic() + PATIENCE
        while True:
            status, raw = self.try_(method, path, name, body, media)
            if 0 < status < 400:
                return raw
            if 400 <= status < 500 or time.monotonic() > until:
                raise StopUser
            gevent.sleep(0.2)

    def try_(
        self,
        method: str,
        path: str,
        name: str,
        body: bytes | None = None,
        media: str = JSON,
        expected: tuple[str, ...] = (),
    ) -> tuple[int, bytes]:
        """Status and bytes; a problem whose code is `expected` is no failure."""
        headers = {"Content-Type": media} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        with self.client.request(
            method,
            path,
            name=name,
            data=body.decode() if body else None,
            headers=headers,
            catch_response=True,
        ) as answer:
            raw = answer.content or b""
            if answer.status_code >= 400 and code_of(raw) in expected:
                answer.success()
            return answer.status_code, raw


def code_of(raw: bytes) -> str:
    """The code of a problem; "" if it is none."""
    try:
        return msgspec.json.decode(raw, type=Problem).code
    except msgspec.DecodeError:
        return ""
