"""Where webhooks may go: what only the server can reach is not reached through it."""

from ipaddress import ip_address

import pytest

from services.rules.addresses import AddressNotTaken, UrlNotTaken, must_be_address, must_be_url

NEVER = [
    "169.254.169.254",
    "169.254.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::1",
    "fe80::1%eth0",
    "0.0.0.0",  # noqa: S104 - nobody listens there
    "0.1.2.3",
    "::",
    "::127.0.0.1",
    "224.0.0.1",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
    "100.100.100.200",
    "168.63.129.16",
    "fd00:ec2::254",
]
PRIVATE = [
    "127.0.0.1",
    "::1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.20",
    "100.64.0.1",
    "fd12::1",
    "::ffff:10.0.0.1",
]
PUBLIC = ["8.8.8.8", "203.113.0.1", "2001:4860:4860::8888", "64:ff9b::808:808"]


@pytest.mark.parametrize("text", NEVER)
@pytest.mark.parametrize("private", [True, False])
def test_never(text: str, private: bool) -> None:
    """Link-local addresses, where clouds keep a machine's secrets, and special ones, however they are wrapped."""
    with pytest.raises(AddressNotTaken):
        must_be_address(ip_address(text), private=private)


@pytest.mark.parametrize("text", PRIVATE)
def test_private_only_if_set(text: str) -> None:
    """A hall's own network, and this machine, unless the operator says no."""
    must_be_address(ip_address(text), private=True)
    with pytest.raises(AddressNotTaken):
        must_be_address(ip_address(text), private=False)


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    """The world is open."""
    must_be_address(ip_address(text), private=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hall.example/hook",
        "ftp://hall.example/",
        "file:///etc/passwd",
        "gopher://hall.example:70/",
        "http://",
        "http:///hook",
        "http://user:word@hall.example/",
        "http://hall.example/#part",
        "http://hall.example:0/",
        "http://hall.example:99999/",
        "http://[::1",
        "http://hall.example/\r\nX: y",
        "http://hall.example/a b",
        "http://hội.vn/",
        "https://hall.example/" + "x" * 2_000,
    ],
)
def test_no_url(url: str) -> None:
    """Another scheme, no host, a user, line breaks, too long: refused as a URL."""
    with pytest.raises(UrlNotTaken):
        must_be_url(url, private=True)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[::ffff:a9fe:a9fe]/"]
)
def test_address_in_the_url(url: str) -> None:
    """An address that stands in the URL is checked at once."""
    with pytest.raises(AddressNotTaken):
        must_be_url(url, private=True)


@pytest.mark.parametrize("url", ["http://192.168.1.20:8890/hook?key=1", "https://hall.example/hook"])
def test_url(url: str) -> None:
    """Usual URLs are taken."""
    assert must_be_url(url, private=True).geturl() == url
