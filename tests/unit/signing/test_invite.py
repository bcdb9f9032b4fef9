"""Invites: codes that can be read aloud, and when one may be used."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.refusal import Refused
from services.signing import invite
from services.signing.errors import InviteUnknown
from services.signing.invite import Invitation

UNUSED = Invitation("hdnd", "mai", 1000, None, None, None, None)


def test_codes_are_long_and_legible() -> None:
    """A code has seven groups of four, from an alphabet without I, L, O, U: 140 bits."""
    codes = {invite.fresh_code() for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4] * 7
        assert not set(code) & set("ILOU")
    assert len(set("".join(codes))) == 33


def test_only_the_hash() -> None:
    """What is kept is the SHA-256 of the code without its hyphens."""
    code = invite.fresh_code()
    assert invite.fingerprint(code) == hashlib.sha256(code.replace("-", "").encode()).digest()


@given(st.text(alphabet=" -\t", max_size=3), st.booleans())
def test_as_people_type(between: str, small: bool) -> None:
    """Small letters, blanks and letters taken for digits are the same code."""
    code = "0123-4567-89AB-CDEF-GHJK-MNPQ-1010"
    typed = code.replace("-", between).replace("1", "l").replace("0", "o")
    assert invite.fingerprint(typed if small else typed.upper()) == invite.fingerprint(code)


@pytest.mark.parametrize(
    "code", ["", "0", "-" * 28, "U" * 28, "0" * 27, "0" * 29, "é" * 28, "0" * 27 + "\u0660"]
)
def test_no_code(code: str) -> None:
    """What cannot be a code is an unknown code, like any other."""
    with pytest.raises(InviteUnknown):
        invite.fingerprint(code)


@pytest.mark.parametrize(
    ("invitation", "now", "code"),
    [
        (UNUSED, 999, ""),
        (UNUSED, 1000, "invite_expired"),
        (replace(UNUSED, cancelled_at=5), 999, "invite_cancelled"),
        (replace(UNUSED, used_at=5), 999, "invite_used"),
        (replace(UNUSED, used_at=5, cancelled_at=5), 2000, "invite_used"),
    ],
)
def test_usable(invitation: Invitation, now: int, code: str) -> None:
    """An invite is good once, until it expires or a newer one comes."""
    found = ""
    try:
        invite.must_be_usable(invitation, now)
    except Refused as refused:
        found = refused.code
    assert found == code
