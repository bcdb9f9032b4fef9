"""A meeting's life: planned, open, ended. Each step may be asked for again; nothing goes back."""

import msgspec

from services.meeting.errors import MeetingEnded, OtherBody
from services.roster.errors import MeetingNotBegun
from services.rules.text import must_be_legible
from services.wire import Body, Meeting, MeetingPlan


def must_be_readable(body: Body) -> None:
    """Raise TextUnclean unless every text of the body may be shown to voters."""
    for field in ("name", "name_en", "noun", "noun_en"):
        must_be_legible(getattr(body, field), place=field)


def planned(body: str, plan: MeetingPlan, fresh: str) -> Meeting:
    """The meeting of a plan; `fresh` is its id if the plan has none. Raises OtherBody, TextUnclean."""
    if plan.body is not None and plan.body != body:
        raise OtherBody
    must_be_legible(plan.title, place="title")
    must_be_legible(plan.place, place="place")
    return Meeting(
        id=plan.id or fresh, body=body, title=plan.title, place=plan.place, starts_at=plan.starts_at
    )


def is_same_plan(one: Meeting, other: Meeting) -> bool:
    """Whether two meetings were planned alike, whatever became of them since."""
    return msgspec.structs.replace(one, state="planned") == msgspec.structs.replace(other, state="planned")


def opened(meeting: Meeting) -> Meeting:
    """The meeting once opened. Raises MeetingEnded."""
    must_go_on(meeting)
    return msgspec.structs.replace(meeting, state="open")


def ended(meeting: Meeting) -> Meeting:
    """The meeting once ended. Raises MeetingNotBegun."""
    if meeting.state == "planned":
        raise MeetingNotBegun
    return msgspec.structs.replace(meeting, state="ended")


def must_go_on(meeting: Meeting) -> None:
    """Raise MeetingEnded if nothing in it can change any more."""
    if meeting.state == "ended":
        raise MeetingEnded
