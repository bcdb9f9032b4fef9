"""The order of things at the door: a challenge, its answer, a token; and what signing tells of certificates."""

import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from services.meeting import login
from services.meeting.errors import ChallengeUsed
from services.meeting.login import Bearer
from services.rules import jws
from services.rules.ballot import CredentialUnknown
from services.wire import (
    Admission,
    Challenge,
    CredentialHeld,
    CredentialIssued,
    CredentialRevoked,
    Member,
    Token,
)

_events = msgspec.json.Decoder(CredentialIssued | CredentialRevoked)


class Credentials(Protocol):
    """What the doorkeeper knows of certificates."""

    async def bearer(self, thumbprint: str, /) -> Bearer | None: ...
    async def held(self, body: str, /) -> Sequence[Bearer]: ...
    async def member(self, body: str, member: str, /) -> Member | None: ...
    async def use(self, challenge: str, expires_at: int, now: int, /) -> bool: ...
    async def apply(self, event: CredentialIssued | CredentialRevoked, now: int, /) -> None: ...


class Doorkeeper:
    """Lets in who holds an enrolled key."""

    def __init__(
        self,
        credentials: Credentials,
        issue: Callable[[Token], str],
        clock: Callable[[], int],
        *,
        secret: bytes,
        audience: str,
        token_seconds: int,
    ) -> None:
        """`issue` signs a token; `secret` is that of challenges; `audience` our address for people."""
        self._credentials = credentials
        self._issue = issue
        self._clock = clock
        self._secret = secret
        self._audience = audience
        self._token_seconds = token_seconds

    async def challenge(self, thumbprint: str) -> Challenge:
        """What to sign with this certificate's key. Raises CredentialUnknown, CredentialRevoked, CredentialExpired."""
        now = self._clock()
        login.must_be_good(await self._bearer(thumbprint), now)
        text, expires_at = login.challenge(
            self._secret, thumbprint, secrets.token_bytes(login.NONCE_BYTES), now
        )
        return Challenge(challenge=text, audience=self._audience, expires_at=expires_at)

    async def admit(self, raw: bytes) -> Admission:
        """A token for who signed a challenge of ours.

        Raises NotWellFormed, CredentialUnknown, AlgorithmWrong, SignatureWrong, AudienceWrong, ChallengeWrong,
        ChallengeExpired, CredentialRevoked, CredentialExpired, ChallengeUsed.
        """
        now = self._clock()
        # 1. Size and strict parse.
        parts = jws.split(raw, login.TYP, login.CTY, login.LIMIT)
        # 2. The certificate, by thumbprint; then its signature over the bytes as they came; then what they say.
        bearer = await self._bearer(parts.header.x5t_S256)
        payload = login.read(parts, bearer)
        # 3. Signed for us, over a challenge that we gave for this certificate just now.
        login.must_be_for(payload, self._audience)
        expires_at = login.must_be_ours(self._secret, bearer.thumbprint, payload.challenge, now)
        # 4. The certificate is good, and its owner still a member.
        login.must_be_good(bearer, now)
        member = await self._credentials.member(bearer.body, bearer.member)
        if member is None:
            raise CredentialUnknown
        # 5. Once only. A crash after this costs the person one more challenge, never an open door.
        if not await self._credentials.use(payload.challenge, expires_at, now):
            raise ChallengeUsed
        # 6. The token.
        return self._admission(bearer, member, now // 1000)

    async def _bearer(self, thumbprint: str) -> Bearer:
        bearer = await self._credentials.bearer(thumbprint)
        if bearer is None:
            raise CredentialUnknown
        return bearer

    def _admission(self, bearer: Bearer, member: Member, now_s: int) -> Admission:
        # A token never outlives the certificate it was given for.
        expires_s = min(now_s + self._token_seconds, bearer.not_after // 1000)
        token = Token(
            sub=member.id,
            body=bearer.body,
            roles=member.roles,
            iat=now_s,
            exp=expires_s,
            credential=bearer.thumbprint,
        )
        return login.admission(token, self._issue)

    async def held(self, body: str) -> list[CredentialHeld]:
        """Of each member of the body who ever enrolled a key, the best one; in order of their ids."""
        return login.best(await self._credentials.held(body), self._clock())

    async def learn(self, message: bytes) -> None:
        """Apply what signing tells of a certificate. Raises msgspec.DecodeError for a message of another kind."""
        await self._credentials.apply(_events.decode(message), self._clock())
