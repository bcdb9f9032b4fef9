"""A responder of an outside authority over HTTP, whose answers about each person can be changed at any time."""

import datetime
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web
from cryptography import x509
from cryptography.x509 import ocsp

from tests.support.ca_server import CaServer
from tests.support.outside import HOUR, Outside, answer, nonce_of, revocation_list
from tests.support.pki import Keyed

Says = Literal["good", "silent", "broken"]


@dataclass
class Responder:
    """Answers with the nonce, as of this second; of who was revoked since when; or not at all."""

    server: CaServer
    there: Outside
    people: dict[int, Keyed] = field(default_factory=dict)
    says: dict[int, Says] = field(default_factory=dict)
    revoked: dict[int, datetime.datetime] = field(default_factory=dict)
    told: list[bytes] = field(default_factory=list)

    def begin(self) -> None:
        """Answer from now on; the root's list is good for hours."""
        now = moment()
        self.server.give(
            "/root.crl", revocation_list(self.there.root, this_update=now - HOUR, next_update=now + 10 * HOUR)
        )
        self.server.serves["/ocsp"] = self._serve

    def person(self, name: str) -> Keyed:
        """Somebody whom it will answer about."""
        leaf = self.there.person(name, responders=True, lists=False)
        self.people[leaf.certificate.serial_number] = leaf
        return leaf

    def say(self, leaf: Keyed, what: Says) -> None:
        """What it says of this person from now on."""
        self.says[leaf.certificate.serial_number] = what

    def revoke(self, leaf: Keyed, since: datetime.datetime) -> None:
        """It is revoked, and has been since then."""
        self.revoked[leaf.certificate.serial_number] = since

    async def _serve(self, request: web.Request) -> web.Response:
        question = await request.read()
        serial = ocsp.load_der_ocsp_request(question).serial_number
        if self.says.get(serial, "good") != "good":
            return web.Response(status=503)
        since = self.revoked.get(serial)
        now = moment()
        der = answer(
            self.people[serial],
            self.there.issuing,
            revoked=None if since is None else (since, x509.ReasonFlags.key_compromise),
            nonce=nonce_of(question),
            this_update=now,
            next_update=now + HOUR,
        )
        self.told.append(der)
        return web.Response(body=der, content_type="application/ocsp-response")


def moment() -> datetime.datetime:
    """This second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
