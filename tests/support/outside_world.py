"""An outside authority on a server here, whose lists and answers can be anything, and a book that asks it."""

import datetime
import time
from dataclasses import dataclass, field
from ipaddress import ip_network

from aiohttp import web
from cryptography import x509

from services.pki.demands import PERSON
from services.pki.examiner import Examiner
from services.pki.fetching import Allowed, Fetcher
from services.pki.inquiry import Inquirer, Question
from services.pki.status import StatusBook
from tests.support.ca_server import CaServer
from tests.support.outside import HOUR, Extension, Outside, answer, nonce_of, revocation_list
from tests.support.pki import Keyed

DAY_MS = 86_400_000
COMPROMISED = x509.ReasonFlags.key_compromise


@dataclass
class Kept:
    """Evidence by digest, and a clock that can be moved."""

    kept: dict[bytes, bytes] = field(default_factory=dict)
    ahead: int = 0

    async def keep(self, sha256: bytes, der: bytes, at: int) -> None:
        """Keep it."""
        self.kept[sha256] = der

    def now(self) -> int:
        """Milliseconds, as much ahead as is wished."""
        return int(time.time() * 1000) + self.ahead


class World:
    """An outside authority on a server here, and a book that asks it."""

    def __init__(self, server: CaServer, examiner: Examiner) -> None:
        self.server = server
        self.there = Outside(server.url)
        self.kept = Kept()
        here = Allowed(networks=(ip_network("127.0.0.0/8"),))
        self.fetcher = Fetcher(here, lambda: self.kept.now() / 1000)
        inquirer = Inquirer(examiner, self.fetcher, self.kept, DAY_MS)
        self.book = StatusBook(inquirer, self.kept.now)
        self.publish()

    def publish(
        self,
        *revoked: Keyed,
        age: datetime.timedelta = HOUR,
        extensions: tuple[Extension, ...] = (),
        signer: Keyed | None = None,
    ) -> None:
        """Both lists, this old, with these revoked."""
        now = datetime.datetime.fromtimestamp(self.kept.now() // 1000, datetime.UTC)
        entries = {each.certificate.serial_number: (now - HOUR, COMPROMISED) for each in revoked}
        for name, issuer in (("root", self.there.root), ("issuing", self.there.issuing)):
            der = revocation_list(
                signer or issuer,
                entries,
                this_update=now - age,
                next_update=now + 10 * HOUR,
                extensions=extensions,
                issuer=issuer.certificate.subject,
            )
            self.server.give(f"/{name}.crl", der)

    def question(self, leaf: Keyed) -> Question:
        """About a person."""
        return Question(self.there.chain(leaf), self.there.anchors, PERSON)

    def respond(self, leaf: Keyed, *, revoked: bool = False, signer: Keyed | None = None) -> None:
        """Answer about this person, to each question as it comes."""

        async def serve(request: web.Request) -> web.StreamResponse:
            now = datetime.datetime.fromtimestamp(self.kept.now() // 1000, datetime.UTC)
            der = answer(
                leaf,
                self.there.issuing,
                signer=signer,
                revoked=(now - HOUR, COMPROMISED) if revoked else None,
                nonce=nonce_of(await request.read()),
                this_update=now - HOUR,
                next_update=now + HOUR,
            )
            return web.Response(body=der)

        self.server.serves["/ocsp"] = serve
