"""PostgreSQL: the papers. One method, one transaction."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import UnsetType

from services.kit import journal
from services.kit.database import Connection, Pool, meanwhile
from services.rules import jws, ledger_file
from services.rules.holders import carried
from services.signing.manuscript import Manuscript, Matter, PaperName
from services.signing.press import Stored
from services.signing.printing import Printed
from services.wire import CertificateNotice, Credential, Extract, MinutesNotice, RecordNotice

FileKind = Literal["json", "pdf", "jsonl"]
# So much of a ledger is in hand at a time.
PIECE_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class File:
    """A file of a paper, with the SHA-256 of its bytes."""

    content: bytes
    sha256: str


class PaperStore:
    """The tables `paper` and `paper_file` (see press.Shelf)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def reserve(
        self,
        manuscript: Manuscript,
        identifier: str,
        issued_at: int,
        statement: bytes,
        proven: Awaitable[None],
    ) -> Stored:
        """Keep the statement unless there is one about this; whichever is kept is returned. Repeats change nothing.

        Commits only once `proven` is there, and nothing if that raises.
        """
        what = (manuscript.paper, manuscript.about, manuscript.line)
        async with self._pool.acquire() as connection, connection.transaction():
            # Whoever writes down the same meanwhile waits here until we have committed, or not.
            fresh = await connection.fetchval(
                "insert into paper (kind, about, line, id, body, meeting, issued_at, statement)"
                " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (kind, about, line) do nothing returning true",
                *(*what, identifier, manuscript.body, manuscript.meeting, issued_at, statement),
            )
            if fresh and manuscript.outside is not None:
                await connection.execute(
                    "insert into outside_evidence (paper, sha256, content) values ($1, $2, $3)",
                    *(identifier, jws.digest(manuscript.outside), manuscript.outside),
                )
            await meanwhile(connection, proven)
        if fresh:
            return Stored(identifier, jws.digest(statement), done=False)
        row = await self._pool.fetchrow(
            "select id, statement, sha256 is not null as done from paper"
            " where kind = $1 and about = $2 and line = $3",
            *what,
        )
        if row is None:
            raise LookupError("the paper that was in the way is not there")
        return Stored(row["id"], jws.digest(row["statement"]), row["done"])

    async def statement(self, stored: Stored) -> bytes:
        """The bytes of a statement that is kept."""
        found = await self._pool.fetchval("select statement from paper where id = $1", stored.id)
        if found is None:
            raise LookupError("the statement that was kept is not there")
        return bytes(found)

    async def is_done(self, matter: Matter) -> bool:
        """Whether there is a paper about this, its files kept."""
        found = await self._pool.fetchval(
            "select sha256 is not null from paper where kind = $1 and about = $2 and line = $3",
            *matter,
        )
        return bool(found)

    async def keep(
        self, stored: Stored, printed: Printed, manuscript: Manuscript, verified: Awaitable[None]
    ) -> bool:
        """Keep the files and tell of it, all or nothing; False, and no change, if they were kept before.

        Commits only once `verified` is there, and nothing if that raises.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            meeting = await connection.fetchval(
                "update paper set sha256 = $2 where id = $1 and sha256 is null returning meeting",
                *(stored.id, printed.sha256),
            )
            if meeting is None:
                return False
            files: dict[FileKind, bytes] = {
                "json": printed.file,
                "pdf": printed.pdf,
                "jsonl": printed.ledger,
            }
            hashes = {kind: jws.digest(content) for kind, content in files.items()}
            if manuscript.ledger is not None and printed.beside is not None:
                hashes["jsonl"] = await _keep_ledger(connection, stored.id, printed.beside, manuscript.ledger)
            for kind, content in files.items():
                await connection.execute(
                    "insert into paper_file (paper, kind, sha256, content) values ($1, $2, $3, $4)",
                    *(stored.id, kind, hashes[kind], content),
                )
            await meanwhile(connection, verified)
            # Last: the journal's head is locked until we commit, and the whole meeting waits for it.
            await journal.append(
                connection, meeting, lambda index: manuscript.tell(stored.id, printed.sha256, index)
            )
        return True

    async def outside(self, certificate: str) -> tuple[str, File] | None:
        """What goes beside a certificate that was issued, and whose body's that is."""
        row = await self._pool.fetchrow(
            "select p.body, o.sha256, o.content from outside_evidence o join paper p on p.id = o.paper"
            " where p.kind = 'certificate' and p.id = $1 and p.sha256 is not null",
            certificate,
        )
        return (row["body"], File(row["content"], row["sha256"])) if row is not None else None

    async def of_poll(self, poll: str) -> CertificateNotice | None:
        """The poll's certificate, once its files are kept."""
        row = await self._pool.fetchrow(
            "select id, sha256, issued_at from paper"
            " where kind = 'certificate' and about = $1 and sha256 is not null",
            poll,
        )
        return msgspec.convert(dict(row), CertificateNotice) if row is not None else None

    async def of_meeting(self, meeting: str, body: str) -> list[RecordNotice]:
        """The records of a body's meeting whose files are kept, in the order in which they were asked for."""
        rows = await self._pool.fetch(
            "select id, line, sha256, issued_at from paper"
            " where kind = 'record' and about = $1 and body = $2 and sha256 is not null order by line",
            *(meeting, body),
        )
        return [msgspec.convert(dict(row), RecordNotice) for row in rows]

    async def minutes_of(self, meeting: str, body: str) -> list[MinutesNotice]:
        """The editions of the minutes of a body's meeting whose files are kept, in order."""
        rows = await self._pool.fetch(
            "select id, line as edition, sha256, issued_at from paper"
            " where kind = 'minutes' and about = $1 and body = $2 and sha256 is not null order by line",
            *(meeting, body),
        )
        return [msgspec.convert(dict(row), MinutesNotice) for row in rows]

    async def newest_record(self, meeting: str, body: str) -> tuple[str, str, bytes] | None:
        """The sealed turn log of a body's meeting that goes furthest: id, the SHA-256 of its file, its statement."""
        row = await self._pool.fetchrow(
            "select id, sha256, statement from paper where kind = 'record' and about = $1 and body = $2"
            " and sha256 is not null order by line desc limit 1",
            *(meeting, body),
        )
        return (row["id"], row["sha256"], row["statement"]) if row is not None else None

    async def body_of(self, paper: PaperName, identifier: str) -> str:
        """The body whose paper of this kind it is; empty if there is none."""
        sql = "select body from paper where kind = $1 and id = $2"
        return str(await self._pool.fetchval(sql, paper, identifier) or "")

    async def sha256(self, paper: PaperName, identifier: str, kind: FileKind) -> str | None:
        """The hash of a file of a paper of this kind."""
        value = await self._pool.fetchval(
            "select f.sha256 from paper_file f join paper p on p.id = f.paper"
            " where p.kind = $1 and p.id = $2 and f.kind = $3",
            *(paper, identifier, kind),
        )
        return str(value) if value is not None else None

    async def certificate_of_hash(self, sha256: str) -> bytes | None:
        """The certificate.json with this hash, which its PDF shows as a QR code."""
        content = await self._pool.fetchval(
            "select f.content from paper p join paper_file f on f.paper = p.id and f.kind = 'json'"
            " where p.kind = 'certificate' and p.sha256 = $1",
            sha256,
        )
        return bytes(content) if content is not None else None

    async def ledger_length(self, identifier: str) -> int | None:
        """How many bytes the ledger file has that a paper names by hash; None of any other."""
        length = await self._pool.fetchval(
            "select sum(octet_length(content)) from ledger_piece where paper = $1", identifier
        )
        return int(length) if length is not None else None

    async def ledger_pieces(self, identifier: str) -> AsyncGenerator[bytes, None]:
        """That file, one piece after the other."""
        no = 0
        sql = "select content from ledger_piece where paper = $1 and no = $2"
        while (piece := await self._pool.fetchval(sql, identifier, no)) is not None:
            yield piece
            no += 1

    async def credentials(self, thumbprints: Sequence[str]) -> tuple[Credential, ...]:
        """Credentials with their chains, as evidence carries them, by thumbprint."""
        rows = await self._pool.fetch(
            "select thumbprint, member, chain from credential where thumbprint = any($1::text[])"
            ' order by thumbprint collate "C"',
            thumbprints,
        )
        return tuple(carried(row["member"], row["thumbprint"], row["chain"]) for row in rows)

    async def file(self, identifier: str, kind: FileKind) -> File | None:
        """A file of a paper."""
        row = await self._pool.fetchrow(
            "select content, sha256 from paper_file where paper = $1 and kind = $2", identifier, kind
        )
        return File(row["content"], row["sha256"]) if row is not None else None


async def _keep_ledger(connection: Connection, paper: str, extract: Extract, lines: Path) -> str:
    """Keep the file that an extract names, in pieces; its SHA-256."""
    hashed = sha256()
    pieces = _pieces(extract, lines)
    no = 0
    while piece := await asyncio.to_thread(next, pieces, b""):
        hashed.update(piece)
        await connection.execute(
            "insert into ledger_piece (paper, no, content) values ($1, $2, $3)", paper, no, piece
        )
        no += 1
    found = jws.b64_encode(hashed.digest()).decode()
    if isinstance(extract.file, UnsetType) or extract.file.sha256 != found:
        raise RuntimeError("what is kept is not what was proven")
    return found


def _pieces(extract: Extract, lines: Path) -> Iterator[bytes]:
    yield ledger_file.head_of(extract)
    with lines.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
    yield ledger_file.foot_of(extract)
