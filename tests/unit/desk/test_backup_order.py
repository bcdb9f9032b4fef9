"""Which backup is the newest, where the clock was wrong when one of them was made."""

from pathlib import Path

import pytest

from services.desk.backups import retention
from services.desk.backups.catalogue import FORMAT, Backup, Manifest, in_order

_YEAR = 365 * 86_400_000
_NOW = 1_795_392_000_000


def _made(name: str, at: int, end: str = "", system: str = "1", timeline: int = 1) -> Backup:
    manifest = Manifest(
        format=FORMAT,
        kind="base" if end else "dump",
        began_at=at,
        ended_at=at,
        origin="thu.example",
        sealed="clear",
        files={},
        system=system,
        timeline=timeline,
        end=end,
    )
    return Backup(Path(name), manifest)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param([_made("a", 10, "0/10"), _made("b", 20, "0/20"), _made("c", 30, "1/0")], id="as ever"),
        pytest.param([_made("a", _YEAR, "0/FF"), _made("b", 20, "1/0")], id="a year ahead at the first"),
        pytest.param([_made("a", 20, "9/10"), _made("b", 10, "10/0")], id="back at the second"),
        pytest.param([_made("a", 10), _made("b", 20)], id="copies of an outside database: by the clock"),
        # Of a drill that went on from an older backup its log knows nothing of what the house has done since.
        pytest.param([_made("a", 10, "0/90", timeline=2), _made("b", 20, "0/50")], id="two histories"),
        pytest.param([_made("a", 10, "0/90", system="2"), _made("b", 20, "0/50")], id="two databases"),
    ],
)
def test_the_newest_is_the_last_of_its_history(made: list[Backup]) -> None:
    """By the place in the log where there is one, else by the clock."""
    assert in_order(list(reversed(made))) == made
    assert in_order(made) == made


def test_retention_leaves_the_newest_and_not_the_one_of_a_time_to_come() -> None:
    """The clock was a year ahead once: what is made today is no older for that."""
    ahead, today = _made("a", _NOW + _YEAR, "0/10"), _made("b", _NOW, "0/20")
    assert retention.outdated(in_order([today, ahead]), 1, None, _NOW) == [ahead]
