"""Names to addresses, all of them checked: one that may not be gone to makes the name one that may not.

Who connects goes to exactly these addresses: a name that means something else a moment later changes nothing.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from services.rules.addresses import Address, AddressNotTaken

# So many names are looked up at once. In threads of their own: names that nobody answers for take half a minute each,
# and the threads that all else is done in are not theirs to hold.
LOOKUPS = 8


class CheckedNames(AbstractResolver):
    """Resolves for a session; `must(host, address)` raises AddressNotTaken for what may not be gone to."""

    def __init__(self, must: Callable[[str, Address], None]) -> None:
        self._must = must
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._lookups, socket.getaddrinfo, host, port, family, socket.SOCK_STREAM
        )
        return [self._result(host, kind, proto, address) for kind, _, proto, _, address in found]

    def _result(self, host: str, family: int, proto: int, address: tuple[object, ...]) -> ResolveResult:
        try:
            self._must(host, ip_address(str(address[0])))
        except AddressNotTaken as refused:
            raise OSError("address not taken") from refused
        return ResolveResult(
            hostname=host,
            host=str(address[0]),
            port=int(str(address[1])),
            family=family,
            proto=proto,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )

    async def close(self) -> None:
        """Look up no more; nobody waits for what is under way."""
        self._lookups.shutdown(wait=False, cancel_futures=True)


def refusal_behind(error: BaseException) -> str:
    """The code of the refusal that the resolver raised, which arrives wrapped; empty if it was something else."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error.code if isinstance(error, AddressNotTaken) else ""
