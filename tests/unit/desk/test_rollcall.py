"""Recorded roll calls are read strictly: what is refused names its place, what is read is what was recorded."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from services.desk import places, rollcall
from services.desk.places import Malformed
from services.desk.rollcall import RollCall
from services.wire import Counts

RECORDS = Path(__file__).parents[2] / "data" / "rollcalls"


def record(**changes: Any) -> dict[str, Any]:
    """A small record; members given as None are left out."""
    whole: dict[str, Any] = {
        "title": "Biểu quyết thử",
        "body": "Quốc hội",
        "date": "2025-12-10",
        "rule": {"base": "roll", "threshold": {"numerator": 1, "denominator": 2, "strict": True}},
        "options": ["approve", "reject", "abstain"],
        "roll": [{"id": "001", "name": "Đại biểu 001"}, {"id": "002", "name": "Đại biểu 002", "seat": "A1"}],
        "ballots": {"001": "approve", "002": "reject"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def read(**changes: Any) -> RollCall:
    """The small record, written one member a line and read."""
    return rollcall.parse(json.dumps(record(**changes), ensure_ascii=False, indent=1).encode())


@pytest.mark.parametrize(
    ("name", "roll", "counts"),
    [
        ("national-assembly-2025-12-10", 473, Counts(approve=437, reject=3, abstain=8)),
        ("national-assembly-2018-06-11", 494, Counts(approve=423, reject=8, abstain=1)),
        ("constitution-2013-11-28", 498, Counts(approve=486, reject=0, abstain=2)),
    ],
)
def test_recorded_votes(name: str, roll: int, counts: Counts) -> None:
    """The votes of record add up to what was published."""
    recorded = rollcall.load(RECORDS / f"{name}.json")
    assert (len(recorded.roll), recorded.counts) == (roll, counts)
    assert recorded.contradictions() == []


def test_byte_order_mark() -> None:
    """A byte order mark changes nothing."""
    raw = json.dumps(record()).encode()
    assert rollcall.parse(b"\xef\xbb\xbf" + raw) == rollcall.parse(raw)


VOTER = {"id": "003", "name": "Đại biểu 003"}


@pytest.mark.parametrize(
    ("changes", "place", "what"),
    [
        ({"ballots": {"001": "approve", "002": "yes"}}, 'line 31, $.ballots["002"]', "unknown choice 'yes'"),
        ({"ballots": {"001": 1}}, '$.ballots["001"]', "unknown choice"),
        ({"ballots": {"003": "approve"}}, '$.ballots["003"]', "not on the roll"),
        ({"ballots": []}, "$.ballots", "must be an object"),
        ({"ballots": None}, "$", "'ballots' is missing"),
        ({"options": ["approve", "reject"], "ballots": {"001": "abstain"}}, '$.ballots["001"]', "unknown"),
        ({"options": ["approve", "maybe"]}, "$.options[1]", "unknown choice"),
        ({"options": ["approve", "approve"]}, "$.options[1]", "twice"),
        ({"roll": []}, "$.roll", "nobody"),
        ({"roll": [VOTER, VOTER]}, "$.roll[1].id", "'003' stands at $.roll[0] already"),
        ({"roll": [VOTER, {"id": "4"}]}, "$.roll[1]", "'name' is missing"),
        ({"roll": [{"id": 4, "name": "x"}]}, "$.roll[0].id", "must be text"),
        ({"roll": [{"id": "", "name": "x"}]}, "$.roll[0].id", "empty"),
        ({"roll": [{"id": "4", "name": " "}]}, "$.roll[0].name", "empty"),
        ({"roll": [{"id": "4", "name": "a\u202eb"}]}, "$.roll[0].name", "character 2"),
        ({"roll": [{"id": "4", "name": "a\ud800"}]}, "$.roll[0].name", "surrogate"),
        ({"roll": [{"id": "4", "name": "x" * 501}]}, "$.roll[0].name", "longer than 500"),
        (
            {"roll": [{**VOTER, "seat": "1"}, {"id": "4", "name": "x", "seat": "1"}]},
            "$.roll[1].seat",
            "'1' stands",
        ),
        ({"roll": ["003"]}, "$.roll[0]", "must be an object"),
        ({"title": None}, "$", "'title' is missing"),
        ({"title": ""}, "$.title", "empty"),
        ({"date": "10/12/2025"}, "$.date", "date"),
        ({"rule": None}, "$", "'rule' is missing"),
        ({"rule": {"base": "roll"}}, "$.rule", "threshold"),
        ({"rule": {"base": "everyone", "threshold": {}}}, "$.rule", ""),
        ({"chair": "009"}, "$.chair", "not on the roll"),
        ({"published": {"approve": -1}}, "$.published.approve", "negative"),
        ({"published": {"approve": True}}, "$.published.approve", "whole number"),
        ({"published": {"approve": 1.5}}, "$.published.approve", "whole number, not 1.5"),
    ],
)
def test_refused_with_its_place(changes: dict[str, Any], place: str, what: str) -> None:
    """Whatever is wrong is refused, naming where it stands."""
    raw = json.dumps(record(**changes), indent=1).encode()
    with pytest.raises(Malformed) as refused:
        rollcall.parse(raw)
    assert place in str(refused.value)
    assert what in str(refused.value)
    assert str(refused.value).startswith("line ")


@pytest.mark.parametrize("numerator", ["0.5", "1e0", '"1"', "true", "1" * 30, "NaN"])
def test_threshold_is_of_whole_numbers(numerator: str) -> None:
    """A threshold is a fraction of whole numbers, whatever else looks like a number."""
    raw = json.dumps(record()).replace('"numerator": 1', f'"numerator": {numerator}').encode()
    with pytest.raises(Malformed, match=r"\$\.rule\.threshold\.numerator"):
        rollcall.parse(raw)


def test_ballot_twice() -> None:
    """A person's ballot that stands twice in the text is refused, not overwritten."""
    raw = json.dumps(record(), indent=1).replace('"002": "reject"', '"001": "reject"').encode()
    with pytest.raises(Malformed, match=r"\$\.ballots\[\"001\"\]: stands on line 30 already"):
        rollcall.parse(raw)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[1,", b'{"a": }', b"\xff{}", b"nul", b"[" * 100_000, b'"' + b"\\" * 9, b"7", b"[]", b"{}"],
)
def test_not_a_record(raw: bytes) -> None:
    """What is not JSON, or not a record, is refused in one line."""
    with pytest.raises(Malformed):
        rollcall.parse(raw)


def test_a_file_larger_than_any_roll_call_is_not_read(tmp_path: Path) -> None:
    """Of a file of 60 MB no more is taken than shows its size; nothing in it is looked at."""
    file = tmp_path / "junk.json"
    with file.open("wb") as junk:
        junk.truncate(60_000_000)
    with pytest.raises(Malformed, match=r"junk\.json: larger than any roll call: more than 16777216 bytes"):
        rollcall.load(file)
    raw = json.dumps(record()).encode()
    assert rollcall.parse(raw + b" " * (places.LARGEST - len(raw))).title == "Biểu quyết thử"
    with pytest.raises(Malformed, match="larger"):
        rollcall.parse(raw + b" " * (places.LARGEST - len(raw) + 1))


@pytest.mark.parametrize("raw", [b'"' + b'\\"' * 1_000_000, b"," * 1_000_000, b"[" * 1_000_000])
def test_junk_is_never_walked(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not JSON is told by the parser, which stops at the first thing that is wrong."""
    monkeypatch.setattr(places, "Places", None)
    with pytest.raises(Malformed):
        rollcall.parse(raw)


def test_a_text_is_walked_once() -> None:
    """Each step goes on where the one before ended, past any text, however many quotes are in it."""
    steps = [step.span() for step in places._TOKEN.finditer('["' + '\\"' * 1_000 + '",["",""],[]]')]
    assert len(steps) == 12
    assert all(one[1] == other[0] for one, other in itertools.pairwise(steps))


@pytest.mark.parametrize("inner", ["[]", "0", "{}"])
def test_more_values_than_any_roll_call_has(inner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk ends at a count of values, wherever it stands."""
    monkeypatch.setattr(places, "MOST_VALUES", 1_000)
    rest = f"{inner}," * 997
    assert places.read_json(f"[{rest}{inner},{inner}]".encode())
    with pytest.raises(Malformed, match=r"line 2, \$\[999\]: more than 1000 values"):
        places.read_json(f"[{rest}{inner},{inner},\n{inner}]".encode())


def test_levels() -> None:
    """64 levels are read, one more is not."""
    assert places.read_json(b"[" * 64 + b"]" * 64)
    for deeper in (b"[" * 65 + b"]" * 65, b'{"a":\n' * 64 + b"{}" + b"}" * 64):
        with pytest.raises(Malformed, match=r"line (1|65): more than 64 levels deep"):
            places.read_json(deeper)


def test_ids_of_other_systems() -> None:
    """Ids that Plenary does not take get safe ones, each its own, and stay readable in the shown name."""
    ids = ["Đ/1", "Đ:1", "đại biểu 7", "x" * 65, "003"]
    recorded = read(
        roll=[{"id": each, "name": "Người"} for each in ids],
        ballots=dict.fromkeys(ids, "approve"),
        chair="Đ:1",
    )
    members = [voter.member for voter in recorded.roll]
    assert len(set(members)) == len(ids)
    assert members[-1] == "003"
    assert recorded.roll[0].name == "Người (Đ/1)"
    assert list(recorded.ballots) == members
    assert recorded.chair == members[1]
    assert [voter.original for voter in recorded.roll] == ids


def test_texts_are_composed_and_folded() -> None:
    """Decomposed letters and broken lines, as other systems write them, are one text."""
    recorded = read(title="Bie\u0302\u0309u quye\u0302\u0301t\r\n  thử")
    assert recorded.title == "Biểu quyết thử"


def test_long_title() -> None:
    """A motion longer than a title is kept whole as the text of the question."""
    long = "Xét " * 300 + "hết"
    recorded = read(title=long)
    assert (len(recorded.title), recorded.text) == (500, long)


def test_published_figures_are_compared() -> None:
    """Published figures that the ballots do not give are told, each by name."""
    recorded = read(published={"roll": 2, "approve": 1, "abstain": 3})
    assert recorded.contradictions() == ["abstain: published 3, by the file's ballots 0"]
