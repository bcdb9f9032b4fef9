"""The OAuth 2.0 server beside a Cloud Signature Consortium service: our own token, and the page where people confirm.

RFC 6749 (authorization code, client credentials), RFC 7636 (PKCE, S256), RFC 9126 (pushed requests, in version 2). In
an address stands nothing that is secret, and no text that a person is shown.
"""

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec

from services.kit.clock import Clock
from services.rules.jws import b64_encode, digest, standard_b64
from services.signing.remote.csc_messages import SHA256, Pushed, Token
from services.signing.remote.errors import GrantWrong, RemoteRefusesUs
from services.signing.remote.exchange import Exchange, read
from services.signing.remote.port import Order, Pending
from services.signing.remote.settings import CscSettings, Secret
from services.signing.remote.settled import hash_of
from services.wire import RemoteAnswer

# A token is asked for anew a minute before it ends.
_EARLY_MS = 60_000


@dataclass(slots=True)
class _Held:
    value: str = field(default="", repr=False)
    ends: int = 0


@dataclass(frozen=True, slots=True)
class CscAuthority:
    """One such server. Our token is kept here only, and told to nobody."""

    provider: str
    settings: CscSettings
    secret: Secret
    clock: Clock
    exchange: Exchange
    _held: _Held = field(default_factory=_Held, repr=False)

    async def ours(self) -> str:
        """Our own token, or empty where none is wanted. Raises RemoteRefusesUs."""
        if not self.settings.token_url:
            return ""
        if not self._held.value or self.clock() >= self._held.ends - _EARLY_MS:
            said = await self._token(grant_type="client_credentials", scope="service", again=True)
            if said is None:
                raise RemoteRefusesUs(provider=self.provider)
            self._held.value, self._held.ends = said.access_token, self.clock() + said.expires_in * 1000
        return self._held.value

    def forget(self) -> None:
        """Our token is good no longer."""
        self._held.value = ""

    async def redeem(self, code: str, pending: Pending) -> str:
        """The permission for the code that a person came back with. Raises GrantWrong."""
        said = await self._token(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self.settings.redirect_url,
            code_verifier=pending.verifier,
        )
        if said is None:
            raise GrantWrong(provider=self.provider)
        return said.access_token

    async def page(self, order: Order, label: str, state: str, verifier: str) -> str:
        """Where a person's browser goes to confirm this hash, and comes back from with this state."""
        settings, hashed = self.settings, hash_of(order.signing_input)
        asked = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": settings.redirect_url,
            "scope": "credential",
            "state": state,
            "code_challenge": digest(verifier.encode()),
            "code_challenge_method": "S256",
        }
        if settings.version == "1":
            one = {"credentialID": order.key.id, "numSignatures": "1", "hash": b64_encode(hashed).decode()}
            return f"{settings.authorize_url}?{urlencode(asked | one)}"
        wanted = {
            "type": "credential",
            "credentialID": order.key.id,
            "documentDigests": [{"hash": standard_b64(hashed), "label": label}],
            "hashAlgorithmOID": SHA256,
        }
        asked["authorization_details"] = msgspec.json.encode([wanted]).decode()
        answer = await self.exchange.post(
            "pushed", self._as_us(asked), again=True, address=settings.pushed_url
        )
        if not 200 <= answer.status < 300:
            raise RemoteRefusesUs(provider=self.provider)
        named = {
            "client_id": settings.client_id,
            "request_uri": read(answer, Pushed, self.provider).request_uri,
        }
        return f"{settings.authorize_url}?{urlencode(named)}"

    async def _token(self, *, again: bool = False, **asked: str) -> Token | None:
        """What was given, or None for a no."""
        answer = await self.exchange.post(
            "token", self._as_us(asked), again=again, address=self.settings.token_url
        )
        return None if _is_no(answer) else read(answer, Token, self.provider)

    def _as_us(self, asked: dict[str, str]) -> dict[str, str]:
        return {"client_id": self.settings.client_id, "client_secret": self.secret.told(), **asked}


def new_verifier() -> str:
    """A secret of one request (RFC 7636 section 4.1)."""
    return b64_encode(secrets.token_bytes(32)).decode()


def _is_no(answer: RemoteAnswer) -> bool:
    return answer.status in (400, 401, 403)
