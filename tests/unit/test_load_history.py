"""The plot of runs over time: every figure to be reached has its panel, whether a run measured it or not."""

from xml.etree import ElementTree

from loadtests.bench import TARGETS
from loadtests.history import draw

_SVG = "{http://www.w3.org/2000/svg}"


def test_runs_are_drawn() -> None:
    runs = [{"ballots_per_second": 7139.0}, {"ballots_per_second": 8183.2, "ballots_p99_ms": 39.2}, {}]
    root = ElementTree.fromstring(draw(runs, TARGETS))  # noqa: S314 - our own
    told = [text.text or "" for text in root.iter(f"{_SVG}text")]
    assert [line.split(":")[0] for line in told][2:] == list(TARGETS)
    assert "ballots_per_second: 8,183.2 (≥ 12,000)" in told
    assert len(list(root.iter(f"{_SVG}circle"))) == 3
    points = [line.get("points", "") for line in root.iter(f"{_SVG}polyline")]
    assert sum(bool(each) for each in points) == 2


def test_no_run_is_no_fault() -> None:
    assert ElementTree.fromstring(draw([], TARGETS)).tag == f"{_SVG}svg"  # noqa: S314 - our own
