"""Who may do what: one matrix for all services, as data.

A route names its act; the token's roles are looked up here and nowhere else. `tests/unit/test_access.py` walks
every cell. Ballots are not in the matrix: a ballot is admitted by its own signature, not by a token.
"""

from typing import Literal

from services.refusal import Refused
from services.wire import Role, Token

Act = Literal[
    "anyone",
    "body.found",
    "body.read",
    "member.change",
    "meeting.plan",
    "meeting.read",
    "roll.change",
    "seats.change",
    "agenda.change",
    "presence.self",
    "presence.others",
    "poll.draft",
    "poll.announce",
    "poll.open",
    "poll.hold",
    "poll.resume",
    "poll.extend",
    "poll.close",
    "poll.declare",
    "poll.void",
    "poll.read",
    "ballot.begin",
    "receipt.read",
    "ledger.read",
    "invite.create",
    "credential.read",
    "credential.renew",
    "credential.revoke",
    "passkey.own",
    "remote.own",
    "certificate.sign",
    "minutes.ask",
    "minutes.read",
    "live.follow",
    "floor.act",
    "floor.read",
    "webhook.change",
]

_ALL: frozenset[Role] = frozenset({"secretary", "chair", "delegate", "observer"})
_DESK: frozenset[Role] = frozenset({"secretary", "chair"})
_CHAIR: frozenset[Role] = frozenset({"chair"})
_SECRETARY: frozenset[Role] = frozenset({"secretary"})
_MEMBERS: frozenset[Role] = frozenset({"secretary", "chair", "delegate"})

MATRIX: dict[Act, frozenset[Role]] = {
    # The operator keeps the machine: founds bodies and invites their first secretary, and has no word in a meeting.
    "body.found": frozenset({"operator"}),
    "body.read": _ALL | {"operator"},
    "member.change": _SECRETARY | {"operator"},
    "meeting.plan": _SECRETARY,
    "meeting.read": _ALL,
    "roll.change": _SECRETARY,
    "seats.change": _SECRETARY,
    "agenda.change": _DESK,
    "presence.self": _MEMBERS,
    "presence.others": _SECRETARY,
    "poll.draft": _DESK,
    "poll.announce": _DESK,
    "poll.open": _CHAIR,
    "poll.hold": _CHAIR,
    "poll.resume": _CHAIR,
    "poll.extend": _CHAIR,
    "poll.close": _CHAIR,
    "poll.declare": _CHAIR,
    "poll.void": _DESK,
    "poll.read": _ALL,
    # Whose it is, its own words say; that it is theirs in the end, its signature.
    "ballot.begin": _MEMBERS,
    "receipt.read": _MEMBERS,
    "ledger.read": _ALL,
    "invite.create": _SECRETARY | {"operator"},
    "credential.read": _DESK,
    "credential.renew": _MEMBERS,
    "credential.revoke": _SECRETARY | {"operator"},
    "passkey.own": _MEMBERS,
    "remote.own": _MEMBERS,
    # As secretary or as chair: which of them, the desk says.
    "certificate.sign": _DESK,
    "minutes.ask": _SECRETARY,
    "minutes.read": _ALL,
    "live.follow": _ALL,
    # Which of them may do which act, the rules say.
    "floor.act": _MEMBERS,
    "floor.read": _ALL,
    "webhook.change": _SECRETARY | {"operator"},
}


class NotSignedIn(Refused):
    """Sign in first: this needs an access token."""

    code = "not_signed_in"
    status = 401
    vi = "Cần đăng nhập: yêu cầu này phải có mã truy cập."


class NotAllowed(Refused):
    """Your role does not allow this ({act})."""

    code = "not_allowed"
    status = 403
    vi = "Vai trò của người đăng nhập không được phép làm việc này."


class ForeignBody(Refused):
    """This belongs to another body."""

    code = "foreign_body"
    status = 403
    vi = "Nội dung này thuộc cơ quan khác."


def must_may(token: Token | None, act: Act) -> None:
    """Raise unless the token's roles allow the act. Raises NotSignedIn, NotAllowed."""
    if act == "anyone":
        return
    if token is None:
        raise NotSignedIn
    if MATRIX[act].isdisjoint(token.roles):
        raise NotAllowed(act=act)


def must_be_of(token: Token | None, body: str) -> None:
    """Raise unless the token was issued for this body; the operator is of none and of all. Raises ForeignBody."""
    if token is not None and token.body != body and "operator" not in token.roles:
        raise ForeignBody
