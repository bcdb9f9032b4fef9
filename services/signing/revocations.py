"""Lists of revoked certificates (CRL, RFC 5280 section 5), signed anew when something was revoked, or each hour."""

from typing import Protocol

from services.kit.clock import Clock
from services.signing import authority
from services.signing.authority import Authority
from services.signing.errors import IssuerUnknown

_HOUR_MS = 3_600_000


class Knows(Protocol):
    """What is needed of a store."""

    async def revocations(self) -> int:
        """How many credentials are revoked."""

    async def revoked(self) -> list[tuple[int, int, str]]:
        """The revoked credentials, in order: serial, when in milliseconds, why."""


class RevocationLists:
    """The current list of each issuer. Anybody may ask, so asking again must cost little."""

    def __init__(self, store: Knows, issuer: Authority, clock: Clock) -> None:
        self._store = store
        self._authority = issuer
        self._clock = clock
        self._signed: dict[str, tuple[tuple[int, int], bytes]] = {}

    async def current(self, name: str) -> bytes:
        """The list (DER) of the issuer of that name. Raises IssuerUnknown."""
        issuer = self._authority.issuer(name)
        if issuer is None:
            raise IssuerUnknown
        # The root certifies our own authorities only: its list is empty until its operator replaces them.
        persons = issuer is self._authority.delegates
        now = self._clock()
        state = (await self._store.revocations() if persons else 0, now // _HOUR_MS)
        known = self._signed.get(name)
        if known is None or known[0] != state:
            revoked = await self._store.revoked() if persons else []
            known = (state, authority.crl(issuer, revoked, now))
            self._signed[name] = known
        return known[1]
