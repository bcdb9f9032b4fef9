"""What happens by itself: the server's clock closes lanes, warns, ends turns, and puts a group behind that has spoken
its time away; a vote opens and closes."""

from msgspec.structs import replace

from services.rules.floor import speaking_time, turns
from services.rules.floor.lanes import closed
from services.rules.floor.speakers import lane_of
from services.rules.floor.state import Floor
from services.wire import AnyNews, LaneNews, PollState, Turn, TurnNews, VoteNews


def due(floor: Floor) -> int | None:
    """When the clock has something to do next (milliseconds); None if nothing waits for it."""
    moments = [lane.closes_at for lane in floor.lanes.values() if lane.state == "open"]
    running = floor.running()
    if running is not None and running.warned < 2:
        moments += [running.deadline, running.warn_at]
    elif running is not None and _ends(floor, running):
        moments.append(running.deadline)
    if running is not None:
        moments.append(_spent_at(floor, running))
    return min((moment for moment in moments if moment is not None), default=None)


def tick(floor: Floor, now: int) -> tuple[AnyNews, ...]:
    """All that the clock does by now; nothing if nothing is due."""
    news: list[AnyNews] = [
        closed(lane, "clock")
        for lane in floor.lanes.values()
        if lane.state == "open" and lane.closes_at is not None and lane.closes_at <= now
    ]
    running = floor.running()
    if running is not None:
        news += _reordered(floor, running, now)
        news += _limits(floor, running, now)
    return tuple(news)


def voting(floor: Floor, poll: str, state: PollState, now: int) -> tuple[AnyNews, ...]:
    """What a vote's opening or end changes here; nothing if it was known."""
    polls = _open_after(floor, poll, state)
    if polls == floor.votes:
        return ()
    news: list[AnyNews] = [VoteNews(cause="vote", open=polls)]
    running = floor.running()
    if polls and running is not None and lane_of(floor, running.item, running.lane).rules.paused_by_vote:
        news.append(TurnNews(cause="vote", what="paused", turn=speaking_time.stop(running, now)))
    return tuple(news)


def _open_after(floor: Floor, poll: str, state: PollState) -> tuple[str, ...]:
    """The polls that are open after one of them came into a state; one that is held is open still, and so is one that
    waits for ballots that are with signing services: nobody is to speak before it is closed."""
    if state not in ("open", "held", "closing"):
        return tuple(each for each in floor.votes if each != poll)
    return floor.votes if poll in floor.votes else (*floor.votes, poll)


def _spent_at(floor: Floor, running: Turn) -> int | None:
    """When the time of who speaks changes an order: their group comes last from the moment when it has none left."""
    lane = lane_of(floor, running.item, running.lane)
    if lane.rules.order != "groups":
        return None
    return speaking_time.spent_at(lane, floor.turns_of(lane.item), running, floor.at)


def _reordered(floor: Floor, running: Turn, now: int) -> tuple[AnyNews, ...]:
    """The lane of who speaks, told anew for its order; nothing of it but the order is another."""
    spent_at = _spent_at(floor, running)
    if spent_at is None or spent_at > now:
        return ()
    lane = lane_of(floor, running.item, running.lane)
    closes = lane.state == "open" and lane.closes_at is not None and lane.closes_at <= now
    return () if closes else (LaneNews(cause="clock", lane=lane),)


def _limits(floor: Floor, running: Turn, now: int) -> tuple[AnyNews, ...]:
    """The running turn's warnings, and its end where the rules end it."""
    if running.deadline is None:
        return ()
    if running.deadline <= now:
        if _ends(floor, running):
            return turns.ended(floor, running, "clock", now)
        return _warned(running, 2)
    if running.warn_at is not None and running.warn_at <= now:
        return _warned(running, 1)
    return ()


def _warned(turn: Turn, times: int) -> tuple[AnyNews, ...]:
    if turn.warned >= times:
        return ()
    warned = replace(turn, warned=times, warn_at=None)
    return (TurnNews(cause="clock", what="warned", turn=warned),)


def _ends(floor: Floor, turn: Turn) -> bool:
    return lane_of(floor, turn.item, turn.lane).rules.at_limit == "end"
