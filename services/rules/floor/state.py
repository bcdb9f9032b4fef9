"""The floor of one meeting as its ledger tells it: a fold over what each line says has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from types import MappingProxyType
from typing import TypeVar

import msgspec

from services.rules.floor.errors import ReplayDiffers
from services.rules.floor.speaking_time import person
from services.wire import (
    UNREADABLE,
    AnyNews,
    Body,
    FloorActed,
    FloorBegun,
    FloorEntry,
    FloorProfile,
    Lane,
    LaneNews,
    Opinion,
    OpinionNews,
    RequestNews,
    Roll,
    RollEntry,
    RollTaken,
    SpeakRequest,
    Turn,
    TurnNews,
    VoteNews,
)

K = TypeVar("K")
V = TypeVar("V")

Key = tuple[str, str]
Waiting = MappingProxyType[str, tuple[SpeakRequest, ...]]
# What anybody does for themselves leaves the desk's consoles right as they are.
_OWN = frozenset({"ask", "change", "withdraw", "write"})
OVER = frozenset({"ended", "dropped"})
_NOBODY: Waiting = MappingProxyType({})
_rolls = msgspec.json.Decoder(Roll)


@dataclass(frozen=True, slots=True)
class Floor:
    """Lanes by (item, lane), requests and turns by id, in the order in which they came; times in milliseconds.

    `lists`: who waits, by lane and person. `turn_ids`: of each person, as called. `active`: turns that are called,
    running or paused. `turn_events`: how often anything happened to a turn. `often`: how often somebody did what is
    capped, for `times`. `size`: lines folded. `revision`: how many lines there were when the desk, the clock or, after
    the desk's first act, a vote last changed something. `recorded`: the last line asks for a record. `at`: the last
    line's time.
    """

    meeting: str
    title: str
    body: Body
    profile: FloorProfile
    at: int
    roll: Mapping[str, RollEntry] = field(default_factory=lambda: MappingProxyType({}))
    roll_sha256: str = ""
    lanes: MappingProxyType[Key, Lane] = field(default_factory=lambda: MappingProxyType({}))
    requests: MappingProxyType[str, SpeakRequest] = field(default_factory=lambda: MappingProxyType({}))
    lists: MappingProxyType[Key, Waiting] = field(default_factory=lambda: MappingProxyType({}))
    turns: MappingProxyType[str, Turn] = field(default_factory=lambda: MappingProxyType({}))
    turn_ids: MappingProxyType[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    active: tuple[str, ...] = ()
    turn_events: int = 0
    opinions: MappingProxyType[Key, Opinion] = field(default_factory=lambda: MappingProxyType({}))
    votes: tuple[str, ...] = ()
    often: MappingProxyType[tuple[str, ...], int] = field(default_factory=lambda: MappingProxyType({}))
    revision: int = 0
    size: int = 1
    recorded: bool = False

    def turns_of(self, item: str, lane: str | None = None) -> list[Turn]:
        """The turns of an item, or of one of its lanes, that were not dropped, as called."""
        return [
            turn
            for turn in self.turns.values()
            if turn.item == item and lane in (None, turn.lane) and turn.state != "dropped"
        ]

    def waiting(self, item: str, lane: str) -> list[SpeakRequest]:
        """Who waits in a lane, as registered."""
        each_person = self.lists.get((item, lane), _NOBODY).values()
        return sorted(chain.from_iterable(each_person), key=lambda request: request.number)

    def waiting_of(self, item: str, lane: str, who: str) -> tuple[SpeakRequest, ...]:
        """The waiting requests of one `person` in a lane."""
        return self.lists.get((item, lane), _NOBODY).get(who, ())

    def speeches(self, item: str, lane: str, who: str) -> int:
        """How many speeches a person has had, or has been called to, in a lane."""
        turns = (self.turns[identifier] for identifier in self.turn_ids.get(who, ()))
        here = (turn for turn in turns if (turn.item, turn.lane, turn.role) == (item, lane, "speech"))
        return sum(turn.state != "dropped" for turn in here)

    def length(self, item: str, lane: str) -> int:
        """How many requests wait in a lane."""
        return sum(map(len, self.lists.get((item, lane), _NOBODY).values()))

    def times(self, *what: str) -> int:
        """How often a member withdrew what they asked for themselves ("withdraw", item, lane, member), a request was
        changed ("change", request), a member wrote ("write", item, member)."""
        return self.often.get(what, 0)

    def running(self) -> Turn | None:
        """The turn whose clock runs."""
        turns = (self.turns[identifier] for identifier in self.active)
        return next((turn for turn in turns if turn.state == "running"), None)


def begin(line: FloorEntry) -> Floor:
    """The floor after its first line. Raises ReplayDiffers for a line that begins none."""
    if not isinstance(line, FloorBegun):
        raise ReplayDiffers(index=0, what="no beginning")
    return Floor(meeting=line.meeting, title=line.title, body=line.body, profile=line.profile, at=line.at)


def fold(floor: Floor, line: FloorEntry) -> Floor:
    """The floor after one more line. Raises ReplayDiffers if the line cannot follow."""
    if line.at < floor.at or isinstance(line, FloorBegun):
        raise ReplayDiffers(index=floor.size, what="order")
    # No act but the one for a record leaves everything as it is.
    recorded = isinstance(line, FloorActed) and not line.news
    moved = replace(floor, at=line.at, size=floor.size + 1, recorded=recorded)
    if isinstance(line, RollTaken):
        return replace(moved, roll=_entries(floor, line.roll), roll_sha256=line.sha256)
    return _all_of(moved, line.news)


def told(floor: Floor, news: tuple[AnyNews, ...]) -> Floor:
    """The floor with these things changed, before there is a line of it."""
    return reduce(_one, news, floor)


def _entries(floor: Floor, raw: str) -> Mapping[str, RollEntry]:
    try:
        roll = _rolls.decode(raw)
    except UNREADABLE as error:
        raise ReplayDiffers(index=floor.size, what="roll") from error
    if roll.meeting != floor.meeting:
        raise ReplayDiffers(index=floor.size, what="the roll of another meeting")
    return MappingProxyType({entry.member: entry for entry in roll.entries})


def _all_of(floor: Floor, news: tuple[AnyNews, ...]) -> Floor:
    floor = told(floor, news)
    # A vote that was open before the desk's first act moved nothing: the floor may not have begun, and told of none.
    untouched = not floor.revision
    if any(each.cause not in _OWN and not (untouched and isinstance(each, VoteNews)) for each in news):
        return replace(floor, revision=floor.size)
    return floor


def _one(floor: Floor, news: AnyNews) -> Floor:
    match news:
        case LaneNews(lane=lane):
            return replace(floor, lanes=_with(floor.lanes, (lane.item, lane.lane), lane))
        case RequestNews(request=request):
            return _counted(_with_request(floor, request), news)
        case TurnNews(turn=turn):
            return _with_turn(floor, turn)
        case OpinionNews(opinion=opinion):
            opinions = _with(floor.opinions, (opinion.item, opinion.member), opinion)
            return _counted(replace(floor, opinions=opinions), news)
        case VoteNews(open=polls):
            return replace(floor, votes=polls)


def _counted(floor: Floor, news: RequestNews | OpinionNews) -> Floor:
    """With one more of what is capped, if it was that."""
    what: tuple[str, ...]
    match news:
        case RequestNews(cause="withdraw", request=request) if not request.by:
            what = ("withdraw", request.item, request.lane, request.member)
        case RequestNews(cause="change", request=request):
            what = ("change", request.id)
        case OpinionNews(opinion=opinion):
            what = ("write", opinion.item, opinion.member)
        case _:
            return floor
    return replace(floor, often=_with(floor.often, what, floor.times(*what) + 1))


def _with_request(floor: Floor, request: SpeakRequest) -> Floor:
    key, who = (request.item, request.lane), person(request.member, request.name)
    others = tuple(each for each in floor.waiting_of(*key, who) if each.id != request.id)
    own = (*others, request) if request.state == "waiting" else others
    lists = _with(floor.lists, key, _with(floor.lists.get(key, _NOBODY), who, own))
    return replace(floor, requests=_with(floor.requests, request.id, request), lists=lists)


def _with_turn(floor: Floor, turn: Turn) -> Floor:
    active = floor.active
    if turn.state in OVER:
        active = tuple(each for each in active if each != turn.id)
    elif turn.id not in active:
        active = (*active, turn.id)
    who = person(turn.member, turn.name)
    ids = dict.fromkeys((*floor.turn_ids.get(who, ()), turn.id))
    turn_ids = _with(floor.turn_ids, who, tuple(ids))
    turns, events = _with(floor.turns, turn.id, turn), floor.turn_events + 1
    return replace(floor, turns=turns, turn_ids=turn_ids, active=active, turn_events=events)


def _with(values: MappingProxyType[K, V], key: K, value: V) -> MappingProxyType[K, V]:
    return MappingProxyType(values | {key: value})
