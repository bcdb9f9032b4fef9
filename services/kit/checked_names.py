"""Names to addresses, all of them checked: one that may not be gone to makes the name one that may not.

Who connects goes to exactly these addresses: a name that means something else a moment later changes nothing.

A name that nobody answers for is waited for by the system's resolver for half a minute, and nothing can end that. So
each look-up has a thread of its own, which no other waits for, nor the end of the process; of one name there is one at
a time. Only names that hung a while ago share what is left to such: they never take the room of those that did not.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from services.rules.addresses import Address, AddressNotTaken

# So many names are looked up at once; of those that hung within the last minutes so many.
MOST, HANGING_MOST = 256, 128
HUNG_S, REMEMBERED_S = 2.0, 300.0

Found = list[tuple[Any, ...]]


@dataclass(slots=True)
class _Lookup:
    """One that is under way; `is_slow`: of a name that hung before."""

    is_slow: bool
    found: asyncio.Future[Found]
    began: float = field(default_factory=time.monotonic)


class CheckedNames(AbstractResolver):
    """Resolves for a session; `must(host, address)` raises AddressNotTaken for what may not be gone to."""

    def __init__(self, must: Callable[[str, Address], None]) -> None:
        self._must = must
        self._under_way: dict[tuple[str, int], _Lookup] = {}
        # By name, when it was last seen to hang.
        self._hung: dict[str, float] = {}
        self._is_closed = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError."""
        key = host, int(family)
        if key not in self._under_way:
            self._begin(key)
        # One of several who wait may leave; the look-up goes on.
        found = await asyncio.shield(self._under_way[key].found)
        return [
            self._result(host, port, kind, proto, str(address[0])) for kind, _, proto, _, address in found
        ]

    def _begin(self, key: tuple[str, int]) -> None:
        if self._is_closed:
            raise OSError("closed")
        loop = asyncio.get_running_loop()
        lookup = _Lookup(self._is_slow(key[0]), loop.create_future())
        slow = sum(each.is_slow for each in self._under_way.values())
        if len(self._under_way) >= MOST or (lookup.is_slow and slow >= HANGING_MOST):
            raise OSError("too many names are being looked up")
        work = partial(_look_up, *key, loop, partial(self._done, key, lookup))
        try:
            threading.Thread(target=work, name=f"lookup {key[0]}", daemon=True).start()
        except RuntimeError as error:
            raise OSError("no thread to look it up in") from error
        self._under_way[key] = lookup

    def _is_slow(self, host: str) -> bool:
        return time.monotonic() - self._hung.get(host, float("-inf")) < REMEMBERED_S

    def _done(self, key: tuple[str, int], lookup: _Lookup, found: Found | OSError) -> None:
        now = time.monotonic()
        self._under_way.pop(key, None)
        self._hung.pop(key[0], None)
        if now - lookup.began >= HUNG_S:
            self._hung = {host: at for host, at in self._hung.items() if now - at < REMEMBERED_S}
            self._hung[key[0]] = now
        _tell(lookup.found, found)

    def _result(self, host: str, port: int, family: int, proto: int, address: str) -> ResolveResult:
        try:
            self._must(host, ip_address(address))
        except AddressNotTaken as refused:
            raise OSError("address not taken") from refused
        return ResolveResult(
            hostname=host,
            host=address,
            port=port,
            family=family,
            proto=proto,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )

    async def close(self) -> None:
        """Look up no more; nobody waits for what is under way."""
        self._is_closed = True
        for lookup in self._under_way.values():
            _tell(lookup.found, OSError("closed"))


def _look_up(
    host: str, family: int, loop: asyncio.AbstractEventLoop, done: Callable[[Found | OSError], None]
) -> None:
    found: Found | OSError
    try:
        found = socket.getaddrinfo(host, 0, family, socket.SOCK_STREAM)
    except OSError as error:
        found = error
    # What cannot be put to a name server at all (a label too long, say).
    except UnicodeError as error:
        found = OSError(str(error))
    try:
        loop.call_soon_threadsafe(done, found)
    except RuntimeError:
        # Nobody is there any more.
        return


def _tell(waiting: asyncio.Future[Found], found: Found | OSError) -> None:
    if waiting.done():
        return
    if isinstance(found, OSError):
        waiting.set_exception(found)
        # Where nobody waits any more there is nobody to be told.
        waiting.exception()
    else:
        waiting.set_result(found)


def refusal_behind(error: BaseException) -> str:
    """The code of the refusal that the resolver raised, which arrives wrapped; empty if it was something else."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error.code if isinstance(error, AddressNotTaken) else ""
