"""A token that answers late or never: whoever needs its signature waits, and nobody else."""

import asyncio
import base64
import threading
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.kit.apart_thread import ApartThread
from services.kit.problem import NotReady
from services.kit.token_address import parse
from services.kit.token_keys import TokenKey, TokenRefused
from services.pki import ocsp
from services.signing.holdings import AUTHORITY, LISTS, RESPONDER
from services.signing.responder import Responder
from tests.support.signing_desk import SigningDesk, request_of
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")

LONGEST_S = 20
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ADDRESS = "pkcs11:token=slow;object=key?module-path=/none&pin-source=file:/none"


class SlowKey(TokenKey):
    """A key on a token that signs when it may."""

    def __init__(self, real: ec.EllipticCurvePrivateKey) -> None:
        """`real` signs in the end."""
        super().__init__(parse(ADDRESS), real.public_key())
        self._real = real
        self.asked = 0
        self.is_away = False
        self.may = threading.Event()

    def sign(self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:  # type: ignore[override]
        """As the real one does, but later."""
        self.asked += 1
        if self.is_away:
            raise TokenRefused("drawn")
        if not self.may.wait(LONGEST_S):
            raise TimeoutError("nobody let the token sign: the event loop waits for it")
        return self._real.sign(data, signature_algorithm)


@pytest.fixture
def slow(desk: SigningDesk, what: str) -> SlowKey:
    """The key of the authority that is asked, on a slow token from now on."""
    held = desk.app[AUTHORITY]
    issuer = held.root if what == "answer" else held.delegates
    key = SlowKey(issuer.key)
    # The application holds it since it began, as it would a token's.
    object.__setattr__(issuer, "key", key)
    return key


async def _asked(slow: SlowKey) -> None:
    async def asked() -> bool:
        return slow.asked > 0

    await until(asked, 10, "the token is asked")


def _question(desk: SigningDesk) -> bytes:
    held = desk.app[AUTHORITY]
    return ocsp.question(held.delegates.certificate, held.root.certificate, bytes(32))


async def _answer(desk: SigningDesk, what: str) -> Any:
    match what:
        case "enrolment":
            return await desk.enrol(await desk.invite("mai"), request_of())
        case "list":
            return await desk.ask("GET", "/crl/delegates.crl", status=200)
        case _:
            headers, question = {"Content-Type": "application/ocsp-request"}, _question(desk)
            async with desk.client.post("/signing/ocsp/root", data=question, headers=headers) as answer:
                return await answer.read()


@pytest.mark.parametrize("what", ["enrolment", "list", "answer"])
async def test_while_the_token_signs_all_others_are_answered(
    desk: SigningDesk, slow: SlowKey, what: str
) -> None:
    """A worker that waited for it would take no ballots meanwhile. Who asks the same waits for the same signature."""
    waiting = [asyncio.create_task(_answer(desk, what)) for _ in range(1 if what == "enrolment" else 3)]
    await _asked(slow)
    assert b"BEGIN CERTIFICATE" in await desk.ask("GET", "/trust.pem", status=200)
    assert not any(one.done() for one in waiting)
    slow.may.set()
    assert all(await asyncio.gather(*waiting))
    assert slow.asked == 1


@pytest.mark.parametrize("what", ["enrolment", "list", "answer"])
async def test_a_token_that_is_away_is_said_and_used_again(
    desk: SigningDesk, slow: SlowKey, what: str
) -> None:
    """By a code of its own, to come again; and once it is back, at once."""
    slow.may.set()
    slow.is_away = True
    code = await desk.invite("mai") if what == "enrolment" else ""
    path, given = {
        "enrolment": ("/enrolments", {"code": code, "request": request_of()}),
        "list": ("/crl/delegates.crl", None),
        "answer": ("/ocsp/root/" + quote(base64.b64encode(_question(desk)).decode(), safe=""), None),
    }[what]
    method = "POST" if what == "enrolment" else "GET"
    assert await desk.refused(method, path, given, status=503) == "token_away"
    slow.is_away = False
    assert await desk.ask(method, path, given, status=201 if what == "enrolment" else 200)


@pytest.mark.parametrize("what", ["list"])
async def test_a_list_that_names_all_is_given_on_while_the_token_is_away(
    desk: SigningDesk, slow: SlowKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For days; but not one in which somebody is missing, and not one that ends soon."""
    slow.may.set()
    enrolled = await desk.enrol(await desk.invite("mai"), request_of())
    before = await desk.ask("GET", "/crl/delegates.crl", status=200)
    slow.is_away = True
    lists = desk.app[LISTS]
    monkeypatch.setattr(lists, "_clock", lambda: desk.clock() + 5 * DAY_MS)
    assert await desk.ask("GET", "/crl/delegates.crl", status=200) == before
    monkeypatch.setattr(lists, "_clock", lambda: desk.clock() + 6 * DAY_MS + 3_600_000)
    assert await desk.refused("GET", "/crl/delegates.crl", status=503) == "token_away"
    monkeypatch.setattr(lists, "_clock", desk.clock)
    thumbprint = f"/credentials/{enrolled['thumbprint']}/revoke"
    await desk.ask("POST", thumbprint, {"reason": "lost"}, who=desk.token("lan", "secretary"), status=204)
    assert await desk.refused("GET", "/crl/delegates.crl", status=503) == "token_away"
    slow.is_away = False
    assert await desk.ask("GET", "/crl/delegates.crl", status=200) != before


async def _until_settled(responder: Responder) -> None:
    async def settled() -> bool:
        return not responder._certifying

    await until(settled, 10, "whoever certifies has answered")


@pytest.mark.parametrize("what", ["answer"])
async def test_the_responder_answers_on_while_the_token_is_away(
    desk: SigningDesk, slow: SlowKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the key it had, as long as that is certified; it is renewed when the token is back, and nobody waits."""
    slow.may.set()
    await _answer(desk, "answer")
    responder, asked = desk.app[RESPONDER], slow.asked
    slow.is_away = True
    path = "/ocsp/root/" + quote(base64.b64encode(_question(desk)).decode(), safe="")
    for ahead, status in ((30 * HOUR_MS, 200), (30 * HOUR_MS + 1_000, 200), (47 * HOUR_MS, 503)):
        monkeypatch.setattr(responder, "_clock", lambda ahead=ahead: desk.clock() + ahead)
        await desk.ask("GET", path, status=status)
        await _until_settled(responder)
    # Tried once in the background, not again for a moment, and once when there was nothing left to answer with.
    assert slow.asked == asked + 2
    slow.is_away = False
    await desk.ask("GET", path, status=200)


async def test_who_has_waited_too_long_is_told() -> None:
    """What the thread is at goes on; what waited for its turn is never done."""
    thread, may = ApartThread("authority", longest_s=0.05), threading.Event()
    done: list[str] = []
    with pytest.raises(NotReady) as refused:
        await thread.do(may.wait, LONGEST_S)
    assert refused.value.facts == {"what": "authority"}
    with pytest.raises(NotReady):
        await thread.do(done.append, "second")
    may.set()
    thread.close()
    assert await ApartThread("authority").do(len, "abc") == 3
    assert not done
