"""A sealed turn log is believed only if everything in it holds: each part, forged, fails its own check."""

from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from services.refusal import Refused
from services.rules import jws, seal
from services.rules.floor import record
from services.wire import (
    FloorActed,
    FloorBegun,
    FloorStatement,
    RequestNews,
    RollTaken,
    TurnNews,
)
from tests.support.floor_record import RecordedSitting, play, record_again, usual
from tests.support.floor_sitting import CHAIR
from tests.support.pki import Pki

replace = msgspec.structs.replace
Forge = Callable[[RecordedSitting, FloorStatement], FloorStatement]


@cache
def played() -> tuple[RecordedSitting, FloorStatement]:
    """A sitting, and the true statement of it."""
    sitting = play(RecordedSitting())
    return sitting, sitting.statement()


def with_lines(sitting: RecordedSitting, said: FloorStatement, lines: list[str]) -> FloorStatement:
    """The statement with other lines, which a dishonest ledger has signed."""
    evidence = replace(said.evidence, ledger=sitting.extract(lines))
    return replace(said, evidence=evidence)


def changed_line(place: int, old: str, new: str) -> Forge:
    """A line that says something else."""

    def forge(sitting: RecordedSitting, said: FloorStatement) -> FloorStatement:
        lines = sitting.texts()
        assert old in lines[place]
        lines[place] = lines[place].replace(old, new)
        return with_lines(sitting, said, lines)

    return forge


def of_kind(kind: type, nth: int = 0) -> int:
    """The place of the nth line of a kind."""
    sitting, _ = played()
    return [place for place, line in enumerate(sitting.lines) if isinstance(line, kind)][nth]


def line_with(news: type, nth: int = 0) -> int:
    """The place of the nth line that changes such a thing."""
    sitting, _ = played()
    found = [
        place
        for place, line in enumerate(sitting.lines)
        if isinstance(line, FloorActed) and any(isinstance(each, news) for each in line.news)
    ]
    return found[nth]


def left_out(place: int) -> Forge:
    """A line left out."""

    def forge(sitting: RecordedSitting, said: FloorStatement) -> FloorStatement:
        lines = sitting.texts()
        del lines[place]
        return with_lines(sitting, said, lines)

    return forge


def without_credential(sitting: RecordedSitting, said: FloorStatement) -> FloorStatement:
    """The chair's certificate is not there."""
    kept = tuple(each for each in said.evidence.credentials if each.member != CHAIR)
    return replace(said, evidence=replace(said.evidence, credentials=kept))


def of_another_root(sitting: RecordedSitting, said: FloorStatement) -> FloorStatement:
    """The chair's certificate is by nobody we trust."""
    other = Pki(body=said.body.id)
    person = other.person(CHAIR, body=said.body.id)
    forged = tuple(
        replace(each, thumbprint=jws.digest(person.der), chain=(jws.standard_b64(person.der), each.chain[1]))
        if each.member == CHAIR
        else each
        for each in said.evidence.credentials
    )
    return replace(said, evidence=replace(said.evidence, credentials=forged))


def unsigned_checkpoint(sitting: RecordedSitting, said: FloorStatement) -> FloorStatement:
    """The checkpoint is of a ledger that is one line shorter."""
    shorter = sitting.extract(sitting.texts()[:-1]).checkpoint
    ledger = replace(said.evidence.ledger, checkpoint=shorter)
    return replace(said, evidence=replace(said.evidence, ledger=ledger))


def of_another_floor(sitting: RecordedSitting, said: FloorStatement) -> FloorStatement:
    """The ledger has the name of another meeting's."""
    other = RecordedSitting(pki=sitting.pki)
    other.origin, other.lines, other.ledger_key = (
        "plenary.local/khac/floor",
        sitting.lines,
        sitting.ledger_key,
    )
    return replace(said, evidence=replace(said.evidence, ledger=other.extract()))


def not_asked_for(sitting: RecordedSitting, said: FloorStatement) -> FloorStatement:
    """Everything holds, but no line asks for a record."""
    other = RecordedSitting(pki=sitting.pki)
    other.people = sitting.people
    play(other)
    del other.lines[-1]
    return other.statement()


def with_log(**changed: object) -> Forge:
    """The log says something else."""

    def forge(_: RecordedSitting, said: FloorStatement) -> FloorStatement:
        return replace(said, log=replace(said.log, **changed))

    return forge


_BENT = "floor_replay_differs"
FORGED: dict[str, tuple[Forge, str]] = {
    "a turn longer": (
        lambda _, said: replace(
            said, log=replace(said.log, turns=(replace(said.log.turns[0], used_ms=1), *said.log.turns[1:]))
        ),
        "record_wrong",
    ),
    "an override gone": (lambda _, said: replace(said, log=replace(said.log, overrides=())), "record_wrong"),
    "an override of another": (
        lambda _, said: replace(
            said, log=replace(said.log, overrides=(replace(said.log.overrides[0], by="an"),))
        ),
        "record_wrong",
    ),
    "nobody unreached": (with_log(unreached=()), "record_wrong"),
    "another opinion": (with_log(opinions=()), "record_wrong"),
    "other sums": (with_log(persons=()), "record_wrong"),
    "another meeting": (lambda _, said: replace(said, meeting="khac"), "record_wrong"),
    "another line": (lambda _, said: replace(said, index=said.index - 1), "record_wrong"),
    "another name of the body": (
        lambda _, said: replace(said, body=replace(said.body, name="Cơ quan khác")),
        "record_wrong",
    ),
    "another body": (lambda _, said: replace(said, body=replace(said.body, id="khac")), "credential_wrong"),
    "a certificate missing": (without_credential, _BENT),
    "a certificate of strangers": (of_another_root, "credential_wrong"),
    "a checkpoint of less": (unsigned_checkpoint, "ledger_root_wrong"),
    "another ledger": (of_another_floor, "record_wrong"),
    "nobody asked": (not_asked_for, "record_wrong"),
    "a line left out": (left_out(line_with(RequestNews)), _BENT),
    "the first line left out": (left_out(0), _BENT),
    "the act of asking left out": (left_out(-1), "record_wrong"),
    "a changed reason in a line": (
        changed_line(of_kind(FloorBegun), "Phiên họp", "Phiên khác"),
        "record_wrong",
    ),
    "a changed roll": (
        changed_line(of_kind(RollTaken), "Nguyễn Thị Minh Khai", "Nguyễn Văn B"),
        "floor_replay_differs",
    ),
    "in turn, says the line": (
        changed_line(10, '"in_turn":false,', ""),
        "ledger_line_wrong",
    ),
    "done by another": (changed_line(10, '"by":"chair-1"', '"by":"an"'), _BENT),
    "with other roles": (
        changed_line(10, '"roles":["chair","delegate"]', '"roles":["delegate"]'),
        "floor_replay_differs",
    ),
    "no ledger line": (changed_line(3, '"kind":"act"', '"kind":"khac"'), "ledger_line_wrong"),
    "written otherwise": (changed_line(3, '"kind":"act"', '"kind": "act"'), "ledger_line_wrong"),
}


def test_the_true_one_is_believed() -> None:
    """And gives the floor that was."""
    sitting, said = played()
    replayed = record.verify_statement(said, sitting.pki.anchors())
    assert replayed.floor == sitting.floor


@pytest.mark.parametrize("what", FORGED)
def test_each_part_forged_is_refused_by_its_own_check(what: str) -> None:
    """The seal is not asked: whoever has it can say nothing that the ledger does not."""
    sitting, said = played()
    forge, code = FORGED[what]
    with pytest.raises(Refused) as refused:
        record.verify_statement(forge(sitting, said), sitting.pki.anchors())
    assert refused.value.code == code


def test_a_ledger_that_begins_later_is_refused() -> None:
    """The whole of it, or nothing."""
    sitting, said = played()
    ledger = replace(said.evidence.ledger, start=1)
    forged = replace(said, evidence=replace(said.evidence, ledger=ledger))
    with pytest.raises(Refused, match="not the whole ledger"):
        record.verify_statement(forged, sitting.pki.anchors())


def test_an_empty_ledger_is_refused() -> None:
    """No line, no floor."""
    sitting, said = played()
    with pytest.raises(Refused) as refused:
        record.verify_statement(with_lines(sitting, said, []), sitting.pki.anchors())
    assert refused.value.code in ("ledger_line_wrong", "ledger_root_wrong", "checkpoint_wrong")


def test_the_news_of_a_line_are_what_the_rules_make_of_its_act() -> None:
    """Who has the ledger's key can neither give a turn more time nor say that it was next."""
    sitting, said = played()
    place = next(
        place
        for place, line in enumerate(sitting.lines)
        if isinstance(line, FloorActed)
        and any(isinstance(each, TurnNews) and not each.turn.in_turn for each in line.news)
    )
    line = sitting.lines[place]
    assert isinstance(line, FloorActed)
    news = tuple(
        replace(each, turn=replace(each.turn, in_turn=True, next_was=""))
        if isinstance(each, TurnNews)
        else each
        for each in line.news
    )
    lines = sitting.texts()
    lines[place] = msgspec.json.encode(replace(line, news=news)).decode()
    with pytest.raises(Refused) as refused:
        record.verify_statement(with_lines(sitting, said, lines), sitting.pki.anchors())
    assert (refused.value.code, refused.value.facts["index"]) == ("floor_replay_differs", place)


def test_a_seal_of_certificates_is_no_seal_of_turn_logs() -> None:
    """The `typ` of the header tells them apart."""
    sitting, _ = usual()
    statement = msgspec.json.encode(sitting.statement())
    issued = sitting.statement().issued_at // 1000
    file = seal.sign(statement, (sitting.pki.seal.der,), sitting.pki.seal.key, issued)
    with pytest.raises(Refused) as refused:
        record.verify_file(file, sitting.pki.anchors())
    assert refused.value.code == "seal_wrong"


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"null", b'{"format":"plenary-floor-record/2"}', b"\xff"], ids=range(5)
)
def test_what_is_no_statement_is_refused(raw: bytes) -> None:
    """Whoever sealed it."""
    with pytest.raises(Refused) as refused:
        record.read_statement(raw)
    assert refused.value.code == "record_wrong"


def test_a_statement_is_written_in_one_way() -> None:
    """A blank more is another file."""
    _, said = played()
    raw = msgspec.json.encode(said)
    assert record.read_statement(raw) == said
    with pytest.raises(Refused, match="not written"):
        record.read_statement(raw.replace(b":", b": ", 1))


def test_recorded_again_later_both_hold() -> None:
    """The earlier record stays true when the ledger has grown."""
    sitting = play(RecordedSitting())
    first = sitting.statement()
    record_again(sitting)
    second = sitting.statement()
    for said in (first, second):
        record.verify_statement(said, sitting.pki.anchors())
    assert (second.index, second.log.turns) == (first.index + 2, first.log.turns)
