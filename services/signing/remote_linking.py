"""The order of things when a key at a signing service is linked to a member: the service itself signs what links it.

The same request is sent again until it is answered as linked: nothing of it is in anybody's memory. Who it is says the
invite, as for every link; what the service calls its user is no identity.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec
from cryptography import x509

from services.kit import ids
from services.kit.clock import Clock
from services.rules import jws, verification_code
from services.rules.certified import load_one, public_key_of, thumbprint, to_pem
from services.signing import invite, link
from services.signing.books import Opens
from services.signing.errors import InviteUnknown
from services.signing.invite import Invitation
from services.signing.remote.errors import AccountUnknown, RemoteKeyUnfit
from services.signing.remote.port import RemoteKey, SigningService
from services.signing.remote.round_store import Account, Outcome, RoundStore, Standing, Wanted
from services.signing.remote.settings import ServiceSettings
from services.wire import (
    Enrolled,
    Link,
    LinkAsked,
    LinkChallenge,
    RemoteKeysAsked,
    RemoteKeyShown,
    RemoteLinkAsked,
    RemoteLinkShown,
)

TITLE = "Liên kết chứng thư số với đại biểu"
_STATES: dict[Outcome | None, Literal["pending", "declined", "expired", "failed"]] = {
    None: "pending",
    "declined": "declined",
    "expired": "expired",
    "failed": "failed",
}


class Links(Protocol):
    """What links certificates of other authorities; see linking.LinkDesk."""

    async def ask(self, asked: LinkAsked) -> LinkChallenge:
        """What the key is to sign."""

    async def link(self, given: Link, request_id: str) -> Enrolled:
        """A link certificate."""


@dataclass(frozen=True, slots=True)
class RemoteLinkDesk:
    """Links keys at services; the signing round drives them."""

    invites: Opens
    links: Links
    rounds: RoundStore
    services: Mapping[str, SigningService]
    settings: Mapping[str, ServiceSettings]
    clock: Clock

    async def keys(self, provider: str, asked: RemoteKeysAsked) -> list[RemoteKeyShown]:
        """The keys that a user has at a service, for whoever has an invite that is good. Raises what `_service` raises,
        InviteUsed, InviteCancelled, InviteExpired, and what the service does."""
        service, invitation = await self._service(provider, asked.code)
        invite.must_be_usable(invitation, self.clock())
        return [_shown(key) for key in await service.certificates(asked.user)]

    async def link(self, provider: str, asked: RemoteLinkAsked, request_id: str) -> RemoteLinkShown:
        """Have the person asked in the service's app, or tell how that stands, or link. Raises what LinkDesk raises."""
        # 1. Who is invited may use this service.
        service, _ = await self._service(provider, asked.code)
        matter = _matter(provider, asked)
        standing = await self.rounds.standing(matter)
        # 2. Not begun: what is to be signed, kept for the signing round.
        if standing is None:
            await self._begin(service, provider, asked, matter)
            standing = await self.rounds.standing(matter)
        if standing is None:
            raise AccountUnknown(provider=provider)
        # 3. Signed: linked as any outside certificate is. The same again gets the same.
        wanted, enrolled = standing.wanted, None
        if standing.outcome == "signed":
            enrolled = await self._linked(provider, asked, standing, request_id)
        return RemoteLinkShown(
            state="linked" if enrolled else _STATES[standing.outcome],
            verification_code=verification_code.of(wanted.signing_input),
            expires_at=wanted.expires_at,
            enrolled=enrolled,
        )

    async def _service(self, provider: str, code: str) -> tuple[SigningService, Invitation]:
        """The service, if the body of this invite may use it. Raises InviteUnknown, AccountUnknown."""
        async with self.invites.transaction() as books:
            found = await books.invitation(invite.fingerprint(code))
        if found is None:
            raise InviteUnknown
        said = self.settings.get(provider)
        if said is None or found.body not in said.bodies:
            raise AccountUnknown(provider=provider)
        return self.services[provider], found

    async def _begin(
        self, service: SigningService, provider: str, asked: RemoteLinkAsked, matter: str
    ) -> None:
        keys = [key for key in await service.certificates(asked.user) if key.id == asked.key]
        if len(keys) != 1:
            raise RemoteKeyUnfit(provider=provider, what="not among the user's keys")
        chain, now = keys[0].chain, self.clock()
        challenge = await self.links.ask(LinkAsked(code=asked.code, chain=tuple(map(to_pem, chain))))
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
                label=_name(chain[0]),
                about=b"",
                wanted_at=now,
                expires_at=now + self.settings[provider].patience_s * 1000,
            )
        )

    async def _linked(
        self, provider: str, asked: RemoteLinkAsked, standing: Standing, request_id: str
    ) -> Enrolled:
        account = await self.rounds.account(standing.wanted.thumbprint, provider)
        if account is None:
            raise AccountUnknown(provider=provider)
        proof = f"{standing.wanted.signing_input.decode()}.{standing.signature}"
        given = Link(code=asked.code, chain=tuple(map(to_pem, account.key.chain)), proof=proof)
        enrolled = await self.links.link(given, request_id)
        await self.rounds.enrol(enrolled.thumbprint, provider, account)
        return enrolled


def _matter(provider: str, asked: RemoteLinkAsked) -> str:
    """The one name of an attempt: who was invited, where, as whom, with which key, for which time."""
    said = [invite.fingerprint(asked.code).hex(), provider, asked.user, asked.key, str(asked.attempt)]
    return "link " + hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _signing_input(payload: str, outside: str, alg: str, now: int) -> bytes:
    header = jws.Header(alg=alg, typ=link.TYP, cty=link.CTY, x5t_S256=outside, iat=now // 1000)
    return jws.b64_encode(msgspec.json.encode(header)) + b"." + jws.b64_encode(payload.encode())


def _name(leaf: bytes) -> str:
    found = load_one(leaf).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value)[:200] if found else "?"


def _shown(key: RemoteKey) -> RemoteKeyShown:
    ends = int(load_one(key.chain[0]).not_valid_after_utc.timestamp()) * 1000
    return RemoteKeyShown(id=key.id, name=_name(key.chain[0]), not_after=ends)
