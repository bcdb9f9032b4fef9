"""`python -m loadtests.load [SHAPE…]` (`make load`): whole sittings under load, each with a report and a verdict.

The verdict counts what matters: every ballot that a device was told is in the ledger stands there once and counts, and
nothing stands there that nobody sent. 0: all of it is so, and nothing failed; else 1. Everything stays on loopback and
ends by itself.
"""

import argparse
import asyncio
import csv
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from loadtests import journal, stage, verdict
from loadtests.programme import SHAPES, Programme
from services.desk import own_server
from services.desk.child import Child
from services.desk.client import opened
from services.desk.operator_token import mint

RESULTS = Path(__file__).parent / "results" / "load"
WORKERS = 2
# Nobody waits longer for a sitting than this beyond the time of its programme.
_SPARE_SECONDS = 240.0
# Nor for all of them together; what is not over by then is ended, and has not passed.
ALL_SECONDS = 24 * 60.0


async def play(programme: Programme, out: Path) -> dict[str, object]:
    """Hold the sitting on a server of its own: figures and verdict, also written into `out`."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    async with (
        own_server.running({"workers": str(WORKERS)}) as (url, data),
        opened(url) as client,
    ):
        # 1. The halls, with everybody's key.
        began = time.perf_counter()
        made = await stage.build(client, mint(data), programme)
        gathered = time.perf_counter() - began
        # 2. The people: Locust, in a process of its own. What it needs to know lies beside the server's own secrets.
        stage.write(made, data / "stage.json")
        code = await _locust(url, data / "stage.json", out, programme)
        # 3. What they were told, against what is kept.
        told = journal.read(out / "journal.jsonl")
        found = await verdict.judge(client, made, told)
    # 4. Nothing may have failed on the way, though all came right in the end.
    measured = _figures(out)
    if measured["failures"]:
        found.say(f"{measured['failures']} requests failed: report.html says which")
    figures = {
        "shape": programme.name,
        "halls": programme.halls,
        "delegates": programme.halls * programme.delegates,
        "gather_seconds": round(gathered, 1),
        **measured,
        **msgspec.to_builtins(found),
        "locust_exit": code,
    }
    figures["passed"] = not (found.wrong or code)
    (out / "verdict.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    return figures


async def _within(programme: Programme, out: Path, seconds: float) -> dict[str, object]:
    """The same, ended when its time is over: then it has not passed, and the figures say why."""
    try:
        async with asyncio.timeout(seconds):
            return await play(programme, out)
    except TimeoutError:
        wrong = [f"it was not over in the time that was left ({seconds:.0f} s): the machine is too busy"]
        return {"shape": programme.name, "wrong": wrong, "passed": False}


async def _locust(url: str, stage_file: Path, out: Path, programme: Programme) -> int:
    """Locust's exit code; it ends when all chairs are done, or is ended."""
    command = [
        *(sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("people.py"))),
        *("--headless", "--host", url, "--only-summary", "--exit-code-on-error", "0", "--stop-timeout", "10"),
        *("--html", str(out / "report.html"), "--csv", str(out / "figures"), "--csv-full-history"),
    ]
    here = str(Path(__file__).resolve().parents[1])
    told = {
        "PLENARY_STAGE": str(stage_file),
        "PLENARY_JOURNAL": str(out / "journal.jsonl"),
        "PYTHONPATH": here,
    }
    child = await Child.start(
        command, environment=os.environ | told, stop_signal=signal.SIGTERM, output=out / "locust.log"
    )
    try:
        lasts = max(step.at for step in programme.steps) + _SPARE_SECONDS
        return await asyncio.wait_for(child.ended(), lasts)
    finally:
        await child.stop(30)


def _figures(out: Path) -> dict[str, object]:
    """What Locust measured, in milliseconds, by what people did."""
    rows = {row["Name"]: row for row in _rows(out / "figures_stats.csv")}
    told: dict[str, object] = {
        "requests": int(rows["Aggregated"]["Request Count"]),
        "failures": int(rows["Aggregated"]["Failure Count"]),
    }
    told["ms"] = {
        name: {key: round(float(row[key])) for key in ("50%", "95%", "99%", "100%")}
        for name, row in rows.items()
        if name != "Aggregated" and row["50%"] != "N/A"
    }
    return told


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="") as file:
        yield from csv.DictReader(file)


def main(arguments: list[str]) -> int:
    """Play the shapes named, or all; 1 if one did not pass."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.load", description=__doc__)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=f"{', '.join(SHAPES)} (default: all)")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR", help="where reports are written")
    parser.add_argument("--halls", type=int, default=100, help="at most so many halls")
    parser.add_argument("--delegates", type=int, default=10_000, help="at most so many delegates a hall")
    parser.add_argument("--screens", type=int, default=1_000, help="at most so many screens a hall")
    parser.add_argument("--pace", type=float, default=1.0, help="so many times as fast")
    given = parser.parse_args(arguments)
    if unknown := set(given.shapes) - set(SHAPES):
        parser.error(f"there is no shape {', '.join(sorted(unknown))}")
    passed, ends = True, time.monotonic() + ALL_SECONDS
    for name in given.shapes or SHAPES:
        programme = SHAPES[name].smaller(given.halls, given.delegates, given.screens).quicker(given.pace)
        figures = asyncio.run(_within(programme, given.out / name, ends - time.monotonic()))
        _show(figures)
        passed &= bool(figures["passed"])
    return 0 if passed else 1


def _show(figures: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
