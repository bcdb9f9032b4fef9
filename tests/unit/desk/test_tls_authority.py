"""The local authority: what it issues is taken by others' programs, for what it may vouch for and nothing else."""

import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from services.desk.tls_authority import (
    AUTHORITY,
    AUTHORITY_KEY,
    CERTIFICATE,
    KEY,
    Names,
    TlsRefused,
    ensure,
    vouched,
)
from tests.support.certificates import NOW, Issued, issue
from tests.support.tools import needs, run

HERE = Names(("may-chu", "may-chu.local", "localhost"), (ip_address("192.168.1.10"), ip_address("fd00::2")))
DAY = timedelta(days=1)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A directory with an authority and a certificate made now."""
    assert ensure(tmp_path, HERE, NOW)
    return tmp_path


def load(path: Path) -> x509.Certificate:
    """The first certificate of a file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def verified(keys: Path, leaf: x509.Certificate, name: str, at: timedelta) -> None:
    """Verify the leaf for a name as a browser would. Raises VerificationError."""
    try:
        subject: x509.GeneralName = x509.IPAddress(ip_address(name))
    except ValueError:
        subject = x509.DNSName(name)
    assert isinstance(subject, x509.IPAddress | x509.DNSName)
    policy = PolicyBuilder().store(Store([load(keys / AUTHORITY)])).time(NOW + at)
    policy.build_server_verifier(subject).verify(leaf, [])


@pytest.mark.parametrize("name", ["192.168.1.10", "fd00::2", "may-chu.local", "localhost"])
def test_the_certificate_leads_to_the_authority(keys: Path, name: str) -> None:
    """For each name and address of the machine, from the first second to the last day."""
    leaf = load(keys / CERTIFICATE)
    verified(keys, leaf, name, -DAY)
    verified(keys, leaf, name, 394 * DAY)
    with pytest.raises(VerificationError):
        verified(keys, leaf, name, 396 * DAY)
    with pytest.raises(VerificationError):
        verified(keys, leaf, "192.168.1.11", 0 * DAY)


@needs("openssl")
def test_openssl_takes_it(keys: Path) -> None:
    """By its strictest rules."""
    at = str(int(NOW.timestamp()))
    verify = ("openssl", "verify", "-x509_strict", "-attime", at, "-purpose", "sslserver", "-CAfile")
    assert "OK" in run(*verify, str(keys / AUTHORITY), "-verify_ip", "192.168.1.10", str(keys / CERTIFICATE))


@needs("openssl")
@pytest.mark.parametrize("name", ["example.com", "vneid.gov.vn", "8.8.8.8"])
def test_a_stolen_key_vouches_for_nothing_outside(keys: Path, tmp_path: Path, name: str) -> None:
    """What somebody else issues with the authority's key for the world outside is refused by its own constraints."""
    key = load_pem_private_key((keys / AUTHORITY_KEY).read_bytes(), None)
    forged = issue([name], issuer=Issued(load(keys / AUTHORITY), key))  # type: ignore[arg-type]  # P-256 as we made it
    file, _ = forged.write(tmp_path, "forged")
    said = run(
        "openssl",
        "verify",
        "-attime",
        str(int(NOW.timestamp())),
        "-CAfile",
        str(keys / AUTHORITY),
        str(file),
        must=False,
    )
    assert "permitted subtree violation" in said
    with pytest.raises(VerificationError):
        verified(keys, forged.certificate, name, 0 * DAY)


def test_it_is_what_phones_ask_for(keys: Path) -> None:
    """Not longer than 398 days, for servers only; the authority makes no other authorities."""
    leaf, authority = load(keys / CERTIFICATE), load(keys / AUTHORITY)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= 397 * DAY
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert authority.not_valid_after_utc - authority.not_valid_before_utc >= 3650 * DAY


def test_keys_are_private(keys: Path) -> None:
    """Both keys are of their owner alone."""
    for name in (KEY, AUTHORITY_KEY):
        assert stat.S_IMODE((keys / name).stat().st_mode) == 0o600


def test_what_is_good_is_left_alone(keys: Path) -> None:
    """A start changes nothing, as long as there are 45 days left."""
    before = {each.name: each.read_bytes() for each in keys.iterdir()}
    assert not ensure(keys, HERE, NOW + 349 * DAY)
    assert {each.name: each.read_bytes() for each in keys.iterdir()} == before


@pytest.mark.parametrize("later", [351 * DAY, 1000 * DAY])
def test_it_is_renewed_before_it_lapses(keys: Path, later: timedelta) -> None:
    """A new certificate of the same authority and the same key, which nobody must install."""
    before = {name: (keys / name).read_bytes() for name in (AUTHORITY, AUTHORITY_KEY, KEY)}
    assert ensure(keys, HERE, NOW + later)
    assert {name: (keys / name).read_bytes() for name in before} == before
    verified(keys, load(keys / CERTIFICATE), "192.168.1.10", later)


def test_a_clock_behind_the_authority_takes_nothing_away(keys: Path) -> None:
    """A machine that lost its battery begins in 1970: what phones take is left, and is good when the clock is right."""
    before = (keys / CERTIFICATE).read_bytes()
    assert not ensure(keys, HERE, datetime(1970, 1, 2, tzinfo=UTC))
    assert (keys / CERTIFICATE).read_bytes() == before
    verified(keys, load(keys / CERTIFICATE), "192.168.1.10", 0 * DAY)


def test_a_certificate_of_a_time_to_come_is_made_anew(keys: Path) -> None:
    """The clock was ahead once: a browser would not take it yet."""
    assert ensure(keys, HERE, NOW + 500 * DAY)
    assert ensure(keys, HERE, NOW)
    verified(keys, load(keys / CERTIFICATE), "192.168.1.10", 0 * DAY)


def test_a_new_address_is_a_new_certificate(keys: Path) -> None:
    """The machine was given another address of a local network: the authority vouches for it at once."""
    moved = Names(HERE.hosts, (ip_address("10.20.30.40"),))
    assert ensure(keys, moved, NOW)
    verified(keys, load(keys / CERTIFICATE), "10.20.30.40", 0 * DAY)
    with pytest.raises(VerificationError):
        verified(keys, load(keys / CERTIFICATE), "192.168.1.10", 0 * DAY)


def test_a_name_of_the_world_outside_is_vouched_for_from_the_beginning_or_never(tmp_path: Path) -> None:
    """What the machine was called when the authority was made is in it; another such name is left out, and told."""
    public = Names(("hop.example.vn",), (ip_address("203.0.113.7"),))
    ensure(tmp_path, public, NOW)
    assert vouched(tmp_path, public) == public
    other = Names(("hop.example.vn", "khac.example.vn"), (ip_address("203.0.113.8"), ip_address("10.0.0.1")))
    assert vouched(tmp_path, other) == Names(("hop.example.vn",), (ip_address("10.0.0.1"),))
    ensure(tmp_path, other, NOW)
    verified(tmp_path, load(tmp_path / CERTIFICATE), "hop.example.vn", 0 * DAY)
    verified(tmp_path, load(tmp_path / CERTIFICATE), "10.0.0.1", 0 * DAY)
    with pytest.raises(VerificationError):
        verified(tmp_path, load(tmp_path / CERTIFICATE), "khac.example.vn", 0 * DAY)


def test_a_key_of_another_authority_is_refused(keys: Path, tmp_path: Path) -> None:
    """Files that were mixed up are not used, nor overwritten."""
    _, other = issue(["x"]).write(tmp_path, "other")
    other.replace(keys / AUTHORITY_KEY)
    with pytest.raises(TlsRefused, match="do not fit together"):
        ensure(keys, HERE, NOW)


def test_an_authority_that_lapsed_is_refused(keys: Path) -> None:
    """After ten years, with what to do; its last certificate is as long as itself, and not renewed each hour."""
    assert ensure(keys, HERE, NOW + 3500 * DAY)
    assert load(keys / CERTIFICATE).not_valid_after_utc == load(keys / AUTHORITY).not_valid_after_utc
    assert not ensure(keys, HERE, NOW + 3640 * DAY)
    with pytest.raises(TlsRefused, match="install the new one on every phone"):
        ensure(keys, HERE, NOW + 3653 * DAY)


def test_a_broken_certificate_is_made_anew(keys: Path) -> None:
    """A half of a file is no certificate."""
    (keys / CERTIFICATE).write_bytes((keys / CERTIFICATE).read_bytes()[:200])
    assert ensure(keys, HERE, NOW)
    verified(keys, load(keys / CERTIFICATE), "192.168.1.10", 0 * DAY)
