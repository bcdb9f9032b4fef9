"""What is noted of a house's backups, and what watches are told of it."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.desk.backups import noted
from services.desk.backups.noted import AHEAD_MS, Noted
from services.kit import metrics

NOW = 1_800_000_000_000


@dataclass
class _Gauge:
    told: list[float] = field(default_factory=list)

    def set(self, value: float) -> None:
        """As a gauge of Prometheus."""
        self.told.append(value)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (0, 0),
        (-5, 0),
        (1, 1),
        (NOW, NOW),
        (NOW + AHEAD_MS, NOW + AHEAD_MS),
        (NOW + AHEAD_MS + 1, 0),
        (9 * 10**18, 0),
    ],
)
def test_watches_are_told_of_no_time_to_come(monkeypatch: pytest.MonkeyPatch, at: int, told: int) -> None:
    """It would stay new for ever; and no alarm would ever say that the last drill is long ago."""
    backed_up, proven = _Gauge(), _Gauge()
    monkeypatch.setattr(metrics, "last_backup", backed_up)
    monkeypatch.setattr(metrics, "failed_backup", _Gauge())
    monkeypatch.setattr(metrics, "last_proven_backup", proven)
    noted.tell(Noted(backed_up_at=at, proven_at=NOW), NOW)
    noted.tell(Noted(backed_up_at=NOW, proven_at=at), NOW)
    assert backed_up.told == [told / 1000, NOW / 1000]
    assert proven.told == [NOW / 1000, told / 1000]


def test_a_try_that_failed_is_told_until_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was backed up and proven before stays known; of whatever time the failure is."""
    failed = _Gauge()
    monkeypatch.setattr(metrics, "failed_backup", failed)
    noted._note(tmp_path, Noted(backed_up_at=NOW - 5, proven_at=NOW - 9))
    noted.note_failure(tmp_path, NOW)
    assert noted.read(tmp_path) == Noted(backed_up_at=NOW - 5, proven_at=NOW - 9, failed_at=NOW)
    noted.tell(noted.read(tmp_path), NOW - 10**12)
    noted._note(tmp_path, Noted(backed_up_at=NOW, proven_at=NOW - 9))
    noted.tell(noted.read(tmp_path), NOW)
    assert failed.told == [NOW / 1000, 0]
