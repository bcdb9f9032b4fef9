"""What delegates do: ask to speak, change it, take it back. Pure; each gives what has changed."""

from dataclasses import dataclass

from msgspec.structs import replace

from services.rules.floor.errors import DeskOnly, VoteUnderWay
from services.rules.floor.lane_errors import LaneClosed, ListFull
from services.rules.floor.request_errors import (
    AlreadyWaiting,
    ChangedTooOften,
    GuestsNotTaken,
    NoteTooLong,
    NotWaiting,
    NotYours,
    RequestIdTaken,
    SpeakerAbsent,
    SpeakerNotOnRoll,
    SpeechesUsedUp,
    StanceWrong,
    WithdrawnTooOften,
)
from services.rules.floor.speakers import lane_of, request_of, state_of
from services.rules.floor.speaking_time import person
from services.rules.floor.state import Floor
from services.rules.floor.turn_errors import SpeakerMissing
from services.rules.text import must_be_clean
from services.wire import (
    AnyNews,
    Ask,
    ChangeRequest,
    Lane,
    RequestNews,
    Role,
    SpeakRequest,
    TurnNews,
    Withdraw,
)

LONGEST_NOTE = 2_000
_DESK = frozenset({"chair", "secretary"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server knows when an act comes: the time (milliseconds), who signed it and the roles they hold, whether
    the speaker is present (None: not asked for), the agenda item's title ("" for none)."""

    at: int
    by: str
    roles: tuple[Role, ...]
    present: bool | None = None
    title: str = ""


class Repeat(Exception):
    """Not a refusal: this was done before, by the line `index`, and stands; no line is written of it.

    `about`: the request to speak that it is about, "" for none.
    """

    def __init__(self, index: int, about: str = "") -> None:
        """The line that it repeats."""
        super().__init__(index)
        self.index = index
        self.about = about


def must_be_desk(facts: Facts) -> None:
    """Raise DeskOnly unless the chair or the secretary acts."""
    if _DESK.isdisjoint(facts.roles):
        raise DeskOnly


def ask(floor: Floor, act: Ask, facts: Facts) -> tuple[AnyNews, ...]:
    """A request to speak. Raises Repeat if it is one that waits already, else whatever it is refused for."""
    request = _request(floor, act, facts)
    lane = lane_of(floor, act.item, act.lane)
    _must_be_new(floor, request)
    if lane.state != "open":
        raise LaneClosed
    must_not_vote(floor, lane)
    if lane.rules.presence and request.member and not facts.present:
        raise SpeakerAbsent
    _must_suit(lane, act)
    _must_have_room(floor, lane, request)
    return (RequestNews(cause="ask", request=request),)


def change(floor: Floor, act: ChangeRequest, facts: Facts) -> tuple[AnyNews, ...]:
    """Another stance or note. Raises Repeat if it is what stands."""
    request = _own(floor, act.request, facts)
    if request.state != "waiting":
        raise NotWaiting(state=state_of(floor, request))
    if (act.stance, act.note) == (request.stance, request.note):
        raise Repeat(request.number, request.id)
    lane = lane_of(floor, request.item, request.lane)
    _must_suit(lane, act)
    if floor.times("change", request.id) >= lane.rules.changes_per_request:
        raise ChangedTooOften(most=lane.rules.changes_per_request)
    changed = replace(request, stance=act.stance, note=act.note)
    return (RequestNews(cause="change", request=changed),)


def withdraw(floor: Floor, act: Withdraw, facts: Facts) -> tuple[AnyNews, ...]:
    """Off the list by one's own will; also when called, as long as the turn has not begun."""
    request = _own(floor, act.request, facts)
    return taken_off(floor, request, "withdrawn", "withdraw", facts.at)


def taken_off(floor: Floor, request: SpeakRequest, state: str, cause: str, now: int) -> tuple[AnyNews, ...]:
    """A waiting or called request leaves the list as `state`; a turn that was called for it is dropped."""
    dropped = dropped_turn(floor, request, cause, now)
    return (RequestNews(cause=cause, request=replace(request, state=state)), *dropped)


def dropped_turn(floor: Floor, request: SpeakRequest, cause: str, now: int) -> tuple[AnyNews, ...]:
    """The turn that this request was called for, dropped. Raises NotWaiting if it is not on the list."""
    if request.state == "waiting":
        return ()
    called = [
        floor.turns[turn]
        for turn in floor.active
        if floor.turns[turn].request == request.id and floor.turns[turn].state == "called"
    ]
    if request.state != "called" or not called:
        raise NotWaiting(state=state_of(floor, request))
    turn = replace(called[0], state="dropped", ended_at=now)
    return (TurnNews(cause=cause, what="dropped", turn=turn),)


def must_not_vote(floor: Floor, lane: Lane) -> None:
    """Raise VoteUnderWay where a vote blocks the lane."""
    if floor.votes and lane.rules.blocked_by_vote:
        raise VoteUnderWay(poll=floor.votes[0])


def speaker(floor: Floor, member: str, name: str) -> tuple[str, str, str]:
    """Name, group and seat of who speaks: of the roll, or anybody by name.

    Raises SpeakerNotOnRoll, SpeakerMissing (neither, or both), TextUnclean.
    """
    if bool(member) == bool(name):
        raise SpeakerMissing
    if member:
        entry = floor.roll.get(member)
        if entry is None:
            raise SpeakerNotOnRoll
        return entry.name, entry.group, entry.seat
    must_be_clean(name, place="name")
    return name, "", ""


def _request(floor: Floor, act: Ask, facts: Facts) -> SpeakRequest:
    for_other = bool(act.guest) or act.member not in ("", facts.by)
    if for_other and _DESK.isdisjoint(facts.roles):
        raise NotYours
    if act.guest and not lane_of(floor, act.item, act.lane).rules.guests:
        raise GuestsNotTaken
    member = act.member or ("" if act.guest else facts.by)
    name, group, seat = speaker(floor, member, act.guest)
    return SpeakRequest(
        id=act.id,
        item=act.item,
        lane=act.lane,
        member=member,
        name=name,
        group=group,
        seat=seat,
        stance=act.stance,
        note=act.note,
        number=floor.size,
        at=facts.at,
        by=facts.by if for_other else "",
    )


def _must_be_new(floor: Floor, request: SpeakRequest) -> None:
    """Raise Repeat for the same id again by the same person, RequestIdTaken for a mix-up."""
    old = floor.requests.get(request.id)
    if old is None:
        return
    same_person = person(old.member, old.name) == person(request.member, request.name)
    if (old.item, old.lane) == (request.item, request.lane) and same_person:
        raise Repeat(old.number, old.id)
    raise RequestIdTaken


def _must_not_wait(own: tuple[SpeakRequest, ...], request: SpeakRequest, most: int) -> None:
    """Raise AlreadyWaiting if the person has asked often enough; Repeat if they only said the same twice."""
    if len(own) < most:
        return
    for old in own:
        if (old.stance, old.note) == (request.stance, request.note):
            raise Repeat(old.number, old.id)
    raise AlreadyWaiting(request=own[0].id, most=most)


def _must_suit(lane: Lane, said: Ask | ChangeRequest) -> None:
    """Raise StanceWrong, NoteTooLong, TextUnclean."""
    if said.stance not in lane.rules.stances:
        raise StanceWrong(stances=", ".join(lane.rules.stances))
    if len(said.note) > LONGEST_NOTE:
        raise NoteTooLong(length=len(said.note), most=LONGEST_NOTE)
    must_be_clean(said.note, place="note", multiline=True)


def _must_have_room(floor: Floor, lane: Lane, request: SpeakRequest) -> None:
    who = person(request.member, request.name)
    own = floor.waiting_of(lane.item, lane.lane, who)
    _must_not_wait(own, request, lane.rules.waiting_per_person)
    most = lane.rules.turns_per_person
    if most is not None and floor.speeches(lane.item, lane.lane, who) + len(own) >= most:
        raise SpeechesUsedUp(most=most)
    _must_not_be_full(floor, lane)
    if not request.by:
        _must_mean_it(floor, lane, request)


def _must_mean_it(floor: Floor, lane: Lane, request: SpeakRequest) -> None:
    """Raise WithdrawnTooOften for who asks for themselves and has taken it back as often as the rules allow."""
    most = lane.rules.withdrawals_per_person
    if floor.times("withdraw", lane.item, lane.lane, request.member) >= most:
        raise WithdrawnTooOften(most=most)


def _must_not_be_full(floor: Floor, lane: Lane) -> None:
    most = lane.rules.length
    if most is not None and floor.length(lane.item, lane.lane) >= most:
        raise ListFull(length=most)


def _own(floor: Floor, identifier: str, facts: Facts) -> SpeakRequest:
    """A request that this person may change: their own, or for the desk one that the desk has made for somebody.

    What people asked themselves the desk takes off the list only with a reason (`Remove`), and never changes. Raises
    RequestUnknown, NotYours.
    """
    request = request_of(floor, identifier)
    if request.member != facts.by and (not request.by or _DESK.isdisjoint(facts.roles)):
        raise NotYours
    return request
