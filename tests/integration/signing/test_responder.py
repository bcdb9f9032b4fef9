"""OCSP beside the lists: what our responder answers, to us and to openssl, by POST and by GET."""

import asyncio
import base64
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as messages

from services.pki import lists, ocsp
from services.pki.errors import EvidenceRefused
from services.pki.ocsp import Answer
from services.rules import credential
from services.rules.certified import to_pem
from services.rules.credential_errors import ChainWrongUse
from services.signing.holdings import AUTHORITY
from tests.support.signing_desk import ADDRESS, SigningDesk, request_of
from tests.support.tools import needs, run
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("without_press")

NONCE = bytes(range(32))
DAY_MS = 86_400_000
QUESTION = {"Content-Type": "application/ocsp-request"}


@pytest.fixture
async def mai(desk: SigningDesk) -> dict[str, Any]:
    """Mai's first credential."""
    return await desk.enrol(await desk.invite("mai"), request_of())


def _certificate(enrolled: dict[str, Any]) -> x509.Certificate:
    return x509.load_pem_x509_certificate(enrolled["chain"][0].encode())


async def _post(desk: SigningDesk, question: bytes, issuer: str = "delegates") -> bytes:
    async with desk.client.post(f"/signing/ocsp/{issuer}", data=question, headers=QUESTION) as answer:
        assert (answer.status, answer.content_type) == (200, "application/ocsp-response")
        return await answer.read()


async def _ask(desk: SigningDesk, certificate: x509.Certificate, issuer: str = "delegates") -> Answer:
    above = desk.app[AUTHORITY].issuer(issuer)
    assert above is not None
    question = ocsp.question(certificate, above.certificate, NONCE)
    der = await _post(desk, question, issuer)
    return ocsp.read(der, certificate, above.certificate, NONCE, desk.clock(), DAY_MS)


async def _revoke(desk: SigningDesk, thumbprint: str, reason: str = "lost") -> None:
    path = f"/credentials/{thumbprint}/revoke"
    await desk.ask("POST", path, {"reason": reason}, who=desk.token("lan", "secretary"), status=204)


async def test_good_then_revoked(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """At once, with when and why, and to our very question."""
    found = await _ask(desk, _certificate(mai))
    assert (found.revoked, found.fresh) == (None, True)
    before = desk.clock()
    await _revoke(desk, mai["thumbprint"])
    revoked = (await _ask(desk, _certificate(mai))).revoked
    assert revoked is not None
    assert revoked[1] == "keyCompromise"
    assert before // 1000 * 1000 <= revoked[0] <= desk.clock()


async def test_certificates_name_the_responder(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Those that we issue from now on: persons' and authorities'."""
    held = desk.app[AUTHORITY]
    for certificate, issuer in (
        (_certificate(mai), "delegates"),
        (held.delegates.certificate, "root"),
        (held.seal.certificate, "root"),
    ):
        assert ocsp.responders_of(certificate) == [f"{ADDRESS}/signing/ocsp/{issuer}"]


async def test_of_the_root(desk: SigningDesk) -> None:
    """The root answers for the authority of persons and for the seal."""
    held = desk.app[AUTHORITY]
    for certificate in (held.delegates.certificate, held.seal.certificate):
        assert (await _ask(desk, certificate, "root")).revoked is None


async def test_unknown(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """A number that we never issued is not good."""
    issuer = desk.app[AUTHORITY].delegates.certificate
    for serial in (1, (1 << 159) - 1, 1 << 160):
        builder = messages.OCSPRequestBuilder().add_certificate_by_hash(
            *_names(_certificate(mai), issuer), serial, SHA256()
        )
        der = await _post(desk, builder.build().public_bytes(Encoding.DER))
        answer = messages.load_der_ocsp_response(der)
        assert answer.certificate_status is messages.OCSPCertStatus.UNKNOWN


def _names(certificate: x509.Certificate, issuer: x509.Certificate) -> tuple[bytes, bytes]:
    built = messages.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA256()).build()
    return built.issuer_name_hash, built.issuer_key_hash


async def test_of_another_issuer(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Asked at the wrong address, and at one where nobody answers."""
    held = desk.app[AUTHORITY]
    question = ocsp.question(_certificate(mai), held.delegates.certificate, NONCE)
    answer = messages.load_der_ocsp_response(await _post(desk, question, "root"))
    assert answer.response_status is messages.OCSPResponseStatus.UNAUTHORIZED
    async with desk.client.post("/signing/ocsp/seal", data=question, headers=QUESTION) as refused:
        assert refused.status == 404


@pytest.mark.parametrize("at", [0, 4, -1])
async def test_a_hash_that_nobody_knows(desk: SigningDesk, mai: dict[str, Any], at: int) -> None:
    """By such a name it is no certificate of ours."""
    issuer = desk.app[AUTHORITY].delegates.certificate
    asked = messages.OCSPRequestBuilder().add_certificate(_certificate(mai), issuer, SHA256()).build()
    question = asked.public_bytes(Encoding.DER)
    known = bytes.fromhex("608648016503040201")
    other = bytearray(known)
    other[at] ^= 0x10
    assert known in question
    answer = messages.load_der_ocsp_response(await _post(desk, question.replace(known, bytes(other))))
    assert answer.response_status is messages.OCSPResponseStatus.UNAUTHORIZED


@pytest.mark.parametrize("question", [b"", b"x", b"0\x03\x02\x01\x00", bytes(2000)])
async def test_no_question(desk: SigningDesk, question: bytes) -> None:
    """Whatever comes is answered."""
    answer = messages.load_der_ocsp_response(await _post(desk, question))
    assert answer.response_status is messages.OCSPResponseStatus.MALFORMED_REQUEST


async def test_too_large_a_question(desk: SigningDesk) -> None:
    """Nobody asks with a book."""
    async with desk.client.post("/signing/ocsp/delegates", data=bytes(5000), headers=QUESTION) as refused:
        assert refused.status == 413
    async with desk.client.post("/signing/ocsp/delegates", data=b"{}") as refused:
        assert refused.status == 415


async def test_by_get(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """In the address, as RFC 6960 has it, its slashes written either way; without a nonce none comes back."""
    issuer = desk.app[AUTHORITY].delegates.certificate
    for _ in range(16):
        question = ocsp.question(_certificate(mai), issuer, NONCE)
        text = base64.b64encode(question).decode()
        for safe in ("", "/"):
            path = f"/signing/ocsp/delegates/{quote(text, safe=safe)}"
            async with desk.client.get(path) as answer:
                ocsp.read(await answer.read(), _certificate(mai), issuer, NONCE, desk.clock(), DAY_MS)
    bare = messages.OCSPRequestBuilder().add_certificate(_certificate(mai), issuer, SHA256()).build()
    path = quote(base64.b64encode(bare.public_bytes(Encoding.DER)).decode(), safe="")
    async with desk.client.get(f"/signing/ocsp/delegates/{path}") as answer:
        der = await answer.read()
    assert not ocsp.read(der, _certificate(mai), issuer, NONCE, desk.clock(), DAY_MS).fresh
    async with desk.client.get("/signing/ocsp/delegates/!!") as answer:
        told = messages.load_der_ocsp_response(await answer.read())
    assert told.response_status is messages.OCSPResponseStatus.MALFORMED_REQUEST


async def test_answer_is_no_replay(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """An answer from before the revocation is not taken as one to a new question."""
    issuer = desk.app[AUTHORITY].delegates.certificate
    der = await _post(desk, ocsp.question(_certificate(mai), issuer, bytes(32)))
    with pytest.raises(EvidenceRefused, match="another question"):
        ocsp.read(der, _certificate(mai), issuer, NONCE, desk.clock(), DAY_MS)


async def test_responder_signs_nothing_else(desk: SigningDesk, mai: dict[str, Any]) -> None:
    """Its certificate is neither a person's nor a seal; it is renewed while it lasts."""
    held = desk.app[AUTHORITY]
    question = ocsp.question(_certificate(mai), held.delegates.certificate, NONCE)

    async def responder() -> x509.Certificate:
        return messages.load_der_ocsp_response(await _post(desk, question)).certificates[0]

    first = await responder()
    chain = (first.public_bytes(Encoding.DER), *held.delegates.chain)
    anchors = credential.load_anchors(held.trust)
    for purpose in ("person", "seal"):
        with pytest.raises(ChainWrongUse):
            credential.verify_chain(chain, anchors, desk.clock(), purpose)
    assert await responder() == first
    desk.clock.ahead += DAY_MS + 1

    async def renewed() -> bool:
        return await responder() != first

    # Nobody waits for it.
    await until(renewed, 10, "another key answers")
    second = await responder()
    assert first.not_valid_after_utc > second.not_valid_before_utc


@needs("openssl")
async def test_openssl_and_the_list_agree(desk: SigningDesk, mai: dict[str, Any], tmp_path: Path) -> None:
    """openssl asks and believes, and finds the same in the list; so do our own readers."""
    held = desk.app[AUTHORITY]
    issuer = held.delegates.certificate
    nam = await desk.enrol(await desk.invite("nam"), request_of())
    files = {"mai": mai["chain"][0], "nam": nam["chain"][0], "trust": held.trust.decode()}
    files["issuer"] = to_pem(issuer.public_bytes(Encoding.DER))
    for name, pem in files.items():
        (tmp_path / f"{name}.pem").write_text(pem)
    await _revoke(desk, nam["thumbprint"], "left")
    url = str(desk.client.make_url("/signing/ocsp/delegates"))
    for name, enrolled, word in (("mai", mai, "good"), ("nam", nam, "revoked")):
        said = await asyncio.to_thread(
            run,
            *("openssl", "ocsp", "-url", url, "-issuer", str(tmp_path / "issuer.pem"), "-sha256"),
            *("-cert", str(tmp_path / f"{name}.pem"), "-CAfile", str(tmp_path / "trust.pem")),
        )
        assert "Response verify OK" in said
        assert "WARNING" not in said
        assert f"{name}.pem: {word}" in said
        answered = (await _ask(desk, _certificate(enrolled))).revoked
        assert (answered is not None) == (word == "revoked")
    der = await desk.ask("GET", "/crl/delegates.crl", status=200)
    (tmp_path / "list.crl").write_bytes(der)
    said = run(
        *("openssl", "crl", "-inform", "DER", "-in", str(tmp_path / "list.crl"), "-noout", "-text"),
        *("-CAfile", str(tmp_path / "issuer.pem")),
    )
    listed = lists.read(der, issuer).revoked
    assert "verify OK" in said
    for enrolled, revoked in ((mai, False), (nam, True)):
        serial = _certificate(enrolled).serial_number
        assert (f"{serial:040X}" in said) == revoked
        assert (serial in listed) == revoked
    answered = (await _ask(desk, _certificate(nam))).revoked
    assert listed[_certificate(nam).serial_number] == answered
