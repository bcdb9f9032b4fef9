"""A token that answers late or never: whoever needs its signature waits, and nobody else."""

import asyncio
import threading
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.kit.apart_thread import ApartThread
from services.kit.problem import NotReady
from services.kit.token_address import parse
from services.kit.token_keys import TokenKey
from services.pki import ocsp
from services.signing.holdings import AUTHORITY
from tests.support.signing_desk import SigningDesk, request_of
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")

LONGEST_S = 20
ADDRESS = "pkcs11:token=slow;object=key?module-path=/none&pin-source=file:/none"


class SlowKey(TokenKey):
    """A key on a token that signs when it may."""

    def __init__(self, real: ec.EllipticCurvePrivateKey) -> None:
        """`real` signs in the end."""
        super().__init__(parse(ADDRESS), real.public_key())
        self._real = real
        self.asked = 0
        self.may = threading.Event()

    def sign(self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:  # type: ignore[override]
        """As the real one does, but later."""
        self.asked += 1
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


async def _answer(desk: SigningDesk, what: str) -> Any:
    held = desk.app[AUTHORITY]
    match what:
        case "enrolment":
            return await desk.enrol(await desk.invite("mai"), request_of())
        case "list":
            return await desk.ask("GET", "/crl/delegates.crl", status=200)
        case _:
            headers = {"Content-Type": "application/ocsp-request"}
            question = ocsp.question(held.delegates.certificate, held.root.certificate, bytes(32))
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
