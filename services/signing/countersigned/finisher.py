"""What happens to a signed edition by itself: stamped when a person has signed, sealed when both have.

Every worker looks for what can go on; one of them at a time holds a certificate (an advisory lock, which dies with its
connection). Each step is kept before the next begins, so whoever is killed is followed by another, who goes on there.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from services.kit.clock import Clock
from services.kit.database import UNREACHABLE, Lead, Pool, leading
from services.refusal import Refused
from services.rules import countersigning, long_term
from services.rules.long_term import LongTerm
from services.signing.countersigned.steps import (
    Edition,
    Finished,
    PersonSigned,
    PreparedSignature,
    Sealed,
    SealedFile,
)
from services.signing.countersigned.store import EditionStore
from services.wire import SignatureLevel, SignedPart, SigningRole

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
# Between tries of one certificate while something outside is away.
SHORTEST_PAUSE_MS = 1_000
LONGEST_PAUSE_MS = 60_000


class Bindery(Protocol):
    """The heavy work, and what comes from outside; done beside the worker's loop. Each raises a refusal if what it is
    given is not good, StamperAway if the authority for time is away."""

    async def later(self, signature: bytes) -> LongTerm | None:
        """What stands behind a signature of the statement; None where there is no authority for time."""

    async def finish(self, prepared: PreparedSignature, signature: bytes, chain: tuple[bytes, ...]) -> bytes:
        """The page with a person's signature in its place, and what stands behind it."""

    async def seal_file(self, parts: Sequence[SignedPart], sealed: Sealed, at_s: int) -> tuple[str, bytes]:
        """The seal's protected header and signature over the statement and the persons' signatures."""

    async def seal_page(self, pdf: bytes, sealed: Sealed, at_s: int) -> SealedFile:
        """The page with the body's seal, and an archive time-stamp where there is an authority for time."""

    async def write(self, sealed: Sealed, parts: Sequence[SignedPart]) -> SealedFile:
        """certificate.signed.json."""

    async def check(self, sealed: Sealed, edition: Edition) -> None:
        """Raise unless a stranger would find both files good, and of this certificate."""


class Finisher:
    """Goes on with every signed edition that can go on by itself."""

    def __init__(
        self,
        store: EditionStore,
        pool: Pool,
        bindery: Bindery,
        clock: Clock,
        ring: Callable[[str], None],
    ) -> None:
        """`ring` wakes the publisher for a meeting."""
        self._store = store
        self._pool = pool
        self._bindery = bindery
        self._clock = clock
        self._ring = ring
        self._woken = asyncio.Event()
        # Until when a certificate rests, and for how long it rested; milliseconds.
        self._pauses: dict[str, tuple[int, int]] = {}

    def wake(self) -> None:
        """Somebody has signed: go on at once."""
        self._woken.set()

    async def run(self) -> None:
        """Go on with whatever can, until cancelled, through every loss of a store."""
        while True:
            self._woken.clear()
            try:
                for certificate in await self._store.waiting():
                    await self._try(certificate)
            except UNREACHABLE as error:
                log.warning("countersigning.waits", error=type(error).__name__)
            except Exception:
                log.exception("countersigning.failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._woken.wait()

    async def go_on(self, certificate: str) -> bool:
        """Go on with one certificate as far as it goes; False, and nothing, if another worker is at it.

        Raises a refusal of what was signed or stamped, StamperAway.
        """
        async with leading(self._pool, f"signing.countersigned.{certificate}") as lead:
            if lead:
                await self._go_on(certificate, lead)
            return lead.won

    async def _go_on(self, certificate: str, lead: Lead) -> None:
        # 1. Nobody else is at it, as long as we lead.
        sealed = await self._store.sealed(certificate)
        if sealed is None:
            return
        # 2. What each person signed is stamped and kept; the chair signs only what the secretary's has become.
        done: list[Finished] = []
        for role in countersigning.ROLES:
            finished = await self._finished(sealed, role)
            if finished is None or not lead:
                return
            done.append(finished)
        # 3. The body's seal over both, the archive time-stamp; checked, kept, told of. A crash before loses only
        #    work; after, it is found done.
        if await self._store.edition(certificate) is None and lead:
            await self._seal(sealed, done)

    async def _finished(self, sealed: Sealed, role: SigningRole) -> Finished | None:
        """A person's signature with what stands behind it; None if nobody signed in this role."""
        signed = await self._store.signed(sealed.certificate, role)
        if signed is None:
            return None
        found = await self._store.finished(sealed.certificate, role)
        if found is not None:
            return found
        await self._store.finish(await self._finish(sealed, signed))
        # What is kept counts: somebody whose connection was thought dead may have been first.
        return await self._store.finished(sealed.certificate, role)

    async def _finish(self, sealed: Sealed, signed: PersonSigned) -> Finished:
        prepared = await self._store.prepared(signed.prepared)
        if prepared is None:
            raise LookupError("what was signed was never prepared")
        chain = countersigning.chain_of(prepared.protected)
        later = await self._bindery.later(signed.statement)
        part = countersigning.part(prepared.protected, signed.statement, later)
        pdf = await self._bindery.finish(prepared, signed.page, chain)
        return Finished(sealed.certificate, signed.role, "B-LT" if later else "B-B", pdf, part)

    async def _seal(self, sealed: Sealed, done: Sequence[Finished]) -> None:
        parts = [each.part for each in done]
        # 1. The statement: after all that it follows, whatever the clocks of several machines say.
        at_s = max(self._clock() // 1000, *map(countersigning.signed_at_s, parts))
        protected, signature = await self._bindery.seal_file(parts, sealed, at_s)
        parts.append(countersigning.part(protected, signature, await self._bindery.later(signature)))
        # 2. The page.
        page = await self._bindery.seal_page(done[-1].pdf, sealed, at_s)
        file = await self._bindery.write(sealed, parts)
        # 3. Both as a stranger would find them.
        edition = Edition(
            certificate=sealed.certificate,
            level=_level(done, page),
            test_time=long_term.TRIAL_POLICY in countersigning.policies(parts),
            json=file.content,
            pdf=page.content,
            sealed_at=at_s * 1000,
            ends_at=page.ends_at,
            file_ends_at=file.ends_at,
        )
        await self._bindery.check(sealed, edition)
        # 4. Kept and told of, all or nothing.
        members = countersigning.members(parts)
        if await self._store.seal(edition, sealed, members):
            self._ring(sealed.meeting)
            log.info("certificate.signed", certificate=sealed.certificate, level=edition.level)

    async def _try(self, certificate: str) -> None:
        """Go on with it unless it rests; what stands in the way is kept for those who ask, and tried again."""
        until, pause = self._pauses.get(certificate, (0, 0))
        # A clock that was set back makes nothing rest longer than that.
        if 0 < until - self._clock() <= pause:
            return
        try:
            went = await self.go_on(certificate)
        except UNREACHABLE:
            raise
        # Whatever it is, and be it a fault of ours: the others go on, and this one is tried again.
        except Exception as error:
            code = error.code if isinstance(error, Refused) else "fault"
            pause = min(max(2 * pause, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS)
            self._pauses[certificate] = self._clock() + pause, pause
            told = log.warning if isinstance(error, Refused) else log.exception
            told("countersigning.troubled", certificate=certificate, code=code, error=str(error))
            await self._store.complain(certificate, code)
        else:
            # Whoever is at it says how it goes.
            if went:
                self._pauses.pop(certificate, None)


def _level(done: Sequence[Finished], page: SealedFile) -> SignatureLevel:
    if page.ends_at is not None and all(each.level == "B-LT" for each in done):
        return "B-LTA"
    return "B-B"
