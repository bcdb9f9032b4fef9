"""What a stranger sees who replays a floor's ledger, and what not: every value of every line is bent once.

What replay cannot see is the server's word (who was present, the agenda's titles, the roles, what voting told, the
moment of a line between its neighbours as long as nothing was measured by it) and the ledger's end: that is what the
signed checkpoint and the receipts are for.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from services.rules import jws
from services.rules.floor.errors import ReplayDiffers
from services.rules.floor.replay import replay
from services.wire import (
    Arrange,
    Ask,
    CallAnswer,
    ChangeRequest,
    CloseLane,
    EndItem,
    EndTurn,
    ExtendTurn,
    FloorActed,
    FloorEntry,
    Interpose,
    LaneRules,
    OpenLane,
    PauseTurn,
    RecordFloor,
    Remove,
    ResumeTurn,
    RollTaken,
    Skip,
    Withdraw,
    WriteOpinion,
)
from tests.support.floor_sitting import CHAIR, ITEM, MEETING, SECRETARY, FloorSitting

RULES = LaneRules(turn_s=60, answer_s=60, interposed_s=20, guests=True, paused_by_vote=True)
WHY = "Lý do"


@pytest.fixture(scope="module")
def hall() -> FloorSitting:
    """A short sitting with every kind of line and of news."""
    hall = FloorSitting({"speech": RULES})
    hall.chair(OpenLane, item=ITEM, lane="speech", closes_in_s=3)
    for member in ("an", "binh", "chi", "dung", "em"):
        hall.wait(500)
        hall.ask(member)
    hall.wait(1_000)
    hall.act("an", ChangeRequest(meeting=MEETING, request="r-an", note="Điều 5"))
    turn = hall.call("r-an", begun=True)
    hall.wait(30_000)
    hall.chair(Interpose, turn=turn, name="Bà Khách")
    hall.wait(5_000)
    hall.chair(EndTurn, turn=hall.turn().id)
    hall.vote("poll-1", "open")
    hall.wait(7_000)
    hall.vote("poll-1", "closed")
    hall.chair(ResumeTurn, turn=turn)
    hall.chair(ExtendTurn, turn=turn, seconds=5, reason=WHY)
    hall.wait(1_234)
    hall.chair(PauseTurn, turn=turn)
    hall.chair(EndTurn, turn=turn)
    hall.chair(CallAnswer, turn=turn, member="dung")
    hall.chair(EndTurn, turn=hall.turn().id)
    hall.call("r-chi", reason=WHY)
    hall.chair(Skip, request="r-chi", reason=WHY)
    hall.chair(Remove, request="r-binh", reason=WHY)
    hall.act("em", Withdraw(meeting=MEETING, request="r-em"))
    hall.chair(Arrange, item=ITEM, lane="speech", order=("r-dung", "r-chi"), reason=WHY)
    hall.chair(OpenLane, item=ITEM, lane="speech")
    hall.ask(SECRETARY, request="r-khach", guest="Bà Khách", present=None)
    hall.chair(CloseLane, item=ITEM, lane="speech")
    hall.wait(10)
    hall.chair(EndItem, item=ITEM)
    hall.act("dung", WriteOpinion(meeting=MEETING, item=ITEM, text="Ý kiến"))
    hall.chair(RecordFloor)
    return hall


def bent(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The value with one leaf of it changed, for each leaf and change; `path` without indices."""
    if isinstance(value, dict):
        for key, inner in value.items():
            for where, other in bent(inner, f"{path}.{key}"):
                yield where, {**value, key: other}
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            for where, other in bent(inner, path):
                yield where, [*value[:at], other, *value[at + 1 :]]
        if value:
            yield path, value[1:]
            yield path, [*value, value[0]]
    elif isinstance(value, bool):
        yield path, not value
    elif isinstance(value, int):
        yield path, value + 1
        yield path, value - 1
    elif isinstance(value, str):
        yield path, value + "x"
        yield path, "other"
    else:
        yield path, 1
        yield path, "x"


def bent_lines(line: FloorEntry) -> Iterator[tuple[str, FloorEntry]]:
    """Each way in which one value of a line may be another and it is a line still."""
    for path, raw in bent(msgspec.json.decode(msgspec.json.encode(line))):
        try:
            yield path.removeprefix("."), msgspec.convert(raw, FloorEntry)
        except msgspec.ValidationError:
            continue


def seen(hall: FloorSitting, lines: list[FloorEntry]) -> bool:
    """Whether replay finds that these lines are not what the rules make."""
    try:
        replay(lines, hall.holder_at)
    except ReplayDiffers:
        return True
    return False


def test_it_replays(hall: FloorSitting) -> None:
    """As it is; at every index; and it has all kinds of lines and news."""
    for size in range(1, len(hall.lines) + 1):
        assert replay(hall.lines[:size], hall.holder_at) == hall.floors[size - 1]
    assert {type(line) for line in hall.lines} == set(FloorEntry.__args__)
    news = {type(each).__name__ for line in hall.lines for each in getattr(line, "news", ())}
    assert news == {"LaneNews", "RequestNews", "TurnNews", "OpinionNews", "VoteNews"}


# What may be bent unseen, by kind of line. The names in the first line; what voting told but for whether a poll is
# open; who else signed in, for acts that do not ask for it.
UNSEEN = {
    "begun": {"at", "title", "body", "profile"},
    "act": {"at", "present", "title", "roles"},
    "clock": {"at"},
    "vote": {"at", "line", "state"},
    "roll": {"at"},
}


# Acts whose moment is in what they change; that of an extension is not, nor of an item's end that ends no turn.
MEASURED = {
    "ask",
    "call",
    "start",
    "pause",
    "resume",
    "end",
    "interpose",
    "answer",
    "write",
}


def test_every_bent_value_is_seen(hall: FloorSitting) -> None:
    """But for what the server alone knows. No value of any news, no signature, no author."""
    unseen: set[tuple[str, str]] = set()
    tried = 0
    for index, line in enumerate(hall.lines):
        kind = msgspec.to_builtins(line)["kind"]
        for path, other in bent_lines(line):
            tried += 1
            if other != line and not seen(hall, [*hall.lines[:index], other, *hall.lines[index + 1 :]]):
                unseen.add((kind, path.split(".")[0]))
    assert tried > 1_000
    assert unseen <= {(kind, path) for kind, paths in UNSEEN.items() for path in paths}


def test_what_was_measured_cannot_be_moved(hall: FloorSitting) -> None:
    """Another moment of a line that began, paused, ended, called or asked is seen."""
    measured = set()
    for index, line in enumerate(hall.lines):
        if isinstance(line, FloorActed) and line.news and line.news[0].cause in MEASURED:
            measured.add(line.news[0].cause)
            for at in (line.at - 1, line.at + 1):
                moved = msgspec.structs.replace(line, at=at)
                assert seen(hall, [*hall.lines[:index], moved, *hall.lines[index + 1 :]])
    assert measured == MEASURED


def test_presence_and_title_where_the_rules_ask_for_them(hall: FloorSitting) -> None:
    """An absent asker, or an item without a title, would have been refused."""
    asked, opened = hall.lines[3], hall.lines[2]
    assert isinstance(asked, FloorActed)
    assert isinstance(opened, FloorActed)
    absent = msgspec.structs.replace(asked, present=False)
    assert seen(hall, [*hall.lines[:3], absent, *hall.lines[4:]])
    for title in ("", "Khác"):
        other = msgspec.structs.replace(opened, title=title)
        assert seen(hall, [*hall.lines[:2], other, *hall.lines[3:]])


def test_who_had_no_right_is_seen(hall: FloorSitting) -> None:
    """The chair's act under a delegate's role, and a delegate's act under another's name."""
    for index, line in enumerate(hall.lines):
        if isinstance(line, FloorActed):
            other = "binh" if line.by != "binh" else "an"
            foreign = msgspec.structs.replace(line, by=other)
            assert seen(hall, [*hall.lines[:index], foreign, *hall.lines[index + 1 :]])
            if line.by == CHAIR:
                powerless = msgspec.structs.replace(line, roles=("delegate",))
                assert seen(hall, [*hall.lines[:index], powerless, *hall.lines[index + 1 :]])


def test_a_line_that_is_gone_is_seen(hall: FloorSitting) -> None:
    """By the numbers and revisions of what follows; the last lines have nothing behind them."""
    unseen = [
        index
        for index in range(len(hall.lines) - 1)
        if not seen(hall, [*hall.lines[:index], *hall.lines[index + 1 :]])
    ]
    # The opinion stands before the record, and nobody else's act depends on it.
    last = len(hall.lines) - 2
    assert unseen == [last]


def test_a_line_said_twice_or_out_of_its_place_is_seen(hall: FloorSitting) -> None:
    """Nobody's signed act counts a second time, at once or later; neighbours do not change places."""
    unseen = []
    for index, line in enumerate(hall.lines[:-1]):
        again = [*hall.lines[: index + 1], line, *hall.lines[index + 1 :]]
        assert seen(hall, again)
        swapped = [*hall.lines[:index], hall.lines[index + 1], line, *hall.lines[index + 2 :]]
        if not seen(hall, swapped):
            unseen.append(index)
    # The roll and the opening of a lane, in the same millisecond; the opinion and the record.
    assert unseen == [1, len(hall.lines) - 2]


def test_an_old_act_of_a_delegate_brought_back(hall: FloorSitting) -> None:
    """A change of mind that was changed again: the bytes are genuine, the act is not theirs any more."""
    hall = FloorSitting({"speech": LaneRules(stances=("for", "against"))})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    hall.ask("an", stance="for")
    hall.act("an", ChangeRequest(meeting=MEETING, request="r-an", stance="against"))
    changed = hall.lines[-1]
    hall.act("an", ChangeRequest(meeting=MEETING, request="r-an", stance="for"))
    assert not seen(hall, hall.lines)
    assert seen(hall, [*hall.lines, changed])


def test_a_clock_that_was_held_back(hall: FloorSitting) -> None:
    """What it had to do must stand before whatever is done at that time or later."""
    hall = FloorSitting({"speech": LaneRules(turn_s=60, at_limit="end")})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    hall.ask("an")
    turn = hall.call("r-an", begun=True)
    before = list(hall.lines)
    hall.wait(29_999)
    hall.ask("binh")
    assert not seen(hall, hall.lines)
    for late in (1, 40_000):
        hall.now += late
        act = Ask(meeting=MEETING, id="r-chi", item=ITEM, lane="speech")
        hall.act("chi", act)
        assert seen(hall, hall.lines)
        held = [*before, *hall.lines[len(before) + 1 :]]
        assert seen(hall, held)
        del hall.lines[-1]
        hall.floor = hall.floors[len(hall.lines) - 1]
        del hall.floors[len(hall.lines) :]
    assert hall.turn(turn).state == "running"


def test_what_is_no_ledger(hall: FloorSitting) -> None:
    """Nothing, one without its beginning, one that begins twice."""
    for lines in ([], hall.lines[1:], [hall.lines[0], hall.lines[0]], [*hall.lines, hall.lines[0]]):
        assert seen(hall, list(lines))


def test_the_roll_is_that_of_its_hash(hall: FloorSitting) -> None:
    """Another name on it under the old hash, or another hash over it."""
    taken = hall.lines[1]
    assert isinstance(taken, RollTaken)
    renamed = msgspec.structs.replace(taken, roll=taken.roll.replace("S-em", "S-99"))
    rehashed = msgspec.structs.replace(taken, sha256="A" * 43)
    for other in (renamed, rehashed):
        assert other != taken
        assert seen(hall, [hall.lines[0], other])


@pytest.mark.parametrize(
    "roll", ["", "{}", '{"v":1,"body":"body-1","meeting":"meeting-2","revision":1,"entries":[]}']
)
def test_a_roll_that_is_none(hall: FloorSitting, roll: str) -> None:
    """Junk with its right hash, or the roll of another meeting."""
    other = msgspec.structs.replace(hall.lines[1], roll=roll, sha256=jws.digest(roll.encode()))
    assert seen(hall, [hall.lines[0], other])
