"""A service of the Cloud Signature Consortium, v1.0.4.0 or v2.0.0.2, with an OAuth server; and its ways of failing.

Written from the specification's tables. `info`, `signs` and `breaks` make it lie.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.fake_signers import Signer

CLIENT_ID, CLIENT_SECRET, REDIRECT = "plenary", "csc-secret", "https://vote.example.vn/signed"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_ALGORITHMS = {
    "1.2.840.113549.1.1.11": "RS256",
    "1.2.840.113549.1.1.10": "PS256",
    "1.2.840.10045.4.3.2": "ES256",
}

Mode = Literal["explicit", "oauth2code", "implicit"]


@dataclass
class FakeCsc:
    """One person's credential. `signs` makes the list of signatures of a hash."""

    who: Signer
    version: Literal["1", "2"] = "2"
    mode: Mode = "oauth2code"
    info: dict[str, Any] = field(default_factory=dict)
    signs: Callable[[Signer, bytes, str], list[bytes]] = lambda who, hashed, alg: [who.signs(hashed, alg)]
    breaks: dict[str, Callable[[], web.StreamResponse]] = field(default_factory=dict)
    certificate: bytes = b""
    issuers: tuple[bytes, ...] = ()
    service_tokens: set[str] = field(default_factory=set)
    sads: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    pushed: dict[str, dict[str, str]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    redirect: str = REDIRECT

    def app(self) -> web.Application:
        """The server."""
        app = web.Application()
        root = f"/csc/v{self.version}"
        app.router.add_post(f"{root}/credentials/list", self._list)
        app.router.add_post(f"{root}/credentials/info", self._info)
        app.router.add_post(f"{root}/credentials/authorize", self._authorize)
        app.router.add_post(f"{root}/signatures/signHash", self._sign)
        app.router.add_post("/oauth2/token", self._token)
        app.router.add_post("/oauth2/pushed_authorize", self._push)
        return app

    def confirm(self, address: str) -> str:
        """The person opens the page, sees what they confirm, and comes back with a code."""
        asked = self.opened(address)
        assert asked["scope"] == "credential"
        if self.version == "2":
            (wanted,) = msgspec.json.decode(asked["authorization_details"])
            hashes = [each["hash"] for each in wanted["documentDigests"]]
            self.shown += [each["label"] for each in wanted["documentDigests"]]
        else:
            hashes = [base64.b64encode(base64.urlsafe_b64decode(asked["hash"] + "=")).decode()]
        code = secrets.token_hex(8)
        self.codes[code] = hashes, asked["code_challenge"]
        return code

    def back(self, address: str, **said: str) -> str:
        """Where the person's browser is sent then: with a code, or with what is `said` in its place."""
        state = self.opened(address, looking=True)["state"]
        given = said or {"code": self.confirm(address)}
        return f"{self.redirect}?{urlencode(given | {'state': state})}"

    def opened(self, address: str, *, looking: bool = False) -> dict[str, str]:
        """What the page was asked for; in version 2 it was pushed beforehand and is good once."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if "request_uri" in asked:
            asked = (self.pushed.get if looking else self.pushed.pop)(asked["request_uri"])  # type: ignore[assignment]
        assert asked["redirect_uri"] == self.redirect
        return asked

    async def _list(self, request: web.Request) -> web.StreamResponse:
        said = await self._heard("list", request)
        known = said.get("userID") in (None, f"user-{self.who.name}")
        return self._broken("list", request) or web.json_response(
            {"credentialIDs": [self.who.remote.id] if known else []}
        )

    async def _info(self, request: web.Request) -> web.StreamResponse:
        await self._heard("info", request)
        if (no := self._broken("info", request)) is not None:
            return no
        rsa = not isinstance(self.who.key, ec.EllipticCurvePrivateKey)
        listed = ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"] if rsa else ["1.2.840.10045.4.3.2"]
        chain = (self.certificate or self.who.der, *self.issuers)
        certificates = [base64.b64encode(each).decode() for each in chain]
        said: dict[str, Any] = {
            "key": {"status": "enabled", "algo": listed, "len": 2048},
            "cert": {"status": "valid", "certificates": certificates},
            "SCAL": "2",
            "multisign": 1,
        }
        how = {"authMode": self.mode} if self.version == "1" else {"auth": {"mode": self.mode}}
        return web.json_response(said | how | self.info)

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        said = await self._heard("authorize", request)
        if (no := self._broken("authorize", request)) is not None:
            return no
        if self.version == "1":
            hashes = said["hash"]
        else:
            hashes = said["hashes"]
            assert said["hashAlgorithmOID"] == _SHA256
        if self.mode != "implicit":
            return web.json_response({"error": "invalid_request"}, status=400)
        self.shown.append(said["description"])
        return web.json_response({"SAD": self._sad(hashes), "expiresIn": 300})

    async def _sign(self, request: web.Request) -> web.StreamResponse:
        said = await self._heard("sign", request)
        if (no := self._broken("sign", request, said.get("SAD", ""))) is not None:
            return no
        hashes = said["hash"] if self.version == "1" else said["hashes"]
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        bound = self.sads.pop(said.get("SAD") or bearer, None)
        # SCAL2: this permission is for these hashes.
        if bound is None or bound != hashes or said["credentialID"] != self.who.remote.id:
            return web.json_response({"error": "invalid_request"}, status=400)
        alg = _ALGORITHMS[said["signAlgo"]]
        assert (alg == "PS256") == ("signAlgoParams" in said)
        hashed = base64.b64decode(hashes[0])
        made = [base64.b64encode(each).decode() for each in self.signs(self.who, hashed, alg)]
        return web.json_response({"signatures": made})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        said = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(("token", said))
        if "token" in self.breaks:
            return self.breaks["token"]()
        if (said["client_id"], said["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        if said["grant_type"] == "client_credentials":
            token = secrets.token_hex(8)
            self.service_tokens.add(token)
            return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": 3600})
        hashes, challenge = self.codes.pop(said["code"], ([], ""))
        proven = base64.urlsafe_b64encode(hashlib.sha256(said["code_verifier"].encode()).digest()).rstrip(
            b"="
        )
        if not hashes or proven.decode() != challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": self._sad(hashes), "token_type": "SAD", "expires_in": 300})

    async def _push(self, request: web.Request) -> web.StreamResponse:
        said = {name: str(value) for name, value in (await request.post()).items()}
        assert said["client_secret"] == CLIENT_SECRET
        if "push" in self.breaks:
            return self.breaks["push"]()
        name = f"urn:ietf:params:oauth:request_uri:{secrets.token_hex(8)}"
        self.pushed[name] = said
        return web.json_response({"request_uri": name, "expires_in": 60}, status=201)

    def _sad(self, hashes: list[str]) -> str:
        sad = secrets.token_hex(16)
        self.sads[sad] = hashes
        return sad

    async def _heard(self, act: str, request: web.Request) -> Any:
        said = await request.json()
        self.asked.append((act, said))
        return said

    def _broken(self, act: str, request: web.Request, sad: str = "") -> web.StreamResponse | None:
        if act in self.breaks:
            return self.breaks[act]()
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if bearer not in self.service_tokens and not (act == "sign" and bearer in self.sads):
            return web.json_response({"error": "invalid_token"}, status=401)
        return None
