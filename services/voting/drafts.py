"""Drafts over HTTP: prepared in advance, changed or done away with until somebody puts them on the screens."""

from services.kit.problem import BodyWrong
from services.kit.route import Call, Route
from services.refusal import Refused
from services.roster.errors import MeetingUnknown
from services.rules.errors import ProfileUnknown, RuleUnsound, TextUnclean
from services.rules.profiles import PROFILES, Profile
from services.voting import errors, handlers
from services.voting.handlers import PREPARATION
from services.wire import DraftChange, DraftShown, Hash, Poll, PollDraft

_POLL = "/polls/{poll}"
_UNSOUND: tuple[type[Refused], ...] = (
    errors.DraftUnsound,
    errors.RerunWrong,
    errors.PollUnknown,
    ProfileUnknown,
    RuleUnsound,
    TextUnclean,
)


async def list_profiles(call: Call) -> list[Profile]:
    """The presets of bodies that we know, for whoever drafts a poll."""
    return list(PROFILES.values())


async def post_poll(call: Call) -> Poll:
    """Prepare a poll."""
    meeting = call.part("meeting")
    await handlers.must_be_ours(call, meeting)
    return await handlers.view(call, await call.app[PREPARATION].draft(meeting, call.body))


async def get_draft(call: Call) -> DraftShown:
    """A draft as it is kept."""
    await handlers.own(call)
    return await call.app[PREPARATION].draft_of(call.part("poll"))


async def put_draft(call: Call) -> Poll:
    """Change a draft."""
    await handlers.own(call)
    return await handlers.view(call, await call.app[PREPARATION].change(call.part("poll"), call.body))


async def delete_draft(call: Call) -> None:
    """Do away with a draft."""
    await handlers.own(call)
    seen = call.request.query.get("seen")
    if seen is None:
        raise BodyWrong(what="seen")
    await call.app[PREPARATION].drop(call.part("poll"), seen)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/profiles",
        list_profiles,
        "poll.read",
        "The presets that a poll may be drafted by: what carries, who must be there, what the buttons say.",
        gives=list[Profile],
    ),
    Route(
        "POST",
        "/meetings/{meeting}/polls",
        post_poll,
        "poll.draft",
        "Prepare a poll.",
        takes=PollDraft,
        gives=Poll,
        status=201,
        refuses=(MeetingUnknown, errors.PollExists, *_UNSOUND),
    ),
    Route(
        "GET",
        f"{_POLL}/draft",
        get_draft,
        "poll.draft",
        "A poll as it was prepared, and the hash that a change of it must have seen.",
        gives=DraftShown,
        refuses=(errors.PollUnknown,),
    ),
    Route(
        "PUT",
        f"{_POLL}/draft",
        put_draft,
        "poll.draft",
        "Change a draft that nobody else has changed since it was seen.",
        takes=DraftChange,
        gives=Poll,
        refuses=(*_UNSOUND, errors.TransitionWrong, errors.DraftChanged),
    ),
    Route(
        "DELETE",
        f"{_POLL}/draft",
        delete_draft,
        "poll.draft",
        "Do away with a draft that nobody else has changed since it was seen.",
        status=204,
        query=(("seen", Hash),),
        refuses=(errors.PollUnknown, errors.TransitionWrong, errors.DraftChanged),
    ),
)
