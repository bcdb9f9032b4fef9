"""A signing service by Decision 769/QĐ-BTTTT as VNPT's documents describe it, with its ways of failing."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.fake_signers import Signer

SP_ID, SP_PASSWORD = "4184-plenary.apps.signserviceapi.com", "NGNh-secret"
_HEX = re.compile(r"[0-9a-f]{64}")
_STAMP = re.compile(r"[0-9]{14}Z?")


@dataclass
class Transaction:
    """What the person was asked: the hash, and what their app shows."""

    user: str
    hash: bytes
    doc_id: str
    description: str
    state: str = "waiting"
    tran_code: str = ""
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass
class FakeNeac769:
    """People by their user id; `wraps` makes a signature value of a hash, `breaks` answers an act in another way;
    `only`: of several that were confirmed at once it brings so many, 0 for all."""

    people: dict[str, list[Signer]]
    wraps: Callable[[Signer, bytes], bytes] = lambda who, hashed: who.signs(hashed)
    breaks: dict[str, Callable[[], web.StreamResponse]] = field(default_factory=dict)
    services: tuple[str, ...] = ("SMARTCA",)
    broken_lines: bool = False
    issuers: tuple[bytes, ...] = ()
    transactions: dict[str, Transaction] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    answers_as: str = ""
    file_named: str = ""
    only: int = 0

    def app(self) -> web.Application:
        """The server."""
        app = web.Application()
        app.router.add_post("/sca/sp769/v1/credentials/get_certificate", self._certificates)
        app.router.add_post("/sca/sp769/v1/signatures/sign", self._sign)
        app.router.add_post("/sca/sp769/v1/signatures/sign/{transaction}/status", self._status)
        return app

    def confirm(self, transaction: str, state: str = "signed") -> None:
        """The person decides in their app, or does not in time: signed, rejected, expired."""
        self.transactions[transaction].state = state

    async def _certificates(self, request: web.Request) -> web.StreamResponse:
        said = await self._heard("certificates", request)
        if (no := self._refused(said)) is not None:
            return no
        people = self.people.get(said["user_id"], [])
        found = [
            {
                "service_type": self.services[place % len(self.services)],
                "service_name": "SMARTCA PERSONAL PRO",
                "cert_id": f"id-{place}",
                "cert_status": "Đang hoạt động",
                "serial_number": who.remote.id,
                "cert_valid_from": "2025-01-01T00:00:00Z",
                "cert_data": self._base64(who.der),
                "chain_data": dict(zip(("ca_cert", "root_cert"), self._above(), strict=True)),
                "transaction_id": said["transaction_id"],
            }
            for place, who in enumerate(people)
        ]
        return _ok("Success", {"user_certificates": found})

    def _above(self) -> list[str | None]:
        found: list[str | None] = [self._base64(each) for each in self.issuers]
        return [*found, None, None][:2]

    async def _sign(self, request: web.Request) -> web.StreamResponse:
        said = await self._heard("sign", request)
        if (no := self._refused(said)) is not None:
            return no
        files = said["sign_files"]
        known = said["transaction_id"] in self.transactions
        right = [_HEX.fullmatch(each["data_to_be_signed"]) and each["sign_type"] == "hash" for each in files]
        if known or not files or not all(right) or len({each["doc_id"] for each in files}) != len(files):
            return _no(400, "TRANSACTION_ID_EXISTED" if known else "DATA_TO_BE_SIGNED_INVALID")
        if not _STAMP.fullmatch(said.get("time_stamp", "20260101000000")):
            return _no(400, "TIME_STAMP_INVALID")
        if said["user_id"] not in self.people:
            return _no(404, "USER_NOT_FOUND")
        transaction = Transaction(
            said["user_id"],
            bytes.fromhex(files[0]["data_to_be_signed"]),
            files[0]["doc_id"],
            said["transaction_desc"],
            tran_code=f"acd9be84-{len(self.transactions)}",
            files=tuple((each["doc_id"], bytes.fromhex(each["data_to_be_signed"])) for each in files),
        )
        self.transactions[said["transaction_id"]] = transaction
        if "lost" in self.breaks:
            return self.breaks["lost"]()
        data = {"transaction_id": said["transaction_id"], "tran_code": transaction.tran_code}
        return _ok("sig_wait_for_user_confirm", data)

    async def _status(self, request: web.Request) -> web.StreamResponse:
        # As the real one: nobody has to say who they are.
        name = request.match_info["transaction"]
        await self._heard("status", request)
        if "status" in self.breaks:
            return self.breaks["status"]()
        found = self.transactions.get(name) or next(
            (each for each in self.transactions.values() if each.tran_code == name), None
        )
        if found is None:
            return _no(404, "TRANSACTION_NOT_FOUND")
        if found.state in ("expired", "rejected"):
            return _ok(found.state.upper(), {"transaction_id": name, "signatures": None})
        if found.state == "waiting":
            return _ok("PENDING", {"transaction_id": name, "signatures": None})
        signatures = [
            {
                "doc_id": self.file_named or doc_id,
                "signature_value": self._base64(self.wraps(self.people[found.user][0], hashed)),
                "timestamp_signature": None,
            }
            for doc_id, hashed in found.files[: self.only or len(found.files)]
        ]
        return _ok("SUCCESS", {"transaction_id": self.answers_as or name, "signatures": signatures})

    async def _heard(self, act: str, request: web.Request) -> Any:
        said = await request.json()
        self.asked.append((act, said))
        return said

    def _refused(self, said: Any) -> web.StreamResponse | None:
        for act in ("sign", "certificates"):
            if act in self.breaks and self.asked[-1][0] == act:
                return self.breaks[act]()
        if (said["sp_id"], said["sp_password"]) != (SP_ID, SP_PASSWORD):
            return _no(401, "SP_CREDENTIAL_INVALID")
        return None

    def _base64(self, value: bytes) -> str:
        return base64.encodebytes(value).decode().replace("\n", "\r\n") if self.broken_lines else _flat(value)


def _flat(value: bytes) -> str:
    return base64.b64encode(value).decode()


def other_hash(who: Signer, hashed: bytes) -> bytes:
    """A signature over something else."""
    return who.signs(hashlib.sha256(hashed).digest())


def _ok(message: str, data: Any) -> web.Response:
    return web.json_response({"status_code": 200, "message": message, "data": data})


def _no(status: int, message: str) -> web.Response:
    return web.json_response({"status_code": status, "message": message, "data": None}, status=status)


def credential_not_active() -> web.Response:
    """403 as the documents have it."""
    return _no(403, "CREDENTIAL_STATUS_INVALID")


def broken() -> web.Response:
    """500, in HTML."""
    return web.Response(status=500, text="<html>Oops</html>", content_type="text/html")


def busy() -> web.Response:
    """Something in front of the service gave up waiting for it: what became of the request is unknown."""
    return web.Response(status=504)


def refused() -> web.Response:
    """Something about the request, in no more words than these."""
    return _no(400, "INVALID_REQUEST")
