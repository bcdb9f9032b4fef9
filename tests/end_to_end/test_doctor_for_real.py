"""What goes wrong on real machines, put in front of the `plenary doctor` command: it names just that, in two languages,
says what to do, ends by itself, and tells no secret. A house in order is called so."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis

from services.desk import keys, place, tls_authority
from services.desk.child import Child, ready
from services.desk.postgres import Postgres, programs
from services.desk.postgres import environment as postgres_environment
from services.desk.valkey import Valkey
from services.kit.settings import Settings
from tests.support.backed_up import WORDS, backed_up, plenary
from tests.support.certificates import issue
from tests.support.desk import Desk, command, environment, running
from tests.support.stores import reachable_directory
from tests.support.waiting import eventually

_CLOCK = Path(__file__).parents[1] / "faults" / "clock"
_DAY_MS = 86_400_000
_PASSWORD = "mot-mat-khau-dai"
# True of the machine that runs this test, not of the house; and of what a test leaves out.
_OF_THIS_MACHINE = {
    "clock.kept",
    "clock.zone",
    "disk.data",
    "disk.stores",
    "disk.write",
    "disk.backups",
    "backup.disk",
    "memory",
}


@dataclass(frozen=True)
class Told:
    """What a run of the doctor said: exit code, level and words of each check."""

    code: int
    level: dict[str, str]
    words: str

    def wrong(self) -> set[str]:
        """What is not good, but for this machine's own troubles."""
        return {check for check, level in self.level.items() if level != "good"} - _OF_THIS_MACHINE


def _doctor(data: Path, *arguments: str | Path, **settings: str) -> Told:
    done = plenary(data, "doctor", "--json", *arguments, **settings)
    return _read(done)


def _read(done: subprocess.CompletedProcess[str]) -> Told:
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    said = json.loads(done.stdout)
    assert said["exit"] == done.returncode
    for each in said["findings"]:
        assert each["vi"], each
        assert each["en"], each
        if each["level"] != "good":
            assert each["do_vi"], each
            assert each["do_en"], each
            assert "\n" not in each["vi"] + each["do_vi"], each
    assert _PASSWORD not in done.stdout + done.stderr
    assert "PRIVATE KEY" not in done.stdout + done.stderr
    return Told(done.returncode, {each["check"]: each["level"] for each in said["findings"]}, done.stdout)


@dataclass(frozen=True)
class House:
    """A house in order that runs: as a proxy shows it to phones, backed up, its backup proven."""

    desk: Desk
    settings: dict[str, str]

    def doctor(self, *arguments: str | Path, **settings: str) -> Told:
        """What the doctor says of it."""
        return _doctor(self.desk.data, *arguments, **self.settings | settings)


def _proxied() -> dict[str, str]:
    """Settings of a house that is reached by a name, so that nothing of its way in is left to be looked at."""
    port = _closed_port()
    return {
        "SAMPLE": "false",
        "BEHIND_PROXY": "true",
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
    }


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One for all tests; each leaves it as it was."""
    with reachable_directory() as where:
        settings = _proxied() | {"BACKUP_DIRECTORY": str(where / "backups")}
        words = where / "words"
        words.write_text(WORDS)
        with running(where / "data", said=Path(os.devnull), **settings) as desk:
            sealed = ("--passphrase-file", words)
            assert backed_up(plenary(where / "data", "backup", where / "backups", *sealed))
            drill = plenary(where / "drill", "restore", where / "backups", *sealed)
            assert drill.returncode == 0, drill.stdout + drill.stderr
            yield House(desk, settings)


@pytest.fixture
def quiet(data_directory: Path) -> Path:
    """A data directory with its keys, where nothing runs."""
    data = data_directory / "quiet"
    keys.ensure(Settings(data=data))
    return data


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_house_in_order(house: House) -> None:
    """Nothing is wrong with it: exit code 0, or 1 for what is true of the machine under this test."""
    eventually(lambda: house.doctor().level.get("backup.log") == "good", what="followed")
    told = house.doctor()
    assert told.wrong() == set()
    assert told.code == (1 if "warn" in told.level.values() else 0)
    assert {
        "backup.proven",
        "clock.stepped",
        "machine.files",
        "postgres.durable",
        "network.name",
    } <= told.level.keys()


@contextmanager
def _clock_ahead(where: Path, milliseconds: int) -> Iterator[dict[str, str]]:
    file = where / "ahead"
    file.write_bytes(struct.pack("<qq", milliseconds, 0))
    yield {"FAULT_CLOCK": str(file), "PYTHONPATH": str(_CLOCK)}


@pytest.mark.parametrize(
    ("ahead_ms", "named"),
    [
        pytest.param(5_000, {"clock.database", "clock.valkey", "clock.stepped"}, id="five seconds"),
        pytest.param(-120_000, {"clock.database", "clock.stepped", "backup"}, id="two minutes"),
        pytest.param(
            -3 * 365 * _DAY_MS, {"clock.database", "certificates.seal", "backup"}, id="three years back"
        ),
        pytest.param(
            12 * 365 * _DAY_MS, {"clock.database", "certificates.seal", "backup"}, id="twelve years on"
        ),
    ],
)
def test_a_wrong_clock(house: House, data_directory: Path, ahead_ms: int, named: set[str]) -> None:
    """The doctor's clock is wrong, as after `date -s`: the stores', the certificates, the backups all contradict it."""
    with _clock_ahead(data_directory, ahead_ms) as clock:
        done = subprocess.run(
            command("doctor", "--json"),
            env=environment(house.desk.data, **house.settings) | clock,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    told = _read(done)
    assert told.code == 2
    assert named <= told.wrong()
    assert told.level["clock.database"] == "bad"


def test_a_time_server_that_is_not_there(house: House) -> None:
    """NTP absent: to be looked at, within seconds."""
    told = house.doctor("--ntp", f"127.0.0.1:{_closed_port()}")
    assert told.level["clock.ntp"] == "warn"
    assert told.wrong() == {"clock.ntp"}


@pytest.fixture
def disk(data_directory: Path) -> Iterator[Path]:
    """A small disk of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    where = data_directory / "disk"
    where.mkdir()
    options = "size=400k,nr_inodes=64"
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", where], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    yield where
    subprocess.run(["umount", "--lazy", where], check=True)


def test_a_full_disk(disk: Path) -> None:
    """Not a byte is left: no ballot could be taken."""
    keys.ensure(Settings(data=disk / "data"))
    with (disk / "full").open("wb", buffering=0) as full, contextlib.suppress(OSError):
        while full.write(bytes(4096)):
            pass
    told = _doctor(disk / "data")
    assert (told.code, told.level["disk.data"], told.level["disk.write"]) == (2, "bad", "bad")
    assert "No space left" in told.words


def test_no_inodes(disk: Path) -> None:
    """Bytes are left, but no file can be made."""
    keys.ensure(Settings(data=disk / "data"))
    with contextlib.suppress(OSError):
        for number in range(100):
            (disk / f"small-{number}").touch()
    told = _doctor(disk / "data")
    assert (told.code, told.level["disk.data.files"], told.level["disk.write"]) == (2, "bad", "bad")


def test_a_disk_that_is_read_only(disk: Path) -> None:
    """As a dying disk makes itself: named, with where to look."""
    keys.ensure(Settings(data=disk / "data"))
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    told = _doctor(disk / "data")
    assert (told.code, told.level["disk.write"]) == (2, "bad")
    assert "Read-only" in told.words


def test_the_backups_are_away(house: House) -> None:
    """The disk of backups was pulled out: the backup cannot be read, and the log is not written there."""
    backups = Path(house.settings["BACKUP_DIRECTORY"])
    away = backups.rename(backups.with_name("away"))
    try:
        told = house.doctor()
    finally:
        away.rename(backups)
    assert told.code == 2
    assert told.level["backup"] == "bad"


@asynccontextmanager
async def _valkey(where: Path) -> AsyncIterator[tuple[str, Child]]:
    account = place.account(where)
    server = Valkey(where, place.socket_directory(where, "run", account), account)
    await server.prepare()
    child = await server.launch()
    try:
        yield server.url, child
    finally:
        await child.stop(30)


async def test_valkey_dies_under_a_running_house(data_directory: Path) -> None:
    """Somebody's own Valkey: emptied, no trouble; one that drops streams is; dead, it is named, and nothing else is."""
    home = data_directory / "valkey"
    home.mkdir(mode=0o711)
    async with _valkey(home) as (url, child):
        settings = _proxied() | {"REDIS_URL": url}

        def run() -> None:
            with running(data_directory / "data", said=Path(os.devnull), **settings) as desk:
                with redis.Redis.from_url(url) as client:
                    client.flushall()
                    first = _doctor(desk.data, **settings)
                    assert first.level["valkey"] == "good"
                    client.config_set("maxmemory-policy", "allkeys-lru")
                    assert _doctor(desk.data, **settings).level["valkey.policy"] == "bad"
                    client.config_set("maxmemory-policy", "noeviction")
                os.kill(child.pid, signal.SIGKILL)
                dead = _doctor(desk.data, **settings)
                assert (dead.code, dead.level["valkey"]) == (2, "bad")
                assert dead.level["postgres"] == "good"
                assert {each for each in dead.wrong() - first.wrong()} == {
                    "valkey",
                    "unanswered.clocks.valkey",
                }

        await asyncio.to_thread(run)


@asynccontextmanager
async def _postgres(where: Path, more: str, *, standby: bool = False) -> AsyncIterator[str]:
    """A PostgreSQL of its own with these lines of configuration; `standby`: one that only follows."""
    where.mkdir(mode=0o711)
    account = place.account(where)
    sockets = place.socket_directory(where, "run", account)
    server = Postgres(where, sockets, account)
    await server.prepare(more)
    child = await server.launch()
    if standby:
        await child.stop(60)
        (where / "postgres" / "standby.signal").touch()
        child = await Child.start(
            [programs(account) / "postgres", "-D", where / "postgres"],
            environment=postgres_environment(),
            stop_signal=signal.SIGINT,
            account=account,
            output=where / "standby.log",
        )

        async def answers() -> bool:
            try:
                await (await asyncpg.connect(server.url)).close()
            except (OSError, asyncpg.PostgresError):
                return False
            return True

        await ready(child, answers, 60, 0.05)
    try:
        yield server.url
    finally:
        await child.stop(60)


async def test_a_database_that_only_reads(quiet: Path, data_directory: Path) -> None:
    """A standby, named by mistake or after a failover that nobody finished."""
    async with _postgres(data_directory / "pg", "", standby=True) as url:
        told = await asyncio.to_thread(_doctor, quiet, DATABASE_URL=url)
    assert (told.code, told.level["postgres.recovery"]) == (2, "bad")


async def test_a_database_without_a_seat(quiet: Path, data_directory: Path) -> None:
    """All its connections are taken by others, and what is written there does not stay: both said by their names."""
    few = "max_connections = 4\nsuperuser_reserved_connections = 0\nmax_wal_senders = 0\nfsync = off\n"
    async with _postgres(data_directory / "pg", few) as url:
        told = await asyncio.to_thread(_doctor, quiet, DATABASE_URL=url)
        assert (told.code, told.level["postgres.fsync"]) == (2, "bad")
        held = [await asyncpg.connect(url) for _ in range(4)]
        try:
            told = await asyncio.to_thread(_doctor, quiet, DATABASE_URL=url)
        finally:
            for each in held:
                await each.close()
    assert (told.code, told.level["postgres"]) == (2, "bad")
    assert "no connection left" in told.words


def test_dead_stores_tell_no_password(quiet: Path) -> None:
    """Nobody listens where the settings say; neither their passwords nor keys are said."""
    port = _closed_port()
    urls = {
        "DATABASE_URL": f"postgresql://plenary:{_PASSWORD}@127.0.0.1:{port}/plenary",
        "REDIS_URL": f"redis://:{_PASSWORD}@127.0.0.1:{port}",
    }
    told = _doctor(quiet, **urls)
    assert (told.code, told.level["postgres"], told.level["valkey"]) == (2, "bad", "bad")
    wrong = {name: value.replace("127.0.0.1", "[127.0.0.1") for name, value in urls.items()}
    done = plenary(quiet, "doctor", "--json", **wrong)
    assert done.returncode == 2
    assert _PASSWORD not in done.stdout + done.stderr


_TLS = {
    "expired": ("plenary.example.vn", timedelta(days=-3), 0o600, "bad"),
    "about to expire": ("plenary.example.vn", timedelta(days=5), 0o600, "warn"),
    "for another name": ("khac.example.vn", timedelta(days=300), 0o600, "bad"),
    "with a key that others read": ("plenary.example.vn", timedelta(days=300), 0o644, "bad"),
    "in order": ("plenary.example.vn", timedelta(days=300), 0o600, "good"),
}


@pytest.mark.parametrize("what", _TLS)
def test_a_certificate_of_the_body(quiet: Path, data_directory: Path, what: str) -> None:
    """The body's own certificate for HTTPS."""
    name, left, mode, level = _TLS[what]
    now = datetime.now(UTC)
    made = issue([name], since=now - timedelta(days=30), days=30 + left.days)
    certificate, key = made.write(data_directory, "own")
    key.chmod(mode)
    told = _doctor(
        quiet, TLS_CERTIFICATE=str(certificate), TLS_KEY=str(key), PUBLIC_URL="https://plenary.example.vn"
    )
    assert told.level["https"] == level


def test_the_local_authority_is_about_to_end(quiet: Path) -> None:
    """Then every phone must install the next: said a month before."""
    names = tls_authority.Names(("plenary.local",), ())
    tls_authority.ensure(quiet / "keys", names, datetime.now(UTC) - timedelta(days=3652 - 10))
    told = _doctor(quiet, HOST="0.0.0.0", PORT=str(_closed_port()))  # noqa: S104 - nothing is started
    assert told.level["certificates.tls-ca"] == "warn"
    assert "/trust" in told.words


def test_a_key_of_the_authority_is_gone(quiet: Path) -> None:
    """Without it no delegate can enrol: and nobody must start, for that would make another."""
    (quiet / "keys" / "delegates.key").unlink()
    told = _doctor(quiet)
    assert (told.code, told.level["certificates.authority"]) == (2, "bad")
    shutil.rmtree(quiet / "keys")
    assert _doctor(quiet).level["keys.files"] == "warn"


def test_the_authority_for_time_is_away(house: House) -> None:
    """Voting goes on: to be looked at. A name that nobody knows, and a port that says nothing."""
    for url in (f"http://127.0.0.1:{_closed_port()}/", "http://tsa.invalid/"):
        told = house.doctor(TSA_URL=url)
        assert told.level["network.tsa"] == "warn"
        assert told.wrong() - {"anchors.tsa"} == {"network.tsa"}


def test_the_port_is_in_other_hands(quiet: Path) -> None:
    """Something else listens where Plenary is to."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        told = _doctor(quiet, PORT=str(other.getsockname()[1]))
    assert (told.code, told.level["network.port"]) == (2, "bad")


def test_too_few_open_files(quiet: Path) -> None:
    """A limit for forty phones; the doctor itself needs few."""
    done = subprocess.run(
        ["prlimit", "--nofile=200", *command("doctor", "--json")],
        env=environment(quiet),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = _read(done)
    assert (told.code, told.level["machine.files"]) == (2, "bad")


def test_workers_take_all_files_that_they_may() -> None:
    """A shell's first limit is no limit for a sitting."""
    asks = "from services.desk.worker import *; allow_all_files(); print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    done = subprocess.run(
        ["prlimit", "--nofile=256:4096", sys.executable, "-c", asks],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "(4096, 4096)"


def test_frozen_workers(house: House) -> None:
    """They run and say nothing: the address does not answer, within the patience of one check."""
    workers = [psutil.Process(pid) for pid in house.desk.facts()["workers"]]
    for each in workers:
        each.suspend()
    try:
        told = house.doctor()
    finally:
        for each in workers:
            each.resume()
    assert (told.code, told.level["network.port"]) == (2, "bad")
    eventually(house.desk.is_ready, what="ready again")
