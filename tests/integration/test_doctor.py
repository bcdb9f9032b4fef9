"""`plenary doctor` before what goes wrong: clocks, disks, dead stores, certificates, keys, settings, stuck work."""

import json
import os
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import msgspec
import psutil
import pytest
from redis.asyncio import Redis

from services.desk import doctor, keys
from services.desk.backups import catalogue
from services.desk.checks import (
    backup_checks,
    clocks,
    key_checks,
    machine_checks,
    network_checks,
    store_checks,
    valkey_checks,
)
from services.desk.checks.finding import Finding, House, Level
from services.desk.stores import Stores
from services.kit import clock
from services.kit.settings import Settings
from services.wire import PollDeclared, PollDraft
from tests.support.backed_up import WORDS, backed_up, plenary
from tests.support.desk import running

_YEAR_MS = 365 * 86_400_000


@pytest.fixture
def house(data_directory: Path, database_url: str, redis_url: str) -> House:
    """A house in order: keys made, both stores there; nothing serves."""
    settings = Settings(data=data_directory / "data", port=1)
    keys.ensure(settings)
    return House(settings, clock.now, database_url, redis_url, "")


def _level(findings: list[Finding], check: str) -> Level:
    (found,) = [each for each in findings if each.check == check]
    if found.level is not Level.GOOD:
        assert all(found.todo), f"{check} does not say what to do"
    assert all(found.told)
    return found.level


async def _look(house: House, *checks: doctor.Check, patience: float = doctor.PATIENCE) -> list[Finding]:
    return await doctor.examined(house, checks, patience)


def _shifted(milliseconds: int) -> Callable[[], int]:
    return lambda: clock.now() + milliseconds


async def _do(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _tree(data: Path) -> dict[str, tuple[int, int]]:
    own = [each for each in data.rglob("*") if "postgres" not in each.parts and "metrics" not in each.parts]
    return {str(each): (each.lstat().st_mode, each.lstat().st_mtime_ns) for each in own if each.is_file()}


def test_a_house_that_runs(data_directory: Path) -> None:
    """Nothing is wrong, each line has a name of its own, JSON says the same, and nothing was changed."""
    data, backups, words = data_directory / "data", data_directory / "backups", data_directory / "words"
    words.write_text(WORDS)
    with running(data, SAMPLE="false") as desk:
        assert backed_up(plenary(data, "backup", backups, "--passphrase-file", words))
        before = _tree(data)
        done = plenary(data, "doctor", "--json", "--backups", backups)
        said = json.loads(done.stdout)
        assert {each["check"] for each in said["findings"] if each["level"] == "bad"} == set()
        assert done.returncode == said["exit"] == 1, (
            "on loopback, and the log is not followed: to be looked at"
        )
        good = {each["check"] for each in said["findings"] if each["level"] == "good"}
        assert {
            "postgres.durable",
            "valkey",
            "network.port",
            "certificates.authority",
            "backup",
            "work",
        } <= good
        assert _tree(data) == before
        assert desk.is_ready()
    down = plenary(data, "doctor")
    assert down.returncode == 1
    assert "Plenary does not run" in down.stdout
    assert "✗" not in down.stdout


def test_a_house_that_hangs(data_directory: Path) -> None:
    """Both stores frozen in the middle of their lives: the command ends by itself and says which; they live on."""
    data = data_directory / "data"
    with running(data, SAMPLE="false") as desk:
        frozen = [psutil.Process(desk.facts()[name]) for name in ("postgres", "valkey")]
        frozen += frozen[0].children(recursive=True)
        for each in frozen:
            each.suspend()
        try:
            done = plenary(data, "doctor", "--json")
        finally:
            for each in frozen:
                each.resume()
        said = {each["check"]: each["level"] for each in json.loads(done.stdout)["findings"]}
        assert done.returncode == 2
        assert [name for name, level in said.items() if "postgres" in name and level == "bad"]
        assert [name for name, level in said.items() if "valkey" in name and level == "bad"]
        assert said["keys.files"] == "good"


async def test_a_wrong_clock(house: House) -> None:
    """Ten seconds off the stores' clocks is wrong, one and a half is to be looked at, none is good."""
    for shift, level in ((0, Level.GOOD), (1_500, Level.WARN), (-10_000, Level.BAD), (10_000, Level.BAD)):
        found = await _look(replace(house, clock=_shifted(shift)), clocks.database, clocks.valkey)
        assert _level(found, "clock.database") is level
        assert _level(found, "clock.valkey") is level


async def test_a_clock_that_was_set_back(house: House) -> None:
    """A ledger of a meeting that is not over is ahead of the clock: deadlines stand still, and that is said."""
    ahead = clock.now() + 600_000
    await _do(
        house.database_url,
        "insert into voting.meeting (id, body, title, state) values ('m', 'b', 't', 'open');"
        f"insert into voting.ledger (meeting, body, at) values ('m', 'b', {ahead})",
    )
    found = await _look(house, clocks.database)
    assert _level(found, "clock.ledger") is Level.BAD
    await _do(house.database_url, "update voting.meeting set state = 'ended'")
    assert [each.check for each in await _look(house, clocks.database)] == ["clock.database"]


@contextmanager
def _time_server(ahead_s: float) -> Iterator[str]:
    """A time server (SNTP) whose clock is so far ahead of ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as served:
        served.bind(("127.0.0.1", 0))

        def answer() -> None:
            asked, who = served.recvfrom(1024)
            seconds = clock.now() / 1000 + ahead_s + 2_208_988_800
            moment = struct.pack("!II", int(seconds), int(seconds % 1 * (1 << 32)))
            served.sendto(b"\x24" + bytes(23) + asked[40:48] + bytes(8) + moment, who)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{served.getsockname()[1]}"
        thread.join(10)


async def test_a_time_server_that_disagrees(house: House) -> None:
    """Its word is compared with ours; silence is told from disagreement."""
    for ahead, level in ((0.0, Level.GOOD), (20.0, Level.BAD)):
        with _time_server(ahead) as name:
            found = await _look(replace(house, ntp=name), clocks.time_server)
            assert _level(found, "clock.ntp") is level
    found = await _look(replace(house, ntp="time.invalid"), clocks.time_server)
    assert _level(found, "clock.ntp") is Level.WARN


@pytest.fixture
def small_disk(data_directory: Path) -> Iterator[Path]:
    """A disk of 64 kB with no room left."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    small = data_directory / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    (small / "full").write_bytes(bytes(65_536))
    yield small
    subprocess.run(["umount", str(small)], check=True)


async def test_a_worker_that_does_not_start_again(house: House) -> None:
    """The others serve: only here it is seen."""
    # Beyond the greatest number that the kernel gives.
    gone = 2**22 + 1
    assert await _look(replace(house, workers=(os.getpid(),)), machine_checks.workers) == []
    found = await _look(replace(house, workers=(os.getpid(), gone)), machine_checks.workers)
    assert _level(found, "workers") is Level.BAD


async def test_a_full_disk(house: House, small_disk: Path) -> None:
    """A disk with no room: it says so, and that no ballot can be taken; nothing of ours stays on it."""
    settings = replace(house.settings, data=small_disk)
    found = await _look(replace(house, settings=settings), machine_checks.disks)
    assert _level(found, "disk.data") is Level.BAD
    assert _level(found, "disk.write") is Level.BAD
    assert [each.name for each in small_disk.iterdir()] == ["full"]


async def test_before_the_first_start(house: House, tmp_path: Path) -> None:
    """Nothing is there yet, which is no fault of a disk; a desk that runs and whose data is gone is at fault."""
    settings = replace(house.settings, data=tmp_path / "new" / "data")
    found = await _look(replace(house, settings=settings), machine_checks.disks)
    assert _level(found, "disk.write") is not Level.BAD
    assert list(tmp_path.glob("new*")) == []
    running = replace(house, settings=settings, workers=(os.getpid(),))
    assert _level(await _look(running, machine_checks.disks), "disk.write") is Level.BAD


async def test_keys_that_are_gone(house: House, tmp_path: Path) -> None:
    """No keys and no database: before the first start, or not mounted. A database alone is never a first start's."""
    settings = replace(house.settings, data=tmp_path)
    there = replace(house, settings=settings)
    assert _level(await _look(there, key_checks.files), "keys.files") is Level.WARN
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("15\n")
    assert _level(await _look(there, key_checks.files), "keys.files") is Level.BAD


async def test_a_full_disk_of_the_database_s_log(house: House, small_disk: Path) -> None:
    """Where an administrator gave it one of its own: the disk of the data says nothing of it."""
    (house.settings.data / "postgres").mkdir()
    (house.settings.data / "postgres" / "pg_wal").symlink_to(small_disk)
    found = await _look(house, machine_checks.disks)
    assert _level(found, "disk.log") is Level.BAD
    assert _level(found, "disk.write") is not Level.BAD


@pytest.mark.parametrize(("share", "level"), [(0.21, Level.GOOD), (0.04, Level.WARN), (0.003, Level.BAD)])
async def test_a_disk_that_fills(
    house: House, monkeypatch: pytest.MonkeyPatch, share: float, level: Level
) -> None:
    """96 of 100 parts used is to be looked at, though gigabytes are left; under one gigabyte is wrong."""
    total = 250_000_000_000
    free = int(total * share)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: SimpleNamespace(total=total, used=total - free, free=free)
    )
    assert _level(await _look(house, machine_checks.disks), "disk.data") is level


@pytest.mark.parametrize(
    ("free", "level"), [(2_000_000_000, Level.GOOD), (700_000_000, Level.WARN), (200_000_000, Level.BAD)]
)
async def test_memory_runs_out(
    house: House, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    """What is free to be used, not what is unused."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    assert _level(await _look(house, machine_checks.memory), "memory") is level


async def test_a_name_of_ipv6_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leads to our own address of that kind, or to another machine's."""
    own = SimpleNamespace(family=socket.AF_INET6, address="2001:db8::7")
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: {"eth0": [own]})
    for host, level in (("2001:db8::7", Level.GOOD), ("2001:db8::9", Level.WARN)):
        settings = replace(house.settings, public_url=f"https://[{host}]")
        found = await _look(replace(house, settings=settings), network_checks.address)
        assert _level(found, "network.name") is level


async def test_lists_of_revocations_that_are_stale(house: House) -> None:
    """Of who came today it is not known whether their certificates were revoked; of who came last week nobody asks."""
    now = clock.now()

    async def linked(kind: str, checked_at: int, wanted_at: int) -> set[str]:
        # Keys of other tables do not matter here.
        await _do(
            house.database_url,
            "set session_replication_role = replica; delete from signing.link;"
            " insert into signing.link (thumbprint, body, member, chain, path, proof, kind, why, revoked_at,"
            " checked_at, evidence, wanted_at)"
            f" values ('t', 'b', 'm', '{{}}', '{{}}', '', '{kind}', '', 0, {checked_at}, '{{}}', {wanted_at})",
        )
        return {
            each.check for each in await _look(house, store_checks.postgres) if each.level is not Level.GOOD
        }

    assert await linked("good", now - 3_600_000, now) == set()
    assert await linked("good", now - 25 * 3_600_000, now) == {"revocation"}
    assert await linked("unknown", now, now) == {"revocation"}
    assert await linked("unknown", now - 7 * 86_400_000, now - 7 * 86_400_000) == set()
    assert await linked("revoked", now - 25 * 3_600_000, now) == set()


async def test_an_old_database() -> None:
    """PostgreSQL 14 has not what we use: to be looked at."""
    assert store_checks._version(140_000).level is Level.WARN
    assert store_checks._version(150_000).level is Level.GOOD


async def test_dead_stores(house: House) -> None:
    """Nobody listens: both are named, with what it means; and the rest is looked at all the same."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    dead = replace(
        house, database_url=f"postgresql://x@127.0.0.1:{port}/x", redis_url=f"redis://127.0.0.1:{port}"
    )
    found = await _look(dead, store_checks.postgres, valkey_checks.valkey, key_checks.files)
    assert _level(found, "postgres") is Level.BAD
    assert _level(found, "valkey") is Level.BAD
    assert _level(found, "keys.files") is Level.GOOD


async def test_stores_that_hang(house: House) -> None:
    """They take the connection and never say a word: that is an answer, too, and nobody waits for ever."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hung = replace(
            house, database_url=f"postgresql://x@127.0.0.1:{port}/x", redis_url=f"redis://127.0.0.1:{port}"
        )
        found = await _look(
            hung, clocks.database, store_checks.postgres, valkey_checks.valkey, key_checks.files, patience=1.0
        )
    assert _level(found, "unanswered.clocks.database") is Level.BAD
    assert _level(found, "unanswered.store_checks.postgres") is Level.BAD
    assert _level(found, "unanswered.valkey_checks.valkey") is Level.BAD
    assert _level(found, "keys.files") is Level.GOOD


async def test_certificates_that_are_over(house: House) -> None:
    """Expired, about to, not valid yet; and a seal that is not the key's own."""
    for shift, level in ((0, Level.GOOD), (11 * _YEAR_MS, Level.BAD), (-_YEAR_MS, Level.BAD)):
        found = await _look(replace(house, clock=_shifted(shift)), key_checks.certificates)
        assert _level(found, "certificates.seal") is level
        assert _level(found, "certificates.authority") is level
    soon = _shifted(10 * _YEAR_MS - 20 * 86_400_000)
    found = await _look(replace(house, clock=soon), key_checks.certificates)
    assert _level(found, "certificates.seal") is Level.WARN
    directory = house.settings.data / "keys"
    (directory / "seal.pem").write_bytes((directory / "delegates.pem").read_bytes())
    found = await _look(house, key_checks.certificates)
    assert _level(found, "certificates.authority") is Level.BAD


async def test_anchors_that_were_changed(house: House) -> None:
    """A trust.pem with a byte too many holds no anchors."""
    trust = house.settings.data / "keys" / "trust.pem"
    trust.write_bytes(trust.read_bytes() + b"\n")
    assert _level(await _look(house, key_checks.anchors), "anchors.trust") is Level.BAD


async def test_a_key_that_others_read(house: House) -> None:
    """World-readable, group-readable, gone: each is named."""
    directory = house.settings.data / "keys"
    for mode, name in ((0o644, "seal.key"), (0o640, "ledger.key")):
        (directory / name).chmod(mode)
        assert _level(await _look(house, key_checks.files), f"keys.mode.{name}") is Level.BAD
    (directory / "envelope.key").unlink()
    assert _level(await _look(house, key_checks.files), "keys.envelope.key") is Level.BAD


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
async def test_a_database_that_forgets(house: House, stores: Stores, name: str) -> None:
    """What an acknowledged ballot rests on is switched off: wrong, by its name."""
    assert _level(await _look(house, store_checks.postgres), "postgres.durable") is Level.GOOD
    await _do(stores.database_url, f"alter system set {name} = off")
    await _do(stores.database_url, "select pg_reload_conf()")
    try:
        connection = await asyncpg.connect(stores.database_url)
        while await connection.fetchval("select current_setting($1)", name) != "off":
            await connection.execute("select pg_sleep(0.01)")
        await connection.close()
        assert _level(await _look(house, store_checks.postgres), f"postgres.{name}") is Level.BAD
    finally:
        await _do(stores.database_url, f"alter system reset {name}")
        await _do(stores.database_url, "select pg_reload_conf()")


async def test_schemas_of_another_time(house: House) -> None:
    """Older than the program: a step to take. Newer: do not start it. Under the name of before: as it is."""
    await _do(
        house.database_url,
        "update signing._yoyo_migration set migration_id = '0017_recheck_matter'"
        " where migration_id = '0019_recheck_matter'",
    )
    assert not [one for one in await _look(house, store_checks.postgres) if one.check == "migrations.signing"]
    await _do(house.database_url, "delete from floor._yoyo_migration where migration_id = '0003_turn_events'")
    assert _level(await _look(house, store_checks.postgres), "migrations.floor") is Level.WARN
    await _do(
        house.database_url,
        "insert into floor._yoyo_migration (migration_hash, migration_id, applied_at_utc)"
        " values ('x', '9999_of_tomorrow', now())",
    )
    assert _level(await _look(house, store_checks.postgres), "migrations.floor") is Level.BAD


async def test_work_that_is_stuck(house: House) -> None:
    """Two counts that differ, polls not counted, failing webhooks."""
    await _do(
        house.database_url,
        "insert into voting.ledger (meeting, body) values ('m', 'b');"
        "insert into voting.poll (id, ledger, draft, state, closed_at, alarm)"
        " select 'p1', no, '', 'closed', 1, true from voting.ledger;"
        "insert into voting.poll (id, ledger, draft, state, closed_at, alarm)"
        " select 'p2', no, '', 'closed', 1, false from voting.ledger;"
        "insert into floor.webhook (body, id, url, active, failures) values ('b', 'w', 'http://x', true, 3)",
    )
    found = await _look(house, store_checks.postgres)
    assert _level(found, "work.count_alarm") is Level.BAD
    assert _level(found, "work.uncounted") is Level.BAD
    assert _level(found, "work.webhooks") is Level.WARN


async def test_results_that_never_became_certificates(house: House) -> None:
    """Valkey has lost the work: nothing waits anywhere, and nothing comes. A practice vote waits for nothing."""
    await _do(
        house.database_url,
        "insert into voting.ledger (meeting, body) values ('m', 'b');"
        + _declared("p1", practice=True, at=1)
        + _declared("p2", practice=False, at=clock.now()),
    )
    assert not [
        each for each in await _look(house, store_checks.postgres) if each.check == "work.uncertified"
    ]
    await _do(house.database_url, _declared("p3", practice=False, at=1))
    assert _level(await _look(house, store_checks.postgres), "work.uncertified") is Level.WARN


def _declared(poll: str, *, practice: bool, at: int) -> str:
    """A poll that was declared then, as voting keeps it."""
    draft = msgspec.json.encode(PollDraft(title="Thông qua", presiding="chair", practice=practice)).decode()
    line = msgspec.json.encode(PollDeclared(at=at, poll=poll, jws="x")).decode()
    return (
        "insert into voting.poll (id, ledger, draft, state)"
        f" select '{poll}', no, convert_to('{draft}', 'UTF8'), 'declared' from voting.ledger;"
        "insert into voting.entry (ledger, index, poll, request, line)"
        f" select ledger, no, no, '', convert_to('{line}', 'UTF8') from voting.poll where id = '{poll}';"
    )


async def test_a_valkey_that_takes_nothing(house: House) -> None:
    """It answers, and refuses every write: as one that cannot save itself, or lacks its replicas."""
    async with Redis.from_url(house.redis_url) as client:
        await client.config_set("min-replicas-to-write", 1)
        try:
            found = await _look(house, valkey_checks.valkey)
        finally:
            await client.config_set("min-replicas-to-write", 0)
        assert _level(found, "valkey") is Level.GOOD
        assert _level(found, "valkey.writes") is Level.BAD
        assert await client.dbsize() == 0
    assert all(each.check != "valkey.writes" for each in await _look(house, valkey_checks.valkey))


@pytest.mark.parametrize("less", ["-@scripting", "-@stream", "-xautoclaim", "resetkeys %R~* ~{7}*"])
async def test_a_valkey_that_grants_less_than_all(house: House, less: str) -> None:
    """It answers, and takes what is written; what streams want is refused, and screens would stand still."""
    async with Redis.from_url(house.redis_url) as client:
        do: Any = client.execute_command
        await do("ACL", "SETUSER", "default", *less.split())
        try:
            found = await _look(house, valkey_checks.valkey)
        finally:
            await do("ACL", "SETUSER", "default", "+@all", "~*")
    assert _level(found, "valkey.writes") is Level.BAD
    assert all(each.check != "valkey.writes" for each in await _look(house, valkey_checks.valkey))


async def test_a_valkey_that_drops(house: House) -> None:
    """A store that makes room by dropping streams, or that only copies another, is wrong."""
    facts = {"redis_version": "9", "role": "slave", "maxmemory": 100, "used_memory": 90}
    found = valkey_checks.judged(facts | {"maxmemory_policy": "allkeys-lru"})
    assert _level(found, "valkey.role") is Level.BAD
    assert _level(found, "valkey.policy") is Level.BAD
    assert _level(found, "valkey.memory") is Level.WARN
    crowd = {"maxclients": 100, "connected_clients": 81}
    assert _level(valkey_checks.judged(facts | crowd), "valkey.connections") is Level.WARN
    assert not [each for each in valkey_checks.judged(facts) if each.check == "valkey.connections"]


async def test_names_ports_and_authorities_that_are_not_there(house: House) -> None:
    """A name that leads nowhere, a port in other hands, a service that is gone, a silent authority for time."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        settings = replace(house.settings, port=port)
        found = await _look(replace(house, settings=settings), network_checks.port)
        assert _level(found, "network.port") is Level.BAD
    gone = replace(house, url=f"http://127.0.0.1:{port}")
    assert _level(await _look(gone, network_checks.port), "network.port") is Level.BAD
    settings = replace(
        house.settings, public_url="https://plenary.invalid", tsa_url=f"http://127.0.0.1:{port}/"
    )
    found = await _look(replace(house, settings=settings), network_checks.address, network_checks.time_stamps)
    assert _level(found, "network.name") is Level.BAD
    assert _level(found, "network.tsa") is Level.WARN


async def test_backups_that_are_missing(house: House, data_directory: Path) -> None:
    """Nobody said where; no directory of backups."""
    assert _level(await _look(house, backup_checks.last_backup), "backup") is Level.WARN
    found = await _look(replace(house, backups=str(data_directory / "no")), backup_checks.last_backup)
    assert _level(found, "backup") is Level.BAD


async def test_a_disk_of_backups_that_never_answers(
    house: House, data_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a server of files that is gone: it is said, and nothing else waits for it."""
    answers = threading.Event()
    monkeypatch.setattr(backup_checks, "backups", lambda _: answers.wait(60))
    try:
        there = replace(house, backups=str(data_directory))
        found = await _look(there, backup_checks.last_backup, machine_checks.memory, patience=0.5)
    finally:
        answers.set()
    assert _level(found, "unanswered.backup_checks.last_backup") is Level.BAD
    assert "memory" in {each.check for each in found}


async def test_backups_of_another_house(house: House, data_directory: Path) -> None:
    """However new they are, they are not ours: only what is of this very database counts."""
    backups = data_directory / "backups"
    connection = await asyncpg.connect(house.database_url)
    own = str(await connection.fetchval("select system_identifier from pg_control_system()"))
    await connection.close()
    there = replace(house, backups=str(backups))
    for system, level in (("1", Level.BAD), (own, Level.GOOD)):
        with catalogue.opened(backups), catalogue.part(backups, clock.now()) as part:
            manifest = catalogue.Manifest(
                format=catalogue.FORMAT, kind="base", began_at=1, ended_at=clock.now(), origin="thu.example",
                sealed="clear", files={}, system=system, timeline=1, start="0/1000000", end="0/2000000",
            )  # fmt: skip
            catalogue.keep(part, manifest)
        assert _level(await _look(there, backup_checks.last_backup), "backup") is level
    # Whose they are nobody can tell while the database is away; that it is, another line says.
    away = replace(there, database_url="postgresql://nobody@127.0.0.1:1/plenary")
    assert _level(await _look(away, backup_checks.last_backup), "backup") is Level.GOOD


@pytest.mark.parametrize("at", [10**13, 10**18, -1], ids=["2286", "never", "before"])
def test_a_drill_of_a_time_to_come_is_not_believed(house: House, at: int) -> None:
    """Somebody's clock was wrong, or somebody lies: it would be new for ever."""
    assert backup_checks._proven(house, at).level is Level.WARN


def test_the_worst_is_the_exit_code() -> None:
    """0, 1, 2: by the worst line; the text and the JSON agree."""
    for level in Level:
        findings = [Finding("a", Level.GOOD, ("tốt", "good")), Finding("b", level, ("x", "y"), ("làm", "do"))]
        text, code = doctor.report(findings, as_json=False)
        raw, same = doctor.report(findings, as_json=True)
        assert code == same == int(level) == json.loads(raw)["exit"]
        assert ("→ làm" in text) is True
