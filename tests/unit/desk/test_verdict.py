"""What `plenary verify` prints of what was given commands no terminal, and writes no lines of its own."""

import pytest

from services.desk.verdict import Verdict
from services.rules.minutes_errors import MinutesDisagree


def test_a_refusal_quotes_a_file_name_within_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever gives the files beside minutes names them."""
    name = "x\r\x1b[2J\n  ✓ beside\nHỢP LỆ / VALID: .json"
    verdict = Verdict(refused=MinutesDisagree(file=name, what="another sitting"))
    assert verdict.show(as_json=False) == 1
    told = capsys.readouterr().out
    first, *others = told.removesuffix("\n").split("\n")
    assert first == "KHÔNG HỢP LỆ / NOT VALID [minutes_disagree]"
    assert len(others) == 2
    assert all(each.isprintable() and "x\\r\\x1b[2J\\n  ✓ beside\\n" in each for each in others)
