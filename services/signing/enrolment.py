"""The order of things when a key is certified, renewed or revoked. One numbered function per act.

Every change of a member's credentials locks that member first, so that they follow one another. The certificate is
signed where the transaction is, in a thread beside the event loop: a key on a token takes its time, or never answers.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from services.kit.apart_thread import ApartThread
from services.kit.clock import Clock
from services.rules import jws
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.signing import authority, invite, request
from services.signing.authority import Authority
from services.signing.books import Books, Fresh, Kept, Opens, Reason
from services.signing.certificate_profile import PERSON_LIFE, Person
from services.signing.errors import InviteUnknown, KeyTaken, NoCredential, RenewedTooOften
from services.signing.invite import Invitation
from services.signing.request import Request
from services.wire import Credential, Enrolled, Token

# Each renewal stays on the list of revoked keys for as long as that lives, and every worker hears of it: a person who
# renews by themselves all the time would make the list of all others heavy. The secretary may always invite.
MOST_RENEWALS = 20
_DAY_MS = 86_400_000


class EnrolmentDesk:
    """Certifies keys of members."""

    def __init__(
        self, store: Opens, issuer: Authority, hand: ApartThread, ring: Callable[[str], None], clock: Clock
    ) -> None:
        """`hand`: the thread that signs with the issuer's key."""
        self._store = store
        self._authority = issuer
        self._hand = hand
        self._ring = ring
        self._clock = clock

    async def enrol(self, code: str, pem: str, request_id: str) -> Enrolled:
        """A certificate for the key in the request, to the member who was invited with this code.

        The same code with the same request again gets the same certificate. Raises InviteUnknown, InviteUsed,
        InviteCancelled, InviteExpired, RequestMalformed, PossessionUnproven, KeyNotTaken, KeyTaken.
        """
        # 1. A code, and a key whose holder sent it: both before the database is asked.
        return await self.certify(invite.fingerprint(code), request.read(pem), request_id)

    async def certify(
        self,
        code_hash: bytes,
        asked: Request,
        request_id: str,
        life: timedelta = PERSON_LIFE,
        beside: Callable[[Books, Fresh], Awaitable[None]] | None = None,
    ) -> Enrolled:
        """A certificate for a key whose possession is proven; `beside` keeps what goes with it, in one transaction.

        Raises InviteUnknown, InviteUsed, InviteCancelled, InviteExpired, KeyTaken.
        """
        async with self._store.transaction() as books:
            # 2. Whom it invites; from here on nobody else changes this member's credentials.
            person, invitation = await _invited(books, code_hash)
            # 3. Used with this very request: its answer was lost, here it is again.
            if invitation.thumbprint is not None and invitation.request == asked.sha256:
                return (await must_know(books, invitation.thumbprint)).answer()
            now = self._clock()
            invite.must_be_usable(invitation, now)
            # 4. A new key; the old one, on a lost phone, ends here.
            old = await books.good_credential(person.body, person.member)
            fresh = await self.issue(books, person, asked, old, now, life)
            await books.use_invite(code_hash, asked.sha256, fresh.kept.thumbprint, now)
            if beside is not None:
                await beside(books, fresh)
            await tell(books, fresh, old, request_id)
            await end_beside(books, old, now, request_id)
        # 5. Committed: the credential exists. A crash before left the invite as it was; after, see step 3.
        self._ring(person.body)
        return fresh.kept.answer()

    async def renew(self, who: Token, pem: str, request_id: str) -> Enrolled:
        """A certificate for a new key, in place of the one signed in with, which is revoked.

        The same request again gets the same certificate. Raises NoCredential, CredentialUnknown,
        CredentialRevoked, CredentialExpired, RequestMalformed, PossessionUnproven, KeyNotTaken, KeyTaken,
        RenewedTooOften.
        """
        # 1. Signed in with a key, and a new key whose holder sent it.
        if not who.credential:
            raise NoCredential
        asked = request.read(pem)
        async with self._store.transaction() as books:
            # 2. Nobody else changes this member's credentials meanwhile.
            persons = await books.lock_members(who.body, [who.sub])
            old = await must_know(books, who.credential)
            if who.sub not in persons or (old.body, old.member, old.beside) != (who.body, who.sub, ""):
                raise CredentialUnknown
            # 3. Renewed by this very request: its answer was lost, here it is again.
            successor = await books.successor(old.thumbprint)
            if successor is not None and successor.request == asked.sha256:
                return successor.answer()
            now = self._clock()
            must_be_good(old, now)
            # 4. The new key takes the place of the old.
            fresh = await self.replace(books, persons[who.sub], asked, old, now, request_id)
        # 5. Committed: from here the new key is the good one. A crash before changed nothing; after, see step 3.
        self._ring(who.body)
        return fresh.kept.answer()

    async def revoke(
        self, thumbprint: str, reason: Reason, may: Callable[[str], None], request_id: str
    ) -> None:
        """Refuse this key from now on; again is no change. `may` raises if the body's keys are not the caller's.

        Raises CredentialUnknown, and what `may` raises.
        """
        async with self._store.transaction() as books:
            # 1. Whose it is, and may the caller?
            found = await must_know(books, thumbprint)
            may(found.body)
            # 2. Its member's credentials are ours until we commit: look again.
            await books.lock_members(found.body, [found.member])
            kept = await must_know(books, thumbprint)
            if kept.revoked_at is not None:
                return
            now = self._clock()
            await end(books, kept, now, reason, request_id)
            await end_beside(books, kept, now, request_id)
        # 3. Committed: it is revoked, and voting learns it over the stream.
        self._ring(kept.body)

    async def credential(self, thumbprint: str, may: Callable[[str], None]) -> Credential:
        """The chain of a credential, good or revoked: old signatures are still looked at.

        Raises CredentialUnknown, and what `may` raises for the body whose it is.
        """
        async with self._store.transaction() as books:
            found = await must_know(books, thumbprint)
        may(found.body)
        return found.credential()

    async def replace(
        self, books: Books, person: Person, asked: Request, old: Kept | None, now: int, request_id: str
    ) -> Fresh:
        """A new key in place of the old, if one is good, by its owner's own doing; told to everybody when it is
        committed. Raises KeyTaken, RenewedTooOften."""
        if await books.replaced_since(person.body, person.member, now - _DAY_MS) >= MOST_RENEWALS:
            raise RenewedTooOften(most=MOST_RENEWALS)
        fresh = await self.issue(books, person, asked, old, now, PERSON_LIFE)
        await tell(books, fresh, old, request_id)
        await end_beside(books, old, now, request_id)
        return fresh

    async def issue(
        self,
        books: Books,
        person: Person,
        asked: Request,
        old: Kept | None,
        now: int,
        life: timedelta,
        own: Kept | None = None,
    ) -> Fresh:
        """Issue and keep; the old one is superseded. `own`: beside which it stands. Raises KeyTaken, NotReady."""
        if old is not None:
            await books.revoke(old.thumbprint, now, "superseded")
        # A key is one person's and is certified once: not even its owner may bring a lost one back.
        if not await books.take_key(asked.key_sha256, person.body, person.member) and not (
            own is not None and await books.may_link_again(asked.key_sha256, person.body, person.member)
        ):
            raise KeyTaken
        issued = await self._hand.do(
            authority.issue, self._authority, asked.key, person, now, life, asked.linked
        )
        kept = Kept(
            thumbprint=jws.digest(issued.chain[0]),
            body=person.body,
            member=person.member,
            chain=issued.chain,
            request=asked.sha256,
            not_after=issued.not_after,
            revoked_at=None,
            beside=own.thumbprint if own is not None else "",
        )
        fresh = Fresh(kept, issued, asked, now, old.thumbprint if old is not None else "")
        await books.add_credential(fresh)
        return fresh


async def tell(books: Books, fresh: Fresh, old: Kept | None, request_id: str) -> None:
    """Both events, last in the transaction: the journal's head is where enrolments of one body wait in line."""
    body, now = fresh.kept.body, fresh.issued_at
    await books.tell(body, lambda index: fresh.told(index, request_id))
    if old is not None:
        await books.tell(body, lambda index: old.revoked(index, now, "superseded", request_id))


async def end(books: Books, kept: Kept, now: int, reason: Reason, request_id: str) -> None:
    """It is revoked, and everybody is told."""
    await books.revoke(kept.thumbprint, now, reason)
    await books.tell(kept.body, lambda index: kept.revoked(index, now, reason, request_id))


async def end_beside(books: Books, own: Kept | None, now: int, request_id: str) -> None:
    """What was linked by the word of a key ends with it: whoever had the key may have made it."""
    if own is None or own.beside:
        return
    linked = await books.good_beside(own.body, own.member)
    if linked is not None and linked.beside == own.thumbprint:
        await end(books, linked, now, "superseded", request_id)


async def _invited(books: Books, code: bytes) -> tuple[Person, Invitation]:
    """The member, locked, and then the invite as it is. Raises InviteUnknown."""
    found = await books.invitation(code)
    if found is None:
        raise InviteUnknown
    persons = await books.lock_members(found.body, [found.member])
    invitation = await books.invitation(code)
    if found.member not in persons or invitation is None:
        raise InviteUnknown
    return persons[found.member], invitation


async def must_know(books: Books, thumbprint: str) -> Kept:
    kept = await books.credential(thumbprint)
    if kept is None:
        raise CredentialUnknown
    return kept


def must_be_good(kept: Kept, now: int) -> None:
    if kept.revoked_at is not None:
        raise CredentialRevoked
    if now > kept.not_after:
        raise CredentialExpired
