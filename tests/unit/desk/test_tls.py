"""Who speaks HTTPS, with which certificate, and which address people are told."""

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from services.desk import machine, tls, tls_authority
from services.desk.tls_authority import TlsRefused
from services.kit.settings import Settings
from tests.support.certificates import NOW, issue

DAY = 86_400_000
START = int(NOW.timestamp() * 1000)


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a machine in a hall, which has one address and a name."""
    monkeypatch.setattr(machine, "addresses", lambda _: (ip_address("192.168.1.10"),))
    monkeypatch.setattr(machine, "names", lambda: ("may-chu", "may-chu.local"))
    return Settings(host="0.0.0.0", port=8080, data=tmp_path)  # noqa: S104 - everybody is the point


def _start() -> int:
    return START


def _later() -> int:
    return START + 360 * DAY


def _moved(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    monkeypatch.setattr(machine, "addresses", lambda _: tuple(map(ip_address, addresses)))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_loopback_stays_plain(hall: Settings, host: str) -> None:
    """A browser takes it for secure as it is, and a proxy in front is asked by none of this."""
    settings = replace(hall, host=host, public_url="https://hop.example.vn")
    assert tls.settled(settings, _start) == settings


def test_behind_a_proxy_it_stays_plain(hall: Settings) -> None:
    """In a container every address is anybody's; then it must be said."""
    settings = replace(hall, behind_proxy=True, public_url="https://hop.example.vn")
    assert tls.settled(settings, _start) == settings


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])  # noqa: S104 - everybody is the point
def test_behind_a_proxy_the_address_must_be_said(hall: Settings, host: str) -> None:
    """Ours is nobody's way in, and would stand on every certificate for good."""
    with pytest.raises(TlsRefused, match="PLENARY_PUBLIC_URL"):
        tls.settled(replace(hall, host=host, behind_proxy=True, public_url=""), _start)


def test_the_machines_address_is_told(hall: Settings) -> None:
    """With the authority's fingerprint, and as many starts as one likes."""
    settled = tls.settled(hall, _start)
    assert settled.address == "https://192.168.1.10:8080"
    assert tls.has_local_authority(settled)
    assert tls.house(settled).fingerprint
    assert tls.settled(hall, _later).address == settled.address
    assert tls.settled(replace(hall, port=443), _start).address == "https://192.168.1.10"


def test_the_wished_address_is_told(hall: Settings) -> None:
    """A name of the house's own network; and the certificate has it."""
    settled = tls.settled(replace(hall, public_url="https://hop.lan:8080"), _start)
    assert settled.address == "https://hop.lan:8080"


def test_a_new_address_is_told_and_vouched_for(hall: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The router gave the machine another address, between sittings or in the middle of one."""
    settled = tls.settled(hall, _start)
    _moved(monkeypatch, "192.168.7.7", "10.0.0.5")
    before = Path(settled.tls_certificate).read_bytes()
    tls.renewed(settled, _start)
    assert Path(settled.tls_certificate).read_bytes() != before
    assert tls.settled(hall, _start).address == "https://192.168.7.7:8080"


def test_while_it_runs_it_is_renewed_in_time(hall: Settings) -> None:
    """Nothing is written before that is due."""
    settled = tls.settled(hall, _start)
    file = Path(settled.tls_certificate)
    before = file.read_bytes()
    tls.renewed(settled, _start)
    assert file.read_bytes() == before
    tls.renewed(settled, _later)
    assert file.read_bytes() != before


def test_an_address_that_may_not_be_vouched_for(hall: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public address that came later: another one is told, and if there is no other, that is said."""
    tls.settled(hall, _start)
    _moved(monkeypatch, "203.0.113.7", "192.168.1.10")
    assert tls.settled(hall, _start).address == "https://192.168.1.10:8080"
    _moved(monkeypatch, "203.0.113.7")
    with pytest.raises(TlsRefused, match=r"203\.0\.113\.7.*PLENARY_TLS_CERTIFICATE"):
        tls.settled(hall, _start)
    with pytest.raises(TlsRefused, match=r"hop\.example\.vn"):
        tls.settled(replace(hall, public_url="https://hop.example.vn"), _start)


def test_without_a_network_the_name_is_told(hall: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cable may come later; starting does not wait for it."""
    _moved(monkeypatch)
    assert tls.settled(hall, _start).public_url.startswith("https://")


def test_the_bodys_own_certificate_comes_first(hall: Settings, tmp_path: Path) -> None:
    """On every address, and no authority is made; its address is the one it names."""
    certificate, key = issue(["hop.example.vn"]).write(tmp_path, "own")
    given = replace(hall, tls_certificate=str(certificate), tls_key=str(key))
    for each in (given, replace(given, host="127.0.0.1")):
        settled = tls.settled(each, _start)
        assert settled.address == "https://hop.example.vn:8080"
        assert tls.house(settled).authority == b""
    assert not (hall.data / "keys" / tls_authority.AUTHORITY).exists()
    with pytest.raises(TlsRefused, match="expired"):
        tls.renewed(tls.settled(given, _start), _later)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"tls_certificate": "x.pem"}, "both or neither"),
        ({"tls_key": "x.key"}, "both or neither"),
        ({"public_url": "http://192.168.1.10:8080"}, "must begin with https://"),
    ],
)
def test_settings_that_contradict_each_other(hall: Settings, given: dict[str, str], complaint: str) -> None:
    """Said before anything is made."""
    with pytest.raises(TlsRefused, match=complaint):
        tls.settled(replace(hall, **given), _start)  # type: ignore[arg-type]  # all of them are words
    assert not (hall.data / "keys").exists()
