"""The site of passkeys: a name, and the address of its pages exactly."""

import pytest

from services.meeting.passkey_errors import PasskeysNeedName
from services.meeting.passkeys import site_of


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://plenary.example.vn", "plenary.example.vn", "https://plenary.example.vn"),
        ("https://plenary.example.vn:443/", "plenary.example.vn", "https://plenary.example.vn"),
        ("https://Plenary.example.vn:8443", "plenary.example.vn", "https://plenary.example.vn:8443"),
        ("http://localhost:8080", "localhost", "http://localhost:8080"),
    ],
)
def test_names(address: str, host: str, origin: str) -> None:
    """A host's name in small letters; the port where it is not the usual one."""
    site = site_of(address)
    assert (site.host, site.origins) == (host, (origin,))


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080", "https://[::1]:8443", "https://10.0.0.7"])
def test_numbers(address: str) -> None:
    """A number is no name: a browser makes no passkey for it (WebAuthn 5.1.2)."""
    with pytest.raises(PasskeysNeedName):
        site_of(address)
