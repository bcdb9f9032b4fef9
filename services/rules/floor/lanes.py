"""What the desk does to whole lanes: open, adjust, close; and to an item: end it."""

from msgspec.structs import replace

from services.rules.floor import speaking_time, turns
from services.rules.floor.errors import FloorReasonMissing
from services.rules.floor.lane_errors import (
    ItemEnded,
    ItemUnknown,
    LaneClosed,
    LaneOpenAlready,
    LaneRulesUnsound,
    LaneUnknown,
)
from services.rules.floor.requests import Facts
from services.rules.floor.speakers import lane_of
from services.rules.floor.state import Floor, told
from services.rules.text import must_be_clean
from services.wire import (
    AdjustLane,
    AnyNews,
    CloseLane,
    EndItem,
    Lane,
    LaneNews,
    LaneRules,
    OpenLane,
    RequestNews,
)

_ORDERING = ("order", "quoted_by", "shares")


def open_lane(floor: Floor, act: OpenLane, facts: Facts) -> tuple[AnyNews, ...]:
    """A lane that takes requests. Raises ItemUnknown, ItemEnded, LaneUnknown, LaneOpenAlready, LaneRulesUnsound;
    FloorReasonMissing for rules that are neither the profile's nor, of a lane opened again, those it had."""
    if not facts.title:
        raise ItemUnknown
    _must_go_on(floor, act.item)
    old = floor.lanes.get((act.item, act.lane))
    if old is not None and old.state == "open":
        raise LaneOpenAlready
    standing = old.rules if old is not None else floor.profile.lanes.get(act.lane)
    rules = act.rules or standing
    if rules is None:
        raise LaneUnknown
    must_be_sound(rules)
    if rules != standing and not act.reason:
        raise FloorReasonMissing
    closes_at = _closing(act.closes_in_s, facts.at)
    lane = Lane(item=act.item, lane=act.lane, title=facts.title, rules=rules, closes_at=closes_at)
    if old is not None:
        lane = replace(_under(old, rules), state="open", closes_at=closes_at)
    return (LaneNews(cause="lane.open", lane=lane),)


def adjust(floor: Floor, act: AdjustLane, facts: Facts) -> tuple[AnyNews, ...]:
    """New rules or closing time; another algorithm orders all anew. Raises LaneClosed, LaneRulesUnsound."""
    lane = lane_of(floor, act.item, act.lane)
    _must_go_on(floor, act.item)
    if lane.state != "open" and act.closes_in_s is not None:
        raise LaneClosed
    rules = act.rules or lane.rules
    must_be_sound(rules)
    adjusted = replace(_under(lane, rules), closes_at=_closing(act.closes_in_s, facts.at))
    return (LaneNews(cause="lane.adjust", lane=adjusted),)


def close(floor: Floor, act: CloseLane) -> tuple[AnyNews, ...]:
    """No more requests; who waits stays. Raises LaneClosed."""
    lane = lane_of(floor, act.item, act.lane)
    if lane.state != "open":
        raise LaneClosed
    return (closed(lane, "lane.close"),)


def closed(lane: Lane, cause: str) -> LaneNews:
    """The lane, taking no more requests."""
    return LaneNews(cause=cause, lane=replace(lane, state="closed", closes_at=None))


def end_item(floor: Floor, act: EndItem, facts: Facts) -> tuple[AnyNews, ...]:
    """The item's turns and lanes end; who was not reached is invited to write. Raises ItemUnknown, ItemEnded."""
    lanes = [lane for lane in floor.lanes.values() if lane.item == act.item]
    if not lanes:
        raise ItemUnknown
    _must_go_on(floor, act.item)
    news: list[AnyNews] = [*_turns_over(floor, act.item, facts.at)]
    for request in floor.requests.values():
        if request.item == act.item and request.state in ("waiting", "called"):
            spoke = request.state == "called" and _speaks(floor, request.id)
            state = "spoken" if spoke else "unreached"
            news.append(RequestNews(cause="item.end", request=replace(request, state=state)))
    news += [LaneNews(cause="item.end", lane=replace(lane, state="ended", closes_at=None)) for lane in lanes]
    return tuple(news)


def must_be_sound(rules: LaneRules) -> None:
    """Raise LaneRulesUnsound, TextUnclean for rules that cannot work."""
    if (rules.order == "quoted") != bool(rules.quoted_by):
        raise LaneRulesUnsound(what="quoted_by")
    if not rules.stances or len(set(rules.stances)) != len(rules.stances):
        raise LaneRulesUnsound(what="stances")
    if rules.order == "alternating" and not {"for", "against"} <= set(rules.stances):
        raise LaneRulesUnsound(what="alternating needs for and against")
    if rules.turns_per_person is not None and rules.waiting_per_person > rules.turns_per_person:
        raise LaneRulesUnsound(what="waiting_per_person")
    for name in (rules.quoted_by, *rules.shares, *rules.group_s):
        must_be_clean(name, place="rules")


def _under(lane: Lane, rules: LaneRules) -> Lane:
    """The lane under other rules: what was arranged by hand holds unless the order is another."""
    anew = any(getattr(rules, name) != getattr(lane.rules, name) for name in _ORDERING)
    return replace(lane, rules=rules, arranged=() if anew else lane.arranged)


def _must_go_on(floor: Floor, item: str) -> None:
    if any(lane.item == item and lane.state == "ended" for lane in floor.lanes.values()):
        raise ItemEnded


def _closing(seconds: int | None, now: int) -> int | None:
    return None if seconds is None else now + seconds * speaking_time.SECOND


def _speaks(floor: Floor, request: str) -> bool:
    """Whether the turn of a called request has begun."""
    return any(
        floor.turns[turn].request == request and floor.turns[turn].started_at is not None
        for turn in floor.active
    )


def _turns_over(floor: Floor, item: str, now: int) -> list[AnyNews]:
    """Each turn of the item over; who was interrupted by one of them in another item goes on."""
    active = [floor.turns[identifier] for identifier in floor.active]
    over = [turn for turn in active if turn.item == item]
    news: list[AnyNews] = []
    for turn in over:
        if turn.state == "called":
            dropped = replace(turn, state="dropped", ended_at=now)
            news.append(turns.happened("dropped", "item.end", dropped))
        else:
            news.append(turns.happened("ended", "item.end", speaking_time.end(turn, now)))
    for turn in over:
        news += turns.gone_on(told(floor, tuple(news)), turn, "item.end", now)
    return news
