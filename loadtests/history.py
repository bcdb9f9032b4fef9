"""Every run of `make bench`, one line each in `results/history.jsonl`, and a plot of what is to be reached over time.

`python -m loadtests.history` draws `results/history.svg` again. A figure stands beside what its own run could do at
most: where the machine was slower that day, its limits (`limit_…`) say so.
"""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

RESULTS = Path(__file__).parent / "results"
HISTORY, PLOT = RESULTS / "history.jsonl", RESULTS / "history.svg"
_COLUMNS, _WIDTH, _HEIGHT, _MARGIN = 3, 300, 120, 34

Run = Mapping[str, object]
Targets = Mapping[str, tuple[str, float]]


def keep(figures: Mapping[str, object]) -> None:
    """One more line: when, of which commit, all figures."""
    command = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(command, cwd=RESULTS, capture_output=True, text=True, check=False).stdout.strip()
    line = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "commit": commit, **figures}
    with HISTORY.open("a") as file:
        file.write(json.dumps(line) + "\n")


def read() -> list[Run]:
    """All runs, oldest first."""
    return [json.loads(line) for line in HISTORY.read_text().splitlines()] if HISTORY.exists() else []


def draw(runs: Sequence[Run], targets: Targets) -> str:
    """An SVG: a panel for each limit of the machine, then for each figure to be reached, with its target dashed."""
    limits = {"limit_p256_verify_per_core": ("", 0.0), "limit_aiohttp_empty_per_second": ("", 0.0)}
    panels = [
        _panel(place, key, wanted, runs) for place, (key, wanted) in enumerate({**limits, **targets}.items())
    ]
    rows = -(-len(panels) // _COLUMNS)
    size = f'width="{_COLUMNS * _WIDTH}" height="{rows * _HEIGHT}"'
    style = (
        "text{font:11px sans-serif;fill:#1f2937}.t{stroke:#b45309;stroke-dasharray:4 3}"
        ".l{fill:none;stroke:#1d4ed8;stroke-width:1.5}.p{fill:#1d4ed8}.b{fill:#fff}"
    )
    ground = '<rect class="b" width="100%" height="100%"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{style}</style>{ground}'
    return head + "".join(panels) + "</svg>\n"


def _panel(place: int, key: str, wanted: tuple[str, float], runs: Sequence[Run]) -> str:
    values = [(n, float(str(run[key]))) for n, run in enumerate(runs) if key in run]
    sign, target = wanted
    top = max([value for _, value in values] + [target]) * 1.1 or 1.0
    left, base = (place % _COLUMNS) * _WIDTH + _MARGIN, (place // _COLUMNS + 1) * _HEIGHT - 14
    wide, high = _WIDTH - 2 * _MARGIN, _HEIGHT - 44
    step = wide / max(1, len(runs) - 1)

    def at(number: int, value: float) -> tuple[float, float]:
        return round(left + number * step, 1), round(base - value / top * high, 1)

    points = [at(number, value) for number, value in values]
    line = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle class="p" cx="{x}" cy="{y}" r="2.5"/>' for x, y in points)
    newest = f"{values[-1][1]:,.10g}" if values else "–"
    told = f"{escape(key)}: {newest}" + (f" ({sign} {target:,.10g})" if sign else "")
    y = at(0, target)[1]
    dashed = f'<line class="t" x1="{left}" x2="{left + wide}" y1="{y}" y2="{y}"/>' if sign else ""
    return f'<text x="{left}" y="{base - high - 10}">{told}</text>{dashed}<polyline class="l" points="{line}"/>{dots}'


def plot(targets: Targets) -> None:
    """Draw all runs again."""
    PLOT.write_text(draw(read(), targets))


if __name__ == "__main__":
    from loadtests.bench import TARGETS

    plot(TARGETS)
    sys.stdout.write(f"{PLOT}\n")
