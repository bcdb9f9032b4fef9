"""Certificates of other authorities: linked to a member by an invite, asked about again when the member checks in."""

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from services.kit import stream
from services.pki.inquiry import TTL_MS, UNKNOWN_MS
from services.rules import credential, jws
from services.rules.certified import to_pem
from services.signing import link
from services.signing.holdings import AUTHORITY, POOL
from services.signing.link_store import LinkStore
from services.signing.rechecking import CheckIns
from services.wire import CredentialIssued, CredentialRevoked, Event, Presence, PresenceChanged
from tests.support.ca_server import CaServer, serving
from tests.support.outside import HOUR, Outside, certify, revocation_list, signing
from tests.support.pki import Keyed
from tests.support.signing_desk import ADDRESS, BODY, SigningDesk, assemble, request_of, with_members
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")


@dataclass
class Hall:
    """Signing, an outside authority that body `hdnd` trusts, and the server of its lists."""

    desk: SigningDesk
    server: CaServer
    there: Outside

    def publish(self, *revoked: Keyed, why: x509.ReasonFlags = x509.ReasonFlags.key_compromise) -> None:
        """Both lists, with these revoked."""
        now = datetime.datetime.fromtimestamp(self.desk.clock() // 1000, datetime.UTC)
        entries = {each.certificate.serial_number: (now - HOUR, why) for each in revoked}
        for name, issuer in (("root", self.there.root), ("issuing", self.there.issuing)):
            der = revocation_list(issuer, entries, this_update=now - HOUR, next_update=now + 10 * HOUR)
            self.server.give(f"/{name}.crl", der)

    async def challenge(self, code: str, leaf: Keyed, status: int = 200) -> Any:
        """What its key is to sign."""
        return await self.desk.ask(
            "POST", "/links/challenges", {"code": code, "chain": self.pems(leaf)}, status=status
        )

    async def link(self, code: str, leaf: Keyed, proof: str, status: int = 201) -> Any:
        """Link it."""
        sent = {"code": code, "chain": self.pems(leaf), "proof": proof}
        return await self.desk.ask("POST", "/links", sent, status=status)

    async def linked(self, member: str, leaf: Keyed) -> dict[str, Any]:
        """Invite a member and link their certificate."""
        code = await self.desk.invite(member)
        payload = (await self.challenge(code, leaf))["payload"]
        linked: dict[str, Any] = await self.link(code, leaf, proof_of(leaf, payload))
        return linked

    def pems(self, leaf: Keyed) -> list[str]:
        """The chain, as it is sent."""
        return [to_pem(each) for each in self.there.chain(leaf)]

    async def check_in(self, *members: str, index: int) -> None:
        """The meeting desk tells that they came."""
        came = tuple(Presence(member=each, present=True, at=self.desk.clock()) for each in members)
        event: Event = PresenceChanged(index=index, request="r", meeting="m1", presence=came)
        (name,) = stream.works("meeting", 1)
        await self.desk.streams.xadd(name, {stream.FIELD: msgspec.json.encode(event)})

    async def standings(self) -> list[dict[str, Any]]:
        """What the secretary is shown."""
        who = self.desk.token("lan", "secretary")
        found: list[dict[str, Any]] = await self.desk.ask("GET", f"/bodies/{BODY}/links", who=who, status=200)
        return found


def proof_of(leaf: Keyed, payload: str, **header: Any) -> str:
    """The payload signed by the certificate's key."""
    protected = {
        "alg": "ES256",
        "typ": link.TYP,
        "cty": link.CTY,
        "x5t#S256": credential.thumbprint(leaf.der),
        "iat": 1_795_304_022,
    } | header
    head = jws.b64_encode(msgspec.json.encode(protected))
    signed = head + b"." + jws.b64_encode(payload.encode())
    return (signed + b"." + jws.b64_encode(jws.sign_bytes("ES256", leaf.key, signed))).decode()


@pytest.fixture
async def hall(
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    aiohttp_client: Callable[[Any], Awaitable[Any]],
) -> AsyncIterator[Hall]:
    """Signing that may fetch from this machine."""
    async with serving() as server:
        there = Outside(server.url)
        trust = tmp_path / "trust" / BODY
        trust.mkdir(parents=True)
        (trust / "outside.pem").write_text(to_pem(there.root.der))
        desk = assemble(tmp_path, database_url, redis_url, data=tmp_path, revocation_hosts="127.0.0.0/8")
        desk.client = await aiohttp_client(desk.root)
        await with_members(desk, "mai", "nam", "lan")
        made = Hall(desk, server, there)
        made.publish()
        yield made
        await desk.client.close()
        await desk.streams.aclose()


async def test_linked(hall: Hall) -> None:
    """Our authority certifies the same key with the member's id; it is a credential like any other."""
    leaf = hall.there.person("Nguyễn Thị Mai")
    linked = await hall.linked("mai", leaf)
    chain = [x509.load_pem_x509_certificate(each.encode()) for each in linked["chain"]]
    assert chain[0].public_key() == leaf.certificate.public_key()
    assert credential.member_of(chain[0]) == (BODY, "mai")
    (issued,) = await hall.desk.told()
    assert isinstance(issued, CredentialIssued)
    assert issued.credential.thumbprint == linked["thumbprint"]
    anchors = credential.load_anchors(hall.desk.app[AUTHORITY].trust)
    ders = [each.public_bytes(Encoding.DER) for each in chain]
    credential.verify_chain(ders, anchors, hall.desk.clock(), "person")


async def test_what_it_rests_on_is_kept(hall: Hall) -> None:
    """The outside path, the signed payload and both lists, for who checks it later."""
    leaf = hall.there.person()
    linked = await hall.linked("mai", leaf)
    who = hall.desk.token("nam", "delegate")
    shown = await hall.desk.ask("GET", f"/credentials/{linked['thumbprint']}/link", who=who, status=200)
    assert shown["path"] == [
        jws.standard_b64(each) for each in (leaf.der, hall.there.issuing.der, hall.there.root.der)
    ]
    assert len(shown["evidence"]) == 2
    parts = jws.split(shown["proof"].encode(), link.TYP, link.CTY, link.LIMIT)
    jws.verify(parts, leaf.key.public_key())
    assert b'"member":"mai"' in parts.payload
    assert shown["standing"]["kind"] == "good"
    assert [each["member"] for each in await hall.standings()] == ["mai"]
    path = f"/credentials/{linked['thumbprint']}/link"
    stranger = hall.desk.token("x", "delegate", body="ubnd")
    assert await hall.desk.refused("GET", path, who=stranger, status=403) == "foreign_body"
    assert await hall.desk.refused("GET", "/credentials/" + "A" * 43 + "/link", who=who) == "link_unknown"


async def test_link_lasts_no_longer_than_what_it_links(hall: Hall) -> None:
    """It ends with the first certificate of the outside path."""
    ends = datetime.datetime.now(datetime.UTC).replace(microsecond=0) + datetime.timedelta(days=40)
    leaf = certify("Mai", hall.there.issuing, [*signing(), *_places(hall)], ends=ends)
    linked = await hall.linked("mai", leaf)
    assert ends.timestamp() * 1000 - 5000 <= linked["not_after"] <= ends.timestamp() * 1000


def _places(hall: Hall) -> list[Any]:
    found = hall.there.person().certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    return [(found.value, False)]


async def test_again(hall: Hall) -> None:
    """The same code with the same certificate is answered as before; another certificate is refused."""
    leaf, code = hall.there.person(), await hall.desk.invite("mai")
    payload = (await hall.challenge(code, leaf))["payload"]
    first = await hall.link(code, leaf, proof_of(leaf, payload))
    again = await hall.link(code, leaf, proof_of(leaf, payload))
    assert again == first
    other = hall.there.person()
    assert (await hall.challenge(code, other, status=409))["code"] == "invite_used"
    second = await hall.desk.invite("nam")
    payload = (await hall.challenge(second, leaf))["payload"]
    assert (await hall.link(second, leaf, proof_of(leaf, payload), status=409))["code"] == "key_taken"


async def test_key_must_sign_what_was_asked(hall: Hall) -> None:
    """Another key, another person's payload, another time, another kind of message: all refused, nothing fetched."""
    leaf, code = hall.there.person(), await hall.desk.invite("mai")
    payload = (await hall.challenge(code, leaf))["payload"]
    asked = msgspec.json.decode(payload)
    stranger = Keyed(ec.generate_private_key(ec.SECP256R1()), leaf.certificate)
    old = asked | {"asked_at": asked["asked_at"] - link.ASKED_MS - 1}
    future = asked | {"asked_at": asked["asked_at"] + 60_000}
    wrong = [
        proof_of(stranger, payload),
        proof_of(leaf, payload, typ="plenary-ballot+jws"),
        proof_of(leaf, payload, **{"x5t#S256": "A" * 43}),
        proof_of(leaf, payload.replace('"mai"', '"nam"')),
        proof_of(leaf, payload.replace(ADDRESS, "https://elsewhere.example.vn")),
        proof_of(leaf, msgspec.json.encode(old).decode()),
        proof_of(leaf, msgspec.json.encode(future).decode()),
        proof_of(leaf, payload)[:-4],
        "x",
    ]
    for proof in wrong:
        assert (await hall.link(code, leaf, proof, status=400))["code"] == "link_unproven"
    assert hall.server.asked.total() == 0
    await hall.link(code, leaf, proof_of(leaf, payload))


@pytest.mark.parametrize(
    ("trouble", "code", "status"),
    [
        ("revoked", "chain_revoked", 403),
        ("no list", "chain_status_unknown", 503),
        ("untrusted", "chain_untrusted", 403),
        ("wrong use", "chain_wrong_use", 403),
        ("expired", "chain_expired", 403),
        ("ends now", "chain_expired", 403),
    ],
)
async def test_not_good(hall: Hall, trouble: str, code: str, status: int) -> None:
    """Each told apart; the invite stays good for a better certificate."""
    leaf = hall.there.person()
    match trouble:
        case "revoked":
            hall.publish(leaf)
        case "no list":
            del hall.server.serves["/issuing.crl"]
        case "untrusted":
            leaf = Outside(hall.server.url).person()
        case "wrong use":
            leaf = certify("Mai", hall.there.issuing, [signing()[1], *_places(hall)])
        case "expired" | "ends now":
            # Half a minute is within what clocks may differ by, and still too late to begin with.
            ago = datetime.timedelta(days=1) if trouble == "expired" else datetime.timedelta(seconds=30)
            past = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - ago
            leaf = certify("Mai", hall.there.issuing, [*signing(), *_places(hall)], ends=past)
        case _:
            raise AssertionError(trouble)
    invite = await hall.desk.invite("mai")
    payload = (await hall.challenge(invite, leaf))["payload"]
    assert (await hall.link(invite, leaf, proof_of(leaf, payload), status=status))["code"] == code
    assert await hall.desk.told() == []
    await hall.desk.enrol(invite, request_of())


async def test_body_without_anchors(hall: Hall, tmp_path: Path) -> None:
    """No anchors, nobody is trusted; anchors are read when they are needed, not once."""
    leaf, code = hall.there.person(), await hall.desk.invite("mai")
    payload = (await hall.challenge(code, leaf))["payload"]
    held = tmp_path / "trust" / BODY / "outside.pem"
    pem = held.read_text()
    held.unlink()
    refused = await hall.link(code, leaf, proof_of(leaf, payload), status=403)
    assert refused["code"] == "chain_untrusted"
    held.write_text("no certificate")
    refused = await hall.link(code, leaf, proof_of(leaf, payload), status=403)
    assert refused["code"] == "chain_untrusted"
    held.write_text(pem)
    await hall.link(code, leaf, proof_of(leaf, payload))


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        (x509.ReasonFlags.key_compromise, "compromised"),
        (x509.ReasonFlags.cessation_of_operation, "left"),
        (x509.ReasonFlags.certificate_hold, "compromised"),
    ],
)
async def test_revoked_at_check_in(hall: Hall, why: x509.ReasonFlags, reason: str) -> None:
    """Who checks in with a certificate that its authority took back has no credential here any more."""
    leaf = hall.there.person()
    linked = await hall.linked("mai", leaf)
    hall.publish(leaf, why=why)
    hall.desk.clock.ahead += TTL_MS + 1
    await hall.check_in("mai", "nam", index=0)

    async def revoked() -> list[Event]:
        return [each for each in await hall.desk.told() if isinstance(each, CredentialRevoked)]

    (event,) = await until(revoked)
    assert isinstance(event, CredentialRevoked)
    assert (event.thumbprint, event.reason) == (linked["thumbprint"], reason)

    async def shown() -> bool:
        return [each["kind"] for each in await hall.standings()] == ["revoked"]

    await until(shown)


async def test_unknown_at_check_in(hall: Hall) -> None:
    """Whoever cannot be told about is shown so, keeps the credential, and is asked about again."""
    leaf = hall.there.person()
    await hall.linked("mai", leaf)
    kept = hall.server.serves.pop("/issuing.crl")
    hall.desk.clock.ahead += TTL_MS + 1
    await hall.check_in("mai", index=0)

    async def standing(kind: str) -> bool:
        return [each["kind"] for each in await hall.standings()] == [kind]

    await until(lambda: standing("unknown"))
    assert (await hall.standings())[0]["why"] != ""
    hall.server.serves["/issuing.crl"] = kept
    hall.desk.clock.ahead += UNKNOWN_MS + 1
    await until(lambda: standing("good"))
    assert not any(isinstance(each, CredentialRevoked) for each in await hall.desk.told())


async def test_a_clock_that_was_set_back(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who checked in by a clock that was an hour ahead is asked about once, not without end until it is that late."""

    async def nothing(_: CheckIns) -> int:
        return 0

    monkeypatch.setattr(CheckIns, "recheck", nothing)
    await hall.linked("mai", hall.there.person())
    store, now = LinkStore(hall.desk.app[POOL]), hall.desk.clock()
    await store.came(["mai"], now + 3_600_000)
    assert len(await store.due(now + 3_600_000, TTL_MS, UNKNOWN_MS, 20)) == 1
    assert len(await store.due(now, TTL_MS, UNKNOWN_MS, 20)) == 1
    assert await store.due(now + 1_000, TTL_MS, UNKNOWN_MS, 20) == []


async def test_anchor_taken_away(hall: Hall, tmp_path: Path) -> None:
    """An authority that the body trusts no more: recorded and shown at the next check-in."""
    await hall.linked("mai", hall.there.person())
    (tmp_path / "trust" / BODY / "outside.pem").unlink()
    await hall.check_in("mai", index=0)

    async def unknown() -> bool:
        return [each["kind"] for each in await hall.standings()] == ["unknown"]

    await until(unknown)


async def test_who_does_not_come_is_not_asked_about(hall: Hall) -> None:
    """Nothing is fetched for members who are not there."""
    await hall.linked("mai", hall.there.person())
    await hall.linked("nam", hall.there.person())
    asked = hall.server.asked.total()
    hall.desk.clock.ahead += TTL_MS + 1
    hall.publish()
    await hall.check_in("mai", index=0)

    async def again() -> bool:
        return hall.server.asked.total() > asked

    await until(again)

    async def checked() -> bool:
        mai, nam = await hall.standings()
        return bool(mai["checked_at"] > nam["checked_at"] + TTL_MS / 2)

    await until(checked)
