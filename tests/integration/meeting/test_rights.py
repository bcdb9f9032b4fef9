"""What the role `plenary_meeting` may do in the database, beyond what our own code does."""

import asyncpg
import pytest

from services.kit.database import open_pool

DENIED = [
    "update journal set message = ''",
    "delete from journal",
    "truncate journal",
    "delete from journal_head",
    "update frozen_roll set roll = ''",
    "delete from frozen_roll",
    "delete from revocation",
    "delete from credential",
    "update credential set member = 'x'",
    "update meeting set body = 'x'",
    "delete from meeting",
    "update body set name = 'x'",
    "delete from presence",
    "update presence_change set why = ''",
    "delete from presence_change",
    "delete from seat_plan",
    "update minutes_asked set asked_by = 'x'",
    "delete from minutes_asked",
    "delete from member",
    "update identifier set kind = 'body'",
    "drop table journal",
    "create table mine (x int)",
]


@pytest.mark.parametrize("statement", DENIED)
async def test_denied(database_url: str, statement: str) -> None:
    """What was told, frozen or revoked cannot be taken back by the service, even if its code were wrong."""
    pool = await open_pool(database_url, "meeting", 1)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)
    finally:
        await pool.close()
