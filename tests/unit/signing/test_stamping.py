"""Time-stamps by a URL: what an honest authority says is taken, and nothing else of anybody."""

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web
from asn1crypto import cms, tsp

from services.rules.proof_errors import TimeStampWrong
from services.signing.countersigned import tokens, trial_authority
from services.signing.countersigned.pdf_errors import StamperAway
from services.signing.countersigned.stamping import REPLY, UrlStamper
from services.signing.countersigned.trial_authority import TrialAuthority, TrialStamper
from tests.support.tools import needs
from tests.support.tsa_server import Answer, OpensslTsa, granted, honest, serving

NOW = 1_795_000_000_000
OVER = b"what is stamped"


def test_an_honest_authority_is_believed() -> None:
    authority = trial_authority.found(NOW)
    with serving(honest(authority, NOW)) as url:
        token = UrlStamper(url, authority.trust).stamp(OVER)
    assert tokens.read(token, OVER).at == NOW


@needs("openssl")
def test_the_authority_of_openssl_is_believed(tmp_path: Path) -> None:
    authority = OpensslTsa(tmp_path)
    with serving(authority.answer) as url:
        token = UrlStamper(url, authority.trust).stamp(OVER)
    assert tokens.read(token, OVER).policy == "1.2.3.4.1"


def _request(body: bytes) -> tuple[bytes, int]:
    request = tsp.TimeStampReq.load(body)
    return request["message_imprint"]["hashed_message"].native, request["nonce"].native


def _of_another(authority: TrialAuthority) -> Answer:
    return lambda body: granted(authority.stamp(sha256(b"another").digest(), NOW, _request(body)[1]))


def _another_nonce(authority: TrialAuthority) -> Answer:
    return lambda body: granted(authority.stamp(_request(body)[0], NOW, _request(body)[1] ^ 1))


def _no_nonce(authority: TrialAuthority) -> Answer:
    return lambda body: granted(authority.stamp(_request(body)[0], NOW))


def _refusing(_: TrialAuthority) -> Answer:
    status = {"status": "rejection", "status_string": ["no"], "fail_info": {"time_not_available"}}
    return lambda _: bytes(tsp.TimeStampResp({"status": status}).dump())


def _revoked(authority: TrialAuthority) -> Answer:
    return lambda body: granted(
        authority.stamp(_request(body)[0], NOW, _request(body)[1]), "revocation_warning"
    )


def _stranger(_: TrialAuthority) -> Answer:
    return honest(trial_authority.found(NOW), NOW)


def _ended(authority: TrialAuthority) -> Answer:
    return honest(authority, NOW + 100 * 365 * 86_400_000)


def _tampered(authority: TrialAuthority) -> Answer:
    def answer(body: bytes) -> bytes:
        said = bytearray(honest(authority, NOW)(body))  # type: ignore[arg-type]
        said[-1] ^= 1
        return bytes(said)

    return answer


def _with_more(authority: TrialAuthority) -> Answer:
    """Something unsigned in it."""

    def answer(body: bytes) -> bytes:
        token = cms.ContentInfo.load(authority.stamp(*_asked(body)))
        signer = token["content"]["signer_infos"][0]
        signer["unsigned_attrs"] = cms.CMSAttributes(
            [cms.CMSAttribute({"type": "counter_signature", "values": [signer]})]
        )
        return granted(token.dump(force=True))

    def _asked(body: bytes) -> tuple[bytes, int, int]:
        digest, nonce = _request(body)
        return digest, NOW, nonce

    return answer


def _bytes(answer: web.Response | bytes) -> bytes:
    assert isinstance(answer, bytes)
    return answer


def _packed(raw: bytes) -> web.Response:
    return web.Response(body=gzip.compress(raw), content_type=REPLY, headers={"Content-Encoding": "gzip"})


LIES: dict[str, Callable[[TrialAuthority], Answer]] = {
    "over something else": _of_another,
    "another request": _another_nonce,
    "no request": _no_nonce,
    "refused": _refusing,
    "a warning": _revoked,
    "a stranger": _stranger,
    "ended": _ended,
    "tampered with": _tampered,
    "more than is signed": _with_more,
    "nothing": lambda _: lambda _: b"",
    "garbage": lambda _: lambda _: b"\x30\x03\x02\x01\x05",
    "endless": lambda _: lambda _: b"\0" * 10_000_000,
    "a page": lambda _: lambda _: web.Response(text="<html>", content_type="text/html"),
    "an error": lambda _: lambda _: web.Response(status=500, body=b"", content_type=REPLY),
    "a bomb": lambda _: lambda _: _packed(b"\0" * 100_000_000),
    "packed": lambda authority: lambda body: _packed(_bytes(honest(authority, NOW)(body))),
    "elsewhere": lambda _: lambda _: web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_nothing_else_is_believed(lie: str) -> None:
    authority = trial_authority.found(NOW)
    with serving(LIES[lie](authority)) as url, pytest.raises(StamperAway):
        UrlStamper(url, authority.trust).stamp(OVER)


def test_an_authority_that_does_not_answer_is_not_waited_for() -> None:
    authority, over = trial_authority.found(NOW), threading.Event()

    def never(_: bytes) -> bytes:
        over.wait(30)
        return b""

    with serving(never) as url:
        with pytest.raises(StamperAway):
            UrlStamper(url, authority.trust, timeout=0.2, tries=1).stamp(OVER)
        over.set()


def test_an_authority_that_drips_is_not_waited_for() -> None:
    """A byte now and then, for ever: the time is for the whole answer."""
    authority = trial_authority.found(NOW)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {REPLY}\r\nContent-Length: 5000\r\n\r\n".encode()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        gone = threading.Event()

        def drip() -> None:
            taken, _ = listening.accept()
            with taken, contextlib.suppress(OSError):
                taken.sendall(head)
                while not gone.wait(0.02):
                    taken.sendall(b"0")
            gone.set()

        dripping = threading.Thread(target=drip)
        dripping.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/tsa"
        with pytest.raises(StamperAway, match="TimeoutError"):
            UrlStamper(url, authority.trust, timeout=0.3, tries=1).stamp(OVER)
        # It was let go: the drip finds nobody there.
        assert gone.wait(10)
        dripping.join(10)


def test_one_that_is_away_once_is_asked_again() -> None:
    authority, asked = trial_authority.found(NOW), []

    def at_the_second_time(body: bytes) -> web.Response | bytes:
        asked.append(body)
        return honest(authority, NOW)(body)

    with pytest.raises(StamperAway):
        UrlStamper("http://127.0.0.1:1/tsa", authority.trust).stamp(OVER)
    with serving(at_the_second_time) as url:
        UrlStamper(url, authority.trust).stamp(OVER)
    assert len(asked) == 1


def test_the_trial_authority_says_what_it_is() -> None:
    authority = trial_authority.found(NOW, timedelta(days=1))
    token = TrialStamper(authority, lambda: NOW).stamp(OVER)
    stamp = tokens.read(token, OVER)
    assert stamp.policy == trial_authority.TRIAL_POLICY
    assert "THỬ NGHIỆM".encode() in stamp.chain[0]
    with pytest.raises(TimeStampWrong):
        tokens.read(token, b"another")


def test_no_flipped_byte_of_a_token_is_read() -> None:
    token = TrialStamper(trial_authority.found(NOW), lambda: NOW).stamp(OVER)
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 1 << place % 8
        with pytest.raises(TimeStampWrong):
            tokens.read(bytes(changed), OVER)
