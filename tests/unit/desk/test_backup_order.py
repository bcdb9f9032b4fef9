"""Which backup is the newest, where the clock was wrong when one of them was made."""

from pathlib import Path

import pytest

from services.desk.backups import retention
from services.desk.backups.catalogue import FORMAT, Backup, Manifest, in_order

_DAY = 86_400_000
_YEAR = 365 * _DAY
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


def _daily(many: int, since: int = _NOW) -> list[Backup]:
    return [_made(f"d{day}", since + day * _DAY, f"0/{day + 1:X}0") for day in range(many)]


@pytest.mark.parametrize("ahead", [40 * _DAY, 3 * _YEAR, 400 * _YEAR])
@pytest.mark.parametrize("later", [0, 1, 2])
def test_a_clock_that_is_ahead_lets_nothing_go_early(ahead: int, later: int) -> None:
    """It looks like a long pause. Of thirty days a tenth may go sooner, whatever it says; none for each day that it
    stays wrong but the one that is over."""
    days = _daily(30)
    wrong = [_made(f"w{day}", _NOW + ahead + day * _DAY, f"1/{day + 1:X}0") for day in range(later + 1)]
    found = in_order([*days, *wrong])
    gone = retention.outdated(found, None, 30, wrong[-1].manifest.ended_at)
    assert gone == days[: later + 2]


def test_a_clock_that_was_wrong_and_is_right_again() -> None:
    """What was made while it was ahead, or in 1970, is as old as its neighbours: neither kept for ever, nor let go."""
    days = _daily(40)
    days[20] = _made("ahead", _NOW + 3 * _YEAR, days[20].manifest.end)
    days[30] = _made("behind", 86_400_000, days[30].manifest.end)
    assert in_order(list(reversed(days))) == days
    now = days[-1].manifest.ended_at
    assert retention.outdated(days, None, 30, now) == days[:9]
    assert retention.outdated(days, None, 15, now + 10**6) == days[:24]
    assert retention.outdated(days, None, 30, 0) == [], "it is 1970 now: nobody knows how old anything is"


@pytest.mark.parametrize(
    ("every", "days", "left"), [(1, 30, 31), (7, 30, 11), (30, 365, 13), (90, 365, 11), (1, 3, 11)]
)
def test_who_backs_up_in_any_rhythm(every: int, days: int, left: int) -> None:
    """As many days as were asked for, and at least the last ten and the newest."""
    found = [_made(f"d{no}", _NOW + no * every * _DAY, f"0/{no + 1:X}0") for no in range(50)]
    gone = retention.outdated(found, None, days, found[-1].manifest.ended_at)
    assert len(found) - len(gone) == left


def test_retention_leaves_the_newest_and_not_the_one_of_a_time_to_come() -> None:
    """The clock was a year ahead once: what is made today is no older for that."""
    ahead, today = _made("a", _NOW + _YEAR, "0/10"), _made("b", _NOW, "0/20")
    assert retention.outdated(in_order([today, ahead]), 1, None, _NOW) == [ahead]
