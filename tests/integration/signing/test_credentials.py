"""Renewing and revoking keys over HTTP, and the lists that tell of it."""

import asyncio
import base64
from typing import Any

import pytest
from cryptography import x509

from services.kit import stream
from services.rules import credential
from services.signing.holdings import AUTHORITY, STORE
from services.wire import CredentialIssued, CredentialRevoked
from tests.support.chains import fresh
from tests.support.signing_desk import BODY, SigningDesk, request_of
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")

DAY = 86_400_000


async def renew(desk: SigningDesk, old: dict[str, Any], request: str, status: int | None = 201) -> Any:
    """Renew, signed in with the old key."""
    who = desk.token(old["member"], "delegate", credential=old["thumbprint"])
    return await desk.ask("POST", "/credentials/renew", {"request": request}, who=who, status=status)


async def revoke(desk: SigningDesk, thumbprint: str, reason: str = "lost", **how: Any) -> Any:
    """Revoke as the secretary, or as somebody else."""
    who = how.pop("who", desk.token("lan", "secretary"))
    path = f"/credentials/{thumbprint}/revoke"
    return await desk.ask("POST", path, {"reason": reason}, who=who, **how)


@pytest.fixture
async def mai(desk: SigningDesk) -> dict[str, Any]:
    """Mai's first credential."""
    return await desk.enrol(await desk.invite("mai"), request_of())


async def test_renewal(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """A new key takes the place of the one signed in with; the old is revoked in the same breath."""
    new = await renew(desk, mai, request_of())
    _, issued, revoked = await desk.told()
    assert isinstance(issued, CredentialIssued)
    assert isinstance(revoked, CredentialRevoked)
    assert (issued.credential.thumbprint, issued.replaces) == (new["thumbprint"], mai["thumbprint"])
    assert (revoked.thumbprint, revoked.reason) == (mai["thumbprint"], "superseded")
    assert revoked.at <= desk.clock()


async def test_renewal_again(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """The same renewal again gets the same certificate; another one with the old key is refused."""
    request = request_of()
    answers = await asyncio.gather(*(renew(desk, mai, request) for _ in range(4)))
    assert {answer["thumbprint"] for answer in answers} == {answers[0]["thumbprint"]}
    assert len(await desk.told()) == 3
    assert (await renew(desk, mai, request_of(), 403))["code"] == "credential_revoked"


async def test_renewals_without_end(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Twenty in a day by oneself; what was renewed is answered again. An invite takes no notice, nor does a new day."""
    before, last, request = mai, mai, ""
    for _ in range(20):
        before, request = last, request_of()
        last = await renew(desk, before, request)
    told = len(await desk.told())
    refused = await renew(desk, last, request_of(), 409)
    assert (refused["code"], refused["facts"]) == ("renewed_too_often", {"most": 20})
    assert (await renew(desk, before, request))["thumbprint"] == last["thumbprint"]
    assert len(await desk.told()) == told
    desk.clock.ahead = DAY + 1
    last = await renew(desk, last, request_of())
    desk.clock.ahead = 0
    assert (await renew(desk, last, request_of(), 409))["code"] == "renewed_too_often"
    await desk.enrol(await desk.invite("mai"), request_of())


async def test_race_of_renewals(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Different new keys at once: one takes the old one's place."""
    answers = await asyncio.gather(*(renew(desk, mai, request_of(), None) for _ in range(6)))
    codes = sorted(answer.get("code", "enrolled") for answer in answers)
    assert codes == ["credential_revoked"] * 5 + ["enrolled"]


async def test_renewal_against_lost_phone(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Renewing with a stolen phone while its owner enrols a new one leaves one good key."""
    code = await desk.invite("mai")
    await asyncio.gather(renew(desk, mai, request_of(), None), desk.enrol(code, request_of()))
    good = {
        event.credential.thumbprint for event in await desk.told() if isinstance(event, CredentialIssued)
    } - {event.thumbprint for event in await desk.told() if isinstance(event, CredentialRevoked)}
    assert len(good) == 1


async def test_who_may_renew(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Only who signed in with the key renews it, while it is good."""
    request = {"request": request_of()}
    nam = desk.token("nam", "delegate", credential=mai["thumbprint"])
    without = desk.token("mai", "delegate")
    other = desk.token("mai", "delegate", body="ubnd", credential=mai["thumbprint"])
    unknown = desk.token("mai", "delegate", credential="A" * 43)
    path = "/credentials/renew"
    assert await desk.refused("POST", path, request, who=nam, status=403) == "credential_unknown"
    assert await desk.refused("POST", path, request, who=other, status=403) == "credential_unknown"
    assert await desk.refused("POST", path, request, who=unknown, status=403) == "credential_unknown"
    assert await desk.refused("POST", path, request, who=without, status=403) == "no_credential"
    assert await desk.refused("POST", path, request, status=401) == "not_signed_in"
    desk.clock.ahead = 366 * DAY
    assert (await renew(desk, mai, request_of(), 403))["code"] == "credential_expired"
    assert len(await desk.told()) == 1


async def test_renewal_takes_a_new_key(desk: SigningDesk) -> None:
    """The old key is not certified once more."""
    key = fresh()
    old = await desk.enrol(await desk.invite("mai"), request_of(key))
    assert (await renew(desk, old, request_of(key), 409))["code"] == "key_taken"


@pytest.mark.parametrize("reason", ["lost", "left", "compromised"])
async def test_revocation(desk: SigningDesk, mai: dict[str, Any], reason: str) -> None:
    """Revoking is told once, with its reason, however often it is asked for."""
    before = desk.clock()
    await asyncio.gather(*(revoke(desk, mai["thumbprint"], reason, status=204) for _ in range(3)))
    _, event = await desk.told()
    assert isinstance(event, CredentialRevoked)
    assert (event.thumbprint, event.member, event.reason) == (mai["thumbprint"], "mai", reason)
    assert before <= event.at <= desk.clock()


async def test_who_may_revoke(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """The secretary of the body and the operator revoke; reasons of ours and unknown keys are refused."""
    delegate = desk.token("mai", "delegate", credential=mai["thumbprint"])
    foreign = desk.token("lan", "secretary", body="ubnd")
    assert (await revoke(desk, mai["thumbprint"], who=delegate, status=403))["code"] == "not_allowed"
    assert (await revoke(desk, mai["thumbprint"], who=foreign, status=403))["code"] == "foreign_body"
    assert (await revoke(desk, mai["thumbprint"], "superseded", status=400))["code"] == "request_malformed"
    assert (await revoke(desk, "A" * 43, status=403))["code"] == "credential_unknown"
    assert len(await desk.told()) == 1
    operator = desk.token("root", "operator", body="plenary")
    await revoke(desk, mai["thumbprint"], who=operator, status=204)


async def test_revoked_then_invited(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """After a revocation a new invite certifies a new key, which replaces nothing."""
    await revoke(desk, mai["thumbprint"], status=204)
    assert (await renew(desk, mai, request_of(), 403))["code"] == "credential_revoked"
    await desk.enrol(await desk.invite("mai"), request_of())
    last = (await desk.told())[-1]
    assert isinstance(last, CredentialIssued)
    assert last.replaces == ""


async def test_revocation_list(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """The CRL of the persons' authority names what was revoked, at once, and verifies under its certificate."""
    leaf = x509.load_pem_x509_certificate(mai["chain"][0].encode())
    issuer = x509.load_der_x509_certificate(await desk.ask("GET", "/ca/delegates.cer", status=200))
    leaf.verify_directly_issued_by(issuer)
    before = x509.load_der_x509_crl(await desk.ask("GET", "/crl/delegates.crl", status=200))
    assert before.get_revoked_certificate_by_serial_number(leaf.serial_number) is None
    await revoke(desk, mai["thumbprint"], status=204)
    raw = await desk.ask("GET", "/crl/delegates.crl", status=200)
    after = x509.load_der_x509_crl(raw)
    assert after.is_signature_valid(desk.app[AUTHORITY].delegates.key.public_key())
    assert after.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None
    assert await desk.ask("GET", "/crl/delegates.crl") == raw
    desk.clock.ahead = DAY
    assert await desk.ask("GET", "/crl/delegates.crl") != raw
    root = x509.load_der_x509_crl(await desk.ask("GET", "/crl/root.crl", status=200))
    assert list(root) == []
    assert await desk.refused("GET", "/crl/seal.crl", status=404) == "issuer_unknown"
    assert await desk.refused("GET", "/ca/nobody.cer", status=404) == "issuer_unknown"


async def test_revocations_that_end_in_another_order(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """The transaction that began first is committed last, and the list was asked for in between: both are on it."""
    other = await desk.enrol(await desk.invite("nam"), request_of())
    serials = [
        x509.load_pem_x509_certificate(each["chain"][0].encode()).serial_number for each in (mai, other)
    ]

    async def listed() -> set[int]:
        found = x509.load_der_x509_crl(await desk.ask("GET", "/crl/delegates.crl"))
        return {each.serial_number for each in found}

    async with desk.app[STORE].transaction() as books:
        await books.revoke(mai["thumbprint"], desk.clock(), "lost")
        assert await listed() == set()
        await revoke(desk, other["thumbprint"], status=204)
        assert await listed() == {serials[1]}
    assert await listed() == set(serials)


async def test_trust(desk: SigningDesk) -> None:
    """trust.pem is what lies in the keys' directory, byte for byte, and the root's certificate is in it."""
    raw = await desk.ask("GET", "/trust.pem", status=200)
    (anchor,) = credential.load_anchors(raw)
    assert raw == desk.app[AUTHORITY].trust
    assert await desk.ask("GET", "/ca/root.cer", status=200) == anchor


async def test_streams(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Screens of the body and the readers of `credentials` hear of every change, in order; `certificates` of none."""
    await revoke(desk, mai["thumbprint"], status=204)
    told = await desk.told()

    async def all_there() -> bool:
        return len(await desk.on_stream(stream.screen(BODY, "signing"))) == len(told)

    await until(all_there, what="both events on the screens' stream")
    assert await desk.on_stream(stream.screen(BODY, "signing")) == told
    assert await desk.on_stream(stream.work(BODY, "credentials", 1)) == told
    assert await desk.on_stream(stream.work(BODY, "certificates", 1)) == []


async def test_whose_key_signed(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Anybody of the body reads a key's chain, revoked or not; of another body nobody, and nobody a key unknown."""
    path = f"/credentials/{mai['thumbprint']}"
    who = desk.token("nam", "delegate")
    found = await desk.ask("GET", path, who=who, status=200)
    assert (found["member"], found["thumbprint"]) == ("mai", mai["thumbprint"])
    der = [base64.b64decode(text) for text in found["chain"]]
    anchors = credential.load_anchors(await desk.ask("GET", "/trust.pem", status=200))
    leaf = credential.verify_chain(der, anchors, desk.clock(), "person")
    assert credential.member_of(leaf) == (BODY, "mai")
    await revoke(desk, mai["thumbprint"])
    assert await desk.ask("GET", path, who=who, status=200) == found
    assert await desk.refused("GET", path) == "not_signed_in"
    stranger = desk.token("nam", "delegate", body="khac")
    assert await desk.refused("GET", path, who=stranger) == "foreign_body"
    assert await desk.refused("GET", f"/credentials/{'A' * 43}", who=who) == "credential_unknown"
