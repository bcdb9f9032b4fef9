"""What a machine may be like: a shell that gives everything away, no memory to share, a clock without its battery."""

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from services.__main__ import main
from services.desk import doctor, keys, last_words, leftover, listening, workers
from services.desk.checks.finding import Finding, Level
from services.kit import clock
from services.kit.settings import Settings
from services.signing import authority

_YEAR_MS = 365 * 86_400_000
_Usage = namedtuple("_Usage", ["total", "used", "free"])


@pytest.fixture
def own_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("own_umask")
@pytest.mark.parametrize(
    ("given", "taken"), [(0, 0o022), (0o777, 0o077), (0o027, 0o027), (0o022, 0o022), (0o002, 0o022)]
)
def test_an_odd_umask(given: int, taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody else writes to what we make, and we ourselves can use it; a stricter one that works is left alone."""
    os.umask(given)
    assert main(["settings"]) == 0
    assert os.umask(given) == taken
    assert capsys.readouterr().out


@pytest.mark.parametrize(("free", "in_memory"), [(0, False), (4096, False), (10**9, True)])
def test_counts_go_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, in_memory: bool
) -> None:
    """Workers count in mapped files: where memory has no room for a page, the worker is gone (SIGBUS), each time."""
    memory = tmp_path / "shm"
    memory.mkdir(mode=0o700)
    monkeypatch.setattr(workers, "_MEMORY", memory)
    monkeypatch.setattr(Path, "is_mount", lambda path: path == memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(10**9, 10**9 - free, free))
    assert (workers._metrics(tmp_path / "metrics").parent == memory) is in_memory


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("ICT-7", "UTC"),
        (":garbage/zone", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh"),
        (":Asia/Ho_Chi_Minh", ":Asia/Ho_Chi_Minh"),
        ("/etc/localtime", "/etc/localtime"),
        ("", ""),
    ],
)
def test_a_zone_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, taken: str
) -> None:
    """Workers are given one that what seals a page understands: else there is no certificate, and all else goes on."""
    monkeypatch.setenv("TZ", given)
    assert workers._environment(Settings(data=tmp_path), tmp_path)["TZ"] == taken


def test_words_in_any_locale(tmp_path: Path) -> None:
    """A terminal of another alphabet does not keep Vietnamese out of a file of ours."""
    script = "import pathlib, services.desk.place as p; p.write_whole(pathlib.Path('x'), chr(7923), 0o600)"
    odd = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", script], env=odd, cwd=tmp_path, check=True)
    assert (tmp_path / "x").read_text(encoding="utf-8") == chr(7923)


async def test_a_port_without_the_right_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not root, and port 443 wished: it says which right is missing."""

    def bound(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(listening, "bound", bound)
    monkeypatch.setattr(workers, "_PORT_PATIENCE", 0.0)
    with pytest.raises(workers.WorkersRefused, match=r"port 443: Permission denied .*CAP_NET_BIND_SERVICE"):
        async with workers.port_held("0.0.0.0", 443):  # noqa: S104 - never bound
            pass


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            "creating files ... FATAL: could not resize: No space left\nchild ended\ninitdb: removing contents",
            "creating files ... FATAL: could not resize: No space left",
        ),
        (
            "initdb: error: no such locale\ninitdb: hint: none\ninitdb: removing",
            "initdb: error: no such locale",
        ),
        ("killed\n", "killed"),
        ("", ""),
    ],
)
def test_why_the_database_was_not_made(words: str, reason: str) -> None:
    """Its own last line only says that it has cleaned up behind itself."""
    assert last_words.reason(words) == reason


@pytest.mark.parametrize("now", [0, 1_000, 946_684_800_000], ids=["1970", "a second later", "2000"])
def test_a_first_start_without_a_clock(tmp_path: Path, now: int) -> None:
    """Keys and certificates are not made on a day before this program was there; those that are there go on."""
    with pytest.raises(keys.ClockRefused, match="timedatectl"):
        keys.must_know_the_time(tmp_path, now)
    keys.must_know_the_time(tmp_path, clock.now())
    keys.ensure(Settings(data=tmp_path))
    keys.must_know_the_time(tmp_path, now)


@pytest.mark.parametrize("ahead", [30 * _YEAR_MS, -11 * _YEAR_MS], ids=["decades ahead", "a decade behind"])
def test_made_while_the_clock_was_wrong(tmp_path: Path, ahead: int) -> None:
    """Once it is right the certificates do not hold: it says what the clock says, and what to do in either case."""
    authority.ensure(tmp_path, "http://127.0.0.1", clock.now() + ahead)
    with pytest.raises(authority.AuthorityRefused) as refused:
        authority.ensure(tmp_path, "http://127.0.0.1", clock.now())
    said = str(refused.value)
    assert "Our clock says 20" in said
    assert "timedatectl" in said
    assert "trust.pem" in said
    for name in ("root", "delegates", "seal"):
        for path in tmp_path.glob(f"{name}.*"):
            path.unlink()
    (tmp_path / "trust.pem").unlink()
    authority.ensure(tmp_path, "http://127.0.0.1", clock.now())


@pytest.mark.parametrize(
    "junk",
    [
        *(
            "[]",
            "",
            "\0",
            "{" * 3000,
            '{"pid":99999999999999999999,"url":"","database_url":"","redis_url":""}',
        ),
        '{"pid":-1,"url":"http://x","database_url":"","redis_url":""}',
        '{"pid":0,"url":"http://x","database_url":"","redis_url":""}',
        '{"pid":1,"url":[],"database_url":3,"redis_url":null}',
        '{"pid":1,"url":"http://x","database_url":"a","redis_url":"b","workers":7}',
    ],
)
def test_a_run_json_that_is_none(tmp_path: Path, junk: str) -> None:
    """Half of a file, or somebody's own: then nothing is known to run, and all else is looked at."""
    (tmp_path / "run.json").write_text(junk)
    house = doctor.found(Settings(data=tmp_path))
    assert (house.url, house.database_url, house.workers) == ("", "", ())
    assert not house.is_hidden


def test_a_run_json_of_a_life_before(tmp_path: Path) -> None:
    """The power went, and its number is another process's now: that house does not run, nobody looks for its stores."""

    def told(birth: str) -> str:
        said = {"pid": other.pid, "birth": birth, "url": "http://x", "database_url": "a", "redis_url": "b"}
        (tmp_path / "run.json").write_bytes(msgspec.json.encode(said))
        return doctor.found(Settings(data=tmp_path)).url

    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            own = leftover.birth(other.pid)
            assert own
            assert own not in (leftover.birth(os.getpid()), leftover.birth(2**22 + 1))
            assert told(own) == "http://x"
            assert told(leftover.birth(os.getpid())) == ""
            assert told(own.replace("/", "0/")) == "", (
                "the same number and tick, in another life of the machine"
            )
        finally:
            other.kill()


async def test_somebody_elses_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may not look is told to look as another user; not that nothing runs, nor that a disk hangs."""
    said = {"pid": os.getpid(), "url": "http://x", "database_url": "a", "redis_url": "b"}
    (tmp_path / "run.json").write_bytes(msgspec.json.encode(said))

    def forbid(_: int, __: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    async def closed(_: object) -> list[Finding]:
        raise PermissionError(13, "Permission denied")

    assert doctor.found(Settings(data=tmp_path)).url == "http://x"
    monkeypatch.setattr(os, "kill", forbid)
    house = doctor.found(Settings(data=tmp_path))
    assert house.is_hidden
    findings = await doctor.examined(house, (closed,))
    assert [each.level for each in findings] == [Level.BAD, Level.BAD]
    assert all("as the user that runs" in each.todo[1] for each in findings)
