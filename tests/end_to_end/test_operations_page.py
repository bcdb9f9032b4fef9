"""docs/operations.md as the part-time IT person reads it: every command on it is typed, from the key of the backups to
the drill, on this machine, with its directories put elsewhere."""

import configparser
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from services.kit.settings import describe
from tests.support.backed_up import hold_vote
from tests.support.desk import Desk
from tests.support.stores import reachable_directory
from tests.support.waiting import eventually

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs" / "operations.md").read_text()
# What changes the machine itself: looked at by `test_what_is_installed`, not typed.
_OF_THE_MACHINE = ("apt-get ", "cd /srv/plenary && make setup", "cp /srv/plenary/", "systemctl ")


def _blocks(kind: str) -> list[list[str]]:
    """The blocks of this kind, each its lines, in the order of the page."""
    return [block.splitlines() for block in re.findall(rf"^```{kind}\n(.*?)^```$", _PAGE, re.M | re.S)]


@dataclass
class Shell:
    """A terminal of the IT person: what was exported stays; paths of the page are ours."""

    place: Path
    data: Path
    recipient: str = ""
    exported: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def words(self, line: str) -> str:
        """The line as it is typed here."""
        for there, here in (
            ("/srv/plenary/data", str(self.data)),
            ("/srv/plenary", str(_ROOT)),
            ("/mnt/backup", str(self.place / "backup")),
            ("/var/tmp/dien-tap", str(self.place / "drill")),  # noqa: S108 - what the page says
            ("age1...", self.recipient),
            (" --host 0.0.0.0", ""),
        ):
            line = line.replace(there, here)
        return line

    def environment(self) -> dict[str, str]:
        """What a command sees."""
        ours = {"PLENARY_SAMPLE": "false", "PLENARY_WORKERS": "1", "PLENARY_PORT": "0"}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return os.environ | ours | self.exported | {"PATH": path, "PLENARY_PORT": "0"}

    def type(self, line: str) -> int:
        """Type a line, wait for its end; the exit code."""
        if line.startswith("export "):
            assignments = dict(each.split("=", 1) for each in shlex.split(self.words(line))[1:])
            self.exported |= {name: os.path.expandvars(value) for name, value in assignments.items()}
            return 0
        done = subprocess.run(
            ["bash", "-c", self.words(line)],
            cwd=self.place,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        self.said = done.stdout + done.stderr
        return done.returncode

    @contextmanager
    def running(self, line: str) -> Iterator[Desk]:
        """Type `plenary run`, and Ctrl-C in the end."""
        with subprocess.Popen(
            shlex.split(self.words(line)),
            cwd=self.place,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            desk = Desk(Path(self.exported["PLENARY_DATA"]), process)
            try:
                desk.wait_until_ready()
                yield desk
            finally:
                assert desk.stop(signal.SIGINT) == 0

    def go_through(self, lines: list[str]) -> None:
        """Type them all. A doctor in a test sees things to look at (1), never what forbids a sitting (2)."""
        for line in lines:
            if line.startswith("plenary run"):
                with self.running(line) as desk:
                    assert desk.is_ready()
                continue
            code = self.type(line)
            wrong = [said for said in self.said.splitlines() if said.startswith(("✗", "!"))]
            # Here backups lie on the disk of the data, which is said; nothing else may be.
            is_looked_at = line.startswith("plenary doctor") or all("SAME DISK" in said for said in wrong)
            assert code == 0 or (code == 1 and is_looked_at), (line, wrong or self.said)


@pytest.fixture
def shell() -> Iterator[Shell]:
    """A terminal in an empty place."""
    with reachable_directory() as place:
        yield Shell(place, place / "data")


# Samples with a label of what went wrong, or of a floor that nobody used, come with the first of their kind.
_ONLY_IN_TROUBLE = {
    "plenary_clock_alarms_total",
    "plenary_consume_failures_total",
    "plenary_floor_acts_total",
    "plenary_publish_failures_total",
    "plenary_webhooks_total",
}


def _asked_for() -> set[str]:
    """Every metric of ours in an expression of the alarms and of the board."""
    where = _ROOT / "docs" / "operations"
    text = (where / "plenary.rules.yml").read_text() + (where / "plenary.dashboard.json").read_text()
    return set(re.findall(r"\bplenary_\w+", text))


def _told(desk: Desk) -> set[str]:
    """The names of what `/metrics` says now."""
    with urllib.request.urlopen(f"{desk.facts()['url']}/metrics", timeout=10) as answer:  # noqa: S310
        return set(re.findall(r"^(plenary_\w+)", answer.read().decode(), re.M))


def _now() -> str:
    """A moment as the page writes them, to the second."""
    return f"{datetime.now().astimezone():%d/%m/%Y %H:%M:%S}"


def _followed(desk: Desk) -> bool:
    with psycopg.connect(desk.facts()["database_url"], autocommit=True) as connection:
        row = connection.execute(
            "select exists (select from pg_stat_replication r join pg_replication_slots s on s.active_pid = r.pid"
            " where s.slot_name = 'plenary_backup' and r.flush_lsn >= pg_current_wal_lsn())"
        ).fetchone()
    return row == (True,)


def test_every_command_of_the_page(shell: Shell) -> None:
    """From the key to the drill, in the order of the page; what was voted before the fire is there after it."""
    if subprocess.run(["which", "age-keygen"], capture_output=True, check=False).returncode:
        pytest.skip("age (Debian: age) is not installed")
    install, key, start, look, service, rehearsal, elsewhere, restores, drill = _blocks("sh")
    assert all(line.startswith((*_OF_THE_MACHINE, "export PATH=")) for line in install + service)
    # 2.2, 2.3: the key; the house; the first backup; the doctor.
    shell.go_through(key)
    shell.recipient = re.findall(r"age1\w+", (shell.place / "plenary-backup.txt").read_text())[0]
    assert (shell.place / "plenary-backup.txt").stat().st_mode & 0o077 == 0
    for line in start[:-1]:
        shell.type(line)
    with shell.running(start[-1]) as desk:
        shell.go_through(look[:-1])
        # The log is followed from the first backup on, as soon as the desk has seen it.
        eventually(lambda: _followed(desk), what="followed from the first backup on")
        shell.go_through(look[-1:])
        first = hold_vote(desk, shell.place / "first")
        # A whole second that lies between the two.
        ended = _now()
        eventually(lambda: _now() != ended, what="the next second")
        moment = _now()
        second = hold_vote(desk, shell.place / "second")
        # 5: what rules and board ask for is what a server tells that has held a vote.
        assert _asked_for() - _told(desk) == _ONLY_IN_TROUBLE
        # 3: what the check-lists say between the lines.
        inline = [each for each in re.findall(r"`(plenary [^`]+)`", _PAGE) if "/mnt/backup" in each]
        assert len(inline) >= 2
        shell.go_through(inline)
        # 4: a real recorded vote again.
        shell.go_through([line.replace("tests/data", f"{_ROOT}/tests/data") for line in rehearsal])
        eventually(lambda: _followed(desk), what="followed to the end")
    # 6.3: the machine burns; the spare one has the disk and the key.
    shell.data = shell.place / "spare"
    shell.go_through(elsewhere)
    # 7.2: at its end (there is a house: put aside), at a moment, by name.
    for number, line in enumerate(restores):
        target = shell.place / f"restored-{number}"
        shell.exported["PLENARY_DATA"] = str(shell.data if "--replace" in line else target)
        names = sorted(each.name for each in (shell.place / "backup").glob("2*Z"))
        typed = line.replace("22/11/2026 15:30", moment).replace("20261122T190000Z", names[0])
        assert shell.type(typed) == 0, (typed, shell.said)
        if line.startswith("plenary"):
            assert first.certificate in shell.said
            assert (second.certificate in shell.said) is ("--until" not in line)
    assert list(shell.place.glob("spare.before-*"))
    # 7.3: the drill.
    shell.go_through(drill)
    assert not (shell.place / "drill").exists()


def test_the_crontab_is_one() -> None:
    """Lines of settings, then five fields of time and a command of ours; nothing waits for a terminal."""
    (lines,) = _blocks("crontab")
    settings = [line for line in lines if re.fullmatch(r"[A-Z_]+=\S+", line)]
    known = set(re.findall(r"`(PLENARY_\w+)`", describe())) | {"PATH"}
    assert {line.partition("=")[0] for line in settings} <= known
    for line in lines[len(settings) :]:
        assert re.fullmatch(r"([0-9*]+ ){5}plenary (doctor|backup) .+", line), line
        assert line.split()[6] == "doctor" or "--passphrase-file" in line or "--recipient" in line


def test_what_is_installed() -> None:
    """The service of systemd starts what the page installs, with settings that there are, and limits that suffice."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    text = (_ROOT / "docs" / "operations" / "plenary.service").read_text()
    unit.read_string(
        re.sub(r"^Environment=", "Environment ", text, flags=re.M).replace("Environment PLENARY_", "PLENARY_")
    )
    service = dict(unit["Service"])
    assert service["ExecStart"] == "/srv/plenary/.venv/bin/plenary run"
    assert int(service["LimitNOFILE"]) >= 8_192
    assert service["Restart"] == "always"
    # systemd's own wishes: to end all where one process was ended for want of memory; to give up after five starts.
    assert service["OOMPolicy"] == "continue"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    # A disk that comes late would find an empty house begun under its place.
    assert unit["Unit"]["RequiresMountsFor"] == service["PLENARY_DATA"]
    known = set(re.findall(r"`(PLENARY_\w+)`", describe()))
    assert {name for name in service if name.startswith("PLENARY_")} <= known
