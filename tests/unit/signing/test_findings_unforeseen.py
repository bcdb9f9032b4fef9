"""After a cut: one certificate that nobody foresaw, beside others."""

from pathlib import Path
from typing import cast

from services.kit import envelope
from services.pki.inquiry import Question, Status
from services.pki.paths import Path as CertificatePath
from services.pki.status import StatusBook
from services.signing.finding_store import FindingStore
from services.signing.findings import Findings
from services.signing.link_store import Due
from services.signing.rechecking import CheckIns
from services.wire import LinksToRecheck
from tests.support.pki import Pki

NOON = 1_790_000_000_000


class Store:
    """Two links of one body."""

    async def links(self, thumbprints: tuple[str, ...], body: str) -> list[tuple[Due, bytes]]:
        """Both; the outside certificate is of no matter here."""
        der = Pki().root.der
        return [(Due(each, body, (each.encode(),), "good"), der) for each in thumbprints]


class Book:
    """Knows of one that it is revoked; over the other its libraries stumble. Then time is up."""

    def __init__(self) -> None:
        self.moment = NOON

    async def ask(self, question: Question) -> Status:
        """The status."""
        if question.chain == (b"a",):
            raise RecursionError
        self.moment = NOON + 60_000
        path = cast(CertificatePath, None)
        return Status("revoked", "keyCompromise", NOON - 1, NOON, NOON, NOON, NOON, (), path, NOON)


class Desk:
    """Where they are revoked."""

    async def conclude(self, due: Due, status: Status) -> None:
        """As at a check-in."""


async def test_what_is_known_of_others_is_told(tmp_path: Path) -> None:
    """Who was found revoked is told as revoked; the other is unknown, and asked about until time is up."""
    (tmp_path / "trust").mkdir()
    book = Book()
    findings = Findings(
        cast(FindingStore, Store()),
        cast(StatusBook, book),
        cast(CheckIns, Desk()),
        tmp_path / "trust",
        cast(envelope.Envelope, None),
        lambda _: None,
        lambda: book.moment,
    )
    wanted = LinksToRecheck(
        body="hdnd",
        meeting="ky-hop-12",
        poll="bq-01",
        definition="d",
        cut=NOON,
        until=NOON + 60_000,
        thumbprints=("a", "b"),
    )
    found = {each.thumbprint: (each.kind, each.why) for each in await findings.find(wanted)}
    assert found == {"a": ("unknown", "RecursionError"), "b": ("revoked", "keyCompromise")}
