"""A floor kept the way a clerk keeps it on paper: names in lists, times in lists, nothing folded, nothing frozen.

Written from the words of `docs/life_of_a_turn.md` only. Each method does one act and returns the codes of all the
reasons why it cannot be done; if there is any, it has done nothing.
"""

from collections.abc import Iterable
from typing import Any

from services.wire import LaneRules

Place = tuple[str, str]


class Reference:
    """`lines`: who waits in each lane, next first. `spans`: from when to when each turn's clock ran (None: it runs)."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.rules: dict[Place, LaneRules] = {}
        self.states: dict[Place, str] = {}
        self.closing: dict[Place, int | None] = {}
        self.lines: dict[Place, list[str]] = {}
        self.asked: list[str] = []
        self.requests: dict[str, dict[str, Any]] = {}
        self.turns: dict[str, dict[str, Any]] = {}
        self.spans: dict[str, list[list[int | None]]] = {}
        self.votes: list[str] = []
        self.roll: set[str] = set()
        self.written: dict[tuple[str, str], str] = {}
        self.taken_back: list[tuple[str, Place]] = []
        self.changed: list[str] = []
        self.letters: list[tuple[str, str]] = []

    # --- Time ----------------------------------------------------------------------------------------------------

    def used(self, turn: str) -> int:
        """The sum of what ran."""
        return sum((self.now if to is None else to) - (since or 0) for since, to in self.spans[turn])

    def left(self, turn: str) -> int:
        """What is not used of what was given."""
        return int(self.turns[turn]["planned"]) - self.used(turn)

    def speaks(self) -> str | None:
        """Whose clock runs."""
        running = [turn for turn, spans in self.spans.items() if spans and spans[-1][1] is None]
        assert len(running) <= 1
        return running[0] if running else None

    def wait(self, milliseconds: int) -> None:
        """Millisecond by millisecond, but for those in which nothing can happen."""
        until = self.now + milliseconds
        while self.now < until:
            self.now = min([until, *(moment for moment in self._moments() if moment > self.now)])
            self.look()

    def _moments(self) -> list[int]:
        moments = [
            at for place, at in self.closing.items() if at is not None and self.states[place] == "open"
        ]
        turn = self.speaks()
        if turn is not None:
            moments.append(self.now + self.left(turn))
        return moments

    def look(self) -> None:
        """What the clock does when it looks now."""
        for place, at in self.closing.items():
            if at is not None and at <= self.now and self.states[place] == "open":
                self.states[place], self.closing[place] = "closed", None
        turn = self.speaks()
        if turn is not None and self.left(turn) <= 0 and self._rules(turn).at_limit == "end":
            self._over(turn)

    # --- Lanes ---------------------------------------------------------------------------------------------------

    def open(self, place: Place, rules: LaneRules, seconds: int | None) -> set[str]:
        """A list opens, or opens again."""
        why = set()
        if self.states.get(place) == "open":
            why.add("lane_open")
        if self._ended(place[0]):
            why.add("item_ended")
        if not why:
            self.rules.setdefault(place, rules)
            self.lines.setdefault(place, [])
            self.states[place] = "open"
            self.closing[place] = None if seconds is None else self.now + seconds * 1_000
        return why

    def close(self, place: Place) -> set[str]:
        """A list takes nobody any more."""
        if place not in self.states:
            return {"lane_unknown"}
        if self.states[place] != "open":
            return {"lane_closed"}
        self.states[place], self.closing[place] = "closed", None
        return set()

    def end_item(self, item: str) -> set[str]:
        """All is over; who did not speak is invited to write."""
        if all(place[0] != item for place in self.states):
            return {"item_unknown"}
        if self._ended(item):
            return {"item_ended"}
        over = [
            key for key, turn in self.turns.items() if turn["place"][0] == item and not self._is_over(key)
        ]
        for request in self.requests.values():
            if request["place"][0] == item and request["state"] in ("waiting", "called"):
                spoke = any(self.turns[key]["request"] is request and self.spans[key] for key in over)
                request["state"] = "spoken" if spoke else "unreached"
        for turn in over:
            self._stop(turn)
            self.turns[turn]["state"] = "ended" if self.spans[turn] else "dropped"
        for turn in over:
            self._give_back(turn)
        for place in self.states:
            if place[0] == item:
                self.states[place], self.closing[place], self.lines[place] = "ended", None, []
        return set()

    def _ended(self, item: str) -> bool:
        return any(place[0] == item and state == "ended" for place, state in self.states.items())

    # --- Requests ------------------------------------------------------------------------------------------------

    def ask(self, key: str, who: str, place: Place, said: tuple[str, str], present: bool) -> set[str]:
        """Somebody wants to speak. "repeat": they have said so already."""
        why = set()
        if who not in self.roll:
            why.add("speaker_not_on_roll")
        if place not in self.states:
            return why | {"lane_unknown"}
        if key in self.requests:
            same = (self.requests[key]["who"], self.requests[key]["place"]) == (who, place)
            return why | {"repeat" if same else "request_id_taken"}
        rules = self.rules[place]
        own = [each for each in self.lines[place] if self.requests[each]["who"] == who]
        if self.states[place] != "open":
            why.add("lane_closed")
        if self.votes and rules.blocked_by_vote:
            why.add("vote_under_way")
        if rules.presence and not present:
            why.add("speaker_absent")
        if said[0] not in rules.stances:
            why.add("stance_wrong")
        if len(own) >= rules.waiting_per_person:
            same = any((self.requests[each]["stance"], self.requests[each]["note"]) == said for each in own)
            why.add("repeat" if same else "already_waiting")
        if (
            rules.turns_per_person is not None
            and len(own) + len(self._speeches(place, who)) >= rules.turns_per_person
        ):
            why.add("speeches_used_up")
        if rules.length is not None and len(self.lines[place]) >= rules.length:
            why.add("list_full")
        if self.taken_back.count((who, place)) >= rules.withdrawals_per_person:
            why.add("withdrawn_too_often")
        if not why:
            self.requests[key] = {
                "who": who,
                "place": place,
                "stance": said[0],
                "note": said[1],
                "state": "waiting",
            }
            self.lines[place].append(key)
            self.asked.append(key)
        return why

    def change(self, key: str, who: str, said: tuple[str, str]) -> set[str]:
        """Other words, the same place."""
        why = self._mine(key, who)
        if not why and self.requests[key]["state"] != "waiting":
            why.add("request_not_waiting")
        if not why and (self.requests[key]["stance"], self.requests[key]["note"]) == said:
            return {"repeat"}
        if not why and said[0] not in self.rules[self.requests[key]["place"]].stances:
            why.add("stance_wrong")
        elif (
            not why and self.changed.count(key) >= self.rules[self.requests[key]["place"]].changes_per_request
        ):
            why.add("changed_too_often")
        if not why:
            self.requests[key]["stance"], self.requests[key]["note"] = said
            self.changed.append(key)
        return why

    def withdraw(self, key: str, who: str) -> set[str]:
        """Taken back by who asked."""
        why = self._mine(key, who) or self._take_off(key, "withdrawn")
        if not why:
            self.taken_back.append((who, self.requests[key]["place"]))
        return why

    def remove(self, key: str) -> set[str]:
        """Taken off by the desk."""
        return self._take_off(key, "removed")

    def write(self, item: str, who: str, text: str) -> set[str]:
        """Instead of speaking."""
        if all(place[0] != item for place in self.states):
            return {"item_unknown"}
        invited = [
            request
            for request in self.requests.values()
            if (request["place"][0], request["who"], request["state"]) == (item, who, "unreached")
        ]
        if not invited:
            return {"not_invited_to_write"}
        if self.letters.count((item, who)) >= self.rules[invited[0]["place"]].opinions_per_person:
            return {"written_too_often"}
        self.letters.append((item, who))
        self.written[item, who] = text
        return set()

    def _mine(self, key: str, who: str) -> set[str]:
        if key not in self.requests:
            return {"request_unknown"}
        return set() if self.requests[key]["who"] == who else {"floor_not_yours"}

    def _take_off(self, key: str, state: str) -> set[str]:
        why = self._listed(key)
        if not why:
            self._leave(key)
            self.requests[key]["state"] = state
        return why

    def _listed(self, key: str) -> set[str]:
        """Waiting, or called and not begun."""
        if key not in self.requests:
            return {"request_unknown"}
        state = self.requests[key]["state"]
        begun = state == "called" and self.spans[self._turn_of(key)]
        return {"request_not_waiting"} if state not in ("waiting", "called") or begun else set()

    def _leave(self, key: str) -> None:
        request = self.requests[key]
        if request["state"] == "called":
            self.turns[self._turn_of(key)]["state"] = "dropped"
        else:
            self.lines[request["place"]].remove(key)

    def _turn_of(self, key: str) -> str:
        return [turn for turn, told in self.turns.items() if told["request"] is self.requests[key]][-1]

    # --- The order -----------------------------------------------------------------------------------------------

    def arrange(self, place: Place, order: Iterable[str]) -> set[str]:
        """As the desk says."""
        if place not in self.states:
            return {"lane_unknown"}
        if sorted(order) != sorted(self.lines[place]):
            return {"arrangement_wrong"}
        self.lines[place] = list(order)
        return set()

    def skip(self, key: str) -> set[str]:
        """Behind the next."""
        why = self._listed(key)
        if why:
            return why
        line = self.lines[self.requests[key]["place"]]
        at = line.index(key) if key in line else 0
        others = [each for each in line if each != key]
        if at >= len(others):
            return {"nobody_follows"}
        self._leave(key)
        self._put(key, at + 1)
        return set()

    def defer(self, key: str) -> set[str]:
        """To the end."""
        why = self._listed(key)
        if not why:
            self._leave(key)
            self._put(key, len(self.lines[self.requests[key]["place"]]))
        return why

    def put_back(self, place: Place) -> set[str]:
        """The last who spoke, to the top."""
        if place not in self.states:
            return {"lane_unknown"}
        if self.states[place] == "ended":
            return {"item_ended"}
        over = [
            turn
            for turn in self.turns.values()
            if turn["place"] == place and turn["request"] is not None and turn["state"] == "ended"
        ]
        if not over:
            return {"nothing_spoken"}
        last = max(over, key=lambda turn: (turn["over_at"], turn["called_at"]))["request"]
        if last["state"] != "spoken":
            return {"request_not_waiting"}
        self._put(next(key for key, request in self.requests.items() if request is last), 0)
        return set()

    def _put(self, key: str, at: int) -> None:
        self.requests[key]["state"] = "waiting"
        self.lines[self.requests[key]["place"]].insert(at, key)

    # --- Turns ---------------------------------------------------------------------------------------------------

    def call(self, key: str, turn: str, reason: bool) -> set[str]:
        """Somebody has the floor next."""
        if key not in self.requests:
            return {"request_unknown"}
        request = self.requests[key]
        if request["state"] != "waiting":
            return {"request_not_waiting"}
        place, why = request["place"], set()
        rules, line = self.rules[place], self.lines[place]
        if self.votes and rules.blocked_by_vote:
            why.add("vote_under_way")
        if self._called_in(place):
            why.add("called_already")
        if line[0] != key and not reason:
            why.add("out_of_turn")
        granted = self._granted(place, request["who"])
        if granted == 0 and not reason:
            why.add("time_used_up")
        if not why:
            passed = "" if line[0] == key else line[0]
            self._leave(key)
            request["state"] = "called"
            self._new(turn, place, request["who"], "speech", granted or (rules.turn_s or 0) * 1_000, request)
            self.turns[turn]["passed"] = passed
        return why

    def answer(self, question: str, turn: str, name: str, reason: bool) -> set[str]:
        """Somebody answers what was asked."""
        if question not in self.turns:
            return {"turn_unknown"}
        asked, why = self.turns[question], set()
        place = asked["place"]
        rules = self.rules[place]
        if rules.answer_s is None or asked["role"] != "speech" or asked["state"] != "ended":
            why.add("no_answers_here")
        if self.states[place] == "ended":
            why.add("item_ended")
        if self.votes and rules.blocked_by_vote:
            why.add("vote_under_way")
        if self._called_in(place):
            why.add("called_already")
        if not reason and any(self.turns[each]["state"] != "dropped" for each in asked["answers"]):
            why.add("answered_already")
        if not why:
            self._new(turn, place, name, "answer", (rules.answer_s or 0) * 1_000, None)
            asked["answers"].append(turn)
        return why

    def interpose(self, target: str, turn: str, who: str) -> set[str]:
        """Somebody asks who speaks."""
        if target not in self.turns:
            return {"turn_unknown"}
        place, why = self.turns[target]["place"], set()
        if self.rules[place].interposed_s is None:
            why.add("not_interposed_here")
        if self.speaks() != target or self.turns[target]["role"] == "interposed":
            why.add("turn_transition")
        if self._silent(place):
            why.add("vote_under_way")
        if who not in self.roll:
            why.add("speaker_not_on_roll")
        if not why:
            self._new(turn, place, who, "interposed", (self.rules[place].interposed_s or 0) * 1_000, None)
            self._interrupt(target, turn)
        return why

    def start(self, turn: str) -> set[str]:
        """Who was called speaks."""
        if turn not in self.turns:
            return {"turn_unknown"}
        why = set()
        place, speaks = self.turns[turn]["place"], self.speaks()
        if self.turns[turn]["state"] != "called":
            why.add("turn_transition")
        if self._silent(place):
            why.add("vote_under_way")
        if speaks is not None and not self.rules[place].interrupts:
            why.add("somebody_speaks")
        if not why:
            self._interrupt(speaks, turn)
        return why

    def pause(self, turn: str) -> set[str]:
        """The clock stands."""
        why = self._must_be(turn, "running")
        if not why:
            self._stop(turn)
            self.turns[turn]["state"] = "paused"
        return why

    def resume(self, turn: str) -> set[str]:
        """The clock runs on."""
        why = self._must_be(turn, "paused")
        if "turn_unknown" in why:
            return why
        if self._silent(self.turns[turn]["place"]):
            why.add("vote_under_way")
        if self.speaks() is not None:
            why.add("somebody_speaks")
        if self._rules(turn).at_limit == "end" and self.left(turn) <= 0:
            why.add("time_used_up")
        if not why:
            self._run(turn)
        return why

    def extend(self, turn: str, seconds: int) -> set[str]:
        """More of it."""
        why = self._must_be(turn, "called", "running", "paused")
        if not why:
            self.turns[turn]["planned"] += seconds * 1_000
        return why

    def end(self, turn: str) -> set[str]:
        """It is over; an answer that nobody began never was."""
        if (
            turn in self.turns
            and self.turns[turn]["state"] == "called"
            and self.turns[turn]["request"] is None
        ):
            self.turns[turn]["state"] = "dropped"
            return set()
        why = self._must_be(turn, "running", "paused")
        if not why:
            self._over(turn)
        return why

    def vote(self, poll: str, is_open: bool) -> None:
        """Voting says so."""
        if is_open and poll not in self.votes:
            self.votes.append(poll)
            turn = self.speaks()
            if turn is not None and self._rules(turn).paused_by_vote:
                self._stop(turn)
                self.turns[turn]["state"] = "paused"
        elif not is_open and poll in self.votes:
            self.votes.remove(poll)

    def _new(self, turn: str, place: Place, who: str, role: str, planned: int, request: Any) -> None:
        self.turns[turn] = {
            "place": place,
            "who": who,
            "role": role,
            "planned": planned,
            "request": request,
            "state": "called",
            "interrupted": None,
            "called_at": self.now,
            "over_at": None,
            "passed": "",
            "answers": [],
        }
        self.spans[turn] = []

    def _interrupt(self, speaks: str | None, turn: str) -> None:
        if speaks is not None:
            self._stop(speaks)
            self.turns[speaks]["state"] = "paused"
            self.turns[turn]["interrupted"] = speaks
        self._run(turn)

    def _run(self, turn: str) -> None:
        self.spans[turn].append([self.now, None])
        self.turns[turn]["state"] = "running"

    def _stop(self, turn: str) -> None:
        if self.spans[turn] and self.spans[turn][-1][1] is None:
            self.spans[turn][-1][1] = self.now
        self.turns[turn]["over_at"] = self.now

    def _over(self, turn: str) -> None:
        self._stop(turn)
        self.turns[turn]["state"] = "ended"
        if self.turns[turn]["request"] is not None:
            self.turns[turn]["request"]["state"] = "spoken"
        self._give_back(turn)

    def _give_back(self, turn: str) -> None:
        """To whom it interrupted; if they are over, to whom these had interrupted."""
        waits = self.turns[turn]["interrupted"]
        if waits is None or self.speaks() is not None:
            return
        if self._is_over(waits):
            self._give_back(waits)
            return
        some_time = self._rules(waits).at_limit == "warn" or self.left(waits) > 0
        stands = self.turns[waits]["state"] == "paused"
        if stands and some_time and not self._silent(self.turns[waits]["place"]):
            self._run(waits)

    def _is_over(self, turn: str) -> bool:
        return self.turns[turn]["state"] in ("ended", "dropped")

    def _must_be(self, turn: str, *states: str) -> set[str]:
        if turn not in self.turns:
            return {"turn_unknown"}
        return set() if self.turns[turn]["state"] in states else {"turn_transition"}

    def _silent(self, place: Place) -> bool:
        return bool(self.votes) and (self.rules[place].paused_by_vote or self.rules[place].blocked_by_vote)

    def _rules(self, turn: str) -> LaneRules:
        return self.rules[self.turns[turn]["place"]]

    def _called_in(self, place: Place) -> bool:
        return any((turn["place"], turn["state"]) == (place, "called") for turn in self.turns.values())

    def _speeches(self, place: Place, who: str) -> list[str]:
        return [
            key
            for key, turn in self.turns.items()
            if (turn["place"], turn["who"], turn["role"]) == (place, who, "speech")
            and turn["state"] != "dropped"
        ]

    def _granted(self, place: Place, who: str) -> int:
        rules, speeches = self.rules[place], self._speeches(place, who)
        limits = [rules.second_s if speeches and rules.second_s is not None else rules.turn_s or 0]
        granted = [limit * 1_000 for limit in limits]
        if rules.person_s is not None:
            granted.append(rules.person_s * 1_000 - sum(map(self._taken, speeches)))
        if rules.lane_s is not None:
            here = [
                key
                for key, turn in self.turns.items()
                if turn["place"] == place and turn["state"] != "dropped"
            ]
            granted.append(rules.lane_s * 1_000 - sum(map(self._taken, here)))
        return max(0, min(granted))

    def _taken(self, turn: str) -> int:
        used, told = self.used(turn), self.turns[turn]
        return used if told["state"] == "ended" else max(used, int(told["planned"]))
