"""A house that votes and is backed up: small votes held on a running desk, and the `plenary` command on it."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from services.desk import rollcall
from services.desk.operator_token import mint
from services.desk.replay import Server, prepare, replay
from tests.support.desk import Desk, command, environment

WORDS = "mật khẩu dùng để thử"
_VOTERS = 7


@dataclass(frozen=True)
class Vote:
    """A vote that was held: its certificate's id, and certificate.json as it was given out."""

    certificate: str
    file: bytes


def hold_vote(desk: Desk, out: Path, voters: int = _VOTERS) -> Vote:
    """A whole vote on this desk, its files written to `out`; everybody approves but one."""
    names = [f"{number:03d}" for number in range(voters)]
    record: dict[str, Any] = {
        "title": f"Biểu quyết của {voters} đại biểu",
        "body": "Quốc hội",
        "date": "2026-11-22",
        "rule": {"base": "roll", "threshold": {"numerator": 1, "denominator": 2, "strict": True}},
        "options": ["approve", "reject", "abstain"],
        "roll": [{"id": name, "name": f"Đại biểu {name}"} for name in names],
        "ballots": {name: "reject" if name == names[0] else "approve" for name in names},
    }
    prepare(out)
    server = Server(desk.facts()["url"], mint(desk.data))
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        summary = runner.run(replay(rollcall.parse(msgspec.json.encode(record)), out, server))
    return Vote(str(summary["certificate"]), (out / "certificate.json").read_bytes())


def plenary(data: Path, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A `plenary` command on this data directory, run to its end."""
    return subprocess.run(
        command(*map(str, arguments)),
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def backed_up(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether `plenary backup` went well: in tests it lies on the disk of the data, which it says, and nothing else."""
    remarks = [line for line in done.stdout.splitlines() if line.startswith("!")]
    is_as_ever = all("SAME DISK" in line for line in remarks)
    return done.returncode == bool(remarks) and is_as_ever and done.stdout.startswith("✓")


def certificates(database_url: str) -> Mapping[str, bytes]:
    """Every certificate.json that a database holds, by the certificate's id."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select p.id, f.content from signing.paper p join signing.paper_file f on f.paper = p.id"
            " where p.kind = 'certificate' and f.kind = 'json'"
        )
        return {row[0]: bytes(row[1]) for row in rows}


def flip(path: Path, place: int) -> None:
    """Change one bit of a file, `place` bytes from its beginning."""
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))
        file.flush()
        os.fsync(file.fileno())
