"""Cloud Signature Consortium, both versions, against a service written from the specification, honest and not."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from services.refusal import Refused
from services.rules import jws, remote_evidence
from services.signing.remote.csc import Csc
from services.signing.remote.errors import (
    GrantWrong,
    PinThroughUsRefused,
    RemoteBusy,
    RemoteKeyUnfit,
    RemoteLost,
    RemoteMalformed,
    RemoteRefusesUs,
    RemoteSignatureForeign,
    RemoteUserUnknown,
)
from services.signing.remote.port import Declined, Done, Expired, Grant, Outcome, Pending, StillPending
from services.signing.remote.settings import CscSettings, Secret
from tests.support import fake_csc as fake
from tests.support.fake_csc import FakeCsc
from tests.support.fake_signers import Clock, Pauses, Signer, high, order, signer, talking

AN, BINH, EC = signer("an"), signer("binh"), signer("an", "p256")
VERSIONS = pytest.mark.parametrize("version", ["1", "2"])


@asynccontextmanager
async def desk(
    service: FakeCsc, clock: Clock | None = None, secret: str = fake.CLIENT_SECRET, **said: Any
) -> AsyncIterator[Csc]:
    def make(session: aiohttp.ClientSession, url: str) -> Csc:
        settings = CscSettings(
            name="Ký số từ xa",
            bodies=("hdnd",),
            url=f"{url}/csc/v{service.version}",
            secret_file="csc.secret",
            version=service.version,
            client_id=fake.CLIENT_ID,
            token_url=f"{url}/oauth2/token",
            authorize_url=f"{url}/oauth2/authorize",
            pushed_url=f"{url}/oauth2/pushed_authorize",
            redirect_url=fake.REDIRECT,
            **said,
        )
        return Csc.over(session, clock or Clock(), "csc", settings, Secret(secret), Pauses().manners)

    async with talking(service.app(), make) as made:
        yield made


async def confirmed(csc: Csc, held: FakeCsc, pending: Pending) -> Outcome:
    """The person confirms on the service's page, and what they bring back is used."""
    return await csc.ask(pending, Grant(held.confirm(pending.confirm_at)))


@VERSIONS
@pytest.mark.parametrize(
    ("who", "alg"), [(AN, "RS256"), (AN, "PS256"), (EC, "ES256")], ids=["RS256", "PS256", "ES256"]
)
async def test_each_algorithm_in_each_version(version: Any, who: Signer, alg: str) -> None:
    """DER becomes raw; no secret stands in the evidence."""
    held = FakeCsc(who, version)
    async with desk(held) as csc:
        assert await csc.certificates("user-an") == [who.remote]
        wanted = order(who, alg=alg)
        pending = await csc.start(wanted)
        assert isinstance(await csc.ask(pending), StillPending)
        grant = Grant(held.confirm(pending.confirm_at))
        done = await csc.ask(pending, grant)
    assert isinstance(done, Done)
    assert all(shown.startswith(f"{wanted.display.code} Tán thành: Nghị quyết") for shown in held.shown)
    jws.verify_bytes(alg, who.key.public_key(), done.signature, wanted.signing_input)
    raw = remote_evidence.write(done.evidence)
    assert remote_evidence.verify(raw, wanted.signing_input, who.der) == done.evidence
    assert done.evidence.form == ("der" if alg == "ES256" else "raw")
    for secret in (grant.code, pending.verifier, fake.CLIENT_SECRET):
        assert secret.encode() not in raw
        assert secret not in repr((csc, pending, grant))


@VERSIONS
async def test_signed_on_the_services_own_page(version: Any) -> None:
    """The person goes there and comes back with a code; the address holds no secret and no text."""
    held = FakeCsc(AN, version, "oauth2code")
    async with desk(held) as csc:
        wanted = order(AN)
        pending = await csc.start(wanted)
        assert urlsplit(pending.confirm_at).path == "/oauth2/authorize"
        for secret in (fake.CLIENT_SECRET, pending.verifier, "dự toán"):
            assert secret not in pending.confirm_at
        assert pending.verifier not in repr(pending)
        assert isinstance(await csc.ask(pending), StillPending)
        code = held.confirm(pending.confirm_at)
        done = await csc.ask(pending, Grant(code=code))
        assert isinstance(done, Done)
        # A code is good once.
        with pytest.raises(GrantWrong):
            await csc.ask(pending, Grant(code=code))
    jws.verify_bytes("RS256", AN.key.public_key(), done.signature, wanted.signing_input)
    assert all(shown.startswith(wanted.display.code) for shown in held.shown)


@VERSIONS
async def test_permission_for_another_hash(version: Any) -> None:
    """A code that the person gave for one message signs no other: the service says no, and so should we hear it."""
    held = FakeCsc(AN, version, "oauth2code")
    async with desk(held) as csc:
        first = await csc.start(order(AN, "pl-01"))
        second = await csc.start(order(AN, "pl-02", "PS256"))
        code = held.confirm(first.confirm_at)
        with pytest.raises(GrantWrong):
            await csc.ask(second, Grant(code=code))


@VERSIONS
async def test_pin_through_us_is_for_nobody(version: Any) -> None:
    """A key that wants a PIN or one-time password in our message: refused before anybody is asked for one."""
    held = FakeCsc(AN, version, "explicit")
    async with desk(held) as csc:
        with pytest.raises(PinThroughUsRefused):
            await csc.certificates("user-an")
        with pytest.raises(PinThroughUsRefused):
            await csc.start(order(AN))
    assert {act for act, _ in held.asked} == {"token", "list", "info"}


@pytest.mark.parametrize("who", ["person", "service"])
async def test_back_from_the_page_with_a_no(who: Any) -> None:
    """Over, and nothing is asked."""
    held = FakeCsc(AN)
    async with desk(held) as csc:
        outcome = await csc.ask(await csc.start(order(AN)), Grant(no=who))
    assert isinstance(outcome, Declined)
    assert outcome.why == who
    assert "sign" not in {act for act, _ in held.asked}


@pytest.mark.parametrize(
    ("said", "who", "alg"),
    [
        ({"SCAL": "1"}, AN, "RS256"),
        ({"key": {"status": "disabled", "algo": ["1.2.840.113549.1.1.1"]}}, AN, "RS256"),
        ({"key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.5"]}}, AN, "RS256"),
        ({"auth": {"mode": "implicit"}}, AN, "RS256"),
        ({"auth": {}}, AN, "RS256"),
        ({}, AN, "ES256"),
        ({}, EC, "RS256"),
    ],
    ids=["SCAL1", "disabled", "SHA-1 only", "implicit", "no mode", "not of this key", "RSA name, EC key"],
)
async def test_credentials_that_may_not(said: dict[str, Any], who: Signer, alg: str) -> None:
    """Nobody is asked."""
    held = FakeCsc(who, info=said)
    async with desk(held) as csc:
        with pytest.raises(RemoteKeyUnfit):
            await csc.start(order(who, alg=alg))
        fit = {"SCAL", "auth"}.isdisjoint(said) and said.get("key", {}).get("status") != "disabled"
        assert bool(await csc.certificates("user-an")) == fit
    assert "authorize" not in [act for act, _ in held.asked]


async def test_implicit_where_the_operator_says_so() -> None:
    """A service that asks the signer by itself."""
    async with desk(FakeCsc(AN, "1", "implicit"), implicit=True) as csc:
        assert isinstance(await csc.ask(await csc.start(order(AN))), Done)


async def test_another_certificate_under_the_same_name() -> None:
    """The credential was renewed, or swapped: not the key that is enrolled."""
    async with desk(FakeCsc(AN, certificate=BINH.der)) as csc:
        with pytest.raises(RemoteKeyUnfit):
            await csc.start(order(AN))


@pytest.mark.parametrize(
    ("who", "alg", "signs", "refusal"),
    [
        (AN, "RS256", lambda who, hashed, alg: [who.signs(bytes(32))], RemoteSignatureForeign),
        (AN, "RS256", lambda who, hashed, alg: [BINH.signs(hashed)], RemoteSignatureForeign),
        (AN, "PS256", lambda who, hashed, alg: [who.signs(hashed, "RS256")], RemoteSignatureForeign),
        (AN, "RS256", lambda who, hashed, alg: [who.signs(hashed)] * 2, RemoteLost),
        (AN, "RS256", lambda who, hashed, alg: [], RemoteLost),
        (EC, "ES256", lambda who, hashed, alg: [bytes(64)], RemoteSignatureForeign),
        (EC, "ES256", lambda who, hashed, alg: [who.signs(hashed) + b"\0"], RemoteSignatureForeign),
    ],
    ids=["another hash", "another person", "another padding", "two", "none", "zeros", "a byte more"],
)
async def test_what_is_no_signature_of_this(
    who: Signer, alg: str, signs: Callable[[Any, bytes, str], list[bytes]], refusal: type[Refused]
) -> None:
    """Whatever the service says of it."""
    held = FakeCsc(who, signs=signs)
    async with desk(held) as csc:
        pending = await csc.start(order(who, alg=alg))
        with pytest.raises(refusal):
            await confirmed(csc, held, pending)


async def test_high_s_is_taken_in_its_low_form() -> None:
    """DER with the larger s: the same signature, as JWS has it."""
    held = FakeCsc(EC, signs=lambda who, hashed, alg: [high(who.signs(hashed))])
    async with desk(held) as csc:
        done = await confirmed(csc, held, await csc.start(order(EC, alg="ES256")))
    assert isinstance(done, Done)


async def test_token_of_ours_that_ended() -> None:
    """The service forgets it: we sign in once more and go on. Our secret wrong: told to the operator."""
    held = FakeCsc(AN)
    async with desk(held) as csc:
        pending = await csc.start(order(AN))
        held.service_tokens.clear()
        assert await csc.certificates("user-an") == [AN.remote]
        assert [act for act, _ in held.asked].count("token") == 2
        assert isinstance(await confirmed(csc, held, pending), Done)
    async with desk(FakeCsc(AN), secret="other") as csc:
        with pytest.raises(RemoteRefusesUs):
            await csc.certificates("user-an")
    async with desk(FakeCsc(AN)) as csc:
        with pytest.raises(RemoteUserUnknown):
            await csc.certificates("nobody")


@pytest.mark.parametrize(
    ("act", "broken", "refusal"),
    [
        ("info", lambda: web.Response(text='{"key": {"status": "ena'), RemoteMalformed),
        ("info", lambda: web.json_response({"key": {"status": 1, "algo": []}, "cert": {}}), RemoteMalformed),
        ("push", lambda: web.json_response({"request_uri": "urn:" + "x" * 200_000}), RemoteMalformed),
        ("push", lambda: web.json_response({"request_uri": ""}), RemoteMalformed),
        ("info", lambda: web.Response(status=429), RemoteBusy),
        ("info", lambda: web.Response(status=404), RemoteKeyUnfit),
        ("sign", lambda: web.Response(status=504), RemoteLost),
        ("sign", lambda: web.Response(status=503), RemoteLost),
        ("sign", lambda: web.Response(status=500), RemoteLost),
        ("sign", lambda: web.json_response({"responseID": "later"}), RemoteLost),
        ("sign", lambda: web.json_response({"signatures": ["%%%"]}), RemoteLost),
    ],
    ids=[
        *("cut off", "wrong types", "endless address", "no address", "429"),
        *("404", "504", "503", "500", "asynchronous", "no base64"),
    ],
)
async def test_wrong_answers(
    act: str, broken: Callable[[], web.StreamResponse], refusal: type[Refused]
) -> None:
    """Each has its refusal; a permission is never used twice."""
    held = FakeCsc(AN, breaks={act: broken})
    async with desk(held) as csc:
        with pytest.raises(refusal):
            await confirmed(csc, held, await csc.start(order(AN)))
    signed = [each for each, _ in held.asked].count("sign")
    assert signed <= (3 if broken().status == 503 else 1)


@pytest.mark.parametrize("status", [200, 500, 504])
async def test_question_of_the_service_that_is_lost(status: int) -> None:
    """Where the service asks the person itself, a lost answer may mean that it has: whoever drives us counts those."""
    held = FakeCsc(AN, mode="implicit", breaks={"authorize": lambda: web.Response(status=status)})
    async with desk(held, implicit=True) as csc:
        with pytest.raises(RemoteLost):
            await csc.ask(await csc.start(order(AN)))


async def test_nobody_confirms_for_ever() -> None:
    """What was not confirmed in time is over."""
    clock = Clock()
    async with desk(FakeCsc(AN), clock) as csc:
        pending = await csc.start(order(AN))
        clock.now += 301_000
        assert isinstance(await csc.ask(pending), Expired)
