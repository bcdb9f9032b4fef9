"""`plenary run --host 0.0.0.0`: phones come in by HTTPS, whoever comes without is told how, and nothing else."""

import asyncio
import http.client
import re
import socket
import ssl
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
import pytest
from cryptography import x509

from services.desk import machine
from services.desk.client import Client
from services.desk.device import Device
from services.desk.sample import INVITES, MEETING
from services.desk.tls_authority import Names, ensure
from tests.support.certificates import issue
from tests.support.desk import Desk, command, environment, running
from tests.support.stores import reachable_directory
from tests.support.tools import needs, run
from tests.support.waiting import eventually

NOW = datetime.now(UTC)


class House(NamedTuple):
    """A running Plenary for the whole hall, and what it said at its start."""

    desk: Desk
    said: Path

    @property
    def port(self) -> int:
        """Where it speaks HTTPS."""
        return urlsplit(self.desk.facts()["url"]).port or 443

    @property
    def plain(self) -> int:
        """Where it explains why that is needed."""
        found = re.search(r"http://[^/]+:(\d+)/trust", self.said.read_text())
        assert found
        return int(found[1])

    def shown(self, name: str = "127.0.0.1") -> tuple[bytes, str]:
        """The certificate (DER) that is shown now to who trusts the house, and which worker showed it."""
        connection = http.client.HTTPSConnection(name, self.port, timeout=10, context=self.desk.context())
        with closing(connection):
            connection.request("GET", "/health/live")
            answer = connection.getresponse()
            assert answer.status == 200
            assert isinstance(connection.sock, ssl.SSLSocket)
            certificate = connection.sock.getpeercert(binary_form=True)
            assert certificate
            return certificate, answer.headers["X-Request-Id"][:10]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """On a data directory whose certificate is of long ago, as after a summer without sittings."""
    with reachable_directory() as data:
        keys = data / "keys"
        keys.mkdir(mode=0o700)
        here = Names(("localhost",), (*machine.addresses("0.0.0.0"), *machine.LOOPBACK))  # noqa: S104
        ensure(keys, here, NOW - timedelta(days=380))
        authority = (keys / "tls-ca.pem").read_bytes()
        said = data / "said.txt"
        with running(data, "--host", "0.0.0.0", "--port", "0", said=said) as desk:  # noqa: S104 - everybody is the point
            eventually(lambda: "Ctrl-C" in said.read_text(), what="said")
            assert (keys / "tls-ca.pem").read_bytes() == authority
            yield House(desk, said)


def test_phones_are_told_an_address_that_others_reach(house: House) -> None:
    """HTTPS, and not at an address that means this very machine."""
    url = urlsplit(house.desk.facts()["url"])
    assert url.scheme == "https"
    assert url.hostname not in ("0.0.0.0", "127.0.0.1", "localhost", "::")  # noqa: S104


@needs("openssl")
def test_openssl_takes_the_chain(house: House) -> None:
    """By the authority in the data directory and nothing else, strictly, TLS 1.2 and 1.3, not 1.1."""
    authority = str(house.desk.data / "keys" / "tls-ca.pem")
    ask = (
        "openssl",
        "s_client",
        "-connect",
        f"127.0.0.1:{house.port}",
        "-CAfile",
        authority,
        "-verify_return_error",
    )
    for version in ("-tls1_2", "-tls1_3"):
        said = run(*ask, "-x509_strict", "-verify_ip", "127.0.0.1", version, "-brief", must=False)
        assert "Verification: OK" in said
    assert "CONNECTION ESTABLISHED" not in run(*ask, "-tls1_1", "-brief", must=False)


def test_what_lapsed_was_renewed_and_every_worker_shows_it(house: House) -> None:
    """The authority that phones trust stayed; its new certificate is the same in all workers."""
    seen: dict[str, bytes] = {}

    def both() -> bool:
        certificate, worker = house.shown()
        seen[worker] = certificate
        return len(seen) == 2

    eventually(both, what="both workers")
    (only,) = set(seen.values())
    assert x509.load_der_x509_certificate(only).not_valid_after_utc > NOW + timedelta(days=300)


def test_who_does_not_trust_the_house_is_not_let_in(house: House) -> None:
    """Without the authority nobody takes the certificate, nor with it under another name."""
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(
            socket.create_connection(("127.0.0.1", house.port)), server_hostname="localhost"
        ).close()
    with pytest.raises(ssl.SSLCertVerificationError):
        house.desk.context().wrap_socket(
            socket.create_connection(("127.0.0.1", house.port)), server_hostname="vneid.gov.vn"
        ).close()


def test_the_fingerprint_is_printed(house: House) -> None:
    """That of the file which phones download, to be compared by eye; beside it a QR code."""
    said = house.said.read_text()
    status, headers, authority = _plainly(house, "GET", "/trust/plenary-ca.crt")
    assert (status, headers["Content-Type"]) == (200, "application/x-x509-ca-cert")
    assert sha256(authority).digest().hex(":").upper() in said
    assert "█" in said
    pem = (house.desk.data / "keys" / "tls-ca.pem").read_text()
    assert ssl.PEM_cert_to_DER_cert(pem) == authority


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/phone"),
        ("GET", "/health/ready"),
        ("GET", "/metrics"),
        ("POST", "/meeting/challenges"),
        ("POST", "/meeting/tokens"),
        ("GET", "/signing/trust.pem"),
        ("GET", "/voting/openapi.json"),
    ],
)
def test_plain_http_only_explains(house: House, method: str, path: str) -> None:
    """No page, no API, no token: the way in, with the address that works."""
    status, headers, body = _plainly(house, method, path)
    assert status == 403
    assert headers["Content-Type"].startswith("text/html")
    assert house.desk.facts()["url"] in body.decode()


def test_nobody_speaks_plain_http_where_https_is_spoken(house: House) -> None:
    """Not a byte of an answer."""
    with socket.create_connection(("127.0.0.1", house.port), timeout=10) as door:
        door.sendall(b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"HTTP" not in door.recv(1000)


def test_keys_are_private(house: House) -> None:
    """Of their owner alone, in a directory of their owner alone."""
    keys = house.desk.data / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    for name in ("tls.key", "tls-ca.key"):
        assert stat.S_IMODE((keys / name).stat().st_mode) == 0o600


async def test_a_phone_signs_in_and_follows_the_meeting(house: House) -> None:
    """Enrolment, a signed login and the live stream, all through TLS."""
    url = str(house.desk.facts()["url"])
    lines = (house.desk.data / INVITES).read_text().splitlines()
    code = next(line.split()[1] for line in lines if line.startswith("db05"))
    connector = aiohttp.TCPConnector(ssl=house.desk.context())
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(60)) as session:
        client = Client(session, url)
        token = await client.sign_in(await client.enrol(Device.make("db05"), code))
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port, ssl=house.desk.context())
        request = f"GET /live/meetings/{MEETING}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        writer.write(request.encode())
        assert b" 200 " in await reader.readline()
        await client.ask("POST", f"/meeting/meetings/{MEETING}/presence", b'{"present":true}', token=token)
        async with asyncio.timeout(60):
            while not (b"presence" in (line := await reader.readline()) and b'"db05"' in line):
                assert line, "the stream ended"
        writer.close()
        await writer.wait_closed()


def test_a_certificate_of_ones_own(tmp_path: Path) -> None:
    """It is shown, also on loopback; no authority is made, and there is nothing to install."""
    own = issue(["localhost"], since=NOW - timedelta(days=1))
    certificate, key = own.write(tmp_path, "own")
    with reachable_directory() as data:
        settings = {"TLS_CERTIFICATE": str(certificate), "TLS_KEY": str(key), "SAMPLE": "false"}
        with subprocess.Popen(
            command("run"), env=environment(data, **settings), stdout=subprocess.DEVNULL
        ) as process:
            desk = Desk(data, process)
            eventually(lambda: desk.facts() or process.poll() is not None, 60, "ready")
            url = urlsplit(desk.facts()["url"])
            assert (url.scheme, url.hostname) == ("https", "localhost")
            context = ssl.create_default_context(cafile=str(certificate))
            with closing(
                http.client.HTTPSConnection("localhost", url.port or 0, context=context)
            ) as connection:
                connection.request("GET", "/trust/plenary-ca.crt")
                assert connection.getresponse().status == 404
            assert not (data / "keys" / "tls-ca.key").exists()
            assert desk.stop() == 0


@pytest.mark.parametrize("wrong", ["key", "half", "public_url"])
def test_what_cannot_work_is_said_in_one_line(tmp_path: Path, wrong: str) -> None:
    """A key of another certificate, half of the settings, an address that is no HTTPS: exit 2, nothing left running."""
    certificate, _ = issue(["localhost"], since=NOW).write(tmp_path, "own")
    _, key = issue(["localhost"], since=NOW).write(tmp_path, "other")
    settings = {
        "key": {"TLS_CERTIFICATE": str(certificate), "TLS_KEY": str(key)},
        "half": {"TLS_CERTIFICATE": str(certificate)},
        "public_url": {"HOST": "0.0.0.0", "PUBLIC_URL": "http://hop.example.vn"},  # noqa: S104
    }[wrong]
    with reachable_directory() as data:
        done = subprocess.run(
            command("run"),
            env=environment(data, **settings),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert done.returncode == 2
    said = done.stderr.strip().splitlines()[-1]
    assert said.startswith("plenary run: ")
    assert {
        "key": "is not the key of",
        "half": "set both or neither",
        "public_url": "must begin with https://",
    }[wrong] in said


def _plainly(house: House, method: str, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", house.plain, timeout=10)) as connection:
        connection.request(method, path, body=b"{}" if method == "POST" else None)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
