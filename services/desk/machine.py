"""What this machine is called, and at which addresses others find it."""

import ipaddress
import re
import socket
from collections.abc import Sequence

import psutil

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LOOPBACK: tuple[Address, ...] = (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1"))
# An address for documentation (RFC 5737): a datagram socket that is "connected" there sends nothing, it only asks the
# system which of our addresses it would send from.
_ELSEWHERE = ("192.0.2.1", 9)
# What may stand in a certificate as the name of a host.
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")


def is_loopback(host: str) -> bool:
    """Whether whoever listens on `host` can be reached from this machine only."""
    found = _resolved(host)
    return bool(found) and all(each.is_loopback for each in found)


def addresses(host: str) -> tuple[Address, ...]:
    """Where others reach whoever listens on `host`, the best first: all addresses of the machine for 0.0.0.0 and ::.

    Loopback and link-local addresses are left out, and so are those of other families than `host` listens on.
    """
    named = _resolved(host)
    if not any(each.is_unspecified for each in named):
        return named
    families = {each.version for each in named}
    own = {each for each in _own() if each.version in families or 6 in families}
    return tuple(sorted(own, key=lambda each: (each != _outward(), each.version, each.packed)))


def names() -> tuple[str, ...]:
    """The names of this machine: its own, and the one that multicast DNS gives it."""
    name = socket.gethostname().lower().rstrip(".")
    if not _NAME.fullmatch(name) or name == "localhost":
        return ()
    return (name,) if "." in name else (name, f"{name}.local")


def host_or_address(text: str) -> str | Address:
    """The address that `text` is, or else the name, as certificates write it."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return text.lower().rstrip(".")


def _resolved(host: str) -> tuple[Address, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        # Whoever is to listen there will say what is wrong with it.
        return ()
    return tuple(dict.fromkeys(_address(str(each[4][0])) for each in found))


def _own() -> Sequence[Address]:
    found = [
        _address(each.address)
        for interface in psutil.net_if_addrs().values()
        for each in interface
        if each.family in (socket.AF_INET, socket.AF_INET6)
    ]
    return [each for each in found if not (each.is_loopback or each.is_link_local)]


def _outward() -> Address | None:
    """The address that this machine speaks to others from; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(_ELSEWHERE)
        except OSError:
            return None
        return _address(asked.getsockname()[0])


def _address(text: str) -> Address:
    # Without the zone of a link-local address.
    return ipaddress.ip_address(text.partition("%")[0])
