"""Which history of the streams was read: what follows it, what is another, and how positions name it."""

import pytest

from services.live.histories import PATIENCE_SECONDS, Entry, Histories, HistoryChanged, Standing
from services.live.position import SERVICES, START, Position, history_in, parse, told

_NOTHING = [Standing(0, "")] * len(SERVICES)


def _entry(number: int, mark: str = "", before: tuple[int, str] | None = None, stream: int = 1) -> Entry:
    return Entry(stream, number, b"", mark, before)


def _read(*marks: str) -> Histories:
    """Votes were read, whose lines have these marks."""
    histories, before = Histories(), (0, "")
    for number, mark in enumerate(marks, start=1):
        histories.must_follow([_entry(number, mark, before)])
        before = (number, mark)
    return histories


def _votes(top: int, mark: str) -> list[Standing]:
    return [_NOTHING[0], Standing(top, mark), *_NOTHING[2:]]


@pytest.mark.parametrize("before", [(2, "x"), (2, ""), (1, "a"), (0, ""), (5, "b")])
def test_what_does_not_follow_is_another_history(before: tuple[int, str]) -> None:
    with pytest.raises(HistoryChanged):
        _read("a", "b").must_follow([_entry(3, "c", before)])


def test_what_follows_is_the_same_and_streams_without_marks_are_believed() -> None:
    _read("a", "b").must_follow([_entry(3, "c", (2, "b")), _entry(4, "d", (3, "c"))])
    Histories().must_follow([_entry(1), _entry(7)])


@pytest.mark.parametrize("there", [Standing(2, "b"), Standing(9, "b"), Standing(9, "")])
def test_streams_that_stand_may_go_on(there: Standing) -> None:
    histories = _read("a", "b")
    for now in (0.0, 100.0, 200.0):
        histories.must_stand([_NOTHING[0], there, *_NOTHING[2:]], now)


def test_another_line_under_a_number_that_was_read_is_another_history() -> None:
    with pytest.raises(HistoryChanged):
        _read("a", "b").must_stand(_votes(2, "x"), 0.0)


def test_a_stream_that_was_begun_anew_is_given_time_to_be_filled() -> None:
    """As long as it grows; one that stays behind has lost lines. One that lost all says nothing."""
    histories = _read("a", "b", "c", "d")
    for now, top in enumerate(range(1, 4)):
        histories.must_stand(_votes(top, ""), now * PATIENCE_SECONDS)
    histories.must_stand(_votes(4, "d"), 3 * PATIENCE_SECONDS)
    for now in (10, 20, 30):
        histories.must_stand(_NOTHING, now * PATIENCE_SECONDS)
    histories.must_stand(_votes(3, ""), 40 * PATIENCE_SECONDS)
    with pytest.raises(HistoryChanged):
        histories.must_stand(_votes(3, ""), 41 * PATIENCE_SECONDS)


def test_positions_name_their_history() -> None:
    """The same in all workers, another for other lines; nothing where lines have no marks, nor at the start."""
    one, same, other = _read("a", "b"), _read("a", "b"), _read("a", "x")
    at = Position(0, 2)
    assert one.of(at) == same.of(at) != other.of(at)
    assert one.of(Position(0, 1)) == other.of(Position(0, 1)) != one.of(at)
    assert one.of(START) == Histories().of(START) == 0
    assert one.of(Position(0, 3)) is None
    history = one.of(at)
    assert history
    text = told(at, history)
    assert (parse(text), history_in(text)) == (at, history)
    assert (parse(str(at)), history_in(str(at)), told(at, 0)) == (at, 0, str(at))
    assert parse(text + "0") is None


def test_only_so_much_is_remembered() -> None:
    histories = Histories(remembered=3)
    histories.must_follow([_entry(number, str(number)) for number in range(1, 6)])
    assert histories.of(Position(0, 2)) is None
    assert histories.of(Position(0, 5))
