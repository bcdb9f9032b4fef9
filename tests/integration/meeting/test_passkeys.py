"""Passkeys over HTTP on real stores: added, used to sign in, removed; and what comes at the same time."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.kit import access_token
from services.kit.clock import now
from services.meeting import passkey_routes
from services.meeting.handlers import DOORKEEPER
from services.meeting.passkey_handlers import PASSKEYS
from services.wire import CredentialRevoked, Role, Token
from tests.support.authenticator import BE, UP, UV, Authenticator, b64, client_data, cose, otherwise
from tests.support.enrolled import Person, enrol
from tests.support.meeting_desk import AUDIENCE, MeetingDesk, assemble


def signed_in(hall: MeetingDesk, person: Person, *roles: Role, ago: int = 0, **said: Any) -> str:
    """A token of who signed in with their key so many seconds ago."""
    iat = now() // 1000 - ago
    token = {"credential": person.thumbprint, "body": "hdnd"} | said
    whole = Token(sub=person.member, roles=roles or ("delegate",), iat=iat, exp=iat + 900, **token)
    return access_token.issue(whole, hall.token_key)


@pytest.fixture
async def mai(hall: MeetingDesk) -> Person:
    """Mai, with a key that the desk knows of."""
    person = enrol("mai")
    await hall.app[DOORKEEPER].learn(person.issued())
    return person


async def add(hall: MeetingDesk, person: Person, device: Authenticator, **how: Any) -> Any:
    """Add the device's passkey."""
    who = signed_in(hall, person)
    wanted = await hall.ask("POST", "/passkeys/wanted", who=who, status=200)
    return await hall.ask("POST", "/passkeys", device.made(wanted), who=who, **({"status": 201} | how))


async def challenge(hall: MeetingDesk) -> bytes:
    """A challenge to sign in with."""
    given = await hall.ask("POST", "/passkeys/challenges", status=200)
    assert given["site"] == "plenary.example.vn"
    return str(given["challenge"]).encode()


async def enter(hall: MeetingDesk, device: Authenticator, **how: Any) -> Any:
    """Sign in with the device."""
    return await hall.ask("POST", "/passkeys/tokens", device.asserted(await challenge(hall)), **how)


async def log(hall: MeetingDesk) -> list[tuple[str, str]]:
    """What the secretary sees: what, by whom; the oldest first."""
    said = await hall.ask("GET", "/bodies/hdnd/passkeys/log", who=hall.token("lan", "secretary"), status=200)
    return [(each["what"], each["by"]) for each in reversed(said)]


@pytest.mark.parametrize("fmt", ["none", "packed"])
async def test_added_and_used(hall: MeetingDesk, mai: Person, fmt: str) -> None:
    """A passkey signs in as its member, and its token says so: it has no signature key."""
    device = Authenticator()
    who = signed_in(hall, mai)
    wanted = await hall.ask("POST", "/passkeys/wanted", who=who, status=200)
    assert (wanted["member"], wanted["name"], wanted["known"]) == ("mai", "Lê Thị Mai", [])
    shown = await hall.ask("POST", "/passkeys", device.made(wanted, fmt=fmt), who=who, status=201)
    assert (shown["member"], shown["backup_eligible"], shown["backed_up"]) == ("mai", True, True)
    given = await enter(hall, device, status=200)
    said = access_token.verify(given["token"], hall.token_key.public_key(), now() // 1000)
    assert (said.sub, said.body, said.roles, said.credential, said.passkey) == (
        *("mai", "hdnd", ("delegate",), ""),
        shown["id"],
    )
    (mine,) = await hall.ask("GET", "/passkeys", who=given["token"], status=200)
    assert mine["used_at"] > 0
    assert await log(hall) == [("added", "mai"), ("entered", "mai")]


async def test_a_second_one_is_of_the_same_person(hall: MeetingDesk, mai: Person) -> None:
    """A device is told which passkeys there are, and the one handle under which it keeps them."""
    one, other = Authenticator(), Authenticator()
    await add(hall, mai, one)
    await add(hall, mai, other)
    assert one.person == other.person
    assert len(one.person) == 32
    assert await hall.refused("POST", "/passkeys/tokens", one.asserted(b"x"), status=403) == "challenge_wrong"


async def test_one_passkey_is_added_once(hall: MeetingDesk, mai: Person) -> None:
    """The same passkey again, and the same answer again, are refused."""
    device = Authenticator()
    await add(hall, mai, device)
    assert (await add(hall, mai, device, status=409))["code"] == "passkey_taken"
    who = signed_in(hall, mai)
    made = Authenticator().made(await hall.ask("POST", "/passkeys/wanted", who=who))
    answers = await asyncio.gather(*(hall.ask("POST", "/passkeys", made, who=who) for _ in range(8)))
    assert sorted(one.get("code", "added") for one in answers) == ["added"] + ["challenge_used"] * 7


async def test_a_key_is_one_members(hall: MeetingDesk, mai: Person) -> None:
    """Whoever has the device's key under a name of their own adds it a second time neither for themselves nor for
    another, in whatever way it is written, and not once it was removed either: ballots that two confirm with one key
    could not be proven. It is kept as WebAuthn has it written."""
    nam = enrol("nam")
    await hall.app[DOORKEEPER].learn(nam.issued())
    first = Authenticator(spell=otherwise)
    passkey = (await add(hall, mai, first))["id"]
    (vouched,) = await hall.ask("GET", "/passkeys/vouchers", who=signed_in(hall, mai), status=200)
    assert vouched["public_key"] == b64(cose(first.key))
    for person in (mai, nam):
        again = Authenticator(key=first.key)
        assert (await add(hall, person, again, status=409))["code"] == "passkey_taken"
    await hall.ask("POST", f"/passkeys/{passkey}/remove", who=signed_in(hall, mai), status=204)
    assert (await add(hall, nam, Authenticator(key=first.key), status=409))["code"] == "passkey_taken"


async def test_who_may_add_one(hall: MeetingDesk, mai: Person) -> None:
    """Only who has just signed in with a key that is good: not by a passkey, nor with an old token."""
    for said in ({"ago": 301}, {"credential": ""}, {"credential": "", "passkey": "A" * 43}, {"ago": -60}):
        who = signed_in(hall, mai, **said)
        assert await hall.refused("POST", "/passkeys/wanted", who=who, status=403) == "key_login_needed"
    who = signed_in(hall, enrol("mai"))
    assert await hall.refused("POST", "/passkeys/wanted", who=who, status=403) == "credential_unknown"
    nam = enrol("nam")
    who = signed_in(hall, nam, credential=mai.thumbprint)
    assert await hall.refused("POST", "/passkeys/wanted", who=who, status=403) == "credential_unknown"
    await hall.app[DOORKEEPER].learn(mai.revoked(1))
    who = signed_in(hall, mai)
    assert await hall.refused("POST", "/passkeys/wanted", who=who, status=403) == "credential_revoked"


async def test_what_was_made_must_be_right(hall: MeetingDesk, mai: Person) -> None:
    """A registration is held to the same rules as every later answer; and its challenge is one member's."""
    who = signed_in(hall, mai)

    async def refused(expected: str, device: Authenticator, status: int = 403, **how: Any) -> None:
        wanted = await hall.ask("POST", "/passkeys/wanted", who=who)
        challenge = str(wanted["challenge"]["challenge"]).encode()
        if "said" in how:
            how["said"] = how["said"](challenge)
        made = device.made(wanted, **how)
        assert await hall.refused("POST", "/passkeys", made, who=who, status=status) == expected

    def said(kind: str = "webauthn.create", origin: str = AUDIENCE, **more: Any) -> Any:
        return lambda challenge: client_data(kind, challenge, origin, **more)

    await refused("assertion_kind_wrong", Authenticator(), said=said("webauthn.get"))
    await refused("assertion_origin_wrong", Authenticator(origin="https://evil.example"))
    await refused("assertion_embedded", Authenticator(), said=said(crossOrigin=True))
    await refused("assertion_embedded", Authenticator(), said=said(topOrigin="https://evil.example"))
    await refused("assertion_site_wrong", Authenticator(site="evil.example"))
    await refused("assertion_unverified", Authenticator(flags=UP | BE))
    await refused("assertion_unattended", Authenticator(flags=UV | BE))
    await refused("assertion_malformed", Authenticator(), 400, fmt="android-safetynet")
    await refused("assertion_malformed", Authenticator(credential=b""), 400)
    await refused("assertion_malformed", Authenticator(credential=b"x" * 1_024), 400)
    nam = enrol("nam")
    await hall.app[DOORKEEPER].learn(nam.issued(1))
    wanted = await hall.ask("POST", "/passkeys/wanted", who=signed_in(hall, nam))
    made = Authenticator().made(wanted)
    assert await hall.refused("POST", "/passkeys", made, who=who, status=403) == "challenge_wrong"
    made["attestation"] = made["attestation"][:-8]
    assert (
        await hall.refused("POST", "/passkeys", made, who=signed_in(hall, nam), status=400)
        == "assertion_malformed"
    )
    assert await hall.ask("GET", "/passkeys", who=who) == []


async def test_ten_at_most(hall: MeetingDesk, mai: Person) -> None:
    """A member has so many passkeys, also when they are added at once."""
    who = signed_in(hall, mai)
    wanted = [await hall.ask("POST", "/passkeys/wanted", who=who) for _ in range(12)]
    sent = [Authenticator().made(each) for each in wanted]
    answers = await asyncio.gather(*(hall.ask("POST", "/passkeys", made, who=who) for made in sent))
    assert sorted(one.get("code", "added") for one in answers) == ["added"] * 10 + ["passkeys_full"] * 2
    assert await hall.refused("POST", "/passkeys/wanted", who=who, status=409) == "passkeys_full"


async def test_a_challenge_opens_once(hall: MeetingDesk, mai: Person) -> None:
    """The same answer at once, and again, opens the door once; too late, not at all."""
    device = Authenticator()
    await add(hall, mai, device)
    answer = device.asserted(await challenge(hall))
    answers = await asyncio.gather(*(hall.ask("POST", "/passkeys/tokens", answer) for _ in range(16)))
    assert sorted(one.get("code", "token") for one in answers) == ["challenge_used"] * 15 + ["token"]
    late = device.asserted(await challenge(hall))
    hall.clock.ahead = 120_001
    assert await hall.refused("POST", "/passkeys/tokens", late, status=403) == "challenge_expired"


async def test_a_challenge_opens_once_in_all_workers(
    hall: MeetingDesk, mai: Person, database_url: str, redis_url: str, tmp_path: Path, aiohttp_client: Any
) -> None:
    """The same answer to two workers at once opens one door; the other worker knows the passkey, too."""
    other = assemble(tmp_path, database_url, redis_url, "w1")
    other.client = await aiohttp_client(other.root)
    device = Authenticator()
    await add(hall, mai, device)
    for _ in range(4):
        answer = device.asserted(await challenge(hall))
        asked = (desk.ask("POST", "/passkeys/tokens", answer) for desk in (hall, other) for _ in range(4))
        came = await asyncio.gather(*asked)
        assert sorted(one.get("code", "token") for one in came) == ["challenge_used"] * 7 + ["token"]
    await other.client.close()
    await other.streams.aclose()


async def test_a_name_that_deceives(hall: MeetingDesk, mai: Person) -> None:
    """A name is held to the rules of all text that others read."""
    who = signed_in(hall, mai)
    for name, status, code in (
        ("\u202egnp.exe", 422, "text_unclean"),
        ("a\x07b", 422, "text_unclean"),
        (" ", 422, "text_unclean"),
        ("x\u200by", 422, "text_unclean"),
        ("a\0b", 400, "request_malformed"),
    ):
        made = Authenticator().made(await hall.ask("POST", "/passkeys/wanted", who=who)) | {"name": name}
        assert await hall.refused("POST", "/passkeys", made, who=who, status=status) == code


async def test_challenges_of_another_purpose(hall: MeetingDesk, mai: Person) -> None:
    """What was given for a certificate's login or for a new passkey opens nothing."""
    device = Authenticator()
    await add(hall, mai, device)
    login = await hall.ask("POST", "/challenges", {"credential": mai.thumbprint}, status=200)
    new = await hall.ask("POST", "/passkeys/wanted", who=signed_in(hall, mai))
    for text in (login["challenge"], new["challenge"]["challenge"], f"{now() + 60_000}.AAAA.BBBB", "é"):
        answer = device.asserted(str(text).encode())
        assert await hall.refused("POST", "/passkeys/tokens", answer, status=403) == "challenge_wrong"


async def test_answers_for_another_house(hall: MeetingDesk, mai: Person) -> None:
    """What the passkey of this very member answered on another page, or for another site, opens nothing here."""
    device = Authenticator()
    await add(hall, mai, device)
    given = await challenge(hall)
    elsewhere = device.asserted(given, said=client_data("webauthn.get", given, "https://evil.example"))
    assert await hall.refused("POST", "/passkeys/tokens", elsewhere, status=403) == "assertion_origin_wrong"
    foreign = device.asserted(given, data=device.data(site="evil.example"))
    assert await hall.refused("POST", "/passkeys/tokens", foreign, status=403) == "assertion_site_wrong"
    framed = device.asserted(given, said=client_data("webauthn.get", given, AUDIENCE, crossOrigin=True))
    assert await hall.refused("POST", "/passkeys/tokens", framed, status=403) == "assertion_embedded"
    # Refused, none of them used up the challenge: who answers it rightly comes in.
    await hall.ask("POST", "/passkeys/tokens", device.asserted(given), status=200)


async def test_strangers(hall: MeetingDesk, mai: Person) -> None:
    """An unknown passkey, a known one under another person's handle, and bytes that are none."""
    device = Authenticator()
    await add(hall, mai, device)
    person = device.person
    assert (await enter(hall, Authenticator(person=person), status=403))["code"] == "passkey_unknown"
    for device.person in (b"somebody else", b""):
        assert (await enter(hall, device, status=403))["code"] == "passkey_unknown"
    device.person = person
    forged = Authenticator(credential=device.credential, person=person)
    assert (await enter(hall, forged, status=403))["code"] == "assertion_unsigned"
    answer = device.asserted(await challenge(hall)) | {"signature": "A"}
    assert await hall.refused("POST", "/passkeys/tokens", answer, status=400) == "assertion_malformed"


async def test_counting(hall: MeetingDesk, mai: Person) -> None:
    """A count that does not grow is refused and recorded, also when two answers with one count come at once."""
    device = Authenticator(count=4)
    await add(hall, mai, device)
    device.count = 5
    await enter(hall, device, status=200)
    assert (await enter(hall, device, status=403))["code"] == "assertion_replayed"
    device.count = 6
    answers = [device.asserted(await challenge(hall)) for _ in range(6)]
    came = await asyncio.gather(*(hall.ask("POST", "/passkeys/tokens", answer) for answer in answers))
    assert sorted(one.get("code", "token") for one in came) == ["assertion_replayed"] * 5 + ["token"]
    (shown,) = await hall.ask("GET", "/bodies/hdnd/passkeys", who=hall.token("lan", "secretary"))
    assert shown["replayed_at"] > 0
    assert [what for what, _ in await log(hall)].count("replayed") == 6


async def test_backup_is_recorded(hall: MeetingDesk, mai: Person) -> None:
    """Whether a passkey is backed up may change and is recorded; whether it can be never changes."""
    device = Authenticator(flags=UP | UV | BE)
    assert (await add(hall, mai, device))["backed_up"] is False
    device.flags |= 0x10
    await enter(hall, device, status=200)
    (shown,) = await hall.ask("GET", "/passkeys", who=signed_in(hall, mai))
    assert shown["backed_up"] is True
    device.flags = UP | UV
    assert (await enter(hall, device, status=403))["code"] == "assertion_backup_wrong"


async def test_removing(hall: MeetingDesk, mai: Person) -> None:
    """One removes one's own, the secretary anybody's of the body; then it opens nothing, and the log says who."""
    one, other = Authenticator(), Authenticator()
    first, second = await add(hall, mai, one), await add(hall, mai, other)
    nam, secretary = hall.token("nam", "delegate"), hall.token("lan", "secretary")
    path = f"/passkeys/{first['id']}/remove"
    assert await hall.refused("POST", path, who=nam, status=404) == "passkey_not_found"
    await hall.ask("POST", path, who=signed_in(hall, mai), status=204)
    assert (await enter(hall, one, status=403))["code"] == "passkey_unknown"
    path = f"/bodies/hdnd/passkeys/{second['id']}/remove"
    assert await hall.refused("POST", path, who=nam, status=403) == "not_allowed"
    elsewhere = hall.token("lan", "secretary", body="ubnd")
    assert await hall.refused("POST", path, who=elsewhere, status=403) == "foreign_body"
    path_elsewhere = path.replace("hdnd", "ubnd")
    assert await hall.refused("POST", path_elsewhere, who=elsewhere, status=404) == "passkey_not_found"
    await hall.ask("POST", path, who=secretary, status=204)
    assert await hall.refused("POST", path, who=secretary, status=404) == "passkey_not_found"
    assert (await enter(hall, other, status=403))["code"] == "passkey_unknown"
    assert await log(hall) == [("added", "mai"), ("added", "mai"), ("removed", "mai"), ("removed", "lan")]


async def test_removed_while_signing_in(
    hall: MeetingDesk, mai: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passkey that is removed after it was found right, and before its token is made, opens nothing."""
    device = Authenticator()
    shown = await add(hall, mai, device)
    desk = hall.app[PASSKEYS]
    use = desk._door.use

    async def remove_first(*said: Any) -> bool:
        await desk.remove(shown["id"], "hdnd", "lan")
        return await use(*said)

    monkeypatch.setattr(desk._door, "use", remove_first)
    assert (await enter(hall, device, status=403))["code"] == "passkey_unknown"
    assert await log(hall) == [("added", "mai"), ("removed", "lan")]


@pytest.mark.parametrize("late_ms", [-1, 60_000], ids=["before", "while the news was on its way"])
@pytest.mark.parametrize(("reason", "ends"), [("left", True), ("compromised", True), ("lost", False)])
async def test_with_the_key(hall: MeetingDesk, mai: Person, reason: Any, ends: bool, late_ms: int) -> None:
    """Who has left, or whose key somebody else had, has no passkey any more, also none that was added with that key
    before the news of it came; a lost key is what they are for."""
    device = Authenticator()
    await add(hall, mai, device)
    event = CredentialRevoked(
        index=1, body="hdnd", member="mai", thumbprint=mai.thumbprint, at=now() - late_ms, reason=reason
    )
    for _ in range(2):
        await hall.app[DOORKEEPER].learn(msgspec.json.encode(event))
    given = await enter(hall, device)
    assert given.get("code", "token") == ("passkey_unknown" if ends else "token")
    assert ("ended", "") in await log(hall) if ends else ("ended", "") not in await log(hall)


async def test_news_of_long_ago_ends_no_later_passkey(hall: MeetingDesk, mai: Person) -> None:
    """A revocation that is told again leaves alone what was added since."""
    device = Authenticator()
    await add(hall, mai, device)
    old = CredentialRevoked(
        index=1, body="hdnd", member="mai", thumbprint="A" * 43, at=1, reason="compromised"
    )
    await hall.app[DOORKEEPER].learn(msgspec.json.encode(old))
    await enter(hall, device, status=200)


async def test_roles_are_of_now(hall: MeetingDesk, mai: Person) -> None:
    """A token has the roles that its member holds when it is given."""
    device = Authenticator()
    await add(hall, mai, device)
    change = [{"id": "mai", "name": "Lê Thị Mai", "roles": ["observer"]}]
    await hall.ask("POST", "/bodies/hdnd/members", change, who=hall.token("lan", "secretary"), status=200)
    assert (await enter(hall, device, status=200))["roles"] == ["observer"]


_OTHER = "A" * 43
# Route and who may: operator, secretary, chair, delegate, observer.
DOORS = [
    ("GET", "/passkeys", "-xxx-"),
    ("GET", "/passkeys/vouchers", "-xxx-"),
    ("POST", "/passkeys/wanted", "-xxx-"),
    ("POST", "/passkeys", "-xxx-"),
    ("POST", f"/passkeys/{_OTHER}/remove", "-xxx-"),
    ("GET", "/bodies/hdnd/passkeys", "-xx--"),
    ("GET", "/bodies/hdnd/passkeys/log", "-xx--"),
    ("POST", f"/bodies/hdnd/passkeys/{_OTHER}/remove", "xx---"),
]
MADE = {"client_data": "", "attestation": "", "name": "x"}
ROLES: tuple[Role, ...] = ("operator", "secretary", "chair", "delegate", "observer")


async def test_every_role_at_every_door(hall: MeetingDesk) -> None:
    """Each role passes exactly the doors of its row; nobody passes without a token, or into another body."""
    assert len(DOORS) == len([route for route in passkey_routes.ROUTES if route.act != "anyone"])
    for method, path, row in DOORS:
        assert await hall.refused(method, path, MADE, status=401) == "not_signed_in"
        for role, mark in zip(ROLES, row, strict=True):
            who = hall.token("mai", role, body="operator" if role == "operator" else "hdnd")
            answer = await hall.ask(method, path, MADE, who=who)
            code = answer.get("code", "") if isinstance(answer, dict) else ""
            assert (code != "not_allowed") == (mark == "x"), (method, path, role, code)
        if "bodies" in path:
            foreign = hall.token("lan", "secretary", "chair", body="ubnd")
            assert await hall.refused(method, path, MADE, who=foreign, status=403) == "foreign_body"


async def test_a_passkey_is_vouched_for(hall: MeetingDesk, mai: Person) -> None:
    """One's own, with its key, by the house's signature; nobody else sees it, and it is no token."""
    device, who = Authenticator(), signed_in(hall, mai)
    wanted = await hall.ask("POST", "/passkeys/wanted", who=who, status=200)
    await hall.ask("POST", "/passkeys", device.made(wanted), who=who, status=201)
    (mine,) = await hall.ask("GET", "/passkeys/vouchers", who=who, status=200)
    key = hall.token_key.public_key()
    said = access_token.read_voucher(mine["voucher"], key, now() // 1000)
    assert (said.body, said.member, said.backup_eligible) == ("hdnd", "mai", True)
    assert said.public_key == mine["public_key"] == b64(cose(device.key))
    assert mine["id"] == b64(device.credential)
    for wrong, refusal in ((mine["voucher"], access_token.verify), (who, access_token.read_voucher)):
        with pytest.raises(access_token.TokenWrong):
            refusal(wrong, key, now() // 1000)
    other = hall.token("lan", "delegate")
    assert await hall.ask("GET", "/passkeys/vouchers", who=other, status=200) == []
