"""A lost key is renewed by a login with a passkey: by that alone, at once, once, and for all to see."""

import asyncio
from typing import Any

import pytest

from services.kit import access_token
from services.signing.recovery_handlers import RECOVERIES
from services.wire import CredentialIssued, CredentialRevoked, Token
from tests.support.signing_desk import BODY, SigningDesk, request_of

pytestmark = pytest.mark.usefixtures("without_press")

PASSKEY = "B" * 43


@pytest.fixture
async def mai(desk: SigningDesk) -> dict[str, Any]:
    """Mai's first credential, enrolled a minute ago as far as the desk knows."""
    desk.clock.ahead = -60_000
    enrolled = await desk.enrol(await desk.invite("mai"), request_of())
    desk.clock.ahead = 0
    return enrolled


def by_passkey(desk: SigningDesk, member: str = "mai", *, ago: int = 0, **said: Any) -> str:
    """A token of who signed in with a passkey so many seconds ago."""
    iat = desk.clock() // 1000 - ago
    whole = {"passkey": PASSKEY, "roles": ("delegate",), "body": BODY} | said
    return access_token.issue(Token(sub=member, iat=iat, exp=iat + 900, **whole), desk.token_key)


async def recover(desk: SigningDesk, who: str, request: str, status: int | None = 201) -> Any:
    """Ask for a new key in place of the lost one."""
    return await desk.ask("POST", "/credentials/recover", {"request": request}, who=who, status=status)


async def test_recovery(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """The new key is good, the old one is revoked in the same breath, and the desk sees with which passkey."""
    new = await recover(desk, by_passkey(desk), request_of())
    _, issued, revoked = await desk.told()
    assert isinstance(issued, CredentialIssued)
    assert isinstance(revoked, CredentialRevoked)
    assert (issued.credential.thumbprint, issued.replaces) == (new["thumbprint"], mai["thumbprint"])
    assert (revoked.thumbprint, revoked.reason) == (mai["thumbprint"], "superseded")
    (seen,) = await desk.ask(
        "GET", f"/bodies/{BODY}/recoveries", who=desk.token("lan", "secretary"), status=200
    )
    assert (seen["member"], seen["thumbprint"], seen["replaces"], seen["passkey"]) == (
        *("mai", new["thumbprint"], mai["thumbprint"]),
        PASSKEY,
    )
    who = desk.token("mai", "delegate")
    assert await desk.refused("GET", f"/bodies/{BODY}/recoveries", who=who, status=403) == "not_allowed"


async def test_once_for_a_login(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """The same request again gets the same certificate; another one by the same login is refused."""
    who, request = by_passkey(desk), request_of()
    answers = await asyncio.gather(*(recover(desk, who, request) for _ in range(4)))
    assert len({answer["thumbprint"] for answer in answers}) == 1
    assert len(await desk.told()) == 3
    assert (await recover(desk, who, request_of(), 403))["code"] == "passkey_login_stale"
    # A login after that renews again: this phone, too, may be lost.
    desk.clock.ahead = 2_000
    later = await recover(desk, by_passkey(desk), request_of())
    assert later["thumbprint"] != answers[0]["thumbprint"]
    # And the first request is not answered with a certificate that is good no more.
    assert (await recover(desk, by_passkey(desk), request, 409))["code"] == "key_taken"


async def test_two_at_once_by_one_login(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """A stolen token and its owner's: one of them gets a key, the other is told to sign in again."""
    who = by_passkey(desk)
    answers = await asyncio.gather(*(recover(desk, who, request_of(), None) for _ in range(6)))
    assert sorted(one.get("code", "key") for one in answers) == ["key"] + ["passkey_login_stale"] * 5


async def test_which_logins(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Of the last five minutes, by a passkey and nothing else, of a member of this body."""
    for expected, who in (
        ("passkey_login_stale", by_passkey(desk, ago=301)),
        ("passkey_login_stale", by_passkey(desk, ago=-30)),
        ("passkey_login_needed", by_passkey(desk, passkey="")),
        ("passkey_login_needed", by_passkey(desk, credential=mai["thumbprint"])),
        ("credential_unknown", by_passkey(desk, body="ubnd")),
        ("credential_unknown", by_passkey(desk, "nam")),
        ("credential_unknown", by_passkey(desk, "ma")),
        ("not_allowed", by_passkey(desk, roles=("observer",))),
    ):
        assert (await recover(desk, who, request_of(), 403))["code"] == expected
    assert (await recover(desk, by_passkey(desk), "x", 400))["code"] == "csr_malformed"
    await recover(desk, by_passkey(desk, ago=5), request_of())


async def test_a_login_from_before_the_key(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Who was invited anew meanwhile, or renewed, has a key that an older login with a passkey does not take away."""
    who = by_passkey(desk, ago=10)
    again = await desk.enrol(await desk.invite("mai"), request_of())
    assert (await recover(desk, who, request_of(), 403))["code"] == "passkey_login_stale"
    shown = await desk.ask("GET", f"/credentials/{again['thumbprint']}", who=desk.token("mai", "delegate"))
    assert shown["thumbprint"] == again["thumbprint"]
    assert len(await desk.told()) == 3


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("lost", ""), ("left", "credential_revoked"), ("compromised", "credential_revoked")],
)
async def test_after_a_revocation(desk: SigningDesk, mai: dict[str, Any], reason: str, expected: str) -> None:
    """Who lost a key gets a new one; who was put out does not come back by a passkey."""
    path = f"/credentials/{mai['thumbprint']}/revoke"
    await desk.ask("POST", path, {"reason": reason}, who=desk.token("lan", "secretary"), status=204)
    came = await recover(desk, by_passkey(desk), request_of(), None)
    assert came.get("code", "") == expected
    if not expected:
        (seen,) = await desk.app[RECOVERIES].of_body(BODY)
        assert (seen.replaces, seen.thumbprint) == ("", came["thumbprint"])


async def test_a_passkey_signs_nothing(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """What wants the key that one signed in with is refused to who signed in with a passkey."""
    sent = {"request": request_of()}
    who = by_passkey(desk, roles=("delegate", "secretary", "chair"))
    assert await desk.refused("POST", "/credentials/renew", sent, who=who, status=403) == "no_credential"
