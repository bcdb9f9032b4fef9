"""The order of things when a certificate of another authority is linked to a member."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import structlog

from services.kit.clock import Clock
from services.pki import anchors
from services.pki.anchors import AnchorsRefused, TrustAnchors
from services.pki.demands import PERSON
from services.pki.errors import ChainRevoked, ChainStatusUnknown
from services.pki.inquiry import Question, Status
from services.pki.status import StatusBook
from services.rules.credential_errors import ChainExpired, ChainUntrusted
from services.signing import invite, link
from services.signing.beside import BesideDesk
from services.signing.books import Books, Fresh, Opens, Outside
from services.signing.certificate_profile import LINK_LIFE, at
from services.signing.enrolment import EnrolmentDesk
from services.signing.errors import InviteUnknown, NoCredential
from services.signing.link import Wanted
from services.signing.request import Request
from services.wire import Enrolled, Link, LinkAsked, LinkChallenge, Token

log = structlog.get_logger(__name__)


Keep = Callable[[Books, Fresh], Awaitable[None]]
Certify = Callable[[Request, timedelta, Keep], Awaitable[Enrolled]]


class LinkDesk:
    """Links certificates; `trust` has the anchors of each body, `audience` is our own address."""

    def __init__(
        self,
        store: Opens,
        enrolments: EnrolmentDesk,
        beside: BesideDesk,
        book: StatusBook,
        trust: Path,
        audience: str,
        clock: Clock,
    ) -> None:
        self._store = store
        self._enrolments = enrolments
        self._beside = beside
        self._book = book
        self._trust = trust
        self._audience = audience
        self._clock = clock

    async def ask(self, asked: LinkAsked) -> LinkChallenge:
        """What the key is to sign. Raises InviteUnknown, InviteUsed, InviteCancelled, InviteExpired, ChainMalformed."""
        now = self._clock()
        wanted = await self._wanted(asked.code, asked.chain)
        return LinkChallenge(payload=msgspec.json.encode(link.payload(wanted, now)).decode())

    async def link(self, given: Link, request_id: str) -> Enrolled:
        """A link certificate for the key of an outside certificate, to the member who was invited.

        The same code with the same certificate again gets the same. Raises what `ask` raises, LinkWrong, KeyTaken, and
        what makes a path or its status not good: ChainUntrusted, ChainExpired, ChainNotYetValid, ChainWrongUse,
        ChainWeak, ChainRevoked, ChainStatusUnknown, KeyNotTaken.
        """
        # 1. Who is invited, and does the key say so itself? Nothing is fetched for strangers.
        wanted = await self._wanted(given.code, given.chain)

        async def certify(asked: Request, life: timedelta, keep: Keep) -> Enrolled:
            return await self._enrolments.certify(wanted.invite, asked, request_id, life, keep)

        return await self._linked(wanted, given.proof, certify)

    def ask_beside(self, who: Token, chain: tuple[str, ...]) -> LinkChallenge:
        """What the key is to sign that who is signed in has elsewhere. Raises NoCredential, ChainMalformed."""
        wanted = self._wanted_by(who, chain)
        return LinkChallenge(payload=msgspec.json.encode(link.payload(wanted, self._clock())).decode())

    async def link_beside(self, who: Token, chain: tuple[str, ...], proof: str, request_id: str) -> Enrolled:
        """A link certificate for it, beside the key they signed in with. Raises NoCredential, CredentialUnknown,
        CredentialRevoked, CredentialExpired, and what `link` raises but for invites."""
        wanted = self._wanted_by(who, chain)

        async def certify(asked: Request, life: timedelta, keep: Keep) -> Enrolled:
            return await self._beside.certify(who, asked, request_id, life, keep)

        return await self._linked(wanted, proof, certify)

    async def _linked(self, wanted: Wanted, proof: str, certify: Certify) -> Enrolled:
        link.must_be_proven(proof, wanted, self._clock())
        # 2. The whole path up to an anchor of this body, and what those who should know say of it, anew.
        status = await self._book.ask(Question(wanted.chain, self._anchors(wanted.body), PERSON))
        _must_be_good(status)
        # 3. Certified as any key is; chain, proof and evidence are kept in the same transaction.
        outside = Outside(wanted.chain, status.path.certificates, proof, status.checked_at, status.evidence)

        async def keep(books: Books, fresh: Fresh) -> None:
            await books.add_link(fresh.kept, outside)

        life = min(timedelta(milliseconds=status.path.not_after - self._clock()), LINK_LIFE)
        # Good for somebody whose clock is behind, and too late to begin with.
        if life <= timedelta():
            raise ChainExpired
        return await certify(link.request_of(wanted), life, keep)

    def _wanted_by(self, who: Token, chain: tuple[str, ...]) -> Wanted:
        if not who.credential:
            raise NoCredential
        return Wanted(link.read_chain(chain), b"", who.body, who.sub, self._audience, who.credential)

    def _anchors(self, body: str) -> TrustAnchors:
        try:
            return anchors.load(self._trust, body)
        except AnchorsRefused as refused:
            log.error("anchors.refused", body=body, why=str(refused))  # noqa: TRY400 - the text says it all
            raise ChainUntrusted(what="the trust anchors of this body cannot be read") from refused

    async def _wanted(self, code: str, chain: tuple[str, ...]) -> Wanted:
        code_hash = invite.fingerprint(code)
        ders = link.read_chain(chain)
        async with self._store.transaction() as books:
            found = await books.invitation(code_hash)
        if found is None:
            raise InviteUnknown
        wanted = Wanted(ders, code_hash, found.body, found.member, self._audience)
        # A repeat, after an answer that was lost, is let through: enrolment answers it as before.
        if found.request != link.request_of(wanted).sha256:
            invite.must_be_usable(found, self._clock())
        return wanted


def _must_be_good(status: Status) -> None:
    if status.kind == "revoked":
        raise ChainRevoked(when=f"{at(status.revoked_at):%Y-%m-%d %H:%M:%SZ}", reason=status.why)
    if status.kind == "unknown":
        raise ChainStatusUnknown(what=status.why[:200])
