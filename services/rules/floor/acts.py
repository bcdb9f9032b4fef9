"""Every act on the floor: read the signature, find the rule, tell what changes. The one place that knows them all."""

from collections.abc import Callable

import msgspec

from services.rules import jws
from services.rules.ballot import Holder
from services.rules.floor import arranging, lanes, opinion, questions, requests, turns
from services.rules.floor.errors import FloorMoved, FloorReasonMissing, ForeignFloor
from services.rules.floor.requests import Facts, Repeat, must_be_desk
from services.rules.floor.state import Floor
from services.rules.text import must_be_clean
from services.wire import (
    AdjustLane,
    AnyNews,
    Arrange,
    Ask,
    Call,
    CallAnswer,
    ChangeRequest,
    CloseLane,
    Defer,
    DeskAct,
    EndItem,
    EndTurn,
    ExtendTurn,
    FloorActs,
    Interpose,
    OpenLane,
    PauseTurn,
    RecordFloor,
    Remove,
    ResumeTurn,
    ReturnLast,
    Skip,
    StartTurn,
    Withdraw,
    WriteOpinion,
)

TYP = "plenary-floor+jws"
CTY = "application/vnd.plenary.floor+json"
LIMIT = 65_536

_NEED_REASON = (AdjustLane, Arrange, Skip, Defer, Remove, ReturnLast, ExtendTurn)
_acts: msgspec.json.Decoder[FloorActs] = msgspec.json.Decoder(FloorActs)


def read(raw: bytes, holder_of: Callable[[str], Holder]) -> tuple[FloorActs, Holder]:
    """A genuine act and who signed it. Raises as `jws.split`, `jws.verify`, and `holder_of` do."""
    parts = jws.split(raw, TYP, CTY, LIMIT)
    holder = holder_of(parts.header.x5t_S256)
    jws.verify(parts, holder.key)
    return jws.parse(parts.payload, _acts), holder


def said(compact: str) -> FloorActs:
    """What an act says that was found genuine before; nothing is verified here. Raises jws.NotWellFormed."""
    return jws.parse(jws.b64_decode(compact.split(".")[1].encode()), _acts)


def decide(floor: Floor, act: FloorActs, facts: Facts) -> tuple[AnyNews, ...]:
    """What an act changes, in the order in which it happens. Raises Repeat, or the rule's refusal."""
    if act.meeting != floor.meeting:
        raise ForeignFloor
    if isinstance(act, DeskAct):
        must_be_desk(facts)
        if act.reason:
            must_be_clean(act.reason, place="reason")
        if isinstance(act, _NEED_REASON) and not act.reason:
            raise FloorReasonMissing
        if act.seen != floor.revision:
            raise FloorMoved(revision=floor.revision)
        return _by_desk(floor, act, facts)
    match act:
        case Ask():
            return requests.ask(floor, act, facts)
        case ChangeRequest():
            return requests.change(floor, act, facts)
        case Withdraw():
            return requests.withdraw(floor, act, facts)
        case WriteOpinion():
            return opinion.write(floor, act, facts)


def _by_desk(floor: Floor, act: DeskAct, facts: Facts) -> tuple[AnyNews, ...]:
    match act:
        case OpenLane():
            return lanes.open_lane(floor, act, facts)
        case AdjustLane():
            return lanes.adjust(floor, act, facts)
        case CloseLane():
            return lanes.close(floor, act)
        case EndItem():
            return lanes.end_item(floor, act, facts)
        case Arrange():
            return arranging.arrange(floor, act)
        case Skip():
            return arranging.skip(floor, act, facts.at)
        case Defer():
            return arranging.defer(floor, act, facts.at)
        case Remove():
            return arranging.remove(floor, act, facts.at)
        case ReturnLast():
            return arranging.return_last(floor, act)
        case RecordFloor():
            return _record(floor)
        case _:
            return _on_turn(floor, act, facts)


def _record(floor: Floor) -> tuple[AnyNews, ...]:
    """Nothing on the floor changes by it; asked for twice with nothing in between, it is one record."""
    if floor.recorded:
        raise Repeat(floor.size - 1)
    return ()


def _on_turn(floor: Floor, act: DeskAct, facts: Facts) -> tuple[AnyNews, ...]:
    match act:
        case Call():
            return turns.call(floor, act, facts)
        case CallAnswer():
            return questions.answer(floor, act, facts)
        case Interpose():
            return questions.interpose(floor, act, facts)
        case StartTurn():
            return turns.start(floor, act, facts)
        case PauseTurn():
            return turns.pause(floor, act, facts)
        case ResumeTurn():
            return turns.resume(floor, act, facts)
        case ExtendTurn():
            return turns.extend(floor, act, facts)
        case EndTurn():
            return turns.end(floor, act, facts)
        case _:
            raise TypeError(type(act))
