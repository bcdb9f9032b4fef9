"""What a member is shown of signing services: which there are, their keys there, how what they want signed stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cryptography import x509

from services.rules import jws
from services.rules.certified import load_one, public_key_of
from services.signing.remote import settings
from services.signing.remote.errors import RemoteRequestUnknown
from services.signing.remote.round_store import RoundStore
from services.signing.remote.settings import ServiceSettings
from services.signing.remote.wanted import Outcome, OwnAccount
from services.wire import RemoteOwnKey, RemoteRequestShown, RemoteServiceShown, Token

STATES: dict[Outcome | None, Literal["pending", "declined", "expired", "failed"]] = {
    None: "pending",
    "declined": "declined",
    "expired": "expired",
    "failed": "failed",
    "withdrawn": "failed",
}


@dataclass(frozen=True, slots=True)
class RemoteStandings:
    """Shows it."""

    rounds: RoundStore
    settings: Mapping[str, ServiceSettings]

    def services_of(self, body: str) -> list[RemoteServiceShown]:
        """The services that a body may use and in whose own app or page people confirm, by name."""
        said = sorted(self.settings.items(), key=lambda each: (each[1].name, each[0]))
        return [
            RemoteServiceShown(id=name, name=each.name)
            for name, each in said
            if body in each.bodies and settings.asks_by_itself(each)
        ]

    async def own(self, who: Token) -> list[RemoteOwnKey]:
        """The keys at services that are linked to who is signed in, the newest first."""
        found = await self.rounds.accounts(who.body, who.sub)
        return [
            _own(each, self.settings[each.provider].name)
            for each in found
            if each.provider in self.settings and who.body in self.settings[each.provider].bodies
        ]

    async def request(self, who: Token, input_sha256: str) -> RemoteRequestShown:
        """How what a member wants signed stands with its service. Raises RemoteRequestUnknown."""
        standing = await self.rounds.standing_of(who.body, who.sub, jws.b64_decode(input_sha256.encode()))
        if standing is None:
            raise RemoteRequestUnknown
        state = STATES[standing.outcome] if standing.outcome != "signed" else "signed"
        return RemoteRequestShown(
            state=state if state != "pending" else "asked" if standing.asked else "wanted",
            expires_at=standing.wanted.expires_at,
            trouble=standing.trouble if standing.outcome is None else "",
        )


def _own(found: OwnAccount, service: str) -> RemoteOwnKey:
    return RemoteOwnKey(
        provider=found.provider,
        service=service,
        thumbprint=found.thumbprint,
        name=name_in(found.leaf),
        alg=jws.algorithm_of(public_key_of(found.leaf))[0],  # type: ignore[arg-type] # ours are P-256 or RSA
        not_after=found.not_after,
    )


def name_in(leaf: bytes) -> str:
    """Whom a certificate (DER) names, "?" for nobody."""
    found = load_one(leaf).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value)[:200] if found else "?"
