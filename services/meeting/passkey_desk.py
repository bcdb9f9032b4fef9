"""The order of things with passkeys: one is added, opens the door, is removed. None ever signs for its member."""

import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

from services.meeting import login, passkeys
from services.meeting.errors import ChallengeUsed
from services.meeting.login import Bearer
from services.meeting.passkey_errors import (
    KeyLoginNeeded,
    PasskeyNotFound,
    PasskeysFull,
    PasskeyTaken,
    PasskeyUnknown,
)
from services.meeting.passkeys import Added, Answered, Kept
from services.rules import assertion, jws
from services.rules.assertion import Assertion, Flags, Site
from services.rules.assertion_errors import AssertionReplayed
from services.rules.ballot import CredentialUnknown
from services.wire import (
    Admission,
    Member,
    Passkey,
    PasskeyAsserted,
    PasskeyChallenge,
    PasskeyLogged,
    PasskeyMade,
    PasskeyVouched,
    PasskeyVoucher,
    PasskeyWanted,
    Token,
)


class Keeps(Protocol):
    """What is needed of a store of passkeys (see passkey_store.PasskeyStore)."""

    async def by_id(self, passkey: str, /) -> Kept | None: ...
    async def of_member(self, body: str, member: str, /) -> Sequence[Kept]: ...
    async def of_body(self, body: str, /) -> list[Passkey]: ...
    async def log(self, body: str, /) -> list[PasskeyLogged]: ...
    async def add(self, kept: Kept, thumbprint: str, most: int, /) -> Added: ...
    async def enter(self, kept: Kept, sign_count: int, backed_up: bool, now: int, /) -> bool: ...
    async def replayed(self, kept: Kept, now: int, /) -> None: ...
    async def remove(self, kept: Kept, by: str, now: int, /) -> bool: ...


class Door(Protocol):
    """What is needed of the door's own books (see credentials.Credentials)."""

    async def bearer(self, thumbprint: str, /) -> Bearer | None: ...
    async def member(self, body: str, member: str, /) -> Member | None: ...
    async def use(self, challenge: str, expires_at: int, now: int, /) -> bool: ...


class PasskeyDesk:
    """Adds, admits, removes."""

    def __init__(
        self,
        store: Keeps,
        door: Door,
        issue: Callable[[Token], str],
        vouch: Callable[[PasskeyVoucher], str],
        clock: Callable[[], int],
        *,
        secret: bytes,
        address: str,
        token_seconds: int,
    ) -> None:
        """`issue` signs a token, `vouch` a voucher; `secret` is that of challenges; `address` ours, for people."""
        self._store = store
        self._door = door
        self._issue = issue
        self._vouch = vouch
        self._clock = clock
        self._secret = secret
        self._address = address
        self._token_seconds = token_seconds

    async def wanted(self, who: Token) -> PasskeyWanted:
        """What a new passkey is to be made with.

        Raises PasskeysNeedName, KeyLoginNeeded, PasskeysFull, CredentialUnknown, CredentialRevoked, CredentialExpired.
        """
        member = await self._must_hold_key(who)
        held = await self._store.of_member(who.body, who.sub)
        if len(held) >= passkeys.MOST:
            raise PasskeysFull(most=passkeys.MOST)
        return PasskeyWanted(
            challenge=self._challenge(passkeys.to_add(who)),
            person=jws.b64_encode(self._person(who, held)).decode(),
            member=who.sub,
            name=member.name,
            house=passkeys.site_of(self._address).host,
            known=tuple(jws.b64_encode(each.credential).decode() for each in held),
        )

    async def add(self, who: Token, made: PasskeyMade) -> Passkey:
        """Keep a passkey that was made.

        Raises what `wanted` raises; ChallengeWrong, ChallengeExpired, ChallengeUsed; what passkeys.read_made raises;
        PasskeyTaken.
        """
        now = self._clock()
        # 1. Who has just signed in with the key on their device, which is still good.
        site = passkeys.site_of(self._address)
        await self._must_hold_key(who)
        # 2. Made for a challenge that we gave this member just now; and all that is said of it is right.
        challenge = self._answered(passkeys.to_add(who), passkeys.bytes_of(made.client_data), now)
        new = passkeys.read_made(made, site, challenge.raw)
        # 3. Once only. A crash after this costs one more try.
        await self._must_be_first(challenge, now)
        # 4. Kept, unless the key that it was added with ended meanwhile.
        person = self._person(who, await self._store.of_member(who.body, who.sub))
        kept = passkeys.kept_of(new, made, who, person, now)
        _must_be_added(await self._store.add(kept, who.credential, passkeys.MOST))
        return kept.shown

    def asked(self) -> PasskeyChallenge:
        """What a passkey signs to open the door: whose it is, it says itself. Raises PasskeysNeedName."""
        return self._challenge(passkeys.TO_ENTER)

    async def admit(self, given: PasskeyAsserted) -> Admission:
        """A token for whose passkey answered a challenge of ours. It has no `credential`: it signs nothing.

        Raises PasskeysNeedName, AssertionMalformed, ChallengeWrong, ChallengeExpired, PasskeyUnknown, what
        assertion.verify raises, CredentialUnknown, ChallengeUsed.
        """
        now = self._clock()
        # 1. A challenge that we gave just now.
        site = passkeys.site_of(self._address)
        answer = Assertion(
            *map(passkeys.bytes_of, (given.authenticator_data, given.client_data, given.signature))
        )
        challenge = self._answered(passkeys.TO_ENTER, answer.client_data, now)
        # 2. A passkey that we know, of the person that it says: nobody named them before (WebAuthn 7.2 step 6).
        kept = await self._store.by_id(passkeys.id_of(passkeys.bytes_of(given.id)))
        if kept is None or passkeys.bytes_of(given.person) != kept.person:
            raise PasskeyUnknown
        # 3. All that it says is right.
        flags = await self._verified(answer, kept, site, challenge, now)
        # 4. Whose it is, is still a member.
        member = await self._door.member(kept.body, kept.shown.member)
        if member is None:
            raise CredentialUnknown
        # 5. Once only; and not removed, nor used further, while we looked.
        await self._must_be_first(challenge, now)
        await self._enter(kept, flags, now)
        # 6. The token.
        return login.admission(self._token(member, kept, now // 1000), self._issue)

    async def own(self, who: Token) -> list[Passkey]:
        """One's own passkeys."""
        return [each.shown for each in await self._store.of_member(who.body, who.sub)]

    async def vouched(self, who: Token) -> list[PasskeyVouched]:
        """One's own passkeys, with our word for whom they are: so long as a token is good. Raises PasskeysNeedName."""
        passkeys.site_of(self._address)
        now_s = self._clock() // 1000
        return [
            passkeys.vouched(each, self._vouch, now_s, now_s + self._token_seconds)
            for each in await self._store.of_member(who.body, who.sub)
        ]

    async def of_body(self, body: str) -> list[Passkey]:
        """All passkeys of a body."""
        return await self._store.of_body(body)

    async def log(self, body: str) -> list[PasskeyLogged]:
        """What happened to them, the newest first."""
        return await self._store.log(body)

    async def remove(self, passkey: str, body: str, by: str, only_of: str | None = None) -> None:
        """Remove a passkey of this body; `only_of`: if it is this member's. Raises PasskeyNotFound."""
        kept = await self._store.by_id(passkey)
        if kept is None or kept.body != body or only_of not in (None, kept.shown.member):
            raise PasskeyNotFound
        await self._store.remove(kept, by, self._clock())

    def _challenge(self, purpose: str) -> PasskeyChallenge:
        site = passkeys.site_of(self._address)
        nonce = secrets.token_bytes(login.NONCE_BYTES)
        text, expires_at = login.challenge(self._secret, purpose, nonce, self._clock())
        return PasskeyChallenge(challenge=text, site=site.host, expires_at=expires_at)

    async def _must_hold_key(self, who: Token) -> Member:
        now = self._clock()
        passkeys.must_have_key(who, now // 1000)
        bearer = await self._door.bearer(who.credential)
        member = await self._door.member(who.body, who.sub)
        if bearer is None or member is None or (bearer.body, bearer.member) != (who.body, who.sub):
            raise CredentialUnknown
        login.must_be_good(bearer, now)
        return member

    def _person(self, who: Token, held: Sequence[Kept]) -> bytes:
        """The handle of a member's passkeys: that of those they have."""
        return held[0].person if held else passkeys.handle(self._secret, who.body, who.sub)

    def _answered(self, purpose: str, client_data: bytes, now: int) -> Answered:
        return passkeys.challenge_answered(self._secret, purpose, client_data, now)

    async def _must_be_first(self, challenge: Answered, now: int) -> None:
        if not await self._door.use(challenge.raw.decode(), challenge.expires_at, now):
            raise ChallengeUsed

    async def _verified(
        self, answer: Assertion, kept: Kept, site: Site, challenge: Answered, now: int
    ) -> Flags:
        """What the passkey says. One that counts backwards is refused, and that is kept."""
        try:
            return assertion.verify(answer, kept.enrolled(), site, challenge.raw)
        except AssertionReplayed:
            await self._store.replayed(kept, now)
            raise

    async def _enter(self, kept: Kept, flags: Flags, now: int) -> None:
        """Keep how far it has counted. Raises PasskeyUnknown: removed meanwhile; AssertionReplayed: used further."""
        if await self._store.enter(kept, flags.sign_count, flags.backed_up, now):
            return
        if await self._store.by_id(kept.shown.id) is None:
            raise PasskeyUnknown
        await self._store.replayed(kept, now)
        raise AssertionReplayed

    def _token(self, member: Member, kept: Kept, iat: int) -> Token:
        return Token(
            sub=member.id,
            body=kept.body,
            roles=member.roles,
            iat=iat,
            exp=iat + self._token_seconds,
            passkey=kept.shown.id,
        )


def _must_be_added(came: Added) -> None:
    match came:
        case "full":
            raise PasskeysFull(most=passkeys.MOST)
        case "taken":
            raise PasskeyTaken
        case "revoked":
            raise KeyLoginNeeded
        case "added":
            return
