"""A floor on paper: plain JSON, and the arithmetic of speaking time as the words of the rules say it.

Written beside the product; `naive_clerk` keeps it.
"""

from collections import Counter
from typing import Any

from tests.support.naive_order import Json, queue, who


class NaiveFloor:
    """The floor as its lines make it."""

    def __init__(self) -> None:
        """Before the first line."""
        self.size = self.revision = self.at = 0
        self.profile: Json = {}
        self.roll: dict[str, Json] = {}
        self.lanes: dict[tuple[str, str], Json] = {}
        self.requests: dict[str, Json] = {}
        self.turns: dict[str, Json] = {}
        self.opinions: dict[tuple[str, str], Json] = {}
        self.votes: list[str] = []
        self.news: list[tuple[Any, ...]] = []
        self.recorded = False
        # When the line before was written, while another is taken in; else as `at`.
        self.before = 0
        self.withdrawals: Counter[tuple[str, str, str]] = Counter()
        self.changes: Counter[str] = Counter()
        self.writings: Counter[tuple[str, str]] = Counter()

    # --- What is seen ----------------------------------------------------------------------------------------------

    def waiting(self, lane: Json) -> list[Json]:
        """Who waits in a lane."""
        key = (lane["item"], lane["lane"])
        return [
            each
            for each in self.requests.values()
            if (each["item"], each["lane"]) == key and each["state"] == "waiting"
        ]

    def active(self) -> list[Json]:
        """Turns called, running, paused; as called."""
        return [each for each in self.turns.values() if each["state"] in ("called", "running", "paused")]

    def running(self) -> Json | None:
        """The one whose clock runs."""
        running = [each for each in self.turns.values() if each["state"] == "running"]
        assert len(running) < 2, "two speak at once"
        return running[0] if running else None

    def lane(self, of: Json) -> Json:
        """The lane of a request or turn."""
        return self.lanes[of["item"], of["lane"]]

    def shown(self) -> Json:
        """What GET /floor/meetings/{m} must answer."""
        ended = [each for each in self.turns.values() if each["state"] == "ended"]
        lanes = [{"lane": lane, "waiting": queue(self, lane)} for lane in self.lanes.values()]
        return {
            "revision": self.revision,
            "lanes": lanes,
            "turns": self.active(),
            "last": max(ended, key=lambda each: each["ended_at"], default=None),
            "votes": self.votes,
        }

    # --- Time ------------------------------------------------------------------------------------------------------

    def used(self, turn: Json) -> int:
        """Milliseconds used up to now."""
        since = turn["running_since"]
        return int(turn["used_ms"] + (0 if since is None else self.at - since))

    def spent_groups(self, lane: Json) -> set[str]:
        """Groups with no time left in a lane."""
        budgets = lane["rules"]["group_s"]
        return {group for group, most in budgets.items() if self._gone(lane, "group", group) >= most * 1000}

    def speeches(self, lane: Json) -> list[Json]:
        """The speeches given, or to be given, in a lane."""
        return [
            each
            for each in self.turns.values()
            if self.lane(each) is lane and each["role"] == "speech" and each["state"] != "dropped"
        ]

    def _gone(self, lane: Json, what: str, value: Any) -> int:
        """What is gone of the time of a lane's group or person."""
        of = (lambda each: each["group"]) if what == "group" else who
        return sum(self._counts(each) for each in self.speeches(lane) if of(each) == value)

    def _counts(self, turn: Json) -> int:
        """A turn counts with what it used; as long as it is not over, with what it was granted if that is more."""
        used, over = self.used(turn), turn["state"] in ("ended", "dropped") or turn["planned_ms"] is None
        return used if over else max(used, turn["planned_ms"])

    def spoken_away(self) -> int | None:
        """When who speaks in a lane ordered by groups will have used the last of their group's time; None if never, or
        if it was gone when the last line was written."""
        each = self.running()
        if each is None or each["role"] != "speech" or self.lane(each)["rules"]["order"] != "groups":
            return None
        lane = self.lane(each)
        if each["group"] not in lane["rules"]["group_s"]:
            return None
        speeches = [one for one in self.speeches(lane) if one["group"] == each["group"] and one is not each]
        left = lane["rules"]["group_s"][each["group"]] * 1000 - sum(map(self._counts, speeches))
        at = each["running_since"] + left - each["used_ms"]
        return at if left > (each["planned_ms"] or 0) and at > self.before else None

    def granted(self, lane: Json, request: Json) -> int | None:
        """The time that a request gets when it is called; None without limit."""
        rules = lane["rules"]
        again = any(who(each) == who(request) for each in self.speeches(lane))
        first = rules["second_s"] if again and rules["second_s"] is not None else rules["turn_s"]
        turns = [each for each in self.turns.values() if each["state"] != "dropped"]
        gone = {
            "person_s": self._gone(lane, "person", who(request)),
            "lane_s": sum(self._counts(each) for each in turns if self.lane(each) is lane),
            "item_s": sum(self._counts(each) for each in turns if each["item"] == lane["item"]),
        }
        limits = [] if first is None else [first * 1000]
        limits += [max(0, rules[name] * 1000 - gone[name]) for name in gone if rules[name] is not None]
        if request["group"] in rules["group_s"]:
            most = rules["group_s"][request["group"]] * 1000
            limits.append(max(0, most - self._gone(lane, "group", request["group"])))
        return min(limits, default=None)

    def due(self) -> int | None:
        """When the clock has something to do."""
        moments = [
            each["closes_at"]
            for each in self.lanes.values()
            if each["state"] == "open" and each["closes_at"] is not None
        ]
        running = self.running()
        if running is not None and running["deadline"] is not None:
            if running["warned"] == 0:
                moments.append(running["warn_at"])
            if running["warned"] < 2 or self.lane(running)["rules"]["at_limit"] == "end":
                moments.append(running["deadline"])
        away = self.spoken_away()
        moments += [] if away is None else [away]
        return min(moments, default=None)

    # --- What changes ------------------------------------------------------------------------------------------------

    def change(self, kind: str, key: Any, **values: Any) -> None:
        """Write something down."""
        kept = getattr(self, kind)
        kept[key] = {**kept.get(key, {}), **values}
        place = (kind, *key) if isinstance(key, tuple) else (kind, key)
        if place not in self.news:
            self.news.append(place)

    def run(self, turn: str) -> None:
        """The clock of a turn runs from now."""
        each = self.turns[turn]
        started = self.at if each["started_at"] is None else each["started_at"]
        self.change("turns", turn, state="running", running_since=self.at, started_at=started)
        self.set_clock(turn)

    def set_clock(self, turn: str) -> None:
        """Deadline and warnings of a running turn."""
        each = self.turns[turn]
        if each["planned_ms"] is None:
            return
        left = each["planned_ms"] - self.used(each)
        ahead = self.lane(each)["rules"]["warn_s"] * 1000
        warned = 2 if left <= 0 else 1 if left <= ahead else 0
        deadline = self.at + left
        self.change(
            "turns", turn, deadline=deadline, warned=warned, warn_at=None if warned else deadline - ahead
        )

    def stop(self, turn: str, **values: Any) -> None:
        """The clock of a turn stands."""
        used = self.used(self.turns[turn])
        stopped = {"used_ms": used, "running_since": None, "deadline": None, "warn_at": None}
        self.change("turns", turn, **stopped, **{"state": "paused", **values})

    def end(self, turn: str) -> None:
        """A turn is over, and who asked for it has spoken."""
        self.stop(turn, state="ended", ended_at=self.at)
        if self.turns[turn]["request"]:
            self.change("requests", self.turns[turn]["request"], state="spoken")

    def go_on(self, turn: str) -> None:
        """Who was interrupted by a turn that is over goes on, if nothing is in the way."""
        waits = self.turns[turn]["interrupts"]
        while waits and self.turns[waits]["state"] in ("ended", "dropped"):
            waits = self.turns[waits]["interrupts"]
        if not waits or self.turns[waits]["state"] != "paused" or self.running() is not None:
            return
        if not self.silenced(self.lane(self.turns[waits])) and not self.used_up(self.turns[waits]):
            self.run(waits)

    def silenced(self, lane: Json) -> bool:
        """Whether a vote keeps a lane silent."""
        return bool(self.votes) and (lane["rules"]["paused_by_vote"] or lane["rules"]["blocked_by_vote"])

    def used_up(self, turn: Json) -> bool:
        """Whether a turn that ends at its limit has nothing left."""
        ends = self.lane(turn)["rules"]["at_limit"] == "end" and turn["planned_ms"] is not None
        return ends and self.used(turn) >= turn["planned_ms"]
