"""Where a server listens: at every address of its host's name, and at those of both families for `::`.

The library's own way takes `::` for IPv6 alone, while people are told all of the machine's addresses.
"""

import errno
import socket
import ssl

from aiohttp import web

_BACKLOG = 4096
# Who takes no byte of an answer for so long has gone, or wants to hold the connection for ever (as `kit/pieces`).
STALLED_MS = 60_000


def bound(host: str, port: int, *, reuse: bool) -> list[socket.socket]:
    """Bound sockets, all of one port (0: a free one); `reuse`: others of this user may have it, too. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    made: list[socket.socket] = []
    absent: OSError | None = None
    try:
        for family, address in dict.fromkeys((each[0], each[4]) for each in found):
            try:
                made.append(_bound(family, address, made[0].getsockname()[1] if made else port, reuse=reuse))
            except OSError as error:
                # A name may lead to an address of a family that this machine does not have.
                if error.errno != errno.EADDRNOTAVAIL:
                    raise
                absent = error
        if not made:
            raise absent or OSError(errno.EADDRNOTAVAIL, "no address")
    except BaseException:
        for each in made:
            each.close()
        raise
    return made


def _bound(
    family: socket.AddressFamily, address: tuple[str | int | bytes, ...], port: int, *, reuse: bool
) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # Those that are accepted inherit it (tcp(7)).
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MS)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
        made.bind((address[0], port, *address[2:]))
    except BaseException:
        made.close()
        raise
    return made


async def listen(runner: web.AppRunner, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
    """Serve there beside others of this user, until the runner ends. Raises OSError."""
    for each in bound(host, port, reuse=True):
        await web.SockSite(runner, each, ssl_context=tls, backlog=_BACKLOG).start()
