"""A clerk with a pencil: keeps a floor line by line, and compares what each line says has changed with their own paper.

What a line says has changed is not read before the same was worked out from the act, the clock or the vote alone.
"""

import base64
import json
from typing import Any

from tests.support.naive_acts import carry_out
from tests.support.naive_complaints import OWN, complaints
from tests.support.naive_floor import NaiveFloor
from tests.support.naive_order import Json

_TOUCHED = {"lane": "lanes", "request": "requests", "turn": "turns"}


class Differs(AssertionError):
    """The ledger says something else than the clerk."""


def act_of(line: Json) -> Json:
    """What a signed act says."""
    payload = line["jws"].split(".")[1]
    said: Json = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return said


class NaiveClerk(NaiveFloor):
    """The floor as its lines make it."""

    def take(self, line: Json) -> None:
        """One more line. Raises Differs."""
        if line["at"] < self.at:
            raise Differs(f"line {self.size}: time goes backwards")
        due = self.due()
        if due is not None and due <= line["at"] and line["kind"] != "clock":
            raise Differs(f"line {self.size}: the clock was due at {due}")
        self.at, self.news = line["at"], []
        match line["kind"]:
            case "begun":
                self.profile = line["profile"]
            case "roll":
                self.roll = {each["member"]: each for each in json.loads(line["roll"])["entries"]}
            case "act":
                self._act(line, act_of(line))
            case "clock":
                self._clock()
            case _:
                self._vote(line)
        self.size += 1
        self.before = self.at
        self.recorded = line["kind"] == "act" and act_of(line)["act"] == "record"
        self._must_be_told(line)

    def _must_be_told(self, line: Json) -> None:
        """The line tells of everything that was worked out here, and of nothing else."""
        told: dict[tuple[Any, ...], Any] = {}
        for news in line.get("news", ()):
            key, value = _told(news)
            told[key] = value
        ours = {key: self._value(key) for key in self.news}
        if told != ours:
            differ = {key: (told.get(key), ours.get(key)) for key in told.keys() | ours.keys()}
            differ = {key: pair for key, pair in differ.items() if pair[0] != pair[1]}
            raise Differs(f"line {self.size - 1} (told, ours): {differ}")
        own = line["kind"] == "act" and act_of(line)["act"] in OWN
        # A vote before the desk's first act leaves the consoles right as they are.
        if told and not own and not (line["kind"] == "vote" and not self.revision):
            self.revision = self.size

    def _value(self, key: tuple[Any, ...]) -> Any:
        kind, *rest = key
        if kind == "votes":
            return self.votes
        if kind in ("lanes", "opinions"):
            return getattr(self, kind)[tuple(rest)]
        return getattr(self, kind)[rest[0]]

    def _clock(self) -> None:
        for key, lane in self.lanes.items():
            if lane["state"] == "open" and lane["closes_at"] is not None and lane["closes_at"] <= self.at:
                self.change("lanes", key, state="closed", closes_at=None)
        running, away = self.running(), self.spoken_away()
        if running is not None and running["deadline"] is not None:
            if running["deadline"] <= self.at and self.lane(running)["rules"]["at_limit"] == "end":
                self.end(running["id"])
                self.go_on(running["id"])
            elif running["deadline"] <= self.at and running["warned"] < 2:
                self.change("turns", running["id"], warned=2, warn_at=None)
            elif running["warned"] == 0 and running["warn_at"] <= self.at:
                self.change("turns", running["id"], warned=1, warn_at=None)
        if running is not None and away is not None and away <= self.at:
            self.change("lanes", (running["item"], running["lane"]))
        if not self.news:
            raise Differs(f"line {self.size}: the clock had nothing to do")

    def _vote(self, line: Json) -> None:
        is_open = line["state"] in ("open", "held", "closing")
        if is_open == (line["poll"] in self.votes):
            raise Differs(f"line {self.size}: a vote that was known")
        votes = [each for each in self.votes if each != line["poll"]]
        self.votes = [*votes, line["poll"]] if is_open else votes
        self.news.append(("votes",))
        running = self.running()
        if self.votes and running is not None and self.lane(running)["rules"]["paused_by_vote"]:
            self.stop(running["id"])

    def _act(self, line: Json, act: Json) -> None:
        refused = complaints(self, act, line["by"], line["roles"], line["present"], line["title"])
        if refused:
            raise Differs(f"line {self.size}: {act} should have been refused: {refused}")
        carry_out(self, act, line)


def _told(news: Json) -> tuple[tuple[Any, ...], Any]:
    match news["news"]:
        case "lane":
            lane = news["lane"]
            return ("lanes", lane["item"], lane["lane"]), lane
        case "opinion":
            opinion = news["opinion"]
            return ("opinions", opinion["item"], opinion["member"]), opinion
        case "vote":
            return ("votes",), news["open"]
        case kind:
            return (_TOUCHED[kind], news[kind]["id"]), news[kind]
