"""The body's own certificate: taken if a browser will take it, and if not, told why before anybody comes."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from services.desk.tls_authority import TlsRefused
from services.desk.tls_given import check
from tests.support.certificates import NOW, issue

NAMES = ("hop.example.vn", "10.1.2.3")


def test_its_first_name_is_ours(tmp_path: Path) -> None:
    """Without a public address people are told the first name of the certificate."""
    assert check(*issue(NAMES).write(tmp_path, "own"), "", NOW) == "hop.example.vn"


@pytest.mark.parametrize("host", ["hop.example.vn", "HOP.example.vn", "10.1.2.3", "phong-hop.hdnd.vn"])
def test_the_public_address_must_be_among_its_names(tmp_path: Path, host: str) -> None:
    """By name, by address, or by a wildcard of one level."""
    assert check(*issue([*NAMES, "*.hdnd.vn"]).write(tmp_path, "own"), host, NOW) == host


@pytest.mark.parametrize("host", ["khac.example.vn", "10.1.2.4", "a.b.hdnd.vn", "hdnd.vn"])
def test_another_name_is_refused(tmp_path: Path, host: str) -> None:
    """The complaint says which names it has."""
    with pytest.raises(TlsRefused, match=r"is for hop\.example\.vn, \*\.hdnd\.vn, 10\.1\.2\.3, not for "):
        check(*issue([*NAMES, "*.hdnd.vn"]).write(tmp_path, "own"), host, NOW)


def test_a_wildcard_alone_does_not_say_who_we_are(tmp_path: Path) -> None:
    """Then the public address must be set."""
    with pytest.raises(TlsRefused, match="PLENARY_PUBLIC_URL"):
        check(*issue(["*.hdnd.vn"]).write(tmp_path, "own"), "", NOW)


def test_a_certificate_without_names_is_refused(tmp_path: Path) -> None:
    """Browsers have not looked at the common name for years."""
    with pytest.raises(TlsRefused, match="subjectAltName"):
        check(*issue([]).write(tmp_path, "own"), "", NOW)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    """Wrong key."""
    certificate, _ = issue(NAMES).write(tmp_path, "own")
    _, key = issue(NAMES).write(tmp_path, "other")
    with pytest.raises(TlsRefused, match="is not the key of"):
        check(certificate, key, "", NOW)


def test_a_key_with_a_passphrase_is_refused(tmp_path: Path) -> None:
    """Nobody is there to type it when the machine starts."""
    with pytest.raises(TlsRefused, match="passphrase"):
        check(*issue(NAMES).write(tmp_path, "own", b"secret"), "", NOW)


def test_a_key_that_everybody_reads_is_refused(tmp_path: Path) -> None:
    """A group may, as with certbot; the world may not."""
    certificate, key = issue(NAMES).write(tmp_path, "own")
    key.chmod(0o640)
    check(certificate, key, "", NOW)
    key.chmod(0o644)
    with pytest.raises(TlsRefused, match="0600"):
        check(certificate, key, "", NOW)


def test_one_that_expired_is_refused(tmp_path: Path) -> None:
    """Also one that is not valid yet: then the clock is wrong, or the file."""
    files = issue(NAMES).write(tmp_path, "own")
    with pytest.raises(TlsRefused, match="expired on 2027-02-19"):
        check(*files, "", NOW + timedelta(days=90))
    with pytest.raises(TlsRefused, match="not valid before 2026-11-21"):
        check(*files, "", NOW - timedelta(days=2))


def test_one_for_persons_is_refused(tmp_path: Path) -> None:
    """A certificate that says what it is for, and that is not a server."""
    person = issue(NAMES, usage=[ExtendedKeyUsageOID.CLIENT_AUTH])
    with pytest.raises(TlsRefused, match="serverAuth"):
        check(*person.write(tmp_path, "person"), "", NOW)


@pytest.mark.parametrize(("broken", "name"), [(0, "TLS_CERTIFICATE"), (1, "TLS_KEY")])
@pytest.mark.parametrize(
    "content", [None, b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_is_no_pem_is_named(
    tmp_path: Path, broken: int, name: str, content: bytes | None
) -> None:
    """Missing, empty or broken: the setting is named."""
    files = issue(NAMES).write(tmp_path, "own")
    if content is None:
        files[broken].unlink()
    else:
        files[broken].write_bytes(content)
    with pytest.raises(TlsRefused, match=f"PLENARY_{name}"):
        check(*files, "", NOW)
