"""The database's files: whether it can write them, has found damage in them, or some are gone."""

import asyncpg

from services.desk.checks.finding import Both, Finding, bad
from services.kit.database import Connection

_ADVICE: Both = (
    "hoãn biểu quyết; giữ nguyên thư mục dữ liệu; dừng plenary run, plenary restore --replace (mục 7.2); xem dmesg",
    "pause the sitting; keep the data directory; end plenary run, then plenary restore --replace (7.2); see dmesg",
)
# What was found by whoever read them, since the server was started or its figures were reset.
_FOUND = "select coalesce(sum(checksum_failures), 0)::bigint from pg_stat_database"
# Each table and index has a file, unless it is shared with all databases or only a catalogue's entry.
_GONE = (
    "select count(*) from pg_class where relpersistence = 'p' and pg_relation_filepath(oid) is not null"
    " and (pg_stat_file(pg_relation_filepath(oid), true)).size is null"
)
# Table and row want room on the disk and in the log; nothing of them is ever seen by others.
_WRITING = "create temporary table plenary_doctor (n int); insert into plenary_doctor values (1)"
_FREE: Both = (
    "không phiếu nào được nhận: giải phóng đĩa của nó; đĩa thành chỉ đọc (dmesg) thì dừng plenary run,"
    " kiểm tra đĩa (fsck), gắn lại; read-only transaction: alter system reset default_transaction_read_only",
    "no ballot is taken: make room on its disk; if the disk went read-only (dmesg) end plenary run, look"
    " through it (fsck), mount it again; read-only transaction: alter system reset default_transaction_read_only",
)


async def unwritten(connection: Connection) -> list[Finding]:
    """Does it write? Where its disk is full, or went read-only, it answers until it has to; nothing is left of ours."""
    if not await connection.fetchval("select has_database_privilege(current_database(), 'temp')"):
        return []
    trial = connection.transaction()
    try:
        await trial.start()
        await connection.execute(_WRITING)
        # Never committed: that would wait for a standby that is away.
        await trial.rollback()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        said = " ".join(str(error).split())[:120]
        told = (f"PostgreSQL không ghi được: {said}", f"PostgreSQL cannot write: {said}")
        return [bad("postgres.writes", told, _FREE)]
    return []


async def damaged(connection: Connection) -> list[Finding]:
    """Pages that were read and are not as they were written; tables and indexes without their file."""
    found = []
    if pages := int(await connection.fetchval(_FOUND)):
        told = (
            f"đĩa trả lại {pages} trang khác với đã ghi: cơ sở dữ liệu HỎNG",
            f"the disk gave back {pages} pages other than they were written: the database is DAMAGED",
        )
        found.append(bad("postgres.damaged", told, _ADVICE))
    try:
        gone = int(await connection.fetchval(_GONE))
    except asyncpg.InsufficientPrivilegeError:
        # Whose server it is may not let us look at its files.
        gone = 0
    if gone:
        told = (
            f"{gone} bảng hoặc chỉ mục mất tệp: cơ sở dữ liệu HỎNG",
            f"{gone} tables or indexes have lost their file: the database is DAMAGED",
        )
        found.append(bad("postgres.files", told, _ADVICE))
    return found
