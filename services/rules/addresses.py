"""Where a server may send what somebody else names: which URLs, and which addresses behind their names. No IO.

Whoever names a URL must not reach through us what only we can reach. The special ranges are those of the IANA
registries of special-purpose addresses (RFC 6890) as Python's `ipaddress` knows them. Listed here are those that it
takes for the world at large, in one of its versions or in all, and the metadata services of cloud machines that lie
elsewhere.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from services.refusal import Refused

LONGEST = 2_000
Address = IPv4Address | IPv6Address
_NAT64 = IPv6Network("64:ff9b::/96")
_NOWHERE = IPv4Network("0.0.0.0/8")
# Nobody's server has such an address, whatever answers there.
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # IETF protocol assignments (RFC 6890): anycast of a network's own devices
            "192.31.196.0/24",  # AS112, where queries for private addresses end (RFC 7535)
            "192.52.193.0/24",  # multicast tunnels (RFC 7450)
            "192.88.99.0/24",  # relays to 6to4, deprecated (RFC 7526)
            "192.175.48.0/24",  # AS112 (RFC 7534)
            "2001::/23",  # IETF protocol assignments (RFC 2928), Teredo among them
            "2620:4f:8000::/48",  # AS112 (RFC 7534)
            "3fff::/20",  # documentation (RFC 9637)
            "fec0::/10",  # a site's own, deprecated (RFC 3879)
        ),
    )
)
# What may stand for a name; and what ends in a number (WHATWG URL, "ends in a number checker"): resolvers take
# 2130706433, 0x7f.1 and 127.1 for 127.0.0.1, so that it is an address in its one usual form or nothing.
_NAME = re.compile(r"[a-z0-9._-]+")
_NUMBER = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)\.?")
_METADATA = frozenset(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)


class UrlNotTaken(Refused):
    """This is no URL that webhooks can go to ({what}): http:// or https:// with a host, and no user, no fragment."""

    code = "webhook_url"
    vi = "URL này không nhận được webhook ({what}): cần http:// hoặc https:// và tên máy, không tài khoản, không #."


class AddressNotTaken(Refused):
    """Webhooks may not go to this address ({what})."""

    code = "webhook_address"
    vi = "Không được gửi webhook tới địa chỉ này ({what})."


def must_be_url(text: str, *, private: bool) -> SplitResult:
    """The parts of a URL that may be sent to, as far as the text can tell. Raises UrlNotTaken, AddressNotTaken."""
    if len(text) > LONGEST or not (text.isascii() and text.isprintable()) or set(text) & set(' "<>\\^`{|}'):
        raise UrlNotTaken(what="characters")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UrlNotTaken(what="form") from error
    if parts.scheme not in ("http", "https"):
        raise UrlNotTaken(what="scheme")
    if not host or port == 0:
        raise UrlNotTaken(what="host")
    if "@" in parts.netloc or parts.fragment:
        raise UrlNotTaken(what="user or fragment")
    if (literal := _literal(host)) is not None:
        must_be_address(literal, private=private)
    elif "[" in parts.netloc or _NUMBER.fullmatch(host) or not _NAME.fullmatch(host):
        raise UrlNotTaken(what="host")
    return parts


def must_be_address(address: Address, *, private: bool) -> None:
    """Raise AddressNotTaken for what is never sent to, and unless `private` for private networks and this machine."""
    inner = _inner(address)
    if inner in _METADATA or inner.is_link_local:
        raise AddressNotTaken(what="link-local")
    if inner.is_multicast or inner in _NOWHERE or (inner.is_reserved and not inner.is_loopback):
        raise AddressNotTaken(what="special")
    special = any(each in network for each in (address, inner) for network in _SPECIAL)
    if not private and (special or not inner.is_global):
        raise AddressNotTaken(what="private")


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only wraps."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is None and address.teredo is not None:
        wrapped = address.teredo[1]
    return wrapped or address


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
