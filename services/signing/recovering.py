"""The order of things when somebody lost a key and has signed in with a passkey: a new key in place of the lost one.

Signing knows of the passkey what the token says, and no more. So whoever stole such a token could enrol a key of their
own; what bounds that: the token is of the last five minutes, it does so once, it does not bring back who was put out,
the key that was good is revoked in the same breath (its owner's phone is refused at once), and the desk sees it.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

import structlog

from services.kit.clock import Clock
from services.rules.ballot import CredentialRevoked, CredentialUnknown
from services.signing import request
from services.signing.books import Books, Fresh, Kept, Reason
from services.signing.certificate_profile import Person
from services.signing.errors import KeyTaken
from services.signing.recovery_errors import PasskeyLoginNeeded, PasskeyLoginStale
from services.signing.request import Request
from services.wire import Enrolled, Recovery, Token

log = structlog.get_logger(__name__)

FRESH_MS = 300_000
# Both clocks are this house's; one may be a little before the other.
_SKEW_MS = 5_000
# Who was put out does not come back by a passkey: the secretary invites them.
_PUT_OUT = ("left", "compromised")


class Latest(NamedTuple):
    """The credential of a member that was issued last, when (milliseconds), and why it was revoked if it was."""

    kept: Kept
    issued_at: int
    reason: Reason | None


class RecoveryBooks(Books, Protocol):
    """The books of enrolment, and those of recoveries."""

    async def latest(self, body: str, member: str) -> Latest | None:
        """The member's credential that was issued last."""

    async def recovered(self, asked: bytes, body: str, member: str) -> str | None:
        """The thumbprint of what was issued for this request (SHA-256) of this member, by a passkey."""

    async def add_recovery(self, asked: bytes, body: str, recovery: Recovery) -> None:
        """Keep that a lost key was renewed."""


class Opens(Protocol):
    """Opens the books; what is done in them is committed at the end of the block, or none of it."""

    def transaction(self) -> AbstractAsyncContextManager[RecoveryBooks]:
        """The books, until the end of the block."""

    async def recoveries(self, body: str) -> list[Recovery]:
        """Those of a body, the newest first."""


class Replaces(Protocol):
    """Certifies a new key in place of an old one (see enrolment.EnrolmentDesk)."""

    async def replace(
        self, books: Books, person: Person, asked: Request, old: Kept | None, now: int, request_id: str
    ) -> Fresh:
        """A new key in place of the old, if one is good. Raises KeyTaken, RenewedTooOften."""


class RecoveryDesk:
    """Renews keys that were lost."""

    def __init__(self, store: Opens, enrolments: Replaces, ring: Callable[[str], None], clock: Clock) -> None:
        self._store = store
        self._enrolments = enrolments
        self._ring = ring
        self._clock = clock

    async def recover(self, who: Token, pem: str, request_id: str) -> Enrolled:
        """A certificate for a new key of who signed in with a passkey; the key that was good is revoked.

        The same request again gets the same certificate, while it is good. Raises PasskeyLoginNeeded,
        PasskeyLoginStale, CredentialUnknown, CredentialRevoked, RequestMalformed, PossessionUnproven, KeyNotTaken,
        KeyTaken, RenewedTooOften.
        """
        # 1. Signed in with a passkey just now, and a new key whose holder sent it.
        must_be_fresh(who, self._clock())
        asked = request.read(pem)
        async with self._store.transaction() as books:
            # 2. Nobody else changes this member's credentials meanwhile.
            persons = await books.lock_members(who.body, [who.sub])
            latest = await books.latest(who.body, who.sub)
            if who.sub not in persons or latest is None:
                raise CredentialUnknown
            # 3. Renewed by this very request: its answer was lost, here it is again.
            before = await books.recovered(asked.sha256, who.body, who.sub)
            if before is not None:
                return _again(before, latest)
            # 4. This login came after all that happened to this member's keys; and they were not put out.
            must_be_after(who, latest)
            now = self._clock()
            old = latest.kept if latest.kept.revoked_at is None else None
            fresh = await self._enrolments.replace(books, persons[who.sub], asked, old, now, request_id)
            recovery = Recovery(
                member=who.sub,
                thumbprint=fresh.kept.thumbprint,
                replaces=fresh.replaces,
                passkey=who.passkey,
                at=now,
            )
            await books.add_recovery(asked.sha256, who.body, recovery)
        # 5. Committed: from here the new key is the good one. A crash before changed nothing; after, see step 3.
        log.info("credential.recovered", body=who.body, member=who.sub, passkey=who.passkey)
        self._ring(who.body)
        return fresh.kept.answer()

    async def of_body(self, body: str) -> list[Recovery]:
        """What was renewed with passkeys, the newest first."""
        return await self._store.recoveries(body)


def must_be_fresh(who: Token, now: int) -> None:
    """Raise unless this is a login with a passkey of the last five minutes. Raises PasskeyLoginNeeded,
    PasskeyLoginStale."""
    if not who.passkey or who.credential:
        raise PasskeyLoginNeeded
    if not -_SKEW_MS <= now - who.iat * 1000 <= FRESH_MS:
        raise PasskeyLoginStale


def must_be_after(who: Token, latest: Latest) -> None:
    """Raise unless the login is younger than the last key, so that it renews once; and unless that may be renewed.

    Raises PasskeyLoginStale, CredentialRevoked.
    """
    if latest.reason in _PUT_OUT:
        raise CredentialRevoked
    if who.iat * 1000 <= latest.issued_at:
        raise PasskeyLoginStale


def _again(thumbprint: str, latest: Latest) -> Enrolled:
    if latest.kept.thumbprint != thumbprint or latest.kept.revoked_at is not None:
        raise KeyTaken
    return latest.kept.answer()
