"""The database's files: whether it has found damage in them, or some are gone."""

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
