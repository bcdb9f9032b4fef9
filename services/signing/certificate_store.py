"""PostgreSQL: the certificates. One method, one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import msgspec

from services.kit import journal
from services.kit.database import Pool
from services.rules import jws
from services.signing.press import Stored
from services.signing.printing import Printed
from services.wire import CertificateIssued, CertificateNotice, Result

Kind = Literal["json", "pdf", "jsonl"]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a certificate, with the SHA-256 of its bytes."""

    content: bytes
    sha256: str


class CertificateStore:
    """The tables `certificate` and `certificate_file` (see press.Shelf)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def reserve(self, result: Result, certificate_id: str, issued_at: int, statement: bytes) -> Stored:
        """Keep the statement unless the poll has one; whichever is kept is returned. Repeats change nothing."""
        await self._pool.execute(
            "insert into certificate (poll, id, body, meeting, issued_at, statement)"
            " values ($1, $2, $3, $4, $5, $6) on conflict (poll) do nothing",
            *(result.poll, certificate_id, result.body.id, result.meeting, issued_at, statement),
        )
        row = await self._pool.fetchrow(
            "select id, statement, sha256 is not null as done from certificate where poll = $1", result.poll
        )
        if row is None:
            raise LookupError("the certificate just reserved is not there")
        return Stored(row["id"], row["statement"], row["done"])

    async def keep(self, stored: Stored, printed: Printed, build: Callable[[int], CertificateIssued]) -> bool:
        """Keep the files and tell of it, all or nothing; False, and no change, if they were kept before."""
        async with self._pool.acquire() as connection, connection.transaction():
            meeting = await connection.fetchval(
                "update certificate set sha256 = $2 where id = $1 and sha256 is null returning meeting",
                *(stored.id, printed.sha256),
            )
            if meeting is None:
                return False
            files = {"json": printed.file, "pdf": printed.pdf, "jsonl": printed.ledger}
            await connection.executemany(
                "insert into certificate_file (certificate, kind, sha256, content) values ($1, $2, $3, $4)",
                [(stored.id, kind, jws.digest(content), content) for kind, content in files.items()],
            )
            # Last: the journal's head is locked until we commit, and the whole meeting waits for it.
            await journal.append(connection, meeting, build)
        return True

    async def of_poll(self, poll: str) -> CertificateNotice | None:
        """The poll's certificate, once its files are kept."""
        row = await self._pool.fetchrow(
            "select id, sha256, issued_at from certificate where poll = $1 and sha256 is not null", poll
        )
        return msgspec.convert(dict(row), CertificateNotice) if row is not None else None

    async def sha256(self, certificate: str, kind: Kind) -> str | None:
        """The hash of a file."""
        value = await self._pool.fetchval(
            "select sha256 from certificate_file where certificate = $1 and kind = $2", certificate, kind
        )
        return str(value) if value is not None else None

    async def file(self, certificate: str, kind: Kind) -> File | None:
        """A file of a certificate."""
        row = await self._pool.fetchrow(
            "select content, sha256 from certificate_file where certificate = $1 and kind = $2",
            *(certificate, kind),
        )
        return File(row["content"], row["sha256"]) if row is not None else None
