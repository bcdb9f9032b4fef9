"""Cloud Signature Consortium API, v1.0.4.0 and v2.0.0.2 (the JSON binding of ETSI TS 119 432).

Only credentials whose permission to sign is bound to the hash (SCAL2) are taken. That permission comes in one of two
ways. oauth2code: the person goes to the service's own page and comes back with a code (RFC 6749, 7636; in version 2 the
request is pushed, RFC 9126). implicit: the service asks the person by itself; only where the operator says that it
does. explicit, a PIN or a one-time password through us, is refused: see decision 0019.
"""

from dataclasses import dataclass
from typing import Any

import aiohttp

from services.kit import ids
from services.kit.clock import Clock
from services.rules import certified, remote_evidence
from services.signing.remote.csc_authority import CscAuthority, new_verifier
from services.signing.remote.csc_messages import LISTED, Authorised, Info, Listed, Signed, Wording
from services.signing.remote.errors import (
    PinThroughUsRefused,
    RemoteBusy,
    RemoteKeyUnfit,
    RemoteLost,
    RemoteMalformed,
    RemoteRefusesUs,
    RemoteUnreachable,
    RemoteUserUnknown,
)
from services.signing.remote.exchange import PATIENT, Exchange, Manners, read
from services.signing.remote.normalised import chain_of
from services.signing.remote.port import (
    Declined,
    Expired,
    Grant,
    Order,
    Outcome,
    Pending,
    Purpose,
    RemoteKey,
    StillPending,
)
from services.signing.remote.settings import CscSettings, Secret
from services.signing.remote.settled import algorithm_for, hash_of, settle
from services.signing.remote.shown_text import shortened
from services.wire import RemoteAnswer

# So many credentials of one person are looked at.
MOST_KEYS = 20
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Csc:
    """One service of this kind."""

    provider: str
    settings: CscSettings
    clock: Clock
    exchange: Exchange
    authority: CscAuthority

    @classmethod
    def over(
        cls,
        session: aiohttp.ClientSession,
        clock: Clock,
        provider: str,
        settings: CscSettings,
        secret: Secret,
        manners: Manners = PATIENT,
    ) -> "Csc":
        """The service behind these settings."""
        exchange = Exchange(session, clock, provider, settings.url, manners)
        authority = CscAuthority(provider, settings, secret, clock, exchange)
        return cls(provider, settings, clock, exchange, authority)

    @property
    def version(self) -> str:
        """As evidence names it."""
        return f"csc v{self.settings.version}"

    async def certificates(self, user: str, purpose: Purpose = "person") -> list[RemoteKey]:
        """The keys of a person that are enabled and may sign ballots; those that may not are passed over."""
        asked = {"maxResults": MOST_KEYS} | ({"userID": user} if user else {})
        answer = await self._post("credentials/list", asked, again=True)
        names = read(answer, Listed, self.provider).credentialIDs[:MOST_KEYS]
        if not names:
            raise RemoteUserUnknown(provider=self.provider)
        infos = [(name, await self._info(name)) for name in names]
        fit = [(name, info) for name, info in infos if not self._unfit(info) and info.cert.certificates]
        if not fit and any(info.mode == "explicit" for _, info in infos):
            raise PinThroughUsRefused(provider=self.provider)
        return [self._key(name, info) for name, info in fit]

    async def start(self, order: Order) -> Pending:
        """Look at the credential, and make ready what the person is to do.

        Raises RemoteKeyUnfit, PinThroughUsRefused.
        """
        if order.hashes:
            # A permission would have to name them all: not built.
            raise RemoteKeyUnfit(provider=self.provider, what="several at once")
        alg = algorithm_for(order, self.provider, tuple(LISTED))
        # 1. It is the enrolled key, and the service binds its permission to the hash.
        info = await self._info(order.key.id)
        if info.mode == "explicit":
            raise PinThroughUsRefused(provider=self.provider)
        if (what := self._unfit(info)) or LISTED[alg].isdisjoint(info.key.algo):
            raise RemoteKeyUnfit(provider=self.provider, what=what or f"not by {alg}")
        theirs, enrolled = (each.chain[0] for each in (self._key(order.key.id, info), order.key))
        if certified.public_key_of(theirs) != certified.public_key_of(enrolled):
            raise RemoteKeyUnfit(provider=self.provider, what="another key")
        # 2. Where the person confirms: each way there and back has a number of its own.
        way, verifier = (ids.new_id("pl-"), new_verifier()) if info.mode == "oauth2code" else (order.id, "")
        started_at, label = self.clock(), _label(order)
        page = await self.authority.page(order, label, way, verifier) if verifier else ""
        return Pending.of(
            order,
            self.provider,
            "csc",
            way,
            started_at,
            label=label,
            confirm_at=page,
            verifier=verifier,
        )

    async def ask(self, pending: Pending, grant: Grant | None = None) -> Outcome:
        """Sign, once the person has confirmed; until then it is pending. A grant is good once.

        Raises GrantWrong, RemoteBusy, RemoteLost (what was confirmed is used up, or may be), RemoteSignatureForeign.
        """
        if pending.confirm_at and grant is None:
            return Expired(pending) if self.clock() > pending.expires_at else StillPending(pending)
        if grant is not None and grant.no:
            return Declined(pending, grant.no)
        try:
            return await self._sign(pending, grant)
        except (RemoteUnreachable, RemoteMalformed) as refused:
            raise RemoteLost(provider=self.provider, what=refused.code) from refused

    async def _sign(self, pending: Pending, grant: Grant | None) -> Outcome:
        alg = remote_evidence.algorithm_in(pending.signing_input)
        wording = Wording(self.settings.version, pending.key, hash_of(pending.signing_input), alg)
        # 1. Permission for this hash.
        token, sad = await self._permission(pending, wording, grant)
        # 2. The signature. What is in the way to it holds a secret; what comes back does not.
        try:
            answer = await self._post("signatures/signHash", wording.sign_hash(sad), again=False, token=token)
        except RemoteBusy as refused:
            raise RemoteLost(provider=self.provider, what=refused.code) from refused
        found = read(answer, Signed, self.provider).signatures
        if len(found) != 1:
            raise RemoteMalformed(provider=self.provider, what="not one signature")
        return settle(pending.heard(answer), found[0], self.version)

    async def _permission(self, pending: Pending, wording: Wording, grant: Grant | None) -> tuple[str, str]:
        """The token to sign with, or empty for our own; and the SAD beside it."""
        if grant is None:
            answer = await self._post("credentials/authorize", wording.authorize(pending.label), again=False)
            return "", read(answer, Authorised, self.provider).SAD
        given = await self.authority.redeem(grant.code, pending)
        return ("", given) if self.settings.version == "1" else (given, "")

    async def _info(self, name: str) -> Info:
        asked = {"credentialID": name, "certificates": "chain", "authInfo": True}
        return read(await self._post("credentials/info", asked, again=True), Info, self.provider)

    def _unfit(self, info: Info) -> str:
        """Why a credential may not sign for a person, or empty."""
        if info.key.status != "enabled":
            return "not enabled"
        if info.SCAL != "2":
            return "permission to sign is not bound to the hash (SCAL2)"
        if info.mode == "implicit" and self.settings.implicit:
            return ""
        if info.mode == "oauth2code" and self.settings.authorize_url:
            return ""
        return "not confirmed in its app or on its page"

    def _key(self, name: str, info: Info) -> RemoteKey:
        return RemoteKey(name, chain_of(info.cert.certificates, self.provider))

    async def _post(self, act: str, asked: Any, *, again: bool, token: str = "") -> RemoteAnswer:
        """With our own token unless another is given; signed in once more if it was good no longer."""
        answer = await self.exchange.post(act, asked, again=again, token=token or await self.authority.ours())
        if answer.status == 401 and not token and self.settings.token_url:
            self.authority.forget()
            answer = await self.exchange.post(act, asked, again=again, token=await self.authority.ours())
        self._must_be_taken(answer, again)
        return answer

    def _must_be_taken(self, answer: RemoteAnswer, again: bool) -> None:
        if 200 <= answer.status < 300:
            return
        if answer.status in (401, 403):
            raise RemoteRefusesUs(provider=self.provider)
        if 400 <= answer.status < 500 and answer.status != 429:
            raise RemoteKeyUnfit(provider=self.provider, what="refused by the service")
        # What is not to be asked twice may have been done all the same.
        refusal = RemoteBusy if again else RemoteLost
        raise refusal(provider=self.provider, what=f"status {answer.status}")


def _label(order: Order) -> str:
    """What the service's page shows: the code first, then choice and title."""
    shown = order.display
    return shortened(f"{shown.code} {shown.choice}: {shown.title}", LONGEST_TEXT)
