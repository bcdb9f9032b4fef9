"""Enrolment over HTTP on real stores."""

import asyncio
import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.kit.database import Pool
from services.rules import credential
from services.signing import inviting
from services.signing.holdings import POOL
from services.wire import CredentialIssued, CredentialRevoked
from tests.support.chains import fresh
from tests.support.signing_desk import BODY, SigningDesk, request_of, with_members

pytestmark = pytest.mark.usefixtures("without_press")

HOUR = 3_600_000


def der_of(pem: str) -> bytes:
    """A certificate's DER."""
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


async def good(pool: Pool) -> int:
    """How many credentials are not revoked."""
    return int(await pool.fetchval("select count(*) from credential where revoked_at is null"))


async def test_certificate_for_the_invited(desk: SigningDesk) -> None:
    """Who has the code gets a certificate in the invited member's name, whatever the request says."""
    given = await desk.enrol(await desk.invite("mai"), request_of(common="nam"))
    der = [der_of(pem) for pem in given["chain"]]
    anchors = credential.load_anchors(await desk.ask("GET", "/trust.pem", status=200))
    leaf = credential.verify_chain(der, anchors, desk.clock(), "person")
    assert credential.member_of(leaf) == (BODY, "mai")
    assert given["member"] == "mai"
    assert given["thumbprint"] == credential.thumbprint(der[0])
    (event,) = await desk.told()
    assert isinstance(event, CredentialIssued)
    assert [base64.b64decode(each) for each in event.credential.chain] == der
    assert (event.not_after, event.replaces) == (given["not_after"], "")


async def test_retry_gets_the_same(desk: SigningDesk) -> None:
    """The same code with the same request gets the same certificate, also when the invite has expired since."""
    code, request = await desk.invite("mai"), request_of()
    first = await desk.enrol(code, request)
    desk.clock.ahead = 100 * HOUR
    assert await desk.enrol(code.lower().replace("-", " "), request) == first
    assert len(await desk.told()) == 1


async def test_one_use(desk: SigningDesk) -> None:
    """A used code enrols no other key."""
    code = await desk.invite("mai")
    await desk.enrol(code, request_of())
    answer = await desk.enrol(code, request_of(), status=409)
    assert answer["code"] == "invite_used"


async def test_expiry(desk: SigningDesk) -> None:
    """A code is good to the last millisecond of its hours, and no longer."""
    who = desk.token("lan", "secretary")
    sent = {"members": ["mai"]}
    (given,) = await desk.ask("POST", f"/bodies/{BODY}/invites", sent, who=who, status=200)
    assert abs(given["expires_at"] - desk.clock() - 72 * HOUR) < 60_000
    desk.clock.ahead = 72 * HOUR + 1000
    assert (await desk.enrol(given["code"], request_of(), status=410))["code"] == "invite_expired"
    desk.clock.ahead = 72 * HOUR - 60_000
    await desk.enrol(given["code"], request_of())


async def test_new_invite_cancels_the_older(desk: SigningDesk) -> None:
    """A member has one usable code: the latest."""
    older, newer = await desk.invite("mai"), await desk.invite("mai")
    assert (await desk.enrol(older, request_of(), status=410))["code"] == "invite_cancelled"
    await desk.enrol(newer, request_of())


async def test_wrong_code(desk: SigningDesk) -> None:
    """A code that nobody was given is unknown, and so is what cannot be one."""
    for code in ("0000-0000-0000-0000-0000-0000-0000", "", "x" * 100):
        assert (await desk.enrol(code, request_of(), status=404))["code"] == "invite_unknown"


async def test_hostile_request_leaves_the_invite(desk: SigningDesk) -> None:
    """A request that is refused uses nothing up."""
    code = await desk.invite("mai")
    for wrong in ("", "x" * 9000, request_of().replace("-----\nM", "-----\nN", 1)):
        assert (await desk.enrol(code, wrong, status=400))["code"] == "csr_malformed"
    assert (await desk.enrol(code, "x" * 20_000, status=400))["code"] == "request_malformed"
    await desk.enrol(code, request_of())


async def test_lost_phone(desk: SigningDesk) -> None:
    """A new invite replaces the old key: the new is told with what it replaces, then the old as superseded."""
    old = await desk.enrol(await desk.invite("mai"), request_of())
    new = await desk.enrol(await desk.invite("mai"), request_of())
    first, second, third = await desk.told()
    assert isinstance(first, CredentialIssued)
    assert isinstance(second, CredentialIssued)
    assert isinstance(third, CredentialRevoked)
    assert (second.credential.thumbprint, second.replaces) == (new["thumbprint"], old["thumbprint"])
    assert (third.thumbprint, third.reason, third.member) == (old["thumbprint"], "superseded", "mai")
    assert [each.index for each in (first, second, third)] == [0, 1, 2]
    assert await good(desk.app[POOL]) == 1


async def test_a_key_is_one_persons(desk: SigningDesk) -> None:
    """A key certified once is certified never again: not for another member, and not for its own once replaced."""
    key = fresh()
    await desk.enrol(await desk.invite("mai"), request_of(key))
    code = await desk.invite("nam")
    assert (await desk.enrol(code, request_of(key), status=409))["code"] == "key_taken"
    await desk.enrol(code, request_of())
    again = await desk.invite("mai")
    assert (await desk.enrol(again, request_of(key), status=409))["code"] == "key_taken"


async def test_two_bodies(desk: SigningDesk) -> None:
    """A member id in another body is another person."""
    await with_members(desk, "mai", body="ubnd")
    first = await desk.enrol(await desk.invite("mai"), request_of())
    second = await desk.enrol(await desk.invite("mai", body="ubnd"), request_of())
    assert first["thumbprint"] != second["thumbprint"]
    assert len(await desk.told()) == len(await desk.told("ubnd")) == 1
    assert await good(desk.app[POOL]) == 2


async def test_race_for_one_code(desk: SigningDesk) -> None:
    """Eight different keys at once with one code: one wins, the others are told that it was used."""
    code = await desk.invite("mai")
    answers = await asyncio.gather(*(desk.enrol(code, request_of(), status=None) for _ in range(8)))
    codes = sorted(answer.get("code", "enrolled") for answer in answers)
    assert codes == ["enrolled"] + ["invite_used"] * 7
    assert len(await desk.told()) == await good(desk.app[POOL]) == 1


async def test_race_of_retries(desk: SigningDesk) -> None:
    """The same request eight times at once is enrolled once, and all get the same certificate."""
    code, request = await desk.invite("mai"), request_of()
    answers = await asyncio.gather(*(desk.enrol(code, request) for _ in range(8)))
    assert {answer["thumbprint"] for answer in answers} == {answers[0]["thumbprint"]}
    assert len(await desk.told()) == 1


async def test_race_for_one_key(desk: SigningDesk) -> None:
    """One key brought by two members at once becomes one member's."""
    key = fresh()
    codes = [await desk.invite("mai"), await desk.invite("nam")]
    answers = await asyncio.gather(*(desk.enrol(code, request_of(key), status=None) for code in codes))
    assert sorted(answer.get("code", "enrolled") for answer in answers) == ["enrolled", "key_taken"]


async def test_race_of_invites(desk: SigningDesk) -> None:
    """Members invited by several at once, in any order, have one usable code each."""
    who = desk.token("lan", "secretary")
    orders = [["mai", "nam", "lan"], ["lan", "nam", "mai"], ["nam", "mai"]] * 3
    path = f"/bodies/{BODY}/invites"
    answers = await asyncio.gather(
        *(desk.ask("POST", path, {"members": order}, who=who, status=200) for order in orders)
    )
    assert [[each["member"] for each in answer] for answer in answers] == orders
    usable = 0
    for code in (each["code"] for answer in answers for each in answer if each["member"] == "mai"):
        usable += "thumbprint" in await desk.enrol(code, request_of(), status=None)
    assert usable == 1


async def test_many_at_once(desk: SigningDesk) -> None:
    """A hundred members enrol at once, each in the name of their own, in one journal without gaps."""
    members = [f"dai-bieu_{number}" for number in range(100)]
    await with_members(desk, *members)
    who = desk.token("lan", "secretary")
    given = await desk.ask("POST", f"/bodies/{BODY}/invites", {"members": members}, who=who, status=200)
    answers = await asyncio.gather(*(desk.enrol(each["code"], request_of()) for each in given))
    assert [answer["member"] for answer in answers] == members
    told = await desk.told()
    assert [event.index for event in told] == list(range(100))
    issued = {event.credential.member for event in told if isinstance(event, CredentialIssued)}
    assert issued == set(members)


@pytest.mark.parametrize(
    ("roles", "body", "code"),
    [
        (("delegate",), BODY, "not_allowed"),
        (("chair",), BODY, "not_allowed"),
        (("secretary",), "ubnd", "foreign_body"),
    ],
)
async def test_who_may_invite(desk: SigningDesk, roles: tuple[str, ...], body: str, code: str) -> None:
    """Only the body's own secretary, or the operator, invites."""
    path, sent = f"/bodies/{BODY}/invites", {"members": ["mai"]}
    who = desk.token("ai", *roles, body=body)  # type: ignore[arg-type]
    assert await desk.refused("POST", path, sent, who=who, status=403) == code
    assert await desk.refused("POST", path, sent, status=401) == "not_signed_in"
    await desk.ask("POST", path, sent, who=desk.token("root", "operator", body="plenary"), status=200)


async def test_unknown_member(desk: SigningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not a member is not invited, nor is anybody else of that list."""
    monkeypatch.setattr(inviting, "_INTERVAL_SECONDS", 0)
    who, path = desk.token("lan", "secretary"), f"/bodies/{BODY}/invites"
    sent = {"members": ["mai", "ma"]}
    problem = await desk.ask("POST", path, sent, who=who, status=404)
    assert (problem["code"], problem["facts"]) == ("invitee_unknown", {"member": "ma"})
    assert await desk.app[POOL].fetchval("select count(*) from invite") == 0


async def test_no_code_is_kept(desk: SigningDesk) -> None:
    """The database holds no code, only its hash."""
    code = await desk.invite("mai")
    rows = await desk.app[POOL].fetch("select invite::text as row from invite")
    assert len(rows) == 1
    assert code not in rows[0]["row"]
    assert code.replace("-", "") not in rows[0]["row"]
