"""`plenary run`: it comes up, survives the death of any of its processes, and goes without leaving any."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from services.desk.stores import Stores
from tests.support.backed_up import plenary
from tests.support.desk import Desk, all_gone, command, environment, running
from tests.support.stores import reachable_directory
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with reachable_directory() as data, running(data) as desk:
        yield desk


def _replaced(desk: Desk, victim: int) -> bool:
    facts = desk.facts()
    pids = [facts["postgres"], facts["valkey"], *facts["workers"]]
    return victim not in pids and None not in pids


@pytest.mark.parametrize("name", ["postgres", "valkey", "worker"])
def test_a_killed_process_is_replaced(desk: Desk, name: str) -> None:
    """kill -9 of PostgreSQL, Valkey or a worker: it is ready again by itself, and run.json names the new one."""
    facts = desk.wait_until_ready()
    victim = facts["workers"][0] if name == "worker" else facts[name]
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: _replaced(desk, victim), what="replaced")
    eventually(desk.is_ready, what="ready again")


def test_all_killed_at_once(desk: Desk) -> None:
    """Even all children killed in the same moment come back."""
    facts = desk.wait_until_ready()
    victims = [facts["postgres"], facts["valkey"], *facts["workers"]]
    for each in victims:
        os.kill(each, signal.SIGKILL)
    eventually(lambda: all(_replaced(desk, each) for each in victims), what="all replaced")
    eventually(desk.is_ready, what="ready again")


def test_a_killed_session_of_postgres_is_replaced(desk: Desk) -> None:
    """kill -9 of one PostgreSQL session: the server recovers by itself."""
    facts = desk.wait_until_ready()
    with psycopg.connect(facts["database_url"]) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    eventually(desk.is_ready, what="ready again")


def test_run_json_is_private(desk: Desk) -> None:
    """run.json names databases: nobody but its owner reads it."""
    desk.wait_until_ready()
    assert (desk.data / "run.json").stat().st_mode & 0o777 == 0o600


def test_nothing_listens_but_the_workers(desk: Desk) -> None:
    """The embedded stores are on unix sockets only."""
    facts = desk.wait_until_ready()
    for name in ("postgres", "valkey"):
        assert not [c for c in psutil.Process(facts[name]).net_connections("inet") if c.status == "LISTEN"]


def test_a_second_run_is_refused(desk: Desk) -> None:
    """One data directory, one Plenary: the second says so in one line, exits 2 and disturbs nothing."""
    before = desk.wait_until_ready()
    second = subprocess.run(
        command("run"), env=environment(desk.data), capture_output=True, text=True, timeout=30, check=False
    )
    assert second.returncode == 2
    assert "Another Plenary is running" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert desk.facts() == before


def test_stops_cleanly_and_continues(data_directory: Path) -> None:
    """SIGTERM: exit code 0, no process and no run.json left; the next start finds what was stored."""
    with running(data_directory) as desk:
        with psycopg.connect(desk.facts()["database_url"]) as connection:
            connection.execute("create table kept as select 473 as n")
        everybody = desk.everybody()
        assert desk.stop(signal.SIGTERM) == 0
        assert all_gone(everybody)
        assert not (data_directory / "run.json").exists()
    with running(data_directory) as desk:
        with psycopg.connect(desk.facts()["database_url"]) as connection:
            assert connection.execute("select n from kept").fetchone() == (473,)
        assert desk.stop(signal.SIGINT) == 0


def test_killed_itself(data_directory: Path) -> None:
    """kill -9 of the desk: its children end by themselves, and the next start goes on where it stopped."""
    with running(data_directory) as desk:
        everybody = desk.everybody()
        desk.process.kill()
        desk.process.wait(30)
        with running(data_directory) as next_desk:
            assert next_desk.stop() == 0
        assert all_gone(everybody)


def test_killed_while_the_database_is_frozen(data_directory: Path) -> None:
    """A database that answers nothing keeps no worker whose desk is gone: nobody would come to kill it."""
    with running(data_directory, DRAIN_SECONDS="1") as desk:
        everybody = desk.everybody()
        database = psutil.Process(desk.facts()["postgres"])
        stores = [database, *database.children(recursive=True)]
        for each in stores:
            each.suspend()
        try:
            desk.process.kill()
            desk.process.wait(30)
            assert all_gone([each for each in everybody if each not in stores], 60)
        finally:
            for each in stores:
                each.resume()
        assert all_gone(everybody)


def test_asked_to_stop_while_starting(data_directory: Path) -> None:
    """SIGTERM at any moment of the start leaves nothing behind."""
    with subprocess.Popen(
        command("run"), env=environment(data_directory), stdout=subprocess.DEVNULL
    ) as process:
        eventually((data_directory / "postgres" / "postmaster.pid").exists, what="PostgreSQL under way")
        everybody = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.terminate()
        assert process.wait(30) == 0
        assert all_gone(everybody)


def test_pid_files_that_lie(data_directory: Path) -> None:
    """A pid file of an earlier life whose number now belongs to a stranger does not stop a start, nor the stranger."""
    with running(data_directory) as desk:
        desk.stop()
    with subprocess.Popen(["sleep", "600"], user=_owner(data_directory / "postgres")) as stranger:
        (data_directory / "postgres" / "postmaster.pid").write_text(
            f"{stranger.pid}\n{data_directory}/postgres\n"
        )
        (data_directory / "valkey" / "valkey.pid").write_text(f"{stranger.pid}\n")
        with running(data_directory) as desk:
            assert desk.stop() == 0
        assert stranger.poll() is None
        stranger.kill()


def _owner(path: Path) -> int:
    return path.stat().st_uid


def test_a_long_path(data_directory: Path) -> None:
    """A data directory whose path is too long for a unix socket, with spaces and Vietnamese letters, works."""
    deep = data_directory / "thư mục dữ liệu của kỳ họp thứ mười" / ("x" * 60) / "d"
    deep.mkdir(parents=True)
    with running(deep) as desk:
        assert desk.stop() == 0


def test_a_directory_closed_to_the_stores(data_directory: Path) -> None:
    """A data directory that the user of the stores cannot reach works, and its mode is left alone."""
    closed = data_directory / "closed"
    closed.mkdir(mode=0o700)
    pointer = closed / "data" / "stores.location"
    try:
        for _ in range(2):
            with running(closed / "data") as desk:
                assert desk.stop() == 0
        assert closed.stat().st_mode & 0o777 == 0o700
        assert pointer.exists() == (os.geteuid() == 0)
    finally:
        if pointer.exists():
            shutil.rmtree(pointer.read_text().strip())


def test_your_own_stores(stores: Stores, database_url: str, redis_url: str, data_directory: Path) -> None:
    """With both URLs given, no store is run."""
    with running(data_directory, DATABASE_URL=database_url, REDIS_URL=redis_url) as desk:
        facts = desk.wait_until_ready()
        assert (facts["postgres"], facts["valkey"]) == (None, None)
        assert facts["database_url"] == database_url
        assert desk.stop() == 0


def test_meetings_without_their_keys(data_directory: Path) -> None:
    """The disk of the keys is not mounted, one of them is gone: nothing begins under new ones; with them it goes on."""
    data, away = data_directory / "data", data_directory / "away"
    with running(data) as desk:
        desk.wait_until_ready()
        eventually((data / "sample-invites.txt").exists, what="the sample meeting")
        assert desk.stop() == 0
    keys, gone = data / "keys", data / "keys" / "ledger.key"
    told = gone.read_bytes()
    keys.rename(away)
    refused = plenary(data, "run")
    assert refused.returncode == 2
    assert "mount the disk of the keys" in refused.stderr
    assert not keys.exists()
    away.rename(keys)
    gone.unlink()
    refused = plenary(data, "run")
    assert refused.returncode == 2
    assert "ledger.key is missing" in refused.stderr.replace("\n", " ")
    assert not gone.exists()
    gone.write_bytes(told)
    gone.chmod(0o600)
    with running(data) as desk:
        desk.wait_until_ready()
        assert desk.stop() == 0


def test_meetings_with_the_keys_of_another_house(
    data_directory: Path, database_url: str, redis_url: str
) -> None:
    """A database that is somebody else's, or keys that are: refused by name, and nothing begins; the doctor says it."""
    ours, other = data_directory / "ours", data_directory / "other"
    with running(ours, DATABASE_URL=database_url, REDIS_URL=redis_url) as desk:
        desk.wait_until_ready()
        eventually((ours / "sample-invites.txt").exists, what="the sample meeting")
        assert desk.stop() == 0
    with running(other, SAMPLE="false") as desk:
        desk.wait_until_ready()
        assert desk.stop() == 0
    mine, theirs = ours / "keys", other / "keys"
    swapped = {name: (mine / name).read_bytes() for name in ("ledger.key", "envelope.key")}
    for name in swapped:
        (mine / name).write_bytes((theirs / name).read_bytes())
    refused = plenary(ours, "run", DATABASE_URL=database_url, REDIS_URL=redis_url)
    assert refused.returncode == 2
    assert "envelope.key, ledger.key in" in " ".join(refused.stderr.split())
    examined = plenary(ours, "doctor", DATABASE_URL=database_url, REDIS_URL=redis_url)
    assert "envelope.key, ledger.key in" in " ".join(examined.stdout.split())
    for name, told in swapped.items():
        (mine / name).write_bytes(told)
    # This one was known to somebody else, and is replaced.
    (mine / "token.key").write_bytes((theirs / "token.key").read_bytes())
    with running(ours, DATABASE_URL=database_url, REDIS_URL=redis_url) as desk:
        desk.wait_until_ready()
        assert desk.stop() == 0
    assert (
        "is not the key" not in plenary(ours, "doctor", DATABASE_URL=database_url, REDIS_URL=redis_url).stdout
    )


def test_a_port_in_use_is_told(data_directory: Path) -> None:
    """A port that somebody else listens on, even one that would share it, is refused in one line; nothing is left."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = subprocess.run(
            command("run"),
            env=environment(data_directory, PORT=port),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert refused.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in refused.stderr
    assert not (data_directory / "postgres" / "postmaster.pid").exists()


@pytest.mark.parametrize("mask", [0, 0o777])
def test_an_odd_umask(data_directory: Path, mask: int) -> None:
    """Whatever mask the shell gives: it runs, nobody else may write to anything of it, nor read a key."""
    before = os.umask(mask)
    try:
        with running(data_directory / "data", SAMPLE="false", HOST="0.0.0.0", WORKERS="1") as desk:  # noqa: S104 - HTTPS has keys, too
            everything = [each for each in desk.data.rglob("*") if not each.is_symlink()]
            assert not [each for each in everything if each.stat().st_mode & 0o022 and not each.is_socket()]
            keys = desk.data / "keys"
            secret = [keys, *keys.glob("*.key")]
            assert len(secret) > 8
            assert not [each for each in secret if each.stat().st_mode & 0o077]
            assert desk.stop() == 0
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (["run"], {"PORT": "http"}, "PLENARY_PORT"),
        (
            ["run"],
            {"DATABASE_URL": "postgresql://u@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1"},
            "connection",
        ),
        (["migrate"], {}, "PLENARY_DATABASE_URL"),
        (["settings"], {"COLOUR": "red"}, "PLENARY_COLOUR"),
    ],
)
def test_refusals_are_one_line(
    data_directory: Path, arguments: list[str], settings: dict[str, str], words: str
) -> None:
    """Whatever is wrong outside of us is told in one line with exit code 2, never as a traceback."""
    refused = subprocess.run(
        command(*arguments),
        env=environment(data_directory, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
