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
    "::ffff:0:10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::10.0.0.1",
    "64:ff9b::224.0.0.1",
    "2002:e000:1::1",
    "100:0:0:1::1",
    "5f00::1",
    "4000::1",
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
    "64:ff9b::10.0.0.1",
    "2002:a00:1::1",
    "192.0.0.8",
    "192.0.0.9",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.175.48.1",
    "::ffff:192.88.99.1",
    "64:ff9b::192.88.99.1",
    "2002:c058:6301::",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "2001:1::1",
    "2001:2::1",
    "2001:4:112::1",
    "2001:20::1",
    "2001:db8::1",
    "2620:4f:8000::1",
    "3fff::1",
    "fec0::1",
    "feff::1",
]
PUBLIC = [
    "8.8.8.8",
    "203.113.0.1",
    "2001:4860:4860::8888",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "2001:200::1",
]


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
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0X7F000001/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://017700000001/",
        "http://10.0.0.0x/",
        "http://300.1.1.1/",
        "http://hall.example.7/",
        "http://127%2e0.0.1/",
        "http://hall%2eexample/",
        "http://[v1.x]/",
        "http://hall!example/",
    ],
)
def test_no_url(url: str) -> None:
    """Another scheme, no host, a user, line breaks, too long, an address written as a number: refused as a URL."""
    for private in (True, False):
        with pytest.raises(UrlNotTaken):
            must_be_url(url, private=private)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[::ffff:a9fe:a9fe]/"]
)
def test_address_in_the_url(url: str) -> None:
    """An address that stands in the URL is checked at once."""
    with pytest.raises(AddressNotTaken):
        must_be_url(url, private=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.20:8890/hook?key=1",
        "http://[fd12::1]:8890/hook",
        "https://hall.example/hook",
        "http://localhost:8890/",
        "http://unit_2.hall-7.example./1",
        "http://7.hall.0xyz/",
    ],
)
def test_url(url: str) -> None:
    """Usual URLs are taken."""
    assert must_be_url(url, private=True).geturl() == url
