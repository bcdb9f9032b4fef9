"""Lists of revoked certificates (CRL, RFC 5280 section 5), signed anew when something was revoked, or each hour."""

import asyncio
from typing import Protocol

from services.kit.apart_thread import ApartThread
from services.kit.clock import Clock
from services.signing import authority
from services.signing.authority import Authority, Issuer
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

    def __init__(self, store: Knows, issuer: Authority, hand: ApartThread, clock: Clock) -> None:
        """`hand`: the thread that signs with the issuer's key; a list of 50,000 takes a second to write."""
        self._store = store
        self._authority = issuer
        self._hand = hand
        self._clock = clock
        self._signed: dict[str, tuple[tuple[int, int], bytes]] = {}
        self._signing: dict[str, asyncio.Task[None]] = {}

    async def current(self, name: str) -> bytes:
        """The list (DER) of the issuer of that name. Raises IssuerUnknown, NotReady."""
        issuer = self._authority.issuer(name)
        if issuer is None:
            raise IssuerUnknown
        # The root certifies our own authorities only: its list is empty until its operator replaces them.
        persons = issuer is self._authority.delegates
        state = (await self._store.revocations() if persons else 0, self._clock() // _HOUR_MS)
        while True:
            known = self._signed.get(name)
            # Revocations only become more: a list that somebody else had signed meanwhile may have some that are newer.
            if known is not None and known[0][0] >= state[0] and known[0][1] == state[1]:
                return known[1]
            # All who ask meanwhile wait for one list, and look again whether it has what they came for.
            signing = self._signing.get(name)
            if signing is None:
                signing = self._signing[name] = asyncio.create_task(self._sign(issuer, state))
                signing.add_done_callback(lambda _: self._signing.pop(name))
            await asyncio.shield(signing)

    async def _sign(self, issuer: Issuer, state: tuple[int, int]) -> None:
        revoked = await self._store.revoked() if issuer is self._authority.delegates else []
        signed = await self._hand.do(authority.crl, issuer, revoked, self._clock())
        self._signed[issuer.name] = (state, signed)
