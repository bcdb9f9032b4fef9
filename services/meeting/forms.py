"""What goes over HTTP to and from the meeting desk, beside the messages of `services.wire`."""

from typing import Annotated

from msgspec import Meta

from services.wire import Compact, Hash, Id, Line, Message, Millis, Presence, Role, Title

ROWS_MOST = 10_000


class MeetingPlan(Message, frozen=True, kw_only=True):
    """A meeting to plan. Give an `id` to be able to ask again after a lost answer; `body` is the address's."""

    title: Title
    id: Id | None = None
    body: Id | None = None
    place: Line = ""
    starts_at: Millis = 0


class FrozenRoll(Message, frozen=True, kw_only=True):
    """The exact bytes of a frozen roll, as text, and their hash."""

    sha256: Hash
    roll: str


class PresenceOwn(Message, frozen=True, kw_only=True):
    """One comes, or leaves with a reason; the time is the server's."""

    present: bool
    reason: Line = ""


class PresenceMark(Message, frozen=True, kw_only=True):
    """The secretary marks one member; the time is the server's."""

    member: Id
    present: bool
    reason: Line = ""


class Seat(Message, frozen=True, kw_only=True):
    """A place in the hall, whose it is, and whether they are there (None: never marked)."""

    seat: Line
    member: Id
    name: Title
    group: Line = ""
    presence: Presence | None = None


class ChallengeAsked(Message, frozen=True, kw_only=True):
    """Ask for a challenge for this certificate, by its thumbprint."""

    credential: Hash


class Challenge(Message, frozen=True, kw_only=True):
    """What to sign, with the address it is signed for, before `expires_at`."""

    challenge: Annotated[str, Meta(max_length=200)]
    audience: str
    expires_at: Millis


class Admission(Message, frozen=True, kw_only=True):
    """The access token, and what it says."""

    token: Compact
    expires_at: Millis
    member: Id
    body: Id
    roles: tuple[Role, ...]
