"""`plenary doctor`: looks at everything a sitting rests on, and says what to do about each. It changes nothing.

Runs with the service up or down, and ends in bounded time whatever is dead. Exit codes: 0 all good; 1 something to look
at; 2 do not begin a sitting like this.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import msgspec

from services.desk import leftover
from services.desk.checks import (
    backup_checks,
    clocks,
    key_checks,
    machine_checks,
    network_checks,
    store_checks,
    valkey_checks,
)
from services.desk.checks.finding import Both, Finding, House, Level, bad, warn
from services.kit import clock
from services.kit.logs import set_up
from services.kit.settings import Settings, load

_Pid = Annotated[int, msgspec.Meta(ge=1)]


class _Said(msgspec.Struct):
    """What run.json says, as far as we look at it; whatever else stands in that file is no house that runs."""

    pid: _Pid
    url: str
    database_url: str
    redis_url: str
    host: str = ""
    birth: str = ""
    began_at: int = 0
    workers: tuple[_Pid | None, ...] = ()


Check = Callable[[House], Awaitable[list[Finding]]]

# All begin at once, and none is waited for any longer.
PATIENCE = 15.0
_HANGS = ("máy chủ hoặc đĩa tương ứng có lẽ đang treo", "its server or disk probably hangs")
_AS_WHO_RUNS_IT = (
    "chạy lại lệnh này bằng người dùng chạy plenary run (sudo plenary doctor)",
    "run this again as the user that runs plenary run (sudo plenary doctor)",
)
CHECKS: tuple[Check, ...] = (
    clocks.own,
    clocks.stepped,
    clocks.database,
    clocks.valkey,
    clocks.time_server,
    machine_checks.disks,
    machine_checks.memory,
    machine_checks.open_files,
    machine_checks.workers,
    key_checks.files,
    key_checks.certificates,
    key_checks.https,
    key_checks.anchors,
    store_checks.postgres,
    valkey_checks.valkey,
    network_checks.port,
    network_checks.address,
    network_checks.time_stamps,
    backup_checks.last_backup,
    backup_checks.last_try,
    backup_checks.on_another_disk,
)


def found(settings: Settings, backups: str = "", ntp: str = "") -> House:
    """The house as it runs now, by its run.json; or as its settings say, if it does not run."""
    house = House(
        settings,
        clock.now,
        settings.database_url,
        settings.redis_url,
        "",
        backups or settings.backup_directory,
        ntp,
    )
    try:
        said = msgspec.json.decode((settings.data / "run.json").read_bytes(), type=_Said)
        if said.birth and leftover.birth(said.pid) not in ("", said.birth):
            # It was killed, or the power went: this number is somebody else's now.
            return house
        os.kill(said.pid, 0)
    except PermissionError:
        return replace(house, is_hidden=True)
    except (OSError, ValueError, OverflowError):
        return house
    return replace(
        house,
        settings=replace(settings, host=said.host or settings.host),
        database_url=said.database_url,
        redis_url=said.redis_url,
        url=said.url,
        began_at=said.began_at,
        workers=tuple(pid for pid in said.workers if pid),
    )


async def examined(
    house: House, checks: tuple[Check, ...] = CHECKS, patience: float = PATIENCE
) -> list[Finding]:
    """What all checks found, in their order; one that gives no answer in time is a finding, too."""
    tasks = [asyncio.ensure_future(check(house)) for check in checks]
    await asyncio.wait(tasks, timeout=patience)
    findings = [_hidden()] if house.is_hidden else [] if house.database_url else [_not_running()]
    for check, task in zip(checks, tasks, strict=True):
        name = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
        if not task.done():
            task.cancel()
            findings.append(_failed(name, f"{patience:.0f} s"))
        elif (error := task.exception()) is not None:
            todo = _AS_WHO_RUNS_IT if isinstance(error, PermissionError) else _HANGS
            why = f"{type(error).__name__}: {_without_secrets(house, str(error))}"
            findings.append(_failed(name, why, todo))
        else:
            findings += task.result()
    return findings


def _without_secrets(house: House, said: str) -> str:
    """What an error says, in one line; some say the address that they were given, with its password."""
    for url in filter(None, (house.database_url, house.redis_url)):
        said = said.replace(url, "…")
        for secret in filter(None, (urlsplit(url).password, unquote(urlsplit(url).password or ""))):
            said = said.replace(secret, "…")
    return " ".join(said.split())[:200]


def _not_running() -> Finding:
    told = (
        "Plenary không chạy: chưa xem được các kho",
        "Plenary does not run: its stores cannot be looked at",
    )
    return warn(
        "running", told, ("chạy plenary run rồi chạy lại lệnh này", "start plenary run, then run this again")
    )


def _hidden() -> Finding:
    told = (
        "không biết Plenary có chạy không: run.json là của người dùng khác",
        "nobody here can tell whether Plenary runs: run.json is another user's",
    )
    return bad("running", told, _AS_WHO_RUNS_IT)


def _failed(name: str, why: str, todo: Both = _HANGS) -> Finding:
    told = (f"không kiểm tra được {name} ({why})", f"could not look at {name} ({why})")
    return bad(f"unanswered.{name}", told, todo)


def report(findings: list[Finding], *, as_json: bool) -> tuple[str, int]:
    """The text to print, and the exit code."""
    worst = max((each.level for each in findings), default=Level.GOOD)
    if as_json:
        said = {"exit": int(worst), "findings": [each.flat() for each in findings]}
        return msgspec.json.encode(said).decode() + "\n", int(worst)
    lines = [line for each in findings for line in each.lines()]
    end = {
        Level.GOOD: "TỐT: có thể bắt đầu phiên họp / GOOD: a sitting may begin",
        Level.WARN: "XEM LẠI các dòng có dấu ! / LOOK at the lines with !",
        Level.BAD: "CHƯA ĐƯỢC: làm theo các dòng có dấu ✗ trước / NOT YET: first do what the lines with ✗ say",
    }[worst]
    return "\n".join([*lines, end]) + "\n", int(worst)


def main(arguments: list[str]) -> int:
    """Look at everything that a sitting rests on; changes nothing."""
    parser = argparse.ArgumentParser(prog="plenary doctor", description=main.__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object / một đối tượng JSON")
    parser.add_argument("--backups", default="", metavar="DIR", help="thư mục sao lưu / directory of backups")
    parser.add_argument(
        "--ntp", default="", metavar="HOST[:PORT]", help="máy chủ giờ để so / a time server to compare with"
    )
    given = parser.parse_args(arguments)
    settings = load(os.environ)
    # What is found is said below, once, and nothing else on stdout.
    set_up("critical", settings.log_format, "doctor")
    house = found(replace(settings, data=Path(settings.data).absolute()), given.backups, given.ntp)
    text, code = asyncio.run(_reported(house, as_json=given.json))
    sys.stdout.write(text)
    return code


async def _reported(house: House, *, as_json: bool) -> tuple[str, int]:
    text, code = report(await examined(house), as_json=as_json)
    if len(asyncio.all_tasks()) > 1:
        # Something hangs where nobody can end it (a disk, a library): nothing waits for that.
        sys.stdout.write(text)
        sys.stdout.flush()
        os._exit(code)
    return text, code
