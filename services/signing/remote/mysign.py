"""Viettel MySign: shaped like the Cloud Signature Consortium's first version, with ways of its own.

From public clients and the vendor's guide as they quote it: we sign in for each user and get a token for an hour;
texts travel in base64 and may hold only ASCII letters, digits, `-`, `_` and spaces, at most 99 characters of base64;
numbers come as texts; signatures come with line breaks in them. `async: 2` has the person asked in their app,
`requests/status` tells.
"""

import re
from dataclasses import dataclass, field

import aiohttp

from services.kit.clock import Clock
from services.rules.jws import standard_b64
from services.signing.remote.errors import (
    RemoteBusy,
    RemoteKeyUnfit,
    RemoteLost,
    RemoteMalformed,
    RemoteRefusesUs,
    RemoteUnreachable,
    RemoteUserUnknown,
)
from services.signing.remote.exchange import PATIENT, Exchange, Manners, read
from services.signing.remote.mysign_messages import RSA, Credential, Error, Started, Status, Token
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
from services.signing.remote.settings import MySignSettings, Secret
from services.signing.remote.settled import algorithm_for, hash_of, settle_all
from services.signing.remote.shown_text import unaccented
from services.wire import RemoteAnswer

VERSION = "vtss v1"
SHA256 = "2.16.840.1.101.3.4.2.1"
# 72 letters are 96 of base64; with 75 it would be 100.
LONGEST_TEXT = 72
_SIGNED, _WAITING, _EXPIRED, _DECLINED = "1", frozenset({"0", "4000", "6000"}), "4001", "4002"
_USER_UNKNOWN = frozenset({"58008"})
_US_UNKNOWN = frozenset({"58007", "59033", "86024", "86002"})
# A token is asked for anew a minute before it ends.
_EARLY_MS = 60_000
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class MySign:
    """One service of this kind. Tokens are kept here only, one for each user, and told to nobody."""

    provider: str
    settings: MySignSettings
    secret: Secret
    clock: Clock
    exchange: Exchange
    _tokens: dict[str, tuple[str, int]] = field(default_factory=dict, repr=False)

    @classmethod
    def over(
        cls,
        session: aiohttp.ClientSession,
        clock: Clock,
        provider: str,
        settings: MySignSettings,
        secret: Secret,
        manners: Manners = PATIENT,
    ) -> "MySign":
        """The service behind these settings."""
        exchange = Exchange(session, clock, provider, settings.url, manners)
        return cls(provider, settings, secret, clock, exchange)

    async def certificates(self, user: str, purpose: Purpose = "person") -> list[RemoteKey]:
        """The keys of a person that are enabled, RSA, and whose hash is bound to what they confirm (SCAL2)."""
        asked = self._as_us(
            profile_id=self.settings.profile_id,
            user_id=user,
            certificates="chain",
            certInfo=True,
            authInfo=True,
        )
        answer = await self._post("vtss/service/certificates/info", asked, user, again=True)
        found = read(answer, list[Credential], self.provider)
        if not found:
            raise RemoteUserUnknown(provider=self.provider)
        return [self._key(each) for each in found if each.is_fit]

    async def start(self, order: Order) -> Pending:
        """Have the person asked in their app. Raises RemoteKeyUnfit, RemoteRefusesUs, RemoteBusy, RemoteLost."""
        algorithm_for(order, self.provider, ("RS256",))
        now = self.clock()
        # 1. Signed in: nobody is asked by that.
        await self._token(order.user)
        # 2. From here on the person may be looking at the question.
        try:
            answer = await self._post("vtss/service/signHash", self._request(order), order.user, again=False)
            number = read(answer, Started, self.provider).transactionId
        except (RemoteUnreachable, RemoteMalformed) as refused:
            raise RemoteLost(provider=self.provider, what=refused.code) from refused
        return Pending.of(order, self.provider, "mysign", number, now).heard(answer)

    async def ask(self, pending: Pending, grant: Grant | None = None) -> Outcome:
        """How it stands. Raises RemoteUnreachable, RemoteMalformed, RemoteSignatureForeign."""
        asked = {"transactionId": pending.transaction}
        answer = await self._post("vtss/service/requests/status", asked, pending.user, again=True)
        heard, said = pending.heard(answer), read(answer, Status, self.provider)
        status = str(said.status)
        if status == _SIGNED:
            return settle_all(heard, said.signatures or (), VERSION)
        if status in _WAITING and self.clock() <= pending.expires_at:
            return StillPending(heard)
        if status in _WAITING or status == _EXPIRED:
            return Expired(heard)
        # Failed, no signatures left to be paid for, certificate revoked, an error of theirs: it will not come.
        return Declined(heard, "person" if status == _DECLINED else "service")

    def _request(self, order: Order) -> dict[str, object]:
        shown = order.display
        parts = [(each.code, each.label, each.sha256) for each in order.hashes] or [
            (shown.code, shown.choice, hash_of(order.signing_input))
        ]
        said = " - ".join(f"{code} {label}" for code, label, _ in parts)
        text = unaccented(f"{said} - {shown.title}")[:LONGEST_TEXT].rstrip()
        coded = standard_b64(text.encode())
        return self._as_us(
            credentialID=order.key.id,
            numSignatures=len(parts),
            description=coded,
            documents=[
                {"document_id": order.id if not place else f"{order.id}-{place}", "document_name": coded}
                for place in range(len(parts))
            ],
            hash=[standard_b64(signed_hash) for _, _, signed_hash in parts],
            hashAlgo=SHA256,
            signAlgo=RSA,
            **{"async": 2},
        )

    async def _post(self, act: str, asked: object, user: str, *, again: bool) -> RemoteAnswer:
        """Signed in, and once more if the token was good no longer. Raises what it means when it is no answer."""
        token = await self._token(user)
        answer = await self.exchange.post(act, asked, again=again, token=token)
        if answer.status == 401:
            self._tokens.pop(user, None)
            answer = await self.exchange.post(act, asked, again=again, token=await self._token(user))
        self._must_be_taken(answer, again)
        return answer

    async def _token(self, user: str) -> str:
        token, ends = self._tokens.get(user, ("", 0))
        if self.clock() < ends - _EARLY_MS:
            return token
        asked = self._as_us(profile_id=self.settings.profile_id, user_id=user)
        answer = await self.exchange.post("vtss/service/ras/v1/login", asked, again=True)
        self._must_be_taken(answer, again=True)
        said = read(answer, Token, self.provider)
        lives = int(said.expires_in) if _SECONDS.fullmatch(str(said.expires_in)) else 0
        self._tokens[user] = said.access_token, self.clock() + lives * 1000
        return said.access_token

    def _must_be_taken(self, answer: RemoteAnswer, again: bool) -> None:
        if answer.status == 200:
            return
        try:
            codes = read(answer, Error, self.provider).codes
        except RemoteMalformed:
            codes = set()
        if codes & _USER_UNKNOWN:
            raise RemoteUserUnknown(provider=self.provider)
        if codes & _US_UNKNOWN or answer.status == 401:
            raise RemoteRefusesUs(provider=self.provider)
        if answer.status in (400, 403):
            raise RemoteKeyUnfit(provider=self.provider, what="refused by the service")
        # What is not to be asked twice may have been done all the same.
        refusal = RemoteBusy if again else RemoteLost
        raise refusal(provider=self.provider, what=f"status {answer.status}")

    def _as_us(self, **members: object) -> dict[str, object]:
        return {
            "client_id": self.settings.client_id,
            "client_secret": self.secret.told(),
            **members,
        }

    def _key(self, found: Credential) -> RemoteKey:
        return RemoteKey(found.credential_id, chain_of(found.cert.certificates, self.provider))
