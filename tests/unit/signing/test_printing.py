"""What the print shop gives away is verified, whoever made it wrongly; and what it forgets changes no page."""

from typing import Any

import msgspec
import pytest

from services.rules import jws, proof
from services.rules import seal as json_seal
from services.signing import minutes, printing, proving, seal, typesetting
from services.signing.printing import Printed
from services.signing.proving import Spoiled
from tests.support.evidence import Sitting, by_choice
from tests.support.issued import materials, usual
from tests.support.pki import Pki


@pytest.fixture
def sitting() -> Sitting:
    """A vote, whose body's materials lie ready."""
    sitting = usual().sitting
    printing.equip(materials(sitting.pki))
    return sitting


@pytest.fixture(params=[printing.GREAT_BYTES, 1], ids=["as ever", "as a great one"], autouse=True)
def _great_from(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is noticed is noticed of great papers, too, of which less is held at a time."""
    monkeypatch.setattr(printing, "GREAT_BYTES", request.param)


def printed(sitting: Sitting) -> Printed | Spoiled | None:
    """What is said of its certificate: when it is printed, or when that is verified."""
    outcome = printing.print_out(msgspec.json.encode(sitting.statement()))
    return outcome if isinstance(outcome, Spoiled) else printing.verify(outcome.sha256)


def test_what_is_right_is_printed(sitting: Sitting) -> None:
    """And found good."""
    assert printed(sitting) is None


def test_a_seal_that_nobody_trusts_is_noticed(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed with another key than the seal's."""
    right, foreign = json_seal.sign, Pki().seal.key
    monkeypatch.setattr(
        json_seal, "sign", lambda statement, chain, _, now, typ: right(statement, chain, foreign, now, typ)
    )
    spoiled = printed(sitting)
    assert isinstance(spoiled, Spoiled)
    assert spoiled.code == "seal_wrong"


def test_another_statement_than_the_one_proven_is_noticed(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Well signed, well set, and not what was put in."""
    right, other = json_seal.sign, Sitting(pki=sitting.pki)
    told = msgspec.json.encode(other.play(by_choice(other.ids, 1, 1, 1)).statement())
    issued = other.statement().issued_at // 1000
    monkeypatch.setattr(
        json_seal, "sign", lambda _, chain, key, __, typ: right(told, chain, key, issued, typ)
    )
    with pytest.raises(RuntimeError, match="not what was proven"):
        printed(sitting)


def test_a_page_with_another_file_attached_is_noticed(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One byte more than what was sealed."""
    right = typesetting.typeset

    def typeset(template: Any, words: Any, issued: int, sealed: str, *given: Any) -> bytes:
        return right(template, words, issued, sealed + " ", *given)

    monkeypatch.setattr(typesetting, "typeset", typeset)
    spoiled = printed(sitting)
    assert isinstance(spoiled, Spoiled)
    assert spoiled.code == "pdf_attachment_wrong"


def test_a_page_changed_after_it_was_sealed_is_noticed(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last byte."""
    right = seal.seal
    monkeypatch.setattr(seal, "seal", lambda *given: right(*given)[:-1] + b" ")
    spoiled = printed(sitting)
    assert isinstance(spoiled, Spoiled)
    assert spoiled.code == "pdf_changed"


def test_a_page_is_verified_where_it_was_printed_and_once(sitting: Sitting) -> None:
    """Another process, or who asks twice, knows nothing of it."""
    outcome = printing.print_out(msgspec.json.encode(sitting.statement()))
    assert isinstance(outcome, Printed)
    assert printing.verify(outcome.sha256) is None
    with pytest.raises(KeyError):
        printing.verify(outcome.sha256)


def test_what_was_proven_is_printed_once_and_by_its_hash(sitting: Sitting) -> None:
    """Nobody need hold it meanwhile; what was not proven here last is not here."""
    statement = msgspec.json.encode(sitting.statement())
    digest = jws.digest(statement)
    assert proving.prove(statement) is None
    with pytest.raises(KeyError):
        printing.print_proven(jws.digest(b"another"))
    outcome = printing.print_proven(digest)
    assert isinstance(outcome, Printed)
    assert jws.b64_decode(msgspec.json.decode(outcome.file)["payload"].encode()) == statement
    with pytest.raises(KeyError):
        printing.print_proven(digest)


def test_what_does_not_hold_does_not_lie_ready(sitting: Sitting) -> None:
    """Nor is it printed though somebody should ask."""
    forged = msgspec.json.encode(msgspec.structs.replace(sitting.statement(), title="Nghị quyết khác"))
    assert isinstance(proving.prove(forged), Spoiled)
    with pytest.raises(KeyError):
        printing.print_proven(jws.digest(forged))
    assert isinstance(printing.print_out(forged), Spoiled)


def test_what_nobody_asked_for_any_more_takes_no_place(sitting: Sitting) -> None:
    """Presses gave up their papers before they were verified: the last one printed is there all the same, and alone."""
    outcomes = []
    for approve in (1, 2, 3):
        other = Sitting(pki=sitting.pki)
        told = msgspec.json.encode(other.play(by_choice(other.ids, approve, 1, 1)).statement())
        outcomes.append(printing.print_out(told))
    hashes = [outcome.sha256 for outcome in outcomes if isinstance(outcome, Printed)]
    assert len(set(hashes)) == 3
    for given_up in hashes[:2]:
        with pytest.raises(KeyError):
            printing.verify(given_up)
    assert printing.verify(hashes[2]) is None


def test_what_is_forgotten_changes_no_page(sitting: Sitting) -> None:
    """The same bytes, whatever was set before or let go of."""
    proven = proof.verify_statement(sitting.statement(), sitting.pki.anchors())
    first = minutes.typeset(proven, b"{}", "hash", "https://plenary.example.vn")
    printing.let_go()
    assert minutes.typeset(proven, b"{}", "hash", "https://plenary.example.vn") == first
