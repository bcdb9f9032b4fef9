"""A key at a signing service becomes a member's: found there, confirmed in the app, linked, and then voted with."""

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from services.rules import jws
from services.rules.certified import to_pem
from services.signing import holdings
from services.signing.remote import settings
from services.signing.remote.round_store import RoundStore
from services.signing.remote_linking import EVER, HOURLY
from services.wire import CredentialIssued
from tests.support import ca_server
from tests.support import fake_neac769 as fake
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Signer, serving
from tests.support.outside import HOUR, Outside, certify, places, revocation_list, signing
from tests.support.signing_desk import BODY, SigningDesk, assemble, request_of, with_members
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")
USER, KEY = "user-mai", "key-of-mai"


class Hall:
    """Signing, an authority that body `hdnd` trusts, and a service with a key that it certified."""

    def __init__(self, desk: SigningDesk, service: FakeNeac769) -> None:
        self.desk, self.service = desk, service
        self.rounds = RoundStore(desk.app[holdings.POOL])

    async def keys(self, code: str, user: str = USER, status: int = 200, provider: str = "vnpt") -> Any:
        """What somebody has there."""
        return await self.desk.ask(
            "POST", f"/remote/{provider}/keys", {"code": code, "user": user}, status=status
        )

    async def link(self, code: str, status: int = 200, **said: Any) -> Any:
        """The one request, sent again and again."""
        sent = {"code": code, "user": USER, "key": KEY, **said}
        return await self.desk.ask("POST", "/remote/vnpt/links", sent, status=status)

    async def asked(self, count: int = 1) -> str:
        """The number of the newest transaction at the service, once there are so many."""

        async def found() -> str:
            known = list(self.service.transactions)
            return known[-1] if len(known) >= count else ""

        return await until(found, what="asked")

    async def became(self, code: str, state: str, **said: Any) -> Any:
        """The answer, once it says so."""

        async def stands() -> Any:
            shown = await self.link(code, **said)
            return shown if shown["state"] == state else None

        return await until(stands, what=state)


@pytest.fixture
async def hall(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[[Any], Awaitable[Any]]
) -> AsyncIterator[Hall]:
    service = FakeNeac769(people={})
    async with ca_server.serving() as lists, serving(service.app()) as there:
        outside = Outside(lists.url)
        trust = tmp_path / "trust" / BODY
        trust.mkdir(parents=True)
        (trust / "outside.pem").write_text(to_pem(outside.root.der))
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        for name, issuer in (("root", outside.root), ("issuing", outside.issuing)):
            der = revocation_list(issuer, this_update=now - HOUR, next_update=now + 10 * HOUR)
            lists.give(f"/{name}.crl", der)
        key: Any = rsa.generate_private_key(65537, 2048)
        extensions = [*signing(), *places(lists=[f"{lists.url}/issuing.crl"])]
        leaf = certify("Nguyễn Thị Mai", outside.issuing, extensions, key=key)
        service.people[USER] = [Signer("mai", key, leaf.der)]
        service.issuers = (outside.issuing.der, outside.root.der)
        _write(tmp_path, "vnpt.secret", fake.SP_PASSWORD)
        _write(
            tmp_path,
            "vnpt.toml",
            f'kind = "neac769"\nname = "VNPT"\nbodies = ["{BODY}"]\nurl = "{there}/sca/sp769"\n'
            f'sp_id = "{fake.SP_ID}"\nsecret_file = "vnpt.secret"\n',
        )
        desk = assemble(tmp_path, database_url, redis_url, revocation_hosts="127.0.0.0/8")
        desk.client = await aiohttp_client(desk.root)
        await with_members(desk, "mai", "nam", "lan")
        yield Hall(desk, service)
        await desk.client.close()
        await desk.streams.aclose()


def _write(data: Path, name: str, text: str) -> None:
    path = data / settings.FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


async def test_key_becomes_the_members(hall: Hall) -> None:
    """Found, confirmed with the code on both screens, linked; where it lies is known from then on."""
    code = await hall.desk.invite("mai")
    (key,) = await hall.keys(code)
    assert (key["id"], key["name"]) == (KEY, "Nguyễn Thị Mai")
    begun = await hall.link(code)
    assert begun["state"] == "pending"
    number = await hall.asked()
    assert hall.service.transactions[number].doc_id.startswith(
        f"PL-{begun['verification_code']} NGUYEN THI MAI"
    )
    assert (await hall.link(code))["state"] == "pending"
    hall.service.confirm(number)
    linked = await hall.became(code, "linked")
    chain = [x509.load_pem_x509_certificate(each.encode()) for each in linked["enrolled"]["chain"]]
    assert chain[0].public_key() == hall.service.people[USER][0].key.public_key()
    # The same again is answered as before, and nobody is asked again.
    assert await hall.link(code) == linked
    assert len(hall.service.transactions) == 1
    account = await hall.rounds.account(linked["enrolled"]["thumbprint"], "vnpt")
    assert account is not None
    assert (account.user, account.key.id) == (USER, KEY)
    assert len(await hall.desk.told()) == 1
    # Whoever finds the card later learns nothing with it of anybody's keys.
    assert (await hall.keys(code, status=409))["code"] == "invite_used"


async def test_person_says_no_and_then_yes(hall: Hall) -> None:
    """What was declined is over; another attempt is another question."""
    code = await hall.desk.invite("mai")
    await hall.link(code)
    hall.service.confirm(await hall.asked(), "rejected")
    await hall.became(code, "declined")
    await hall.link(code, attempt=2)
    hall.service.confirm(await hall.asked(2))
    await hall.became(code, "linked", attempt=2)


async def test_who_may_not(hall: Hall) -> None:
    """Nobody without an invite, no body but those the operator named, no key that is not the user's."""
    code = await hall.desk.invite("mai")
    assert (await hall.keys("ABCD-EFGH", status=404))["code"] == "invite_unknown"
    assert (await hall.keys(code, provider="mysign", status=409))["code"] == "remote_account_unknown"
    assert (await hall.keys(code, "nobody", status=404))["code"] == "remote_user_unknown"
    assert (await hall.link(code, key="another", status=403))["code"] == "remote_key_unfit"
    assert hall.service.transactions == {}


async def test_certificate_that_the_body_does_not_trust(hall: Hall) -> None:
    """Confirmed in the app, and not linked all the same."""
    (trust,) = (hall.desk.app[holdings.LINKS]._trust / BODY).glob("*.pem")
    trust.unlink()
    code = await hall.desk.invite("mai")
    await hall.link(code)
    hall.service.confirm(await hall.asked())

    async def refused() -> bool:
        async with hall.desk.client.post(
            "/signing/remote/vnpt/links", json={"code": code, "user": USER, "key": KEY}
        ) as answer:
            said = await answer.json()
            return bool(said.get("code") == "chain_untrusted")

    await until(refused, what="refused")
    assert await hall.desk.told() == []


async def _member(hall: Hall, member: str = "mai") -> str:
    """Somebody with a key on a phone, signed in with it."""
    enrolled = await hall.desk.enrol(await hall.desk.invite(member), request_of())
    return hall.desk.token(member, "delegate", credential=enrolled["thumbprint"])


async def _own(hall: Hall, who: str, **said: Any) -> Any:
    sent = {"user": USER, "key": KEY, **said}
    return await hall.desk.ask("POST", "/remote/vnpt/own/links", sent, who=who, status=200)


async def _linked(hall: Hall, who: str, attempt: int = 1) -> Any:
    """Their key there, linked beside that of the phone."""
    count = len(hall.service.transactions) + 1
    begun = await _own(hall, who, attempt=attempt)
    assert begun["state"] == "pending"
    hall.service.confirm(await hall.asked(count))

    async def stands() -> Any:
        shown = await _own(hall, who, attempt=attempt)
        return shown if shown["state"] == "linked" else None

    return await until(stands, what="linked")


async def test_key_beside_that_of_the_phone(hall: Hall) -> None:
    """A member who is signed in links a key there: both are good, until the phone's ends, and it can be given up."""
    who = await _member(hall)
    assert await hall.desk.ask("GET", "/remote", who=who, status=200) == [{"id": "vnpt", "name": "VNPT"}]
    (key,) = await hall.desk.ask("POST", "/remote/vnpt/own/keys", {"user": USER}, who=who, status=200)
    assert key["id"] == KEY
    linked = await _linked(hall, who)
    signed = msgspec.json.decode(jws.b64_decode(linked["input"].partition(".")[2].encode()))
    issued, linked_too = await hall.desk.told()
    assert isinstance(issued, CredentialIssued)
    assert isinstance(linked_too, CredentialIssued)
    assert (signed["member"], signed["invite"], signed["beside"]) == ("mai", "", issued.credential.thumbprint)
    (mine,) = await hall.desk.ask("GET", "/remote/own", who=who, status=200)
    assert (mine["provider"], mine["alg"], mine["thumbprint"]) == (
        "vnpt",
        "RS256",
        linked["enrolled"]["thumbprint"],
    )
    # Who signs in with it, if anybody does, neither renews the phone's key by it nor links another.
    by_link = hall.desk.token("mai", "delegate", credential=mine["thumbprint"])
    sent = {"request": request_of()}
    assert await hall.desk.refused("POST", "/credentials/renew", sent, who=by_link) == "credential_unknown"
    # Given up, it may be linked again; nobody else may have it meanwhile.
    path = f"/remote/own/{mine['thumbprint']}/remove"
    await hall.desk.ask("POST", path, who=who, status=204)
    assert await hall.desk.ask("GET", "/remote/own", who=who, status=200) == []
    again = await _linked(hall, who, attempt=2)
    assert again["enrolled"]["thumbprint"] != mine["thumbprint"]
    # The phone is lost: what was linked by its word ends with it, and comes back by the new one's.
    newer = await _member(hall)
    assert await hall.desk.ask("GET", "/remote/own", who=newer, status=200) == []
    refused = await hall.desk.ask(
        "POST", "/remote/vnpt/own/links", {"user": USER, "key": KEY, "attempt": 3}, who=who
    )
    assert refused["state"] == "pending"
    hall.service.confirm(await hall.asked(3))

    async def over() -> bool:
        said = await hall.desk.ask(
            "POST", "/remote/vnpt/own/links", {"user": USER, "key": KEY, "attempt": 3}, who=who
        )
        return bool(said.get("code") == "credential_revoked")

    await until(over, what="refused")
    await _linked(hall, newer, attempt=4)


async def test_key_of_one_is_never_anothers(hall: Hall) -> None:
    """Whoever has mai's user number, and mai's confirmation, is mai's; nam cannot have the same key."""
    await _linked(hall, await _member(hall))
    nam = await _member(hall, "nam")
    await _own(hall, nam)
    hall.service.confirm(await hall.asked(2))

    async def refused() -> bool:
        said = await hall.desk.ask("POST", "/remote/vnpt/own/links", {"user": USER, "key": KEY}, who=nam)
        return bool(said.get("code") == "key_taken")

    await until(refused, what="taken")


async def test_nobody_asks_about_everybody(hall: Hall) -> None:
    """An invite, or a login, is no way to find out who has a key at a service."""
    code = await hall.desk.invite("lan")
    for number in range(HOURLY):
        await hall.keys(code, f"user-{number}", status=404)
    assert (await hall.keys(code, status=429))["code"] == "remote_asked_too_often"
    assert (await hall.link(code, status=429))["code"] == "remote_asked_too_often"
    assert hall.service.transactions == {}
    # An hour later there are a few more, and in the end none.
    for hour in range(1, 8):
        hall.desk.clock.ahead = hour * 3_600_001
        for number in range(HOURLY):
            if hour * HOURLY + number < EVER:
                await hall.keys(code, f"user-{number}", status=404)
    assert (await hall.keys(code, status=429))["code"] == "remote_asked_too_often"
    # Without a key there is no word to link by.
    passkey = hall.desk.token("lan", "delegate")
    path = "/remote/vnpt/own/keys"
    assert await hall.desk.refused("POST", path, {"user": USER}, who=passkey) == "no_credential"
