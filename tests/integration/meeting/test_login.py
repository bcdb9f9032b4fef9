"""The door: challenges, answers, tokens, over HTTP on real stores."""

import asyncio
from typing import Any

import pytest

from services.kit import access_token
from services.kit.clock import now
from services.meeting.handlers import DOORKEEPER
from services.rules import jws
from tests.support.enrolled import Person, enrol, fresh_key
from tests.support.meeting_desk import AUDIENCE, MeetingDesk


async def known(hall: MeetingDesk, person: Person, index: int = 0) -> Person:
    """Let the desk learn of a person's certificate."""
    await hall.app[DOORKEEPER].learn(person.issued(index))
    return person


async def challenged(hall: MeetingDesk, person: Person) -> str:
    """A challenge for this person."""
    answer = await hall.ask("POST", "/challenges", {"credential": person.thumbprint}, status=200)
    assert answer["audience"] == AUDIENCE
    return str(answer["challenge"])


async def answer(hall: MeetingDesk, raw: bytes, **how: Any) -> Any:
    """Send a signed answer."""
    return await hall.ask("POST", "/tokens", raw, media="application/jose", **how)


async def refused(hall: MeetingDesk, raw: bytes, status: int) -> str:
    """The code of a signed answer that must be refused."""
    return await hall.refused("POST", "/tokens", raw, media="application/jose", status=status)


@pytest.mark.parametrize("kind", ["ES256", "RS256", "PS256", "EdDSA"])
async def test_signing_in(hall: MeetingDesk, kind: str) -> None:
    """Who holds an enrolled key of any kind gets a token with the roles of their member."""
    hung = await known(hall, enrol("hung", kind))
    raw = hung.login(await challenged(hall, hung), AUDIENCE, alg=kind)
    given = await answer(hall, raw, status=200)
    said = access_token.verify(given["token"], hall.token_key.public_key(), now() // 1000)
    assert (said.sub, said.body, said.roles, said.credential) == (
        "hung",
        "hdnd",
        ("chair", "delegate"),
        hung.thumbprint,
    )
    assert (given["member"], given["body"], given["roles"]) == ("hung", "hdnd", ["chair", "delegate"])
    assert given["expires_at"] == said.exp * 1000
    assert said.exp - said.iat == 900
    assert (await hall.ask("GET", "/meetings/ky-hop", who=given["token"], status=200))["id"] == "ky-hop"


async def test_once_only(hall: MeetingDesk) -> None:
    """A challenge opens the door once, however many answers arrive at once."""
    mai = await known(hall, enrol("mai"))
    raw = mai.login(await challenged(hall, mai), AUDIENCE)
    answers = await asyncio.gather(*(answer(hall, raw) for _ in range(16)))
    assert sorted(one.get("code", "token") for one in answers) == ["challenge_used"] * 15 + ["token"]
    assert await refused(hall, raw, 409) == "challenge_used"


async def test_used_stays_used_until_it_expires(hall: MeetingDesk) -> None:
    """Forgetting expired challenges does not make a used one good again."""
    mai = await known(hall, enrol("mai"))
    raw = mai.login(await challenged(hall, mai), AUDIENCE)
    await answer(hall, raw, status=200)
    hall.clock.ahead = 119_000
    await answer(hall, mai.login(await challenged(hall, mai), AUDIENCE), status=200)
    assert await refused(hall, raw, 409) == "challenge_used"
    hall.clock.ahead = 120_001
    await answer(hall, mai.login(await challenged(hall, mai), AUDIENCE), status=200)
    assert await refused(hall, raw, 403) == "challenge_expired"


async def test_too_late(hall: MeetingDesk) -> None:
    """A challenge is good for two minutes."""
    mai = await known(hall, enrol("mai"))
    raw = mai.login(await challenged(hall, mai), AUDIENCE)
    hall.clock.ahead = 120_001
    assert await refused(hall, raw, 403) == "challenge_expired"


async def test_other_key(hall: MeetingDesk) -> None:
    """A thumbprint without its key is worth nothing."""
    mai = await known(hall, enrol("mai"))
    raw = mai.login(await challenged(hall, mai), AUDIENCE, key=fresh_key())
    assert await refused(hall, raw, 400) == "signature_wrong"


async def test_challenge_of_another(hall: MeetingDesk) -> None:
    """A challenge given to one person cannot be answered by another."""
    mai, nam = await known(hall, enrol("mai")), await known(hall, enrol("nam"), 1)
    assert await refused(hall, nam.login(await challenged(hall, mai), AUDIENCE), 403) == "challenge_wrong"


async def test_other_audience(hall: MeetingDesk) -> None:
    """An answer signed for another address is refused: nobody can pass our challenge on."""
    mai = await known(hall, enrol("mai"))
    raw = mai.login(await challenged(hall, mai), "https://evil.example")
    assert await refused(hall, raw, 403) == "audience_wrong"


async def test_made_up_challenge(hall: MeetingDesk) -> None:
    """A challenge that we did not give is refused."""
    mai = await known(hall, enrol("mai"))
    for challenge in ("", "x", f"{now() + 60_000}.AAAA.BBBB", "9" * 2000):
        assert await refused(hall, mai.login(challenge, AUDIENCE), 403) == "challenge_wrong"


async def test_unknown(hall: MeetingDesk) -> None:
    """A certificate that signing did not tell of gets no challenge and no token."""
    stranger, mai = enrol("mai"), await known(hall, enrol("mai"))
    asked = {"credential": stranger.thumbprint}
    assert await hall.refused("POST", "/challenges", asked, status=403) == "credential_unknown"
    raw = stranger.login(await challenged(hall, mai), AUDIENCE)
    assert await refused(hall, raw, 403) == "credential_unknown"


async def test_no_member(hall: MeetingDesk) -> None:
    """A certificate of somebody who is no member opens nothing."""
    ghost = await known(hall, enrol("ghost"))
    raw = ghost.login(await challenged(hall, ghost), AUDIENCE)
    assert await refused(hall, raw, 403) == "credential_unknown"


async def test_revoked(hall: MeetingDesk) -> None:
    """A revoked certificate opens nothing from the moment the news is there, not even with a challenge in hand."""
    mai = await known(hall, enrol("mai"))
    raw = mai.login(await challenged(hall, mai), AUDIENCE)
    await hall.app[DOORKEEPER].learn(mai.revoked(1))
    assert await refused(hall, raw, 403) == "credential_revoked"
    asked = {"credential": mai.thumbprint}
    assert await hall.refused("POST", "/challenges", asked, status=403) == "credential_revoked"


async def test_replaced(hall: MeetingDesk) -> None:
    """A new certificate that replaces an old one shuts the old one out."""
    old, new = await known(hall, enrol("mai")), enrol("mai")
    await hall.app[DOORKEEPER].learn(new.issued(1, replaces=old.thumbprint))
    asked = {"credential": old.thumbprint}
    assert await hall.refused("POST", "/challenges", asked, status=403) == "credential_revoked"
    await answer(hall, new.login(await challenged(hall, new), AUDIENCE), status=200)


@pytest.mark.parametrize(("days", "began"), [(1, -2), (30, 1)], ids=["expired", "not yet valid"])
async def test_out_of_time(hall: MeetingDesk, days: int, began: int) -> None:
    """A certificate opens nothing before and after its time."""
    mai = await known(hall, enrol("mai", days=days, began=began))
    asked = {"credential": mai.thumbprint}
    assert await hall.refused("POST", "/challenges", asked, status=403) == "credential_expired"


async def test_token_ends_with_certificate(hall: MeetingDesk) -> None:
    """A token does not outlive the certificate it was given for."""
    mai = await known(hall, enrol("mai", days=2))
    hall.clock.ahead = mai.not_after - now() - 60_000
    given = await answer(hall, mai.login(await challenged(hall, mai), AUDIENCE), status=200)
    assert given["expires_at"] <= mai.not_after


async def test_roles_are_of_now(hall: MeetingDesk) -> None:
    """A token has the roles that its member holds when it is given."""
    mai = await known(hall, enrol("mai"))
    change = [{"id": "mai", "name": "Lê Thị Mai", "roles": ["observer"]}]
    await hall.ask("POST", "/bodies/hdnd/members", change, who=hall.token("lan", "secretary"), status=200)
    given = await answer(hall, mai.login(await challenged(hall, mai), AUDIENCE), status=200)
    assert given["roles"] == ["observer"]


async def test_hostile_messages(hall: MeetingDesk) -> None:
    """Whatever is not a login of this form is refused before anything else is looked at."""
    mai = await known(hall, enrol("mai"))
    challenge = await challenged(hall, mai)
    good = mai.login(challenge, AUDIENCE)
    head, payload, signature = good.split(b".")
    twice = jws.b64_encode(b'{"v":1,"v":1,' + jws.b64_decode(payload)[7:])
    signed_twice = head + b"." + twice
    twin = signed_twice + b"." + jws.b64_encode(jws.sign_bytes("ES256", mai.key, signed_twice))
    for raw, code in (
        (b"", "message_malformed"),
        (b"\xff\xfe", "message_malformed"),
        (good + b".x", "message_malformed"),
        (good + b"=", "message_malformed"),
        (good + b"\n", "message_malformed"),
        (b" " + good, "message_malformed"),
        (mai.login(challenge, AUDIENCE, typ="plenary-ballot+jws"), "message_malformed"),
        (mai.login(challenge, AUDIENCE, cty="application/json"), "message_malformed"),
        (twin, "message_malformed"),
        (b".".join((jws.b64_encode(b'{"alg":"none"}'), payload, b"")), "message_malformed"),
        (b".".join((head, payload, b"")), "signature_wrong"),
        (b".".join((head, payload, jws.b64_encode(jws.b64_decode(signature)[:63]))), "signature_wrong"),
        (b".".join((head, jws.b64_encode(b"{}"), signature)), "signature_wrong"),
        (b".".join((head, payload, jws.b64_encode(b"\0" * 64))), "signature_wrong"),
    ):
        assert await refused(hall, raw, 400) == code, raw
    assert await refused(hall, good + b"A" * 4096, 413) == "too_large"
    for alg in ("none", "HS256", "RS256", "EdDSA"):
        header = jws.b64_encode(jws.b64_decode(head).replace(b"ES256", alg.encode()))
        assert await refused(hall, b".".join((header, payload, signature)), 400) == "algorithm_wrong"
    await answer(hall, good, status=200)
