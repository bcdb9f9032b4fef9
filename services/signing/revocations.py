"""Lists of revoked certificates (CRL, RFC 5280 section 5), signed anew when something was revoked, or each hour."""

import asyncio
from typing import Protocol

import structlog

from services.kit.apart_thread import ApartThread
from services.kit.clock import Clock
from services.kit.problem import NotReady
from services.kit.token_keys import TokenRefused
from services.signing import certificate_profile as profile
from services.signing import revocation_list
from services.signing.authority import Authority, Issuer
from services.signing.books import Revocations
from services.signing.errors import IssuerUnknown
from services.signing.revocation_list import Revoked

log = structlog.get_logger(__name__)

# So many are read and written at once: a millisecond of the event loop.
MOST_AT_ONCE = 150
_MOST_BLOCKS = 256
_HOUR_MS = 3_600_000
# What was revoked so long before the last that is known may have been kept after it: clocks differ.
_LATE_MS = 600_000
# A list is given out while it is good for so long still, where a newer one cannot be signed.
_GOOD_MS = int(profile.CRL_LIFE.total_seconds()) * 1000 - 24 * _HOUR_MS


class Knows(Protocol):
    """What is needed of a store."""

    async def revocations(self, since: int) -> Revocations:
        """How many credentials the transactions from that number on revoked."""

    async def revoked(self, at: int, serial: int, most: int) -> list[Revoked]:
        """The next revoked credentials after that moment and serial number, in their order."""


class RevocationLists:
    """The current list of each issuer. Anybody may ask, so asking again must cost little."""

    def __init__(self, store: Knows, issuer: Authority, hand: ApartThread, clock: Clock) -> None:
        """`hand`: the thread that signs with the issuer's key."""
        self._store = store
        self._authority = issuer
        self._hand = hand
        self._clock = clock
        self._signed: dict[str, tuple[tuple[int, int], bytes]] = {}
        self._signing: dict[str, asyncio.Task[None]] = {}
        # Whose entries are written, each once, in the order in which they were revoked; and the entries, in blocks.
        self._known: set[int] = set()
        self._blocks: list[bytes] = []
        self._last = 0
        # The hour, the first transaction that is counted, and how many those before it revoked.
        self._counted = 0, 0, 0

    async def current(self, name: str) -> bytes:
        """The list (DER) of the issuer of that name. Raises IssuerUnknown, NotReady, TokenRefused."""
        issuer = self._authority.issuer(name)
        if issuer is None:
            raise IssuerUnknown
        # The root certifies our own authorities only: its list is empty until its operator replaces them.
        persons = issuer is self._authority.delegates
        hour = self._clock() // _HOUR_MS
        state = await self._count(hour) if persons else 0, hour
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
            try:
                await asyncio.shield(signing)
            except (NotReady, TokenRefused):
                # A list with all who are revoked is good for days: a token that is away takes nothing from anybody yet.
                if (
                    known is None
                    or known[0][0] < state[0]
                    or self._clock() > known[0][1] * _HOUR_MS + _GOOD_MS
                ):
                    raise
                return known[1]

    async def _count(self, hour: int) -> int:
        """How many credentials are revoked. Anybody may ask: they are not counted all each time, but each hour."""
        _, since, before = self._counted if self._counted[0] == hour else (hour, 0, 0)
        found = await self._store.revocations(since)
        if found.open_from < since:
            # A failover put the database back: it gives the same numbers again, and may have lost what was known.
            self._known, self._blocks, self._last = set(), [], 0
            self._signed.clear()
            before, found = 0, await self._store.revocations(0)
        self._counted = hour, found.open_from, before + found.settled
        return before + found.all

    async def _sign(self, issuer: Issuer, state: tuple[int, int]) -> None:
        persons = issuer is self._authority.delegates
        if persons:
            await self._learn(state[0])
        count, blocks = (len(self._known), list(self._blocks)) if persons else (0, [])
        work = revocation_list.sign, issuer.certificate, issuer.key, blocks, self._clock()
        self._signed[issuer.name] = (count, state[1]), await self._hand.do(*work)

    async def _learn(self, count: int) -> None:
        """Know all entries, of which there are so many at least; those that are known are not read again."""
        await self._read(max(0, self._last - _LATE_MS))
        if len(self._known) < count:
            await self._read(0)

    async def _read(self, at: int) -> None:
        serial = 0
        while found := await self._store.revoked(at, serial, MOST_AT_ONCE):
            new = [each for each in found if each.serial not in self._known]
            if new:
                self._known.update(each.serial for each in new)
                self._blocks.append(b"".join(map(revocation_list.entry, new)))
            # One more now and then makes many small ones.
            if len(self._blocks) > _MOST_BLOCKS:
                self._blocks = [b"".join(self._blocks)]
            at, serial = found[-1].at, found[-1].serial
            self._last = max(self._last, at)
