"""PostgreSQL: the steps of signed editions. One method, one transaction, durable when it returns."""

import dataclasses
from typing import Any

import msgspec
from asyncpg import Record

from services.kit import journal
from services.kit.database import Connection, Pool
from services.rules import jws
from services.signing.countersigned.errors import PreparationOver, SignedAlready
from services.signing.countersigned.steps import (
    Edition,
    EditionRow,
    Ending,
    Finished,
    PersonSigned,
    PreparedSignature,
    Sealed,
    SealedFile,
    SignedKind,
    SignerRow,
)
from services.wire import CertificateSigned, Event, MinutesSigned, SignedPart, SigningRole

_parts = msgspec.json.Decoder(SignedPart)

_FILES: dict[SignedKind, str] = {
    "json": "select json as content, json_sha256 as sha256 from signed_edition where certificate = $1",
    "pdf": "select pdf as content, pdf_sha256 as sha256 from signed_edition where certificate = $1",
}
_RENEWED: dict[SignedKind, str] = {
    "json": "update signed_edition set json = $3, json_sha256 = $4, file_ends_at = $5"
    " where certificate = $1 and json_sha256 = $2 returning true",
    "pdf": "update signed_edition set pdf = $3, pdf_sha256 = $4, ends_at = $5"
    " where certificate = $1 and pdf_sha256 = $2 returning true",
}
_PREPARED = (
    "select id, certificate, role, member, thumbprint, instead, begun_at, page, page_sha256, byte_range,"
    " attributes, protected from prepared_signature where "
)


class EditionStore:
    """The tables of migration 0007: each step is written once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def sealed(self, certificate: str) -> Sealed | None:
        """The sealed edition of a vote's certificate, or of minutes, once its files are kept."""
        row = await self._pool.fetchrow(
            "select p.id as certificate, p.body, p.meeting, p.about as poll, p.statement, p.sha256, p.kind,"
            " j.content as file, l.content as ledger from paper p"
            " join paper_file j on j.paper = p.id and j.kind = 'json'"
            " join paper_file l on l.paper = p.id and l.kind = 'jsonl'"
            " where p.kind in ('certificate', 'minutes') and p.id = $1 and p.sha256 is not null",
            certificate,
        )
        return Sealed(**dict(row)) if row is not None else None

    async def whose(self, identifier: str) -> tuple[str, str] | None:
        """The kind of a paper, and its body."""
        row = await self._pool.fetchrow("select kind, body from paper where id = $1", identifier)
        return (row["kind"], row["body"]) if row is not None else None

    async def prepared(self, identifier: str) -> PreparedSignature | None:
        """What was prepared under this name, good or not."""
        return _prepared(await self._pool.fetchrow(_PREPARED + "id = $1", identifier))

    async def signed(self, certificate: str, role: SigningRole) -> PersonSigned | None:
        """What a person signed in this role."""
        row = await self._pool.fetchrow(
            "select certificate, role, prepared, page, statement, signed_at from person_signature"
            " where certificate = $1 and role = $2",
            *(certificate, role),
        )
        return PersonSigned(**dict(row)) if row is not None else None

    async def finished(self, certificate: str, role: SigningRole) -> Finished | None:
        """What became of it."""
        row = await self._pool.fetchrow(
            "select certificate, role, level, pdf, part from finished_signature"
            " where certificate = $1 and role = $2",
            *(certificate, role),
        )
        return Finished(**dict(row) | {"part": _parts.decode(row["part"])}) if row is not None else None

    async def signers(self, certificate: str) -> list[SignerRow]:
        """Who signed, in the order of signing."""
        rows = await self._pool.fetch(
            "select s.role, p.member, coalesce(m.name, p.member) as name, s.signed_at,"
            " coalesce(f.level, '') as level, p.instead from person_signature s"
            " join prepared_signature p on p.id = s.prepared"
            " join paper on paper.id = s.certificate"
            " left join member m on m.body = paper.body and m.id = p.member"
            " left join finished_signature f on f.certificate = s.certificate and f.role = s.role"
            " where s.certificate = $1 order by s.role = 'chair'",
            certificate,
        )
        return [msgspec.convert(dict(row), SignerRow) for row in rows]

    async def edition(self, certificate: str) -> EditionRow | None:
        """The signed edition, in short."""
        row = await self._pool.fetchrow(
            "select level, test_time, json_sha256, pdf_sha256 from signed_edition where certificate = $1",
            certificate,
        )
        return msgspec.convert(dict(row), EditionRow) if row is not None else None

    async def file(self, certificate: str, kind: SignedKind) -> tuple[bytes, str] | None:
        """A file of the signed edition, `json` or `pdf`, and its SHA-256."""
        row = await self._pool.fetchrow(_FILES[kind], certificate)
        return (row["content"], row["sha256"]) if row is not None else None

    async def trouble(self, certificate: str) -> str:
        """The code of why it does not go on, or nothing."""
        return str(
            await self._pool.fetchval("select code from signing_trouble where certificate = $1", certificate)
            or ""
        )

    async def waiting(self) -> list[str]:
        """The certificates that can go on by themselves: a signature to be finished, or an edition to be sealed."""
        rows = await self._pool.fetch("select certificate from signing_work order by since")
        return [row["certificate"] for row in rows]

    async def ending(self, before: int) -> list[Ending]:
        """The files whose archive time-stamp's authority ends before that (milliseconds), or of which that is not known
        yet; by name alone, the unknown first, then the first to end."""
        rows = await self._pool.fetch(
            "select certificate, 'pdf' as kind, ends_at from signed_edition where ends_at < $1"
            " union all"
            " select certificate, 'json', file_ends_at from signed_edition"
            # Of what has no archive time-stamp at all, page or file, there is nothing to renew.
            " where file_ends_at < $1 or (file_ends_at is null and ends_at is not null)"
            " order by ends_at nulls first, certificate, kind",
            before,
        )
        return [Ending(**dict(row)) for row in rows]

    async def prepare(self, fresh: PreparedSignature) -> None:
        """Keep what was prepared; what the same person began before in this role is good no more.

        Raises SignedAlready if somebody signed in this role while the page was being set.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            # Two beginnings of one person at once: one after the other.
            await _lock(connection, fresh.certificate)
            # The page of what is signed is still wanted: it is finished on it.
            if (row := await _kept(connection, fresh.certificate, fresh.role)) is not None:
                raise SignedAlready(member=row["member"])
            await _drop_pages(connection, fresh.certificate, fresh.role, fresh.member)
            await _insert(connection, "prepared_signature", dataclasses.asdict(fresh))

    async def sign(self, given: PersonSigned) -> None:
        """Keep what a person signed: the first to come in this role is kept, and the same again is no change.

        Raises SignedAlready for any other, PreparationOver if it was begun anew meanwhile.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await _lock(connection, given.certificate)
            row = await _kept(connection, given.certificate, given.role)
            if row is not None:
                if tuple(row)[:3] == (given.prepared, given.page, given.statement):
                    return
                raise SignedAlready(member=row["member"])
            good = await connection.fetchval(
                "select page is not null from prepared_signature where id = $1", given.prepared
            )
            if not good:
                raise PreparationOver
            await _insert(connection, "person_signature", dataclasses.asdict(given))
            work = {"certificate": given.certificate, "since": given.signed_at}
            await _insert(connection, "signing_work", work, "on conflict do nothing")

    async def finish(self, done: Finished) -> None:
        """Keep what became of a signature; if somebody else did it first, theirs stays."""
        values = dataclasses.asdict(done) | {"part": msgspec.json.encode(done.part)}
        async with self._pool.acquire() as connection, connection.transaction():
            # Who comes late, after another did it, changes nothing: by now the chair may have signed, and wait.
            if not await _insert(connection, "finished_signature", values, "on conflict do nothing"):
                return
            await _drop_pages(connection, done.certificate, done.role)
            # After the secretary's it is the chair's turn; after the chair's the seal's, which comes by itself.
            if done.role == "secretary":
                await _rest(connection, done.certificate)

    async def seal(self, edition: Edition, sealed: Sealed, members: tuple[str, str]) -> bool:
        """Keep the signed edition and tell of it, all or nothing; False, and no change, if it was kept before.

        `members`: who signed as secretary and as chair.
        """
        values = dataclasses.asdict(edition) | {
            "json_sha256": jws.digest(edition.json),
            "pdf_sha256": jws.digest(edition.pdf),
        }
        async with self._pool.acquire() as connection, connection.transaction():
            if not await _insert(connection, "signed_edition", values, "on conflict do nothing"):
                return False
            await _rest(connection, edition.certificate)
            await journal.append(
                connection,
                sealed.meeting,
                lambda index: _signed(sealed, members, values["pdf_sha256"], index),
            )
        return True

    async def renew(self, ending: Ending, before: str, renewed: SealedFile) -> bool:
        """Put a file with a new archive time-stamp in the place of the old one (`before`: its SHA-256), all or nothing;
        False, and no change, if another did so meanwhile."""
        done = await self._pool.fetchval(
            _RENEWED[ending.kind],
            *(ending.certificate, before, renewed.content, jws.digest(renewed.content), renewed.ends_at),
        )
        return done is not None

    async def complain(self, certificate: str, code: str) -> None:
        """Keep why it does not go on, until it does; nothing of what another has done meanwhile."""
        await self._pool.execute(
            "insert into signing_trouble (certificate, code) select certificate, $2 from signing_work"
            " where certificate = $1 on conflict (certificate) do update set code = excluded.code",
            *(certificate, code),
        )


def _signed(sealed: Sealed, members: tuple[str, str], sha256: str, index: int) -> Event:
    """What all are told of a signed edition."""
    secretary, chair = members
    if sealed.kind == "minutes":
        return MinutesSigned(
            index=index,
            body=sealed.body,
            meeting=sealed.meeting,
            minutes=sealed.certificate,
            secretary=secretary,
            chair=chair,
            sha256=sha256,
        )
    return CertificateSigned(
        index=index,
        body=sealed.body,
        meeting=sealed.meeting,
        poll=sealed.poll,
        certificate=sealed.certificate,
        secretary=secretary,
        chair=chair,
        sha256=sha256,
    )


async def _lock(connection: Connection, certificate: str) -> None:
    """Nobody else changes what is signed of this certificate until the transaction ends."""
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('plenary.countersigned.' || $1, 0))", certificate
    )


async def _kept(connection: Connection, certificate: str, role: SigningRole) -> Record | None:
    """What was signed in this role, and by whom."""
    return await connection.fetchrow(
        "select s.prepared, s.page, s.statement, p.member from person_signature s"
        " join prepared_signature p on p.id = s.prepared where s.certificate = $1 and s.role = $2",
        *(certificate, role),
    )


async def _drop_pages(connection: Connection, certificate: str, role: SigningRole, member: str = "") -> None:
    """What was prepared for this place, for this member or for whoever it was, is good no more."""
    await connection.execute(
        "update prepared_signature set page = null"
        " where certificate = $1 and role = $2 and ($3 = '' or member = $3) and page is not null",
        *(certificate, role, member),
    )


async def _rest(connection: Connection, certificate: str) -> None:
    """It cannot go on by itself now, and nothing stands in its way."""
    await connection.execute("delete from signing_work where certificate = $1", certificate)
    await connection.execute("update signing_trouble set code = '' where certificate = $1", certificate)


async def _insert(connection: Connection, table: str, values: dict[str, Any], otherwise: str = "") -> bool:
    places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    done = await connection.fetchval(
        # Names of ours, values as parameters.
        f"insert into {table} ({', '.join(values)}) values ({places}) {otherwise} returning true",  # noqa: S608
        *values.values(),
    )
    return done is not None


def _prepared(row: Any) -> PreparedSignature | None:
    if row is None:
        return None
    return PreparedSignature(**dict(row) | {"byte_range": tuple(row["byte_range"])})
