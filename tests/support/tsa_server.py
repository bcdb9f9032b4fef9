"""A time-stamp authority over HTTP that answers as a test wishes: well, wrongly, late, or not at all."""

import asyncio
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web
from asn1crypto import cms, tsp

from services.signing.countersigned.stamping import REPLY
from services.signing.countersigned.trial_authority import TrialAuthority
from tests.support.tools import run

Answer = Callable[[bytes], web.Response | bytes]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The URL of an authority that answers each request's body so, in a thread of its own."""
    loop = asyncio.new_event_loop()
    started: list[str] = []
    ready, done = threading.Event(), asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        said = await asyncio.to_thread(answer, body)
        return said if isinstance(said, web.Response) else web.Response(body=said, content_type=REPLY)

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/tsa", handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        started.append(f"http://{host}:{port}/tsa")
        ready.set()
        await done.wait()
        await runner.cleanup()

    def live() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            loop.close()

    thread = threading.Thread(target=live)
    thread.start()
    ready.wait(10)
    try:
        yield started[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)


def granted(token: bytes, status: str = "granted") -> bytes:
    """The response that carries a token."""

    return bytes(
        tsp.TimeStampResp(
            {"status": {"status": status}, "time_stamp_token": cms.ContentInfo.load(token)}
        ).dump()
    )


def honest(authority: TrialAuthority, now: int) -> Answer:
    """Answers as RFC 3161 says."""

    def answer(body: bytes) -> bytes:
        request = tsp.TimeStampReq.load(body)
        digest = request["message_imprint"]["hashed_message"].native
        return granted(authority.stamp(digest, now, request["nonce"].native))

    return answer


_CONFIG = """[tsa]
default_tsa = ours
[ours]
serial = {directory}/serial
signer_cert = {directory}/tsa.pem
signer_key = {directory}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class OpensslTsa:
    """An authority that is OpenSSL's own `ts`: RSA keys, a certificate of an intermediate authority."""

    def __init__(self, directory: Path) -> None:
        """Make its keys and certificates there."""
        self._directory = directory
        here = str(directory)
        (directory / "tsa.cnf").write_text(_CONFIG.format(directory=here))
        (directory / "serial").write_text("01\n")
        (directory / "leaf.ext").write_text(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n"
            "extendedKeyUsage=critical,timeStamping\nauthorityKeyIdentifier=keyid\n"
        )
        run(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650"),
            *("-subj", "/CN=Time Root", "-keyout", f"{here}/root.key", "-out", f"{here}/root.pem"),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        )
        run(
            *("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Time One"),
            *("-keyout", f"{here}/tsa.key", "-out", f"{here}/tsa.csr"),
        )
        run(
            *(
                "openssl",
                "x509",
                "-req",
                "-in",
                f"{here}/tsa.csr",
                "-CA",
                f"{here}/root.pem",
                "-days",
                "3650",
            ),
            *("-CAkey", f"{here}/root.key", "-set_serial", "7", "-extfile", f"{here}/leaf.ext"),
            *("-out", f"{here}/tsa.pem"),
        )

    @property
    def trust(self) -> bytes:
        """Its anchor."""
        return (self._directory / "root.pem").read_bytes()

    def answer(self, body: bytes) -> bytes:
        """What `openssl ts -reply` says."""
        query, reply = self._directory / "query.tsq", self._directory / "reply.tsr"
        query.write_bytes(body)
        config = str(self._directory / "tsa.cnf")
        command = ["openssl", "ts", "-reply", "-config", config, "-queryfile", str(query), "-out", str(reply)]
        subprocess.run(command, check=True, capture_output=True, cwd=self._directory)
        return reply.read_bytes()
