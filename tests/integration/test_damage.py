"""A disk that gave back other bytes than were written, or nothing: who asks is told, and what to do."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from yarl import URL

from services.desk.backups import base
from services.desk.backups.catalogue import BackupRefused
from services.desk.checks import store_checks
from services.desk.checks.finding import Finding, House, Level
from services.desk.stores import StoresRefused, opened
from services.kit import clock
from services.kit.database import UNREACHABLE
from services.kit.settings import Settings
from tests.support.waiting import until

NO_VALKEY = "redis://nobody"
PAGE = 8192


@asynccontextmanager
async def _connected(home: Path) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    async with opened(home, redis_url=NO_VALKEY) as stores:
        connection = await asyncpg.connect(stores.database_url)
        try:
            yield connection
        finally:
            await connection.close()


async def _filled(home: Path) -> tuple[Path, Path]:
    """A table with an index; their files, when the server has ended in peace."""
    async with _connected(home) as connection:
        await connection.execute(
            "create table lines (n int primary key, line text);"
            " insert into lines select n, repeat(md5(n::text), 4) from generate_series(1, 5000) n; checkpoint"
        )
        names = [
            await connection.fetchval("select pg_relation_filepath($1::regclass)", each)
            for each in ("lines", "lines_pkey")
        ]
    return home / "postgres" / names[0], home / "postgres" / names[1]


def _overwrite(file: Path) -> None:
    with file.open("r+b") as damaged:
        damaged.seek(2 * PAGE + 64)
        damaged.write(b"\xff" * 2_000)


async def _judged(home: Path, url: str) -> list[Finding]:
    house = House(Settings(data=home), clock.now, url, "", "")
    return [each for each in await store_checks.postgres(house) if each.level is Level.BAD]


@pytest.mark.parametrize(
    ("which", "how", "check"),
    [
        pytest.param(0, _overwrite, "postgres.damaged", id="a page of a table"),
        pytest.param(1, _overwrite, "postgres.damaged", id="a page of an index"),
        pytest.param(0, Path.unlink, "postgres.files", id="a whole table"),
    ],
)
async def test_damaged_files(
    data_directory: Path, which: int, how: Callable[[Path], None], check: str
) -> None:
    """Whoever needs what is damaged is told to try again, as of a database that is away: nothing is wrong with what
    they ask for. The doctor says that it is damaged, and what to do."""
    files = await _filled(data_directory)
    how(files[which])
    async with opened(data_directory, redis_url=NO_VALKEY) as stores:
        connection = await asyncpg.connect(stores.database_url)
        try:
            await connection.execute("set enable_seqscan = " + ("off" if which else "on"))
            with pytest.raises(UNREACHABLE):
                await connection.fetch("select line from lines where n > 0")

            async def found() -> list[Finding]:
                return await _judged(data_directory, stores.database_url)

            (finding,) = await until(found, what="the doctor to find it")
            if how is _overwrite:
                with pytest.raises(BackupRefused, match=r"HỎNG .*earlier backups are kept"):
                    await base.take(stores.database_url, data_directory / "copy")
        finally:
            await connection.close()
    assert finding.check == check
    assert "plenary restore" in finding.todo[0]


async def test_files_that_are_whole(data_directory: Path) -> None:
    """Nothing is said of them."""
    await _filled(data_directory)
    async with opened(data_directory, redis_url=NO_VALKEY) as stores:
        assert await _judged(data_directory, stores.database_url) == []


async def test_a_disk_that_went_read_only(data_directory: Path) -> None:
    """Nothing can be written, and what is not open yet cannot be read: try again, and the doctor says why; with its
    disk back the same server goes on."""
    table, _ = await _filled(data_directory)
    async with opened(data_directory, redis_url=NO_VALKEY) as stores:
        connection = await asyncpg.connect(stores.database_url)
        table.chmod(0)
        table.parent.chmod(0o500)
        try:
            with pytest.raises(UNREACHABLE):
                await connection.fetch("select line from lines")
            (finding,) = await _judged(data_directory, stores.database_url)
        finally:
            table.parent.chmod(0o700)
            table.chmod(0o600)
        assert (finding.check, "fsck" in finding.todo[0]) == ("postgres.writes", True)
        assert len(await connection.fetch("select line from lines")) == 5_000
        assert await _judged(data_directory, stores.database_url) == []
        await connection.close()


@pytest.mark.parametrize("role_may", [True, False], ids=["temporary tables", "none"])
async def test_a_server_that_only_reads(data_directory: Path, role_may: bool) -> None:
    """By a setting: the doctor says so, and leaves nothing; to whom no temporary table is granted it says nothing."""
    await _filled(data_directory)
    async with opened(data_directory, redis_url=NO_VALKEY) as stores:
        connection = await asyncpg.connect(stores.database_url)
        await connection.execute("create role reader login")
        url = str(URL(stores.database_url).with_user("reader"))
        if not role_may:
            await connection.execute("revoke temporary on database plenary from public")
        await connection.execute("alter role reader set default_transaction_read_only = on")
        assert [each.check for each in await _judged(data_directory, url)] == ["postgres.writes"] * role_may
        await connection.close()


def _cut_the_log(postgres: Path) -> None:
    for each in (postgres / "pg_wal").glob("0*"):
        os.truncate(each, PAGE)


def _lose_the_log(postgres: Path) -> None:
    for each in (postgres / "pg_wal").glob("0*"):
        each.unlink()


def _overwrite_control(postgres: Path) -> None:
    with (postgres / "global" / "pg_control").open("r+b") as control:
        control.write(b"\xff" * 64)


@pytest.mark.parametrize("how", [_cut_the_log, _lose_the_log, _overwrite_control])
async def test_a_start_without_what_it_needs(data_directory: Path, how: Callable[[Path], None]) -> None:
    """It is refused with its reason, in Vietnamese first, and what to do; not with where its log might be."""
    await _filled(data_directory)
    how(data_directory / "postgres")
    with pytest.raises(StoresRefused) as refused:
        async with _connected(data_directory):
            pass
    said = str(refused.value)
    assert said.startswith("PostgreSQL không chạy được: ")
    assert "plenary restore --replace" in said
    assert "PANIC" in said or "FATAL" in said
    assert "Future log output" not in said
    assert "initdb" not in said
