"""The signing desk: the secretary signs, then the chair, each on their own device, then the body's seal by itself.

What a person signed is verified, then kept, before anything else is done with it: no authority for time that is away,
and no crash, takes it from them. What follows is done in the background, by whichever worker is there (`finisher`).
"""

from collections.abc import Callable
from typing import Protocol

from services.access import ForeignBody
from services.kit.clock import Clock
from services.rules import countersigning, jws, seal
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.signing.books import Kept, Opens
from services.signing.countersigned import signing_order
from services.signing.countersigned.errors import (
    PreparationOver,
    PreparationUnknown,
    SignedAlready,
    StampAwaited,
)
from services.signing.countersigned.steps import (
    EditionRow,
    Finished,
    PersonSigned,
    PreparedSignature,
    Ready,
    Sealed,
    SignerRow,
)
from services.signing.press_errors import CertificateUnknown
from services.wire import (
    SignatureBegun,
    SignatureGiven,
    SignaturePrepared,
    SignaturesShown,
    SigningRole,
    Token,
)

# So long a person may look at what they sign; then its time is no longer the time of signing.
LONGEST_MS = 30 * 60_000
# Certificates of which it is remembered who declared the result.
MOST_KNOWN = 10_000


class Pages(Protocol):
    """What is done to the page until a person signs it."""

    async def lay_out(self, sealed: Sealed) -> bytes:
        """The page of a sealed edition with the places of all signatures, empty. Raises a refusal."""

    async def prepare(
        self, page: bytes, role: SigningRole, chain: tuple[bytes, ...], name: str, now: int
    ) -> Ready:
        """The page with the signature of this person begun. Raises a refusal."""

    async def presiding_of(self, sealed: Sealed) -> str:
        """The member who is to sign as chair; "" for any chair."""

    async def must_be_signed(
        self, prepared: PreparedSignature, statement: bytes, der: bytes, given: PersonSigned
    ) -> None:
        """Raise SignatureWrong, NotWellFormed unless the certificate's key signed what was prepared, page and
        statement."""


class Steps(Protocol):
    """What the desk needs of its store. Each method is one transaction, durable when it returns (see `store`)."""

    async def sealed(self, certificate: str) -> Sealed | None: ...
    async def prepared(self, identifier: str) -> PreparedSignature | None: ...
    async def signed(self, certificate: str, role: SigningRole) -> PersonSigned | None: ...
    async def finished(self, certificate: str, role: SigningRole) -> Finished | None: ...
    async def signers(self, certificate: str) -> list[SignerRow]: ...
    async def edition(self, certificate: str) -> EditionRow | None: ...
    async def trouble(self, certificate: str) -> str: ...
    async def prepare(self, fresh: PreparedSignature) -> None: ...
    async def sign(self, given: PersonSigned) -> None: ...


class SigningDesk:
    """Prepares what persons sign, and takes what they signed."""

    def __init__(
        self,
        store: Steps,
        books: Opens,
        pages: Pages,
        clock: Clock,
        fresh_id: Callable[[str], str],
        wake: Callable[[], object],
    ) -> None:
        """`fresh_id` makes an id of a prefix; `wake` calls who goes on with what was signed."""
        self._store = store
        self._books = books
        self._pages = pages
        self._clock = clock
        self._fresh_id = fresh_id
        self._wake = wake
        self._known: dict[str, str] = {}

    async def begin(self, who: Token, certificate: str, begun: SignatureBegun) -> SignaturePrepared:
        """What this person is to sign. What they began before is good no more.

        Raises CertificateUnknown, ForeignBody, RoleMissing, ReasonMissing, SamePersonTwice, SignedAlready, OutOfTurn,
        StampAwaited, CredentialUnknown, CredentialRevoked, CredentialExpired, KeyCannotSignPages.
        """
        # 1. Of which certificate, and may they? Whose turn it is, is said to those who may.
        sealed = await self._sealed(certificate)
        presiding = await self._presiding_of(sealed)
        signing_order.must_may(who, sealed.body, begun, presiding)
        signers = {each.role: each for each in await self._store.signers(certificate)}
        signing_order.must_be_free(who, begun.role, signers)
        # 2. With the key they signed in with, or one that they have at a service, which must be good now.
        now = self._clock()
        person, kept = await self._holder(who, sealed.body, begun.credential or who.credential, now)
        # 3. The page: of the secretary a fresh one, of the chair the one that the secretary signed. The moment of this
        #    signature is after all that it follows, whatever the clocks of several machines say.
        page, after_s = await self._page(sealed, begun.role)
        now_s = max(now // 1000, after_s)
        protected = signing_order.header(begun.role, kept.chain, now_s, sealed.paper.types)
        ready = await self._pages.prepare(page, begun.role, kept.chain, person, now_s * 1000)
        # 4. Kept: what comes back must be over exactly this.
        fresh = PreparedSignature(
            id=self._fresh_id("ky"),
            certificate=certificate,
            role=begun.role,
            member=who.sub,
            thumbprint=kept.thumbprint,
            instead="" if begun.role == "secretary" or presiding in ("", who.sub) else begun.instead.strip(),
            begun_at=now,
            page=ready.document,
            page_sha256=jws.digest(ready.document),
            byte_range=ready.byte_range,
            attributes=ready.attributes,
            protected=protected,
        )
        await self._store.prepare(fresh)
        return fresh.shown()

    async def page(self, who: Token, certificate: str, identifier: str) -> bytes:
        """The page that was prepared for this person. Raises PreparationUnknown, PreparationOver."""
        prepared = await self._prepared(who, certificate, identifier)
        if prepared.page is None:
            raise PreparationOver
        return prepared.page

    async def sign(self, who: Token, certificate: str, given: SignatureGiven) -> SignaturesShown:
        """Take both signatures of a person. The same bytes again are answered as before.

        Raises CertificateUnknown, ForeignBody, PreparationUnknown, PreparationOver, RoleMissing, SignedAlready,
        CredentialUnknown, CredentialRevoked, CredentialExpired, SignatureWrong, NotWellFormed.
        """
        # 1. To what was prepared for this person, by this certificate.
        sealed = await self._sealed(certificate)
        if who.body != sealed.body:
            raise ForeignBody
        prepared = await self._prepared(who, certificate, given.prepared)
        page, statement = (jws.b64_decode(text.encode()) for text in (given.page, given.statement))
        now = self._clock()
        signed = PersonSigned(certificate, prepared.role, prepared.id, page, statement, now)
        # 2. Kept before: its answer was lost, here it is again, whatever became of the key since.
        if not await self._is_kept(signed):
            # 3. They have the role still, the key is good, and what was prepared not too old.
            signing_order.must_have(who, prepared.role)
            if prepared.page is None or now > prepared.begun_at + LONGEST_MS:
                raise PreparationOver
            _, kept = await self._holder(who, sealed.body, prepared.thumbprint, now)
            # 4. Both signatures are this key's, over this page and over the statement.
            await self._pages.must_be_signed(prepared, sealed.statement, kept.chain[0], signed)
            # 5. Kept, if nobody was first. From here on it stands: a crash loses nothing, stamping is tried until it
            #    is done.
            await self._store.sign(signed)
        self._wake()
        return await self.shown(certificate)

    async def shown(self, certificate: str) -> SignaturesShown:
        """Who signed, and what is awaited. Raises CertificateUnknown."""
        presiding = self._known.get(certificate) or await self._presiding_of(await self._sealed(certificate))
        signers = await self._store.signers(certificate)
        edition = await self._store.edition(certificate)
        trouble = "" if edition else await self._store.trouble(certificate)
        return signing_order.show(certificate, presiding, signers, edition, trouble)

    async def _presiding_of(self, sealed: Sealed) -> str:
        """Who is to sign as chair; a statement is read once, and not in the event loop: it may be large."""
        if sealed.certificate not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[sealed.certificate] = await self._pages.presiding_of(sealed)
        return self._known[sealed.certificate]

    async def _sealed(self, certificate: str) -> Sealed:
        sealed = await self._store.sealed(certificate)
        if sealed is None:
            raise CertificateUnknown
        return sealed

    async def _prepared(self, who: Token, certificate: str, identifier: str) -> PreparedSignature:
        prepared = await self._store.prepared(identifier)
        if prepared is None or (prepared.certificate, prepared.member) != (certificate, who.sub):
            raise PreparationUnknown
        return prepared

    async def _is_kept(self, given: PersonSigned) -> bool:
        """Whether exactly this was kept before. Raises SignedAlready for anything else that was."""
        kept = await self._store.signed(given.certificate, given.role)
        if kept is None:
            return False
        if (kept.prepared, kept.page, kept.statement) != (given.prepared, given.page, given.statement):
            by = await self._store.prepared(kept.prepared)
            raise SignedAlready(member=by.member if by else "")
        return True

    async def _page(self, sealed: Sealed, role: SigningRole) -> tuple[bytes, int]:
        """The page to be signed now, and not before when (seconds)."""
        if role == "secretary":
            return await self._pages.lay_out(sealed), seal.signed_at_s(sealed.file)
        before = await self._store.finished(sealed.certificate, "secretary")
        if before is None:
            raise StampAwaited
        return before.pdf, countersigning.signed_at_s(before.part)

    async def _holder(self, who: Token, body: str, thumbprint: str, now: int) -> tuple[str, Kept]:
        """The person's name and their good credential."""
        async with self._books.transaction() as books:
            persons = await books.lock_members(body, [who.sub])
            kept = await books.credential(thumbprint) if thumbprint else None
        if kept is None or who.sub not in persons or (kept.body, kept.member) != (body, who.sub):
            raise CredentialUnknown
        if kept.revoked_at is not None:
            raise CredentialRevoked
        if now > kept.not_after:
            raise CredentialExpired
        return persons[who.sub].name, kept
