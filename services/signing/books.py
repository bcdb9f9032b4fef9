"""What enrolment keeps, and what it needs of a store: the one in `store.py`, or a failing one in a test."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from services.rules.certified import to_pem
from services.rules.jws import standard_b64
from services.signing.authority import Issued
from services.signing.certificate_profile import Person
from services.signing.invite import Invitation
from services.signing.request import Request
from services.wire import Credential, CredentialIssued, CredentialRevoked, Enrolled, Event

Reason = Literal["superseded", "lost", "left", "compromised"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A credential as it is kept; `request` is the SHA-256 of what it was issued for, times in milliseconds. `beside`:
    the credential (thumbprint) by whose word it was linked and with which it ends; empty of one by itself."""

    thumbprint: str
    body: str
    member: str
    chain: tuple[bytes, ...]
    request: bytes
    not_after: int
    revoked_at: int | None
    beside: str = ""

    def answer(self) -> Enrolled:
        """What its owner is told."""
        chain = tuple(map(to_pem, self.chain))
        return Enrolled(member=self.member, thumbprint=self.thumbprint, chain=chain, not_after=self.not_after)

    def credential(self) -> Credential:
        """What anybody needs who is to believe a signature of it."""
        chain = tuple(map(standard_b64, self.chain))
        return Credential(member=self.member, thumbprint=self.thumbprint, chain=chain)

    def revoked(self, index: int, at: int, reason: Reason, request_id: str) -> CredentialRevoked:
        """What everybody is told when it is revoked."""
        return CredentialRevoked(
            index=index,
            request=request_id,
            body=self.body,
            member=self.member,
            thumbprint=self.thumbprint,
            at=at,
            reason=reason,
        )


@dataclass(frozen=True, slots=True)
class Revocations:
    """How many credentials are revoked since some transaction: all that are seen; those of transactions before
    `open_from`, the first that may still be under way: of earlier ones nothing more will be seen."""

    all: int
    settled: int
    open_from: int


@dataclass(frozen=True, slots=True)
class Issuance:
    """What is kept of a certificate: when it was revoked (milliseconds) and why, or None."""

    revoked_at: int | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Fresh:
    """A credential just issued; `replaces` is the thumbprint of the one it takes the place of, or empty."""

    kept: Kept
    issued: Issued
    asked: Request
    issued_at: int
    replaces: str

    def told(self, index: int, request_id: str) -> CredentialIssued:
        """What everybody is told."""
        return CredentialIssued(
            index=index,
            request=request_id,
            body=self.kept.body,
            credential=self.kept.credential(),
            not_after=self.kept.not_after,
            replaces=self.replaces,
        )


@dataclass(frozen=True, slots=True)
class Outside:
    """What a link rests on: the chain as it was given, the path found, the signed LinkPayload, and the evidence."""

    chain: tuple[bytes, ...]
    path: tuple[bytes, ...]
    proof: str
    checked_at: int
    evidence: tuple[bytes, ...]


class Books(Protocol):
    """The store inside one transaction."""

    async def lock_members(self, body: str, members: Sequence[str]) -> dict[str, Person]:
        """Those of them who are members, by id; nobody else changes theirs until the transaction ends."""

    async def cancel_invites(self, body: str, members: Sequence[str], now: int) -> None:
        """Unused invites of these members are good no more."""

    async def add_invites(
        self, body: str, codes: dict[str, bytes], by: str, now: int, expires_at: int
    ) -> None:
        """Keep the hash of a code for each member."""

    async def invitation(self, code: bytes) -> Invitation | None:
        """The invite with a code of this hash."""

    async def use_invite(self, code: bytes, asked: bytes, thumbprint: str, now: int) -> None:
        """The invite was used with this request and brought this credential."""

    async def credential(self, thumbprint: str) -> Kept | None:
        """The credential of this thumbprint."""

    async def good_credential(self, body: str, member: str) -> Kept | None:
        """The member's own credential that is not revoked: there is at most one."""

    async def good_beside(self, body: str, member: str) -> Kept | None:
        """The credential of another authority that is linked beside it and not revoked: there is at most one."""

    async def may_link_again(self, key: bytes, body: str, member: str) -> bool:
        """Whether this key (SHA-256) was last linked to this very member, and only given up since."""

    async def replaced_since(self, body: str, member: str, since: int) -> int:
        """How many of a member's credentials took the place of another since then (milliseconds)."""

    async def successor(self, thumbprint: str) -> Kept | None:
        """The credential that took the place of this one."""

    async def take_key(self, key: bytes, body: str, member: str) -> bool:
        """Remember whose key (SHA-256) this is for ever; whether nobody had it."""

    async def add_credential(self, fresh: Fresh) -> None:
        """Keep a credential just issued."""

    async def add_link(self, kept: Kept, outside: Outside) -> None:
        """Keep what goes with a link certificate."""

    async def revoke(self, thumbprint: str, at: int, reason: Reason) -> None:
        """The credential is revoked."""

    async def tell(self, key: str, build: Callable[[int], Event]) -> None:
        """Append an event to the journal of this key."""


class Opens(Protocol):
    """Opens the books; what is done in them is committed at the end of the block, or none of it."""

    def transaction(self) -> AbstractAsyncContextManager[Books]:
        """The books, until the end of the block."""
