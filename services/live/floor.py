"""The floor of a meeting as its screens see it: what they are told of each line, and the fold of that. No IO.

Screens fold the very messages that are folded here, so both stand at the same. The ledger's line goes to nobody: of an
act of the desk only its name, who did it and why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec.structs import replace

from services.rules import jws
from services.wire import (
    ActShown,
    FloorActed,
    FloorBegun,
    FloorChanged,
    FloorEntry,
    FloorNewsShown,
    FloorShown,
    Lane,
    LaneNews,
    LaneShown,
    QueueChange,
    RequestNews,
    RollTaken,
    SpeakRequest,
    Turn,
    TurnNews,
    VoteNews,
)

Key = tuple[str, str]
Left = Literal["called", "spoken", "withdrawn", "removed", "unreached"]
NOTHING = FloorShown()
_OVER = frozenset({"ended", "dropped"})
_lines: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)


class _Why(msgspec.Struct, frozen=True):
    """What a signed act says of itself. Only the desk's acts say what their console has `seen`."""

    act: str
    reason: str = ""
    seen: int | None = None


_reasons = msgspec.json.Decoder(_Why)


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of the floor's stream: its number, what screens are told of it, and its `turn.*` events."""

    number: int
    news: FloorNewsShown
    turns: bytes


def told(event: FloorChanged) -> FloorNewsShown:
    """What screens are told of a line. Raises msgspec.ValidationError for what is no line of a floor's ledger."""
    line = _lines.decode(event.line)
    if isinstance(line, FloorBegun | RollTaken):
        return FloorNewsShown(revision=event.revision, queues=event.queues)
    lanes = {(each.lane.item, each.lane.lane): each.lane for each in line.news if isinstance(each, LaneNews)}
    requests = {each.request.id: each.request for each in line.news if isinstance(each, RequestNews)}
    return FloorNewsShown(
        revision=event.revision,
        lanes=tuple(lanes.values()),
        requests=tuple(each for each in requests.values() if each.state == "waiting"),
        left={each.id: each.state for each in requests.values() if each.state != "waiting"},
        queues=event.queues,
        turns=tuple(each for each in line.news if isinstance(each, TurnNews)),
        votes=next((each.open for each in line.news if isinstance(each, VoteNews)), None),
        acts=_acts(line) if isinstance(line, FloorActed) else (),
    )


def _acts(line: FloorActed) -> tuple[ActShown, ...]:
    """The act of a line, if it is one of the desk."""
    try:
        why = _reasons.decode(jws.b64_decode(line.jws.split(".")[1].encode()))
    except (IndexError, jws.NotWellFormed) as error:
        raise msgspec.ValidationError("an act that nobody signed") from error
    return () if why.seen is None else (ActShown(act=why.act, by=line.by, reason=why.reason),)


def is_own(before: int | None, news: FloorNewsShown) -> bool:
    """Whether it is about requests alone and people's own doing: it moves no revision and may wait a moment.

    `before`: the revision before it, None if there was no floor.
    """
    return news.revision == before and not (news.turns or news.lanes or news.acts or news.votes is not None)


def is_nothing(news: FloorNewsShown) -> bool:
    """Whether there is nothing in it for a screen."""
    return news == FloorNewsShown(revision=news.revision)


def is_whole(floor: FloorShown | None, news: FloorNewsShown) -> bool:
    """Whether who waits has a place after it, and who left has none.

    Of lines that are committed together only the last tells how the order of a lane has changed.
    """
    lanes: dict[Key, tuple[SpeakRequest, ...]] = {(each.item, each.lane): () for each in news.queues}
    lanes |= {(each.lane.item, each.lane.lane): each.waiting for each in (floor or NOTHING).lanes}
    placed = {identifier for key, waiting in lanes.items() for identifier in _ids(waiting, key, news)}
    return placed.isdisjoint(news.left) and all(each.id in placed for each in news.requests)


def fold(floor: FloorShown | None, news: FloorNewsShown) -> FloorShown:
    """The floor after this news. Raises msgspec.ValidationError for news of what was never told of."""
    floor = floor or NOTHING
    turns, last = _turns(floor, news.turns)
    return replace(
        floor,
        revision=news.revision,
        lanes=_lanes(floor.lanes, news) if news.lanes or news.requests or news.queues else floor.lanes,
        turns=turns,
        last=last,
        votes=floor.votes if news.votes is None else news.votes,
    )


def _lanes(before: tuple[LaneShown, ...], news: FloorNewsShown) -> tuple[LaneShown, ...]:
    shown = {(each.lane.item, each.lane.lane): each for each in before}
    for lane in news.lanes:
        key = (lane.item, lane.lane)
        shown[key] = replace(shown.get(key, LaneShown(lane=lane)), lane=lane)
    try:
        touched = [(each.item, each.lane) for each in news.requests]
        touched += [(each.item, each.lane) for each in news.queues]
        for key in dict.fromkeys(touched):
            shown[key] = replace(shown[key], waiting=_waiting(shown[key].waiting, key, news))
    except KeyError as error:
        raise msgspec.ValidationError(f"never told of: {error}") from error
    return tuple(shown.values())


def _waiting(before: tuple[SpeakRequest, ...], key: Key, news: FloorNewsShown) -> tuple[SpeakRequest, ...]:
    known = {each.id: each for each in before}
    known |= {each.id: each for each in news.requests if (each.item, each.lane) == key}
    return tuple(known[identifier] for identifier in _ids(before, key, news))


def _ids(before: tuple[SpeakRequest, ...], key: Key, news: FloorNewsShown) -> list[str]:
    """The order of a lane's list after its splices."""
    ids = [each.id for each in before]
    for splice in news.queues:
        if (splice.item, splice.lane) == key:
            ids[splice.start : splice.start + splice.removed] = splice.put
    return ids


def _turns(floor: FloorShown, news: Iterable[TurnNews]) -> tuple[tuple[Turn, ...], Turn | None]:
    """The turns that are not over, as called, and the one that was the last to end."""
    turns = {each.id: each for each in floor.turns} | {each.turn.id: each.turn for each in news}
    ended = [each for each in turns.values() if each.state == "ended"]
    if floor.last is not None:
        ended.insert(0, floor.last)
    last = max(ended, key=lambda turn: turn.ended_at or 0, default=None)
    return tuple(each for each in turns.values() if each.state not in _OVER), last


def joined(changes: Sequence[FloorNewsShown]) -> FloorNewsShown:
    """What happened one after the other, told at once: a screen shows the same as if it was told one by one."""
    lanes: dict[Key, Lane] = {}
    requests: dict[str, SpeakRequest] = {}
    left: dict[str, Left] = {}
    queues: dict[Key, list[QueueChange]] = {}
    for news in changes:
        lanes |= {(each.item, each.lane): each for each in news.lanes}
        for request in news.requests:
            left.pop(request.id, None)
            requests[request.id] = request
        for identifier, how in news.left.items():
            requests.pop(identifier, None)
            left[identifier] = how
        for splice in news.queues:
            _add(queues.setdefault((splice.item, splice.lane), []), splice)
    return FloorNewsShown(
        revision=changes[-1].revision,
        lanes=tuple(lanes.values()),
        requests=tuple(requests.values()),
        left=left,
        queues=tuple(splice for splices in queues.values() for splice in splices),
        turns=tuple(each for news in changes for each in news.turns),
        votes=next((news.votes for news in reversed(changes) if news.votes is not None), None),
        acts=tuple(each for news in changes for each in news.acts),
    )


def _add(splices: list[QueueChange], then: QueueChange) -> None:
    """One more splice of a lane; inside what the one before it has put, the two are one."""
    if splices:
        first = splices[-1]
        at = then.start - first.start
        if at >= 0 and at + then.removed <= len(first.put):
            put = first.put[:at] + then.put + first.put[at + then.removed :]
            splices[-1] = replace(first, put=put)
            return
    splices.append(then)
