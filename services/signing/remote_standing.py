"""What a member is shown of signing services: which there are, their keys there, how what they want signed stands."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cryptography import x509

from services.kit.clock import Clock
from services.rules import jws, text
from services.rules.certified import load_one, public_key_of
from services.rules.errors import TextUnclean
from services.signing.remote import settings
from services.signing.remote.errors import RemoteRequestUnknown
from services.signing.remote.round_store import RoundStore
from services.signing.remote.settings import ServiceSettings
from services.signing.remote.wanted import Outcome, OwnAccount, Standing
from services.wire import RemoteOwnKey, RemoteRequestShown, RemoteServiceShown, Token

STATES: dict[Outcome | None, Literal["pending", "declined", "expired", "failed"]] = {
    None: "pending",
    "declined": "declined",
    "expired": "expired",
    "failed": "failed",
    "withdrawn": "failed",
}


# No name is longer, in letters; of more no normal form is made, which takes the square of their number.
_LONGEST_NAME = 400
# So often somebody may have themselves sent to a service's page anew, in an hour and in all.
HOURLY, EVER = 30, 10_000


@dataclass(frozen=True, slots=True)
class RemoteStandings:
    """Shows it, and sends to a service's page once more."""

    rounds: RoundStore
    settings: Mapping[str, ServiceSettings]
    clock: Clock

    def services_of(self, body: str) -> list[RemoteServiceShown]:
        """The services that a body may use and in whose own app or page people confirm, by name."""
        said = sorted(self.settings.items(), key=lambda each: (each[1].name, each[0]))
        return [
            RemoteServiceShown(id=name, name=each.name)
            for name, each in said
            if body in each.bodies and settings.is_offered(each)
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
        return _request(await self._standing(who, input_sha256))

    async def another_page(self, who: Token, input_sha256: str, instead: str) -> RemoteRequestShown:
        """Another page of the service in place of the one that is shown. Raises RemoteRequestUnknown,
        RemoteAskedTooOften."""
        standing = await self._standing(who, input_sha256)
        if has_page(standing, instead):
            await self.rounds.ask(f"page {who.body} {who.sub}", self.clock(), HOURLY, EVER)
            await self.rounds.send_again(standing)
            standing = await self._standing(who, input_sha256)
        return _request(standing)

    async def _standing(self, who: Token, input_sha256: str) -> Standing:
        found = await self.rounds.standing_of(who.body, who.sub, jws.b64_decode(input_sha256.encode()))
        if found is None:
            raise RemoteRequestUnknown
        return found


def has_page(standing: Standing, page: str) -> bool:
    """Whether this very page is the one that is shown."""
    return bool(page) and standing.confirm_at == page


def _request(standing: Standing) -> RemoteRequestShown:
    state = STATES[standing.outcome] if standing.outcome != "signed" else "signed"
    return RemoteRequestShown(
        state=state if state != "pending" else "asked" if standing.asked else "wanted",
        expires_at=standing.wanted.expires_at,
        trouble=standing.trouble if standing.outcome is None else "",
        confirm_at=standing.confirm_at,
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
    """Whom a certificate (DER) names, in letters that can be seen and read; "?" for nobody."""
    found = load_one(leaf).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    said = unicodedata.normalize("NFC", str(found[0].value)[:_LONGEST_NAME]) if found else ""
    name = ""
    for character in said:
        # A mark is legible or not by the marks before it, and those are four at most.
        if _is_legible(name[-4:] + character):
            name += character
    return name.strip()[:200] or "?"


def _is_legible(letters: str) -> bool:
    try:
        text.must_be_legible(f"-{letters}-")
    except TextUnclean:
        return False
    return True
