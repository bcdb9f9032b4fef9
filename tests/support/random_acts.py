"""Acts as they may come: of delegates for themselves, of the desk on what its console shows; most can be done."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from services.wire import (
    AdjustLane,
    Arrange,
    Ask,
    Call,
    CallAnswer,
    ChangeRequest,
    CloseLane,
    Defer,
    EndTurn,
    ExtendTurn,
    FloorActs,
    Interpose,
    LaneRules,
    OpenLane,
    PauseTurn,
    RecordFloor,
    Remove,
    ResumeTurn,
    ReturnLast,
    Skip,
    Stance,
    StartTurn,
    Withdraw,
    WriteOpinion,
)
from tests.support.naive_order import Json

_STANCES: tuple[Stance, ...] = ("for", "against", "other")
# A lane of each kind, with seconds for minutes.
RULES: dict[str, LaneRules] = {
    "speech": LaneRules(
        order="alternating",
        stances=_STANCES,
        turn_s=3,
        second_s=2,
        warn_s=1,
        turns_per_person=2,
        interposed_s=1,
        paused_by_vote=True,
        length=10,
        changes_per_request=1,
        withdrawals_per_person=1,
    ),
    "debate": LaneRules(
        order="groups",
        stances=_STANCES,
        turn_s=2,
        warn_s=1,
        group_s={"g0": 3, "g1": 4},
        shares={"g2": 2},
        waiting_per_person=2,
        withdrawals_per_person=2,
        opinions_per_person=1,
    ),
    "question": LaneRules(turn_s=1, answer_s=2, warn_s=0, at_limit="end", person_s=3),
    "question_debate": LaneRules(order="askers_first", turn_s=2, answer_s=2, interposed_s=1, lane_s=60),
    "point_of_order": LaneRules(
        turn_s=1, interrupts=True, blocked_by_vote=True, order="fewest_turns", waiting_per_person=2, warn_s=0
    ),
    "presentation": LaneRules(order="manual", guests=True, presence=False, item_s=600),
    "women_and_men": LaneRules(
        order="quoted", quoted_by="gender", shares={"nu": 2}, turn_s=2, at_limit="end"
    ),
}
_OWN = ("ask",) * 8 + ("change", "withdraw", "write", "foreign")
_DESK = (
    *("call",) * 12,
    *("start", "end", "answer", "interpose", "pause", "resume", "extend"),
    *("skip", "defer", "remove", "arrange", "return", "adjust", "close", "open", "open", "ask_for", "record"),
)
# What suits a turn.
_MOVES = {
    "called": ("start", "start", "start", "end"),
    "running": ("end", "pause", "extend", "interpose"),
    "paused": ("resume", "resume", "end"),
}
_OF_REQUESTS: dict[str, Callable[..., FloorActs]] = {
    "call": Call,
    "skip": Skip,
    "defer": Defer,
    "remove": Remove,
}
_OF_TURNS: dict[str, Callable[..., FloorActs]] = {
    "start": StartTurn,
    "end": EndTurn,
    "pause": PauseTurn,
    "resume": ResumeTurn,
    "answer": CallAnswer,
    "interpose": Interpose,
}
_numbers = itertools.count(1)


class Draw:
    """Draws acts of one meeting."""

    def __init__(self, rng: Random, meeting: str, items: Sequence[str], members: Sequence[str]) -> None:
        """`items`: of the agenda; `members`: of the roll."""
        self._rng = rng
        self._meeting = meeting
        self._items = items
        self._members = members

    def own(self, mine: Mapping[str, Any]) -> FloorActs:
        """What a delegate does who has asked under these ids."""
        rng, kind = self._rng, self._rng.choice(_OWN)
        some = rng.choice(list(mine)) if mine else "nobody"
        match kind:
            case "change":
                stance, note = rng.choice(_STANCES), rng.choice(("", "Đề nghị làm rõ nguồn vốn\nvà thời hạn"))
                return ChangeRequest(meeting=self._meeting, request=some, stance=stance, note=note)
            case "withdraw":
                return Withdraw(meeting=self._meeting, request=some)
            case "write":
                return WriteOpinion(meeting=self._meeting, item=rng.choice(self._items), text="Tôi đồng ý.")
            case "foreign":
                return Withdraw(meeting=self._meeting, request=f"xin-{rng.randint(1, 40)}")
            case _:
                return self._asking(some)

    def _asking(self, some: str, **more: Any) -> Ask:
        rng = self._rng
        lane = rng.choice([*RULES, "unknown"])
        stance = rng.choice(_STANCES) if lane in ("speech", "debate") else "other"
        identifier = some if rng.random() < 0.05 else f"xin-{next(_numbers)}"
        note = rng.choice(
            ("", "", f"Ý kiến về nội dung {rng.randint(1, 3)}", "x" * (2_001 if rng.random() < 0.1 else 9))
        )
        item = rng.choice(self._items)
        return Ask(
            meeting=self._meeting, id=identifier, item=item, lane=lane, stance=stance, note=note, **more
        )

    def desk(self, floor: Json) -> FloorActs:
        """What the desk does when its console shows this."""
        rng = self._rng
        moves = [(each["id"], move) for each in floor["turns"] for move in _MOVES[each["state"]]]
        moves += [(floor["last"]["id"], "answer")] if floor["last"] else []
        waiting = [each["waiting"] for each in floor["lanes"] if each["waiting"]]
        heads = [each["request"] for each in floor["turns"] if each["request"]]
        requests = (
            [each[0]["id"] for each in waiting] * 3 + [one["id"] for each in waiting for one in each] + heads
        )
        turns = [each["id"] for each in floor["turns"]] + ([floor["last"]["id"]] if floor["last"] else [])
        request, turn, kind = (
            rng.choice(requests or ["nobody"]),
            rng.choice(turns or ["t0"]),
            rng.choice(_DESK),
        )
        if moves and rng.random() < 0.5:
            turn, kind = rng.choice(moves)
        seen = floor["revision"] if rng.random() < 0.95 else max(0, floor["revision"] - 1)
        why: Json = {"meeting": self._meeting, "seen": seen}
        why["reason"] = rng.choice(("", "Theo đề nghị của đoàn", "Đại biểu bận tiếp dân"))
        here: Json = {"item": rng.choice(self._items), "lane": rng.choice(list(RULES))}
        someone: Json = {"member": rng.choice(self._members)} if rng.random() < 0.6 else {"name": "Bộ trưởng"}
        return self._made(kind, floor, why, here, request, turn, someone)

    def _made(
        self, kind: str, floor: Json, why: Json, here: Json, request: str, turn: str, someone: Json
    ) -> FloorActs:
        rng = self._rng
        match kind:
            case "call" | "skip" | "defer" | "remove":
                return _OF_REQUESTS[kind](**why, request=request)
            case "start" | "end" | "pause" | "resume":
                return _OF_TURNS[kind](**why, turn=turn)
            case "answer" | "interpose":
                return _OF_TURNS[kind](**why, turn=turn, **someone)
            case "extend":
                return ExtendTurn(**why, turn=turn, seconds=rng.randint(1, 3))
            case "arrange":
                lane: Json = rng.choice(floor["lanes"]) if floor["lanes"] else {"lane": here, "waiting": []}
                ids = [each["id"] for each in lane["waiting"]]
                rng.shuffle(ids)
                where = {"item": lane["lane"]["item"], "lane": lane["lane"]["lane"]}
                return Arrange(**why, **where, order=tuple(ids))
            case "return":
                return ReturnLast(**why, **here)
            case "adjust":
                rules = self.rules(here["lane"])
                return AdjustLane(**why, **here, rules=rules, closes_in_s=rng.choice((None, 1, 60)))
            case "close":
                return CloseLane(**why, **here)
            case "open":
                rules = self.rules(here["lane"])
                return OpenLane(**why, **here, rules=rules, closes_in_s=rng.choice((None, None, 2)))
            case "ask_for":
                guest: Json = (
                    {"guest": "Khách mời"} if rng.random() < 0.5 else {"member": rng.choice(self._members)}
                )
                return self._asking("nobody", **guest)
            case _:
                return RecordFloor(**why)

    def rules(self, lane: str) -> LaneRules | None:
        """The lane's rules, mostly; sometimes those of another, or none said."""
        return self._rng.choice((RULES[lane], RULES[lane], None, self._rng.choice(list(RULES.values()))))
