"""Minutes of any sitting are proven; with any word of their polls changed, or anything left out, they are refused."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.refusal import Refused
from services.rules import jws, minutes, proceedings, proof
from services.rules.minutes_errors import MinutesDisagree, MinutesIncomplete, MinutesWrong
from services.rules.proof_errors import OrderWrong, RootWrong
from services.wire import Extract, MinutesStatement, Statement
from tests.support.minuted import FATES, Fate, MinutedSitting, usual
from tests.support.overlapping import ENDS, VOTES, Overlapping, hidden
from tests.support.overlapping import withheld as _hidden

Path = tuple[str | int, ...]


def sitting_of(fates: list[Fate]) -> MinutedSitting:
    """One poll after the other; one that stays open is the last."""
    sitting = MinutedSitting()
    for fate in sorted(fates, key=lambda each: each == "open"):
        sitting.poll(fate)
    return sitting


@settings(max_examples=25)
@given(some.lists(some.sampled_from(FATES), max_size=5))
def test_minutes_of_any_sitting_are_proven(fates: list[Fate]) -> None:
    """Whatever became of its polls: each is named, in order, with its state; the certificates agree."""
    sitting = sitting_of(fates)
    statement = sitting.statement()
    minuted = minutes.verify_file(sitting.file(statement), sitting.anchors)
    assert len(statement.polls) == len(fates)
    assert [one.certificate != "" for one in statement.polls] == [
        minutes.is_certified(one) for one in statement.polls
    ]
    for poll, certificate in sitting.statements.items():
        file = sitting.file(certificate)
        proven = proof.verify_certificate(file, sitting.anchors)
        assert minutes.must_agree_with(minuted, proven.statement, jws.digest(file), "x.json") == poll


@settings(max_examples=20)
@given(some.lists(some.sampled_from(FATES), min_size=1, max_size=4), some.data())
def test_whatever_is_left_out_is_missed(fates: list[Fate], data: some.DataObject) -> None:
    """A poll taken from the list; the same with its lines withheld; or with them taken from the ledger."""
    sitting = sitting_of(fates)
    honest = sitting.statement()
    left_out = data.draw(some.sampled_from(honest.polls)).poll
    polls = tuple(one for one in honest.polls if one.poll != left_out)
    for statement in (
        msgspec.structs.replace(honest, polls=polls),
        msgspec.structs.replace(_without(honest, left_out, _hidden), polls=polls),
        msgspec.structs.replace(_without(honest, left_out, lambda _: None), polls=polls),
    ):
        changed = msgspec.structs.replace(statement, presiding=minutes.presiding_of(polls))
        with pytest.raises((MinutesIncomplete, OrderWrong, RootWrong)):
            minutes.verify_statement(changed, sitting.anchors)


def _without(statement: MinutesStatement, poll: str, put: Any) -> MinutesStatement:
    """The ledger with another thing in the place of each line of a poll."""
    ledger = statement.evidence.ledger
    lines = [put(line) if f'"poll":"{poll}"' in line else line for line in ledger.lines]
    return _with_ledger(statement, msgspec.structs.replace(ledger, lines=tuple(filter(None, lines))))


def _with_ledger(statement: MinutesStatement, ledger: Extract) -> MinutesStatement:
    evidence = msgspec.structs.replace(statement.evidence, ledger=ledger)
    return msgspec.structs.replace(statement, evidence=evidence)


def leaves_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value in a message that is none of values."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves_of(each, (*path, name))
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value):
            yield from leaves_of(each, (*path, place))
    else:
        yield path, value


def bent(value: Any) -> Any:
    """Another value of its kind."""
    if value is None:
        return 1
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "B" + value[1:] if len(value) == 43 else value + "x"


def with_value(message: Any, path: Path, value: Any) -> MinutesStatement:
    """The statement with one value exchanged."""
    built = msgspec.json.decode(msgspec.json.encode(message))
    inside = built
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return msgspec.convert(built, MinutesStatement)


def test_every_word_of_a_poll_is_the_ledgers() -> None:
    """Each value of each poll, bent once, is refused; but the item it was held for, which the ledger does not know."""
    sitting = usual()
    statement = sitting.statement()
    unseen: set[Path] = set()
    tried = 0
    for path, value in leaves_of(msgspec.to_builtins(statement.polls), ("polls",)):
        tried += 1
        try:
            changed = with_value(statement, path, bent(value))
        except msgspec.ValidationError:
            continue
        try:
            minutes.verify_statement(changed, sitting.anchors)
        except Refused:
            continue
        unseen.add(path[2:])
    assert tried > 80
    assert {path[0] for path in unseen} <= {"certificate", "sha256"}, unseen
    with pytest.raises(MinutesWrong):
        minutes.verify_statement(with_value(statement, ("polls", 0, "item"), "muc-9"), sitting.anchors)
    minutes.verify_statement(with_value(statement, ("polls", 0, "item"), "muc-1"), sitting.anchors)


def test_a_certificate_named_wrongly_is_found_beside_it() -> None:
    """Of a poll that was annulled before the ledger told of its certificate, the name is the seal's word: the file
    itself says otherwise."""
    sitting = MinutedSitting()
    sitting.poll("declared")
    certificate = sitting.certificate()
    digest = jws.digest(sitting.file(certificate))
    polls = sitting.statement().polls
    named = msgspec.structs.replace(polls[0], certificate=certificate.id, sha256=digest)
    good = minutes.verify_statement(sitting.statement(polls=(named,)), sitting.anchors)
    assert minutes.must_agree_with(good, certificate, digest, "x.json") == "bq-01"
    bad = minutes.verify_statement(sitting.statement(), sitting.anchors)
    with pytest.raises(MinutesDisagree, match="another certificate"):
        minutes.must_agree_with(bad, certificate, digest, "x.json")


def test_a_ledger_cut_short_is_found_beside_a_certificate() -> None:
    """The ledger's own key signs a shorter tree: no file shows that alone, a certificate of what was cut does."""
    sitting = MinutedSitting()
    sitting.poll("certified")
    short = minutes.verify_statement(sitting.statement(), sitting.anchors)
    sitting.poll("certified")
    certificate = sitting.statements["bq-02"]
    with pytest.raises(MinutesIncomplete, match="bq-02"):
        minutes.must_agree_with(short, certificate, jws.digest(sitting.file(certificate)), "x.json")


def test_two_views_of_one_ledger_are_found() -> None:
    """The same polls, another line where the certificate has one: a ledger shown in two ways."""
    sitting = MinutedSitting()
    sitting.poll("certified")
    certificate = sitting.statements["bq-01"]
    digest = jws.digest(sitting.file(certificate))
    minuted = minutes.verify_statement(sitting.statement(), sitting.anchors)
    other = msgspec.structs.replace(
        certificate.evidence.ledger,
        lines=tuple(
            _hidden("x") if place == 2 else line
            for place, line in enumerate(certificate.evidence.ledger.lines)
        ),
    )
    forged: Statement = msgspec.structs.replace(
        certificate, evidence=msgspec.structs.replace(certificate.evidence, ledger=other)
    )
    with pytest.raises(MinutesDisagree, match="line 2"):
        minutes.must_agree_with(minuted, forged, digest, "x.json")


@settings(max_examples=60)
@given(some.data())
def test_any_changed_byte_is_refused(data: some.DataObject) -> None:
    """Of minutes.json, wherever it is."""
    sitting = _once()
    file = bytearray(sitting.file(sitting.statement()))
    at = data.draw(some.integers(0, len(file) - 1))
    file[at] ^= data.draw(some.integers(1, 127))
    with pytest.raises(Refused):
        minutes.verify_file(bytes(file), sitting.anchors)


_sitting: list[MinutedSitting] = []


def _once() -> MinutedSitting:
    if not _sitting:
        _sitting.append(usual())
    return _sitting[0]


WRONG: dict[str, dict[str, Any]] = {
    "a member of the roll": {"attendance": lambda it: it[:-1]},
    "attendance": {"attendance": lambda it: (it[1], it[0], *it[2:])},
    "agenda": {"agenda": lambda it: (*it, *it)},
    "edition": {"edition": lambda _: 2},
    "times": {"ended_at": lambda _: 1},
    "presiding": {"presiding": lambda _: "db002"},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_the_house_says_alone_is_whole_and_in_order(what: str) -> None:
    """Everybody of the roll, once, in its order; the agenda in order; one edition after the other."""
    sitting = _once()
    honest = sitting.statement()
    changes = {name: change(getattr(honest, name)) for name, change in WRONG[what].items()}
    with pytest.raises((MinutesWrong, MinutesIncomplete), match=what):
        minutes.verify_statement(msgspec.structs.replace(honest, **changes), sitting.anchors)


def overlapping(data: some.DataObject, polls: int) -> MinutedSitting:
    """Votes of every kind, any step of one after any of another."""
    house = Overlapping()
    steps = [
        house.steps(
            f"bq-{number:02d}",
            data.draw(some.lists(some.sampled_from(VOTES), max_size=4)),
            data.draw(some.sampled_from(ENDS)),
        )
        for number in range(polls)
    ]
    return house.play(*steps, order=lambda number: data.draw(some.integers(0, number - 1)))


def must_be_seen(statement: MinutesStatement, sitting: MinutedSitting) -> None:
    """Refused; or said to be made while somebody votes, which says what it cannot prove."""
    try:
        minuted = minutes.verify_statement(statement, sitting.anchors)
    except Refused:
        return
    assert proceedings.under_way(minuted.statement.polls)


@settings(max_examples=60)
@given(some.data())
def test_votes_that_overlap_are_proven_and_none_can_be_hidden(data: some.DataObject) -> None:
    """Any one whole poll as leaf hashes, in whosever window it lies, or any one line that is no ballot; also where
    ballots are shown in exchange."""
    sitting = overlapping(data, data.draw(some.integers(1, 4)))
    honest = sitting.statement()
    minuted = minutes.verify_statement(honest, sitting.anchors)
    assert all(one.state == "open" for one in proceedings.under_way(minuted.statement.polls))
    gone = data.draw(some.sampled_from(honest.polls)).poll
    must_be_seen(hidden(sitting, lambda line: f'"poll":"{gone}"' in line), sitting)
    lines = honest.evidence.ledger.lines
    line = data.draw(some.sampled_from([each for each in lines if '"withheld"' not in each]))
    must_be_seen(hidden(sitting, lambda each: each == line), sitting)
    shown = hidden(sitting, lambda line: f'"poll":"{gone}"' in line)
    must_be_seen(_with_ledger(shown, _some_shown(shown.evidence.ledger, sitting, data)), sitting)


def _some_shown(ledger: Extract, sitting: MinutedSitting, data: some.DataObject) -> Extract:
    """Ballots in full where they were withheld."""
    whole = dict(enumerate(sitting.play.lines))
    ballots = [place for place, line in whole.items() if '"kind":"ballot"' in line]
    places = data.draw(some.sets(some.sampled_from(ballots))) if ballots else set()
    lines = tuple(whole[place] if place in places else line for place, line in enumerate(ledger.lines))
    return msgspec.structs.replace(ledger, lines=lines)


def test_a_whole_annulled_poll_cannot_hide_among_ballots() -> None:
    """The case that led to the rule: a second vote begun and annulled while the first one is under way."""
    house = Overlapping()
    first = house.steps("bq-01", ["cast"] * 5, "declared")
    second = house.steps("bq-02", ["cast"] * 3, "annulled open")
    sitting = house.play(
        first, second, order=lambda number: 0 if len(house.sitting.play.lines) < 4 else number - 1
    )
    assert [one.state for one in sitting.statement().polls] == ["declared", "voided"]
    minutes.verify_statement(sitting.statement(), sitting.anchors)
    with pytest.raises(OrderWrong, match="more withheld than ballots"):
        minutes.verify_statement(hidden(sitting, lambda line: '"poll":"bq-02"' in line), sitting.anchors)
    # In the older form it is not said how many ballots there were: proven, but for that, and so it is told. It is of no
    # use to hide more than they can be.
    older = unsaid(sitting)
    minuted = minutes.verify_statement(older.statement(), sitting.anchors)
    assert proceedings.unsaid(minuted.run) == {"bq-02"}
    with pytest.raises(OrderWrong, match="more withheld than ballots"):
        minutes.verify_statement(hidden(older, lambda line: '"poll":"bq-02"' in line), sitting.anchors)


def unsaid(sitting: MinutedSitting) -> MinutedSitting:
    """The line that annuls, without its number."""
    play = sitting.play
    play.lines[:] = [
        line.replace(',"ballots":3}', "}") if "poll.voided" in line else line for line in play.lines
    ]
    return sitting
