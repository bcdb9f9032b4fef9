"""The matrix of services/access.py, cell by cell, against a table written out by hand."""

from typing import get_args

import pytest

from services.access import MATRIX, Act, ForeignBody, NotAllowed, NotSignedIn, must_be_of, must_may
from services.wire import Role, Token

ROLES: tuple[Role, ...] = ("operator", "secretary", "chair", "delegate", "observer")

# One column per role, in the order of ROLES: x may, - may not.
EXPECTED: dict[Act, str] = {
    "body.found": "x----",
    "body.read": "xxxxx",
    "member.change": "xx---",
    "meeting.plan": "-x---",
    "meeting.read": "-xxxx",
    "roll.change": "-x---",
    "seats.change": "-x---",
    "agenda.change": "-xx--",
    "presence.self": "-xxx-",
    "presence.others": "-x---",
    "poll.draft": "-xx--",
    "poll.announce": "-xx--",
    "poll.open": "--x--",
    "poll.hold": "--x--",
    "poll.resume": "--x--",
    "poll.extend": "--x--",
    "poll.close": "--x--",
    "poll.declare": "--x--",
    "poll.void": "-xx--",
    "poll.read": "-xxxx",
    "receipt.read": "-xxx-",
    "ballot.begin": "-xxx-",
    "ledger.read": "-xxxx",
    "invite.create": "xx---",
    "credential.read": "-xx--",
    "credential.renew": "-xxx-",
    "credential.revoke": "xx---",
    "passkey.own": "-xxx-",
    "remote.own": "-xxx-",
    "certificate.sign": "-xx--",
    "minutes.ask": "-x---",
    "minutes.read": "-xxxx",
    "live.follow": "-xxxx",
    "floor.act": "-xxx-",
    "floor.read": "-xxxx",
    "webhook.change": "xx---",
}
CELLS = [
    (act, role, mark == "x") for act, row in EXPECTED.items() for role, mark in zip(ROLES, row, strict=True)
]


def token(*roles: Role, body: str = "hdnd") -> Token:
    """A token with these roles."""
    return Token(sub="lan", body=body, roles=roles, iat=0, exp=1)


def test_table_is_whole() -> None:
    """The table names every act and every role there is, and no other."""
    assert set(EXPECTED) == set(get_args(Act)) - {"anyone"} == set(MATRIX)
    assert set(ROLES) == set(get_args(Role))


@pytest.mark.parametrize(("act", "role", "may"), CELLS, ids=[f"{act}-{role}" for act, role, _ in CELLS])
def test_cell(act: Act, role: Role, may: bool) -> None:
    """A role alone may do exactly what its cell says."""
    if may:
        must_may(token(role), act)
    else:
        with pytest.raises(NotAllowed) as refused:
            must_may(token(role), act)
        assert refused.value.facts == {"act": act}


@pytest.mark.parametrize("act", EXPECTED)
def test_stranger_may_nothing(act: Act) -> None:
    """Without a token nothing of the matrix is allowed."""
    with pytest.raises(NotSignedIn):
        must_may(None, act)


@pytest.mark.parametrize("act", EXPECTED)
def test_no_role_may_nothing(act: Act) -> None:
    """A member without any role may do nothing."""
    with pytest.raises(NotAllowed):
        must_may(token(), act)


def test_roles_add_up() -> None:
    """Who holds two roles may do what either allows."""
    must_may(token("secretary", "chair"), "poll.open")
    must_may(token("secretary", "chair"), "roll.change")


def test_anyone_may() -> None:
    """What anyone may do needs no token."""
    must_may(None, "anyone")


def test_body_of_another() -> None:
    """A token is good in its own body only; the operator's in all."""
    must_be_of(token("secretary"), "hdnd")
    must_be_of(token("operator", body="operator"), "hdnd")
    with pytest.raises(ForeignBody):
        must_be_of(token("secretary", "chair", "delegate"), "ubnd")
