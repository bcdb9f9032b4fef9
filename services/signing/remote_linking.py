"""The order of things when a key at a signing service is linked to a member: the service itself signs what links it.

The same request is sent again until it is answered as linked: nothing of it is in anybody's memory. Who it is says the
invite, as for every link, or the key with which a member is signed in; what the service calls its user is no identity.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from services.kit import ids
from services.kit.clock import Clock
from services.rules import jws, verification_code
from services.rules.certified import load_one, public_key_of, thumbprint, to_pem
from services.signing import invite, link
from services.signing.books import Opens
from services.signing.errors import InviteUnknown, NoCredential
from services.signing.invite import Invitation
from services.signing.linking import LinkDesk
from services.signing.remote.errors import AccountUnknown, RemoteKeyUnfit
from services.signing.remote.port import RemoteKey, SigningService
from services.signing.remote.round_store import RoundStore
from services.signing.remote.settings import ServiceSettings
from services.signing.remote.wanted import Account, Standing, Wanted
from services.signing.remote_standing import STATES, has_page, name_in
from services.signing.vouching import ByInvite, ByOwnKey, Word
from services.wire import (
    Enrolled,
    RemoteKeysAsked,
    RemoteKeyShown,
    RemoteLinkAsked,
    RemoteLinkShown,
    RemoteOwnLinkAsked,
    RemoteUserAsked,
    Token,
)

TITLE = "Liên kết chứng thư số với đại biểu"
# So often a service is asked about somebody, or somebody there, on behalf of one invite, or of one member.
HOURLY, EVER = 12, 40
HOURLY_OWN, EVER_OWN = 20, 2_000


@dataclass(frozen=True, slots=True)
class RemoteLinkDesk:
    """Links keys at services; the signing round drives them."""

    invites: Opens
    links: LinkDesk
    rounds: RoundStore
    services: Mapping[str, SigningService]
    settings: Mapping[str, ServiceSettings]
    clock: Clock

    async def keys(self, provider: str, asked: RemoteKeysAsked, request_id: str) -> list[RemoteKeyShown]:
        """The keys that a user has at a service, for whoever has an invite that is good. Raises what `_service` raises,
        InviteUnknown, InviteUsed, InviteCancelled, InviteExpired, RemoteAskedTooOften, and what the service does."""
        found = await self._invitation(asked.code)
        invite.must_be_usable(found, self.clock())
        word = ByInvite(self.links, asked.code, found.body, request_id)
        return await self._keys(provider, word, asked.user, HOURLY, EVER)

    async def own_keys(
        self, provider: str, who: Token, asked: RemoteUserAsked, request_id: str
    ) -> list[RemoteKeyShown]:
        """The same, for a member who is signed in with a key. Raises NoCredential, and the same."""
        _must_have_key(who)
        word = ByOwnKey(self.links, who, request_id)
        return await self._keys(provider, word, asked.user, HOURLY_OWN, EVER_OWN)

    async def link(self, provider: str, asked: RemoteLinkAsked, request_id: str) -> RemoteLinkShown:
        """Have the person asked in the service's app, or tell how that stands, or link. Raises what LinkDesk raises."""
        found = await self._invitation(asked.code)
        word = ByInvite(self.links, asked.code, found.body, request_id)
        return await self._link(provider, word, asked, HOURLY, EVER)

    async def own_link(
        self, provider: str, who: Token, asked: RemoteOwnLinkAsked, request_id: str
    ) -> RemoteLinkShown:
        """The same, beside the key with which a member is signed in. Raises NoCredential, and the same."""
        _must_have_key(who)
        return await self._link(provider, ByOwnKey(self.links, who, request_id), asked, HOURLY_OWN, EVER_OWN)

    async def _keys(
        self, provider: str, word: Word, user: str, hourly: int, ever: int
    ) -> list[RemoteKeyShown]:
        service = self._service(provider, word.body)
        # Whoever has an invite must not find out with it who has a key there, one number after the other.
        await self.rounds.ask(word.name, self.clock(), hourly, ever)
        return [_shown(key) for key in await service.certificates(user)]

    async def _link(
        self,
        provider: str,
        word: Word,
        asked: RemoteLinkAsked | RemoteOwnLinkAsked,
        hourly: int,
        ever: int,
    ) -> RemoteLinkShown:
        # 1. Whose word it is may use this service.
        service = self._service(provider, word.body)
        matter = _matter(provider, word, asked)
        standing = await self.rounds.standing(matter)
        # 2. Not begun: what is to be signed, kept for the signing round. It is a message on somebody's telephone; or
        # begun, and its owner wants another page of the service.
        if standing is None:
            await self.rounds.ask(word.name, self.clock(), hourly, ever)
            await self._begin(service, provider, word, asked, matter)
            standing = await self.rounds.standing(matter)
        elif has_page(standing, asked.instead):
            await self.rounds.ask(word.name, self.clock(), hourly, ever)
            await self.rounds.send_again(standing)
            standing = await self.rounds.standing(matter)
        if standing is None:
            raise AccountUnknown(provider=provider)
        # 3. Signed: linked as any outside certificate is. The same again gets the same.
        wanted, enrolled = standing.wanted, None
        if standing.outcome == "signed":
            enrolled = await self._linked(provider, word, standing)
        return RemoteLinkShown(
            state="linked" if enrolled else STATES[standing.outcome],
            verification_code=verification_code.of(wanted.signing_input),
            expires_at=wanted.expires_at,
            enrolled=enrolled,
            input=wanted.signing_input.decode(),
            confirm_at=standing.confirm_at,
        )

    async def _invitation(self, code: str) -> Invitation:
        async with self.invites.transaction() as books:
            found = await books.invitation(invite.fingerprint(code))
        if found is None:
            raise InviteUnknown
        return found

    def _service(self, provider: str, body: str) -> SigningService:
        """The service, if this body may use it. Raises AccountUnknown."""
        said = self.settings.get(provider)
        if said is None or body not in said.bodies:
            raise AccountUnknown(provider=provider)
        return self.services[provider]

    async def _begin(
        self,
        service: SigningService,
        provider: str,
        word: Word,
        asked: RemoteLinkAsked | RemoteOwnLinkAsked,
        matter: str,
    ) -> None:
        keys = [key for key in await service.certificates(asked.user) if key.id == asked.key]
        if len(keys) != 1:
            raise RemoteKeyUnfit(provider=provider, what="not among the user's keys")
        chain, now = keys[0].chain, self.clock()
        challenge = await word.challenge(tuple(map(to_pem, chain)))
        outside = thumbprint(chain[0])
        await self.rounds.enrol(outside, provider, Account(asked.user, keys[0]))
        await self.rounds.want(
            Wanted(
                id=ids.new_id("pl-"),
                matter=matter,
                provider=provider,
                thumbprint=outside,
                signing_input=_signing_input(
                    challenge.payload, outside, jws.algorithm_of(public_key_of(chain[0]))[0], now
                ),
                title=TITLE,
                label=name_in(chain[0]),
                about=b"",
                wanted_at=now,
                expires_at=now + min(self.settings[provider].patience_s * 1000, link.LONGEST_WAIT_MS),
            )
        )

    async def _linked(self, provider: str, word: Word, standing: Standing) -> Enrolled:
        account = await self.rounds.account(standing.wanted.thumbprint, provider)
        if account is None:
            raise AccountUnknown(provider=provider)
        proof = f"{standing.wanted.signing_input.decode()}.{standing.signature}"
        enrolled = await word.link(tuple(map(to_pem, account.key.chain)), proof)
        await self.rounds.enrol(enrolled.thumbprint, provider, account)
        return enrolled


def _must_have_key(who: Token) -> None:
    if not who.credential:
        raise NoCredential


def _matter(provider: str, word: Word, asked: RemoteLinkAsked | RemoteOwnLinkAsked) -> str:
    """The one name of an attempt: by whose word, where, as whom, with which key, for which time."""
    said = [word.name, provider, asked.user, asked.key, str(asked.attempt)]
    return "link " + hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _signing_input(payload: str, outside: str, alg: str, now: int) -> bytes:
    header = jws.Header(alg=alg, typ=link.TYP, cty=link.CTY, x5t_S256=outside, iat=now // 1000)
    return jws.b64_encode(msgspec.json.encode(header)) + b"." + jws.b64_encode(payload.encode())


def _shown(key: RemoteKey) -> RemoteKeyShown:
    ends = int(load_one(key.chain[0]).not_valid_after_utc.timestamp()) * 1000
    return RemoteKeyShown(id=key.id, name=name_in(key.chain[0]), not_after=ends)
