"""A certificate that names its ledger by hash: proven with the file beside it, and with no other."""

from collections.abc import Callable

import msgspec
import pytest
from msgspec import UNSET

from services.refusal import Refused
from services.rules import extract, great_ledger, ledger_file, proof
from services.rules.proof_errors import LedgerFileNeeded, LedgerFileWrong
from services.wire import Extract, Statement
from tests.support.evidence import Sitting, by_choice
from tests.support.great_ledger import apart, reading
from tests.support.pki import Pki

PKI = Pki()
File = list[bytes]


def statement(**changed: object) -> Statement:
    """Of a vote in which some changed their minds; lines of another poll stand between, withheld."""
    sitting = Sitting(members=9, pki=PKI, changes=True, **changed)  # type: ignore[arg-type]
    sitting.announce()
    sitting.open()
    for choices in (by_choice(sitting.ids, 5, 3, 0), by_choice(sitting.ids, 2, 2, 2)):
        sitting.cast_all(choices)
    sitting.close()
    sitting.count()
    sitting.declare()
    return sitting.statement()


@pytest.mark.parametrize("page", [1, 3, 8_000])
def test_what_is_read_in_pages_is_what_is_read_at_once(page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Votes, steps, decision and history are the same, however long a page is."""
    monkeypatch.setattr(great_ledger, "PAGE", page)
    whole = statement()
    at_once = proof.verify_statement(whole, PKI.anchors())
    bare, file = apart(whole)
    in_pages = proof.verify_statement(bare, PKI.anchors(), ledger=reading(file))
    for name in ("definition", "roll", "steps", "votes", "weighed", "confirmed"):
        assert getattr(in_pages, name) == getattr(at_once, name), name
    assert in_pages.run.count == at_once.run.count
    assert in_pages.run.checkpoint == at_once.run.checkpoint
    assert in_pages.history.closed == at_once.history.closed
    assert in_pages.run.lines == in_pages.history.ballots == ()


def test_a_page_of_ballots_is_held_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever counts is given them a page at a time, and the file is read a line at a time."""
    monkeypatch.setattr(great_ledger, "PAGE", 4)
    bare, file = apart(statement())
    pages = list(great_ledger.ballots_in(bare.evidence.ledger, reading(file), bare.poll))
    assert [len(page) for page in pages] == [4, 4, 4, 2]


def test_without_the_file_it_says_what_is_needed() -> None:
    """By number of lines and hash: nobody takes an empty ledger for one that is proven."""
    bare, file = apart(statement())
    with pytest.raises(LedgerFileNeeded) as caught:
        proof.verify_statement(bare, PKI.anchors())
    named = bare.evidence.ledger.file
    assert not isinstance(named, type(UNSET))
    assert caught.value.facts == {"lines": len(file) - 2, "sha256": named.sha256}
    with pytest.raises(LedgerFileNeeded):
        extract.open_extract(bare.evidence.ledger)


BROKEN: dict[str, Callable[[File], File]] = {
    "a byte changed": lambda file: [*file[:5], file[5].replace(b"a", b"b", 1), *file[6:]],
    "a line left out": lambda file: [*file[:5], *file[6:]],
    "two lines changed about": lambda file: [*file[:5], file[6], file[5], *file[7:]],
    "a line twice": lambda file: [*file[:5], file[4], *file[5:]],
    "one line too many": lambda file: [*file, file[-1]],
    "cut short": lambda file: file[:-3],
    "no newline at the end": lambda file: [*file[:-1], file[-1].rstrip(b"\n")],
    "empty": lambda file: [],
    "of another ledger": lambda file: [file[0].replace(b"plenary", b"elsewhere"), *file[1:]],
    "without its checkpoint": lambda file: [*file[:-1], b"{}\n"],
}


@pytest.mark.parametrize("broken", BROKEN)
def test_another_file_is_refused_before_it_is_read(broken: str) -> None:
    """Whatever is wrong with it: it is not the file that the certificate names."""
    bare, file = apart(statement())
    spoiled = BROKEN[broken](file)
    assert spoiled != file
    with pytest.raises(LedgerFileWrong):
        proof.verify_statement(bare, PKI.anchors(), ledger=reading(spoiled))


@pytest.mark.parametrize("good", [1, 2])
def test_a_file_that_changes_while_it_is_read_is_refused(good: int) -> None:
    """The ballots that are counted are those of the file that was proven: every reading is compared."""
    bare, file = apart(statement())
    longer = [*file[:-1], b"\n", file[-1]]
    for changed, code in ((longer, "ledger_file_wrong"), ([*file[:5], *file[6:]], "ledger_line_wrong")):
        readings = iter([file] * good + [changed] * 3)
        with pytest.raises(Refused) as caught:
            proof.verify_statement(bare, PKI.anchors(), ledger=lambda left=readings: iter(next(left)))  # type: ignore[misc]
        assert caught.value.code == code


def test_a_hidden_ballot_in_a_file_that_is_named_is_noticed() -> None:
    """Who seals a file in which a ballot is withheld is told that the number at the close is another."""
    sitting = Sitting(members=5, pki=PKI).play(by_choice([f"db{n:03d}" for n in range(1, 6)], 3, 1, 1))
    sitting.withhold(6)
    bare, file = apart(sitting.statement())
    with pytest.raises(Refused) as caught:
        proof.verify_statement(bare, PKI.anchors(), ledger=reading(file))
    assert caught.value.code == "order_wrong"


def test_lines_in_both_places_are_refused() -> None:
    """A ledger stands in the certificate or beside it."""
    whole = statement()
    bare, file = apart(whole)
    ledger = msgspec.structs.replace(bare.evidence.ledger, lines=whole.evidence.ledger.lines)
    both = msgspec.structs.replace(bare, evidence=msgspec.structs.replace(bare.evidence, ledger=ledger))
    with pytest.raises(LedgerFileWrong):
        proof.verify_statement(both, PKI.anchors(), ledger=reading(file))


def test_the_file_of_an_ordinary_certificate_is_compared() -> None:
    """It may be given, too; and then it is the one, byte for byte."""
    whole = statement()
    _, file = apart(whole)
    proof.verify_statement(whole, PKI.anchors(), ledger=reading(file))
    for spoiled in (file[:-1], [*file, b"\n"], [file[0], file[2], *file[2:]]):
        with pytest.raises(LedgerFileWrong):
            proof.verify_statement(whole, PKI.anchors(), ledger=reading(spoiled))


def test_what_a_page_carries_names_the_file() -> None:
    """In the place of the lines; an ordinary extract is written as ever."""
    whole = statement()
    bare, file = apart(whole)
    assert ledger_file.render(whole.evidence.ledger) == b"".join(file)
    head, named, foot = ledger_file.render(bare.evidence.ledger).splitlines(keepends=True)
    assert (head, foot) == (file[0], file[-1])
    (shown,) = msgspec.json.decode(named).values()
    assert shown == msgspec.to_builtins(bare.evidence.ledger.file)


def test_a_ledger_of_other_rooms_never_stands_elsewhere() -> None:
    """Minutes and turn logs are read by `must_be_signed` and `open_extract`: both refuse a named file."""
    bare: Extract = apart(statement())[0].evidence.ledger
    with pytest.raises(LedgerFileNeeded):
        extract.must_be_signed(bare, [])
