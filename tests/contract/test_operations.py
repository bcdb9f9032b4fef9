"""What watches a sitting is true: rules and dashboard name what is exposed, alarms are explained, pages are alike."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from services.__main__ import COMMANDS
from services.desk import doctor
from services.kit import metrics
from services.kit.settings import describe

_DOCS = Path(__file__).parents[2] / "docs"
_PAGES = (_DOCS / "operations.vi.md", _DOCS / "operations.md")
_RULES: dict[str, Any] = yaml.safe_load((_DOCS / "operations" / "plenary.rules.yml").read_text())
_ALL_RULES: list[dict[str, Any]] = [rule for group in _RULES["groups"] for rule in group["rules"]]
_ALARMS = [rule for rule in _ALL_RULES if "alert" in rule]
_RECORDED = {rule["record"] for rule in _ALL_RULES if "record" in rule}
_DASHBOARD: dict[str, Any] = json.loads((_DOCS / "operations" / "plenary.dashboard.json").read_text())
_QUESTIONS = [target["expr"] for panel in _DASHBOARD["panels"] for target in panel["targets"]]
_EXPRESSIONS = [*(alarm["expr"] for alarm in _ALARMS), *_QUESTIONS]
# Prometheus's own, and the labels that it or a histogram adds.
_OWN = {"up", "ALERTS"} | _RECORDED
_ADDED = {"job", "le", "pid"}
_HISTOGRAM = ("_bucket", "_sum", "_count")


def _exposed() -> dict[str, set[str]]:
    """Every sample that the services expose, by name: its labels."""
    found: dict[str, set[str]] = {}
    for each in vars(metrics).values():
        if isinstance(each, MetricWrapperBase):
            (family,) = each.describe()
            suffixes = {Counter: ("_total",), Gauge: ("",), Histogram: _HISTOGRAM}[type(each)]
            for suffix in suffixes:
                found[family.name + suffix] = set(each._labelnames)
    return found


def _selectors(part: Any) -> Iterator[promql.VectorSelector]:
    """Every metric that an expression asks for."""
    if isinstance(part, promql.VectorSelector):
        yield part
    elif isinstance(part, promql.MatrixSelector):
        yield part.vector_selector
    elif isinstance(part, promql.BinaryExpr):
        yield from _selectors(part.lhs)
        yield from _selectors(part.rhs)
    elif isinstance(part, promql.Call):
        for argument in part.args:
            yield from _selectors(argument)
    else:
        assert isinstance(part, promql.AggregateExpr | promql.ParenExpr | promql.NumberLiteral), type(part)
        if not isinstance(part, promql.NumberLiteral):
            yield from _selectors(part.expr)


@pytest.mark.parametrize("expression", _EXPRESSIONS)
def test_what_is_asked_for_is_exposed(expression: str) -> None:
    """Each expression parses, and each metric in it is one of ours with the labels that it is asked by."""
    asked = list(_selectors(promql.parse(expression)))
    assert asked
    for each in asked:
        if each.name in _OWN:
            continue
        assert each.name in _exposed(), f"{each.name} is exposed by nobody"
        labels = {matcher.name for matcher in each.matchers.matchers}
        assert labels <= _exposed()[str(each.name)] | _ADDED, f"{each.name} has no label {labels}"


@pytest.mark.parametrize("expression", _EXPRESSIONS)
def test_what_is_grouped_by_is_a_label(expression: str) -> None:
    """`by (x)` names a label of every metric under it."""
    labels = {name for group in re.findall(r"\bby \(([^)]*)\)", expression) for name in group.split(", ")}
    for each in _selectors(promql.parse(expression)):
        if each.name not in _OWN:
            assert labels <= _exposed()[str(each.name)] | _ADDED


def test_what_is_drawn_is_named() -> None:
    """`{{label}}` in a legend is a label of what is drawn; panels do not lie over each other."""
    for panel in _DASHBOARD["panels"]:
        for target in panel["targets"]:
            for name in re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")):
                asked = list(_selectors(promql.parse(target["expr"])))
                assert all(name in _exposed()[str(each.name)] for each in asked), (panel["title"], name)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in _DASHBOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_the_first_field_answers() -> None:
    """Is the vote all right? No alarm: yes. One: look. Nobody watches: nobody knows, and that is not green."""
    first = min(_DASHBOARD["panels"], key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))
    assert "all right" in first["title"]
    field = first["fieldConfig"]["defaults"]
    colours = {step["value"]: step["color"] for step in field["thresholds"]["steps"]}
    assert colours == {None: "orange", 0: "green", 1: "red"}
    assert "UNKNOWN" in field["noValue"]
    (target,) = first["targets"]
    assert {each.name for each in _selectors(promql.parse(target["expr"]))} == {"ALERTS"} | _RECORDED


def test_alarms_are_whole() -> None:
    """Each has a name of its own, says how urgent it is, and speaks Vietnamese first."""
    names = [alarm["alert"] for alarm in _ALARMS]
    assert len(names) == len(set(names))
    for alarm in _ALARMS:
        assert alarm["labels"]["severity"] in ("sitting", "today")
        assert " / " in alarm["annotations"]["summary"]


@pytest.mark.parametrize("page", _PAGES, ids=lambda path: path.name)
def test_every_alarm_is_explained(page: Path) -> None:
    """Each alarm has one row: what it means, what to do; and no row is of an alarm that is not there."""
    rows = re.findall(r"^\| `(Plenary\w+)` \| ([^|]+) \| ([^|]+) \|$", page.read_text(), re.MULTILINE)
    assert [row[0] for row in rows] == [alarm["alert"] for alarm in _ALARMS]
    assert all(len(words.strip()) > 10 for row in rows for words in row[1:])


@pytest.mark.parametrize("page", _PAGES, ids=lambda path: path.name)
def test_commands_and_settings_are_there(page: Path) -> None:
    """Every `plenary …` command and every setting that a page names exists."""
    text = page.read_text()
    assert set(re.findall(r"\bplenary ([a-z]+)\b", text)) <= COMMANDS.keys()
    known = set(re.findall(r"`(PLENARY_\w+)`", describe()))
    assert set(re.findall(r"\bPLENARY_[A-Z_]+", text)) <= known


def test_both_pages_say_the_same() -> None:
    """The same headings, numbered alike, the same commands to type, in the same order."""
    vietnamese, english = (page.read_text() for page in _PAGES)
    for pattern in (r"^#+ (?:\d+\.)*", r"^```\w*\n(.*?)^```$", r"^\| `(Plenary\w+)`"):
        found = [
            re.findall(pattern, text, re.MULTILINE | re.DOTALL if "```" in pattern else re.MULTILINE)
            for text in (vietnamese, english)
        ]
        assert found[0] == found[1], pattern
        assert len(found[0]) > 5


def test_checks_of_the_doctor_are_all_run() -> None:
    """Whatever a file of checks offers is in the doctor's list, once."""
    named = {(check.__module__, check.__name__) for check in doctor.CHECKS}
    assert len(named) == len(doctor.CHECKS)
    offered = set()
    for module in {check.__module__ for check in doctor.CHECKS}:
        source = Path(__file__).parents[2].joinpath(*module.split(".")).with_suffix(".py").read_text()
        for name in re.findall(r"^async def ([a-z]\w*)\(house: House\)", source, re.MULTILINE):
            offered.add((module, name))
    assert offered == named


def test_alarms_ring_when_they_must() -> None:
    """Prometheus's own tool plays each alarm, and a sitting without one (docs/operations/plenary.rules.test.yml)."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool (Debian: prometheus) is not installed")
    done = subprocess.run(
        [promtool, "test", "rules", "plenary.rules.test.yml"],
        cwd=_DOCS / "operations",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
