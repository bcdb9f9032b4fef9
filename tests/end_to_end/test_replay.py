"""A recorded vote, held again on real servers: from keys to files that a stranger can prove."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.waiting import eventually

RECORDS = Path(__file__).parents[1] / "data" / "rollcalls"
VOTE = RECORDS / "national-assembly-2025-12-10.json"
FILES = {"certificate.pdf", "certificate.json", "ledger.jsonl", "receipts.jsonl", "trust.pem"}
PLENARY = [sys.executable, "-m", "services"]


def plenary(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run([*PLENARY, *arguments], capture_output=True, text=True, timeout=300, check=False)


@contextmanager
def replaying(record: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """A replay that runs; killed with the block if it has not ended."""
    arguments = [*PLENARY, "replay", str(record), "--out", str(out), "--keep"]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def facts_of(out: Path) -> dict[str, Any]:
    """What the replay's own server says of itself; empty before it is ready."""
    file = out.with_name(out.name + ".data") / "run.json"
    return json.loads(file.read_bytes()) if file.exists() else {}


def processes_of(out: Path) -> list[psutil.Process]:
    """Processes that name the replay's directory, or live in it."""
    found = []
    for each in psutil.process_iter():
        try:
            if str(out) in " ".join([*each.cmdline(), each.cwd()]):
                found.append(each)
        except psutil.Error:
            continue
    return found


def test_recorded_vote(tmp_path: Path) -> None:
    """The vote of 10 December 2025 counts again what was published, and everything it leaves is proven."""
    done = plenary("replay", VOTE, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    summary = json.loads(done.stdout.splitlines()[-1])
    told = [summary[name] for name in ("roll", "participating", "approve", "reject", "abstain", "carried")]
    assert told == [473, 448, 437, 3, 8, True]
    assert summary["receipts"] == 448
    assert summary["ballots_per_second"] > 0
    assert summary["close_to_certificate_ms"] > 0
    assert {each.name for each in (tmp_path / "out").iterdir()} == FILES
    audited = plenary("audit", tmp_path / "out", "--trust", tmp_path / "out" / "trust.pem", "--json")
    assert audited.returncode == 0, audited.stdout


def test_malformed_record_creates_nothing(tmp_path: Path) -> None:
    """A ballot of somebody who is not on the roll is refused with its place, and nothing is made."""
    record = json.loads(VOTE.read_text())
    record["ballots"]["999"] = "approve"
    (tmp_path / "vote.json").write_text(json.dumps(record))
    done = plenary("replay", tmp_path / "vote.json", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert '$.ballots["999"]: this person is not on the roll' in done.stderr
    assert not (tmp_path / "out").exists()


def test_foreign_directory_is_left_alone(tmp_path: Path) -> None:
    """A directory that holds anything else is refused and stays as it is."""
    (tmp_path / "thesis.txt").write_text("mine")
    done = plenary("replay", VOTE, "--out", tmp_path)
    assert done.returncode == 2
    assert "thesis.txt" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_replay_leaves_no_process(tmp_path: Path, how: signal.Signals) -> None:
    """Whoever stops a replay half way is left with no server."""
    out = tmp_path / "out"
    with replaying(VOTE, out) as process:
        eventually(lambda: bool(facts_of(out)) or process.poll() is not None, 60, "its server")
        os.kill(process.pid, how)
        assert process.wait(60) in (130, 128 + signal.SIGTERM)
    eventually(lambda: not processes_of(out), 30, "the end of all its processes")


def test_votes_through_the_loss_of_everything(tmp_path: Path) -> None:
    """A worker, Valkey and PostgreSQL are killed while it runs; the vote counts the same, and all is proven."""
    out = tmp_path / "out"
    with replaying(VOTE, out) as process:
        eventually(lambda: bool(facts_of(out)) or process.poll() is not None, 60, "its server")
        for name in ("valkey", "postgres", "workers"):
            eventually(lambda name=name: bool(facts_of(out).get(name)), 60, name)  # type: ignore[misc]
            pid = facts_of(out)[name]
            before = psutil.Process(pid[0] if isinstance(pid, list) else pid)
            before.kill()
            before.wait(10)
            eventually(lambda pid=pid, name=name: facts_of(out).get(name) != pid, 60, "restart")  # type: ignore[misc]
        output, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert json.loads(output.splitlines()[-1])["approve"] == 437
