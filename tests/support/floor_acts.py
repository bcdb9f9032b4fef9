"""Every act of the desk, each in a situation in which it can be done."""

from collections.abc import Callable
from typing import Any

from services.wire import (
    AdjustLane,
    Arrange,
    Call,
    CallAnswer,
    CloseLane,
    Defer,
    DeskAct,
    EndItem,
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
    StartTurn,
)
from tests.support.floor_desk import ITEM, FloorDesk
from tests.support.told_desk import CHAIR, MEETING

RULES = LaneRules(stances=("for", "against", "other"), turn_s=60, answer_s=60, interposed_s=30)
ASKED = ("xin-1", "xin-2", "xin-3")
_LANE = {"item": ITEM, "lane": "speech"}
_FIRST = {"request": ASKED[0]}

# By name: the kind of act, what it says, and what the desk does before it.
ACTS: dict[str, tuple[type[DeskAct], dict[str, Any], tuple[str, ...]]] = {
    "lane.open": (OpenLane, {"item": ITEM, "lane": "debate", "rules": RULES}, ()),
    "lane.adjust": (AdjustLane, {**_LANE, "closes_in_s": 600}, ()),
    "lane.close": (CloseLane, _LANE, ()),
    "item.end": (EndItem, {"item": ITEM}, ()),
    "arrange": (Arrange, {**_LANE, "order": ASKED[::-1]}, ()),
    "skip": (Skip, _FIRST, ()),
    "defer": (Defer, _FIRST, ()),
    "remove": (Remove, _FIRST, ()),
    "call": (Call, _FIRST, ()),
    "start": (StartTurn, {}, ("call",)),
    "pause": (PauseTurn, {}, ("call", "start")),
    "resume": (ResumeTurn, {}, ("call", "start", "pause")),
    "extend": (ExtendTurn, {"seconds": 60}, ("call", "start")),
    "interpose": (Interpose, {"name": "Đại biểu Quốc hội"}, ("call", "start")),
    "end": (EndTurn, {}, ("call", "start")),
    "answer": (CallAnswer, {"name": "Bộ trưởng"}, ("call", "start", "end")),
    "return": (ReturnLast, _LANE, ("call", "start", "end")),
    "record": (RecordFloor, {}, ()),
}
_OF_TURNS = (StartTurn, PauseTurn, ResumeTurn, ExtendTurn, Interpose, EndTurn, CallAnswer)


async def situation(desk: FloorDesk, name: str) -> Callable[[int], FloorActs]:
    """Three wait in a lane, and all that comes before this act was done: the act, by the revision that is seen."""
    await desk.open_lane(rules=RULES)
    for identifier, voter in zip(ASKED, desk.voters, strict=False):
        await desk.ask_to_speak(voter, id=identifier)
    kind, said, before = ACTS[name]
    turn = ""
    for step in before:
        made = ACTS[step]
        await desk.do(CHAIR, _act(made[0], made[1], turn, await desk.seen()))
        turn = turn or (await desk.shown()).turns[0].id
    return lambda seen: _act(kind, said, turn, seen)


def _act(kind: type[DeskAct], said: dict[str, Any], turn: str, seen: int) -> Any:
    of_turn: dict[str, Any] = {"turn": turn} if issubclass(kind, _OF_TURNS) else {}
    return kind(meeting=MEETING, seen=seen, reason="Theo điều hành của chủ tọa", **said, **of_turn)
