"""The second look at what failed: it excuses nothing that fails again, nor many."""

import json
from pathlib import Path

import pytest

from tests import second_look


@pytest.fixture
def failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cache = tmp_path / "lastfailed"
    monkeypatch.setattr(second_look, "_CACHE", cache)
    return cache


def _test(directory: Path, name: str, holds: str) -> str:
    file = directory / f"test_{name}.py"
    file.write_text(f"def test_{name}() -> None:\n    assert {holds}\n")
    return f"{file}::test_{name}"


def test_what_passes_alone_is_named(failed: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It was short of time; whoever reads the log sees which."""
    failed.write_text(json.dumps({_test(tmp_path, "holds", "True"): True}))
    assert second_look.main() == 0
    said = capfd.readouterr().out
    assert "UNSTEADY" in said
    assert "test_holds" in said


def test_what_fails_again_has_failed(failed: Path, tmp_path: Path) -> None:
    """One of two is enough."""
    wrong = {_test(tmp_path, "holds", "True"): True, _test(tmp_path, "breaks", "False"): True}
    failed.write_text(json.dumps(wrong))
    assert second_look.main() == 1


def test_many_have_no_excuse(failed: Path, tmp_path: Path) -> None:
    """More than a few are not asked again, nor is a run that failed before any test."""
    assert second_look.main() == 1
    failed.write_text(
        json.dumps({_test(tmp_path, f"holds_{n}", "True"): True for n in range(second_look.FEW + 1)})
    )
    assert second_look.main() == 1
