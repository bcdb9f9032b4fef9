"""What `plenary verify` says beside the checks of minutes."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.desk import minutes_audit
from services.rules import minutes
from services.rules.credential import Anchors, load_anchors
from tests.support.minuted import Fate, MinutedSitting

VECTORS = json.loads((Path(__file__).parents[3] / "proto/vectors/minutes.json").read_text())


@pytest.mark.parametrize(("fate", "said"), [("open", 1), ("closed", 0), ("voided", 0)])
def test_minutes_made_while_somebody_votes_say_what_they_do_not_prove(fate: Fate, said: int) -> None:
    """Of a vote that has no end nobody can tell how many lines are its ballots."""
    sitting = MinutedSitting()
    for each in ("certified", fate):
        sitting.poll(each)
    minuted = minutes.verify_statement(sitting.statement(), sitting.anchors)
    told = [each for each in minutes_audit.told_of_minutes(minuted, None) if "CHƯA KIỂM ĐƯỢC" in each]
    assert len(told) == said
    assert all("bq-02" in each for each in told)


@pytest.mark.parametrize(
    "case", [one for one in VECTORS["cases"] if one["result"] == "good"], ids=lambda one: str(one["name"])
)
def test_an_older_ledger_is_good_for_what_it_says(case: dict[str, Any]) -> None:
    """A vote annulled under way before the ledger said how many ballots it had: proven, and told that this is not."""
    anchors = Anchors(load_anchors(VECTORS["trust"].encode()))
    told = minutes_audit.told_of_minutes(minutes.verify_file(case["file"].encode(), anchors), None)
    said = [line for line in told if "sổ theo dạng cũ" in line]
    unsaid = case.get("unsaid", [])
    assert len(said) == len(unsaid)
    assert all(poll in line for poll, line in zip(unsaid, said, strict=True))
