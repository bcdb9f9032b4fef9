"""A paper signed by a person whose key lies at a service outside: page and statement in one, confirmed once there.

What is prepared is the same as for a device; the service is given the two hashes. Both signatures are kept together, as
if the person's device had brought them, or neither is: by whoever looks first, the waiting page or any worker.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import structlog

from services.kit import ids
from services.kit.clock import Clock
from services.kit.database import UNREACHABLE
from services.refusal import Refused
from services.rules import certified, countersigning, jws, verification_code
from services.signing.countersigned.desk import LONGEST_MS, SigningDesk
from services.signing.countersigned.errors import PreparationOver, PreparationUnknown
from services.signing.countersigned.steps import PreparedSignature, Sealed
from services.signing.countersigned.store import EditionStore
from services.signing.remote.errors import AccountUnknown, RemoteKeyUnfit
from services.signing.remote.port import Hashed
from services.signing.remote.round_store import RoundStore
from services.signing.remote.settings import ServiceSettings
from services.signing.remote.wanted import Outcome, Standing, Wanted
from services.wire import RemotePairAsked, RemotePairShown, SignatureGiven, Token

TITLE = "Giấy chứng nhận kết quả biểu quyết"
PAGE, STATEMENT = "Trang ký", "Nội dung số"
# So often somebody may have themselves asked, in an hour and in all.
HOURLY, EVER = 30, 10_000
_EVERY_S = 2.0
# What is refused so may be taken in a moment.
_PASSING = 500
_MATTER = "sign "
_STATES: dict[Outcome | None, Literal["pending", "declined", "expired", "failed"]] = {
    None: "pending",
    "declined": "declined",
    "expired": "expired",
    "failed": "failed",
    "withdrawn": "failed",
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RemotePairs:
    """Has pairs of signatures made, and brings them to the desk."""

    store: EditionStore
    desk: SigningDesk
    rounds: RoundStore
    settings: Mapping[str, ServiceSettings]
    clock: Clock

    async def ask(self, who: Token, certificate: str, asked: RemotePairAsked) -> RemotePairShown:
        """Have the service ask the person; the same again tells how that stands.

        Raises PreparationUnknown, PreparationOver, AccountUnknown, RemoteKeyUnfit, RemoteAskedTooOften.
        """
        # 1. What was prepared for this person, with the key that lies at this service.
        prepared = await self._prepared(who, certificate, asked.prepared)
        if (standing := await self.rounds.standing(_matter(prepared.id))) is None:
            if prepared.page is None or self.clock() > prepared.begun_at + LONGEST_MS:
                raise PreparationOver
            wanted = await self._wanted(who, prepared, asked.provider)
            # 2. Kept: the signing round does the rest, whoever is there. It is a message on somebody's telephone.
            await self.rounds.ask(f"sign {who.body} {who.sub}", self.clock(), HOURLY, EVER)
            await self.rounds.want(wanted)
            standing = await self.rounds.standing(_matter(prepared.id))
        if standing is None:
            raise PreparationUnknown
        return await self._shown(prepared, standing)

    async def shown(self, who: Token, certificate: str, identifier: str) -> RemotePairShown:
        """How it stands. Raises PreparationUnknown."""
        prepared = await self._prepared(who, certificate, identifier)
        standing = await self.rounds.standing(_matter(prepared.id))
        if standing is None:
            raise PreparationUnknown
        return await self._shown(prepared, standing)

    async def run(self) -> None:
        """Bring to the desk what was signed while nobody looked, until cancelled."""
        brought: set[str] = set()
        while True:
            try:
                found = set(await self.rounds.signed_together(_MATTER, self.clock() - LONGEST_MS))
                brought &= found
                for identifier in found - brought:
                    if await self._is_settled(identifier):
                        brought.add(identifier)
            except UNREACHABLE as error:
                log.warning("pairs.store_unreachable", error=type(error).__name__)
            except Exception:
                log.exception("pairs.failed")
            await asyncio.sleep(_EVERY_S)

    async def _is_settled(self, identifier: str) -> bool:
        """Bring it; whether nothing more is to be done for it, be it that it is refused for good."""
        try:
            prepared = await self.store.prepared(identifier)
            standing = await self.rounds.standing(_matter(identifier))
            if prepared is not None and standing is not None:
                await self._bring(prepared, standing)
        except Refused as refused:
            log.warning("pair.refused", prepared=identifier, refused=refused.code)
            return refused.status < _PASSING
        except UNREACHABLE:
            raise
        # One that nobody foresaw must not end the bringing of all others.
        except Exception:
            log.exception("pair.not_brought", prepared=identifier)
        return True

    async def _wanted(self, who: Token, prepared: PreparedSignature, provider: str) -> Wanted:
        said = self.settings.get(provider)
        account = await self.rounds.account(prepared.thumbprint, provider)
        if said is None or account is None or who.body not in said.bodies:
            raise AccountUnknown(provider=provider)
        chain = countersigning.chain_of(prepared.protected)
        if certified.public_key_of(account.key.chain[0]) != certified.public_key_of(chain[0]):
            raise RemoteKeyUnfit(provider=provider, what="another key")
        # The statement may be large: not in the event loop.
        if (sealed := await self.store.sealed(prepared.certificate)) is None:
            raise PreparationUnknown
        hashes = await asyncio.to_thread(_hashes, prepared, sealed)
        now = self.clock()
        return Wanted(
            id=ids.new_id("pl-"),
            matter=_matter(prepared.id),
            provider=provider,
            thumbprint=prepared.thumbprint,
            signing_input=b"",
            title=TITLE,
            label=PAGE,
            about=b"",
            wanted_at=now,
            # What is signed later than that the desk does not take.
            expires_at=min(now + said.patience_s * 1000, prepared.begun_at + LONGEST_MS),
            hashes=hashes,
            alg=countersigning.algorithm_of(chain[0]),
        )

    async def _shown(self, prepared: PreparedSignature, standing: Standing) -> RemotePairShown:
        page, statement = standing.wanted.hashes
        shown = RemotePairShown(
            prepared=prepared.id,
            state="signed" if standing.outcome == "signed" else _STATES[standing.outcome],
            page_code=verification_code.of_hash(page.sha256),
            statement_code=verification_code.of_hash(statement.sha256),
            expires_at=standing.wanted.expires_at,
            trouble=standing.trouble if standing.outcome is None else "",
        )
        # Signed is what is kept: what was brought too late, or by a key revoked since, is said and is none.
        if standing.outcome == "signed":
            await self._bring(prepared, standing)
        return shown

    async def _bring(self, prepared: PreparedSignature, standing: Standing) -> None:
        """To the desk, as the person's own device would. Raises what SigningDesk.sign raises."""
        if len(standing.signatures) != len(standing.wanted.hashes):
            raise PreparationOver
        page, statement = standing.signatures
        # As CMS has it: ECDSA in DER.
        if standing.wanted.alg == "ES256":
            page = jws.b64_encode(jws.der_of_raw(jws.b64_decode(page.encode()))).decode()
        now_s = self.clock() // 1000
        found = await self.store.whose(prepared.certificate)
        # In the role in which they began it, and had it confirmed.
        who = Token(
            sub=prepared.member,
            body=found[1] if found else "",
            roles=(prepared.role,),
            iat=now_s,
            exp=now_s + 60,
            credential=prepared.thumbprint,
        )
        given = SignatureGiven(prepared=prepared.id, page=page, statement=statement)
        await self.desk.sign(who, prepared.certificate, given)

    async def _prepared(self, who: Token, certificate: str, identifier: str) -> PreparedSignature:
        prepared, found = await self.store.prepared(identifier), await self.store.whose(certificate)
        if prepared is None or found is None:
            raise PreparationUnknown
        if (prepared.certificate, prepared.member, found[1]) != (certificate, who.sub, who.body):
            raise PreparationUnknown
        return prepared


def _matter(identifier: str) -> str:
    return _MATTER + identifier


def _hashes(prepared: PreparedSignature, sealed: Sealed) -> tuple[Hashed, ...]:
    """The hash of the page's signed attributes, and that of the statement's signing input."""
    statement = countersigning.signing_input(prepared.protected, sealed.statement)
    return (
        Hashed(hashlib.sha256(prepared.attributes).digest(), PAGE),
        Hashed(hashlib.sha256(statement).digest(), STATEMENT),
    )
