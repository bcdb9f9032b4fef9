"""The order of things when a member who is signed in has a key elsewhere certified beside their own, or gives it up.

Their own key stays: they sign in with it. What is linked by its word ends with it, since whoever had the key may have
linked it; and another that is linked takes its place.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from services.kit.clock import Clock
from services.rules.ballot import CredentialUnknown
from services.signing import enrolment
from services.signing.books import Books, Fresh, Opens
from services.signing.enrolment import EnrolmentDesk
from services.signing.errors import NoCredential
from services.signing.request import Request
from services.wire import Enrolled, Token


@dataclass(frozen=True, slots=True)
class BesideDesk:
    """Certifies keys beside those of the phones."""

    store: Opens
    enrolments: EnrolmentDesk
    ring: Callable[[str], None]
    clock: Clock

    async def certify(
        self,
        who: Token,
        asked: Request,
        request_id: str,
        life: timedelta,
        keep: Callable[[Books, Fresh], Awaitable[None]],
    ) -> Enrolled:
        """A certificate for a key that this person has elsewhere; `keep` keeps what goes with it, in one transaction.

        The same request again gets the same certificate.
        Raises NoCredential, CredentialUnknown, CredentialRevoked, CredentialExpired, KeyTaken.
        """
        if not who.credential:
            raise NoCredential
        async with self.store.transaction() as books:
            # 1. Nobody else changes this member's credentials; the one that vouches is theirs, and good.
            persons = await books.lock_members(who.body, [who.sub])
            own = await enrolment.must_know(books, who.credential)
            if who.sub not in persons or (own.body, own.member, own.beside) != (who.body, who.sub, ""):
                raise CredentialUnknown
            now = self.clock()
            enrolment.must_be_good(own, now)
            # 2. Linked by this very request: its answer was lost, here it is again.
            old = await books.good_beside(who.body, who.sub)
            if old is not None and (old.request, old.beside) == (asked.sha256, own.thumbprint):
                return old.answer()
            # 3. A key that this member had linked and gave up comes back: it never lay on the phone that was lost.
            fresh = await self.enrolments.issue(books, persons[who.sub], asked, old, now, life, own)
            await keep(books, fresh)
            await enrolment.tell(books, fresh, old, request_id)
        self.ring(who.body)
        return fresh.kept.answer()

    async def give_up(self, who: Token, thumbprint: str, request_id: str) -> None:
        """End what one linked beside one's own key; again is no change. Raises NoCredential, CredentialUnknown."""
        if not who.credential:
            raise NoCredential
        async with self.store.transaction() as books:
            await books.lock_members(who.body, [who.sub])
            kept = await enrolment.must_know(books, thumbprint)
            if (kept.body, kept.member) != (who.body, who.sub) or not kept.beside:
                raise CredentialUnknown
            if kept.revoked_at is None:
                await enrolment.end(books, kept, self.clock(), "superseded", request_id)
        self.ring(who.body)
