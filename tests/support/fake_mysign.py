"""Viettel MySign as public clients and its guide describe it, with its ways of failing."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.support.fake_signers import Signer

CLIENT_ID, CLIENT_SECRET, PROFILE = "Test_Demo_Mysign", "860c-secret", "adss:ras:profile:001"
_TEXT = re.compile(r"[A-Za-z0-9_\- ]+")


@dataclass
class Asked:
    """What a person was asked in their app."""

    user: str
    hash: bytes
    shown: str
    status: str = "4000"
    others: tuple[bytes, ...] = ()


@dataclass
class FakeMySign:
    """People by user id. `token_lives`: so many questions, then a token is good no longer; 0 is for ever."""

    people: dict[str, Signer]
    wraps: Callable[[Signer, bytes], bytes] = lambda who, hashed: who.signs(hashed)
    breaks: dict[str, Callable[[], web.StreamResponse]] = field(default_factory=dict)
    key_status: str = "enabled"
    scal: str = "2"
    token_lives: int = 0
    signatures: int = 1
    turned: bool = False
    issuers: tuple[bytes, ...] = ()
    tokens: dict[str, int] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    logins: int = 0

    def app(self) -> web.Application:
        """The server."""
        app = web.Application()
        app.router.add_post("/vtss/service/ras/v1/login", self._login)
        app.router.add_post("/vtss/service/certificates/info", self._certificates)
        app.router.add_post("/vtss/service/signHash", self._sign)
        app.router.add_post("/vtss/service/requests/status", self._status)
        return app

    async def _login(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        if (said["client_id"], said["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return web.json_response(
                {"error": 86024, "error_description": "Client secret is invalid"}, status=401
            )
        if said["profile_id"] != PROFILE or said["user_id"] not in self.people:
            return web.json_response({"error": "58008", "error_description": "User ID unknown"}, status=400)
        self.logins += 1
        token = f"token-{self.logins}-{said['user_id']}"
        self.tokens[token] = self.token_lives or 1_000_000
        return web.json_response(
            {"access_token": token, "refresh_token": "", "token_type": "Bearer", "expires_in": "3600"}
        )

    async def _certificates(self, request: web.Request) -> web.StreamResponse:
        if (no := self._refused("certificates", request)) is not None:
            return no
        said = await request.json()
        who = self.people[said["user_id"]]
        one = {
            "description": "mobile based implicit credential authorization",
            "key": {
                "status": self.key_status,
                "algo": ["1.2.840.113549.1.1.1"],
                "len": "2048",
                "curve": None,
            },
            "cert": {
                "status": "valid",
                "certificates": [_lines(each) for each in (who.der, *self.issuers)],
                "serialNumber": "111681",
            },
            "authMode": "implicit",
            "multisign": "2147483647",
            "credential_id": who.remote.id,
            "scal": self.scal,
        }
        return web.json_response([one])

    async def _sign(self, request: web.Request) -> web.StreamResponse:
        if (no := self._refused("sign", request)) is not None:
            return no
        said = await request.json()
        hashes, documents = said["hash"], said["documents"]
        coded = (said["description"], *(each["document_name"] for each in documents))
        texts = [base64.b64decode(text).decode("ascii") for text in coded]
        fit = all(_TEXT.fullmatch(text) for text in texts) and all(len(text) < 100 for text in coded)
        values = [base64.b64decode(each) for each in hashes]
        counts = {len(values), len({each["document_id"] for each in documents}), said["numSignatures"]}
        if not fit or {len(each) for each in values} != {32} or len(counts) != 1 or said["async"] != 2:
            return web.json_response({"error": "invalid_request"}, status=400)
        user = request.headers["Authorization"].split("-", 2)[2]
        transaction = f"de67f948-{len(self.asked)}"
        self.asked[transaction] = Asked(user, values[0], texts[0], others=tuple(values[1:]))
        if "lost" in self.breaks:
            return self.breaks["lost"]()
        return web.json_response({"transactionId": transaction})

    async def _status(self, request: web.Request) -> web.StreamResponse:
        if (no := self._refused("status", request)) is not None:
            return no
        found = self.asked.get((await request.json())["transactionId"])
        if found is None:
            return web.json_response({"status": "50000"})
        if found.status != "1":
            return web.json_response({"signatures": None, "status": found.status})
        who = self.people[found.user]
        given = [_lines(self.wraps(who, each)) for each in (found.hash, *found.others)]
        if len(given) == 1:
            given *= self.signatures
        return web.json_response({"signatures": given[:: -1 if self.turned else 1], "status": "1"})

    def _refused(self, act: str, request: web.Request) -> web.StreamResponse | None:
        if act in self.breaks:
            return self.breaks[act]()
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.tokens.get(token):
            return web.json_response({"error": "invalid_token"}, status=401)
        self.tokens[token] -= 1
        return None


def _lines(value: bytes) -> str:
    """As its encoder writes base64."""
    return base64.encodebytes(value).decode().replace("\n", "\r\n")
