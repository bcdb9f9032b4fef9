"""A key at a signing service becomes a member's: found there, confirmed in the app, linked, and then voted with."""

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from services.rules import jws
from services.rules.certified import to_pem
from services.signing import holdings, link
from services.signing.remote import settings
from services.signing.remote.round_store import RoundStore
from services.signing.remote.wanted import Wanted
from services.signing.remote_linking import EVER, HOURLY
from services.wire import CredentialIssued
from tests.support import ca_server, fake_csc
from tests.support import fake_neac769 as fake
from tests.support.fake_csc import FakeCsc
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Signer, serving, signer, signing_input
from tests.support.outside import HOUR, Outside, certify, places, revocation_list, signing
from tests.support.signing_desk import BODY, SigningDesk, assemble, request_of, with_members
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")
USER, KEY = "user-mai", "key-of-mai"
BACK = "https://bieuquyet.example.vn/signing/remote/csc/returned"


class Hall:
    """Signing, an authority that body `hdnd` trusts, and two services with a key that it certified."""

    def __init__(self, desk: SigningDesk, service: FakeNeac769, cloud: FakeCsc) -> None:
        self.desk, self.service, self.cloud = desk, service, cloud
        self.rounds = RoundStore(desk.app[holdings.POOL])

    async def keys(self, code: str, user: str = USER, status: int = 200, provider: str = "vnpt") -> Any:
        """What somebody has there."""
        return await self.desk.ask(
            "POST", f"/remote/{provider}/keys", {"code": code, "user": user}, status=status
        )

    async def link(self, code: str, status: int = 200, provider: str = "vnpt", **said: Any) -> Any:
        """The one request, sent again and again."""
        sent = {"code": code, "user": USER, "key": KEY, **said}
        return await self.desk.ask("POST", f"/remote/{provider}/links", sent, status=status)

    async def returned(self, came: str) -> None:
        """A browser comes back from a service's page."""
        parts = urlsplit(came)
        async with self.desk.client.get(f"{parts.path}?{parts.query}", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/returned")

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
    service, cloud = FakeNeac769(people={}), FakeCsc(signer("mai"), redirect=BACK)
    async with (
        ca_server.serving() as lists,
        serving(service.app()) as there,
        serving(cloud.app()) as page,
    ):
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
        service.issuers = cloud.issuers = (outside.issuing.der, outside.root.der)
        cloud.who = Signer("mai", key, leaf.der)
        _write(tmp_path, "vnpt.secret", fake.SP_PASSWORD)
        _write(
            tmp_path,
            "vnpt.toml",
            f'kind = "neac769"\nname = "VNPT"\nbodies = ["{BODY}"]\nurl = "{there}/sca/sp769"\n'
            f'sp_id = "{fake.SP_ID}"\nsecret_file = "vnpt.secret"\npatience_s = 900\n',
        )
        _write(tmp_path, "csc.secret", fake_csc.CLIENT_SECRET)
        _write(
            tmp_path,
            "csc.toml",
            f'kind = "csc"\nname = "Cloud"\nbodies = ["{BODY}"]\nurl = "{page}/csc/v2"\n'
            f'client_id = "{fake_csc.CLIENT_ID}"\nsecret_file = "csc.secret"\n'
            f'token_url = "{page}/oauth2/token"\nauthorize_url = "{page}/oauth2/authorize"\n'
            f'pushed_url = "{page}/oauth2/pushed_authorize"\nredirect_url = "{BACK}"\n',
        )
        desk = assemble(tmp_path, database_url, redis_url, revocation_hosts="127.0.0.0/8")
        desk.client = await aiohttp_client(desk.root)
        await with_members(desk, "mai", "nam", "lan")
        yield Hall(desk, service, cloud)
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


async def test_waited_for_no_longer_than_it_may_be_brought(hall: Hall) -> None:
    """Who may take a quarter of an hour for a ballot is told of less for a link, and is linked at the end of that."""
    code = await hall.desk.invite("mai")
    begun = await hall.link(code)
    payload = msgspec.json.decode(jws.b64_decode(begun["input"].split(".")[1].encode()))
    left_ms = payload["asked_at"] + link.ASKED_MS - begun["expires_at"]
    assert 60_000 <= left_ms < link.ASKED_MS
    number = await hall.asked()
    hall.desk.clock.ahead += begun["expires_at"] - hall.desk.clock() - 5_000
    hall.service.confirm(number)
    await hall.became(code, "linked")


async def test_page_that_one_cannot_go_on_with(hall: Hall) -> None:
    """Another in its place, once for each that was shown, for the same words; who comes back from the first brings
    nothing. So for a link, by an invite, and for what is wanted of the key that was linked."""
    code = await hall.desk.invite("mai")
    cloud: dict[str, Any] = {"provider": "csc"}
    first = await page_other_than("", lambda: hall.link(code, **cloud))
    words = (await hall.link(code, **cloud))["input"]
    for other in ("https://elsewhere.example.vn/", f"{first}&x=1"):
        assert (await hall.link(code, **cloud, instead=other))["confirm_at"] == first
    await hall.link(code, **cloud, instead=first)
    second = await page_other_than(first, lambda: hall.link(code, **cloud, instead=first))
    await hall.returned(hall.cloud.back(first, error="access_denied"))
    await hall.returned(hall.cloud.back(first))
    shown = await hall.link(code, **cloud, instead=first)
    assert (shown["confirm_at"], shown["input"]) == (second, words)
    await hall.returned(hall.cloud.back(second))
    linked = await hall.became(code, "linked", **cloud)

    message = signing_input()
    now = hall.desk.clock()
    said = {"title": "T", "label": "L", "about": b"", "wanted_at": now, "expires_at": now + 300_000}
    thumbprint = linked["enrolled"]["thumbprint"]
    await hall.rounds.want(Wanted("pl-1", "ballot", "csc", thumbprint, message, **said))  # type: ignore[arg-type]
    path = f"/remote/own/requests/{jws.digest(message)}"
    mine, anothers = (hall.desk.token(who, "delegate") for who in ("mai", "nam"))
    first = await page_other_than("", lambda: hall.desk.ask("GET", path, who=mine))
    asked = {"instead": first}
    assert await hall.desk.refused("POST", f"{path}/page", asked, who=anothers) == "remote_request_unknown"
    second = await page_other_than(first, lambda: hall.desk.ask("POST", f"{path}/page", asked, who=mine))
    await hall.returned(hall.cloud.back(second))

    async def signed() -> bool:
        return bool((await hall.desk.ask("GET", path, who=mine))["state"] == "signed")

    await until(signed, what="signed")
    shown = await hall.desk.ask("POST", f"{path}/page", {"instead": second}, who=mine)
    assert (shown["state"], shown["confirm_at"]) == ("signed", "")


async def page_other_than(page: str, ask: Callable[[], Awaitable[Any]]) -> str:
    """The page that is shown, once it is another."""

    async def shown() -> str:
        found = str((await ask())["confirm_at"])
        return found if found != page else ""

    return await until(shown, what="a page")


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
    services = await hall.desk.ask("GET", "/remote", who=who, status=200)
    assert [(each["id"], each["name"]) for each in services] == [("csc", "Cloud"), ("vnpt", "VNPT")]
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
