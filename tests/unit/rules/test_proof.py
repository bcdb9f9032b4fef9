"""The whole check of a certificate: a true one passes, and each kind of lie is refused by the check made for it."""

import datetime
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from services.refusal import Refused
from services.rules import jws, merkle, note, proof, seal
from services.rules.holders import Known
from services.wire import BallotCast, PollDeclared, Statement
from tests.support import overlooked_plays
from tests.support.evidence import RULE, Sitting, by_choice, encode
from tests.support.great_ledger import proven_apart
from tests.support.pki import Pki
from tests.support.recheck_plays import Play

PKI = Pki()


def sitting(**changed: Any) -> Sitting:
    """Five members, not yet opened."""
    members: dict[str, Any] = {"members": 6, "pki": PKI}
    return Sitting(**(members | changed))


def played(**changed: Any) -> Sitting:
    """Three in favour, one against, one not voting, one absent."""
    vote = sitting(**changed)
    return vote.play(by_choice(vote.ids, 3, 1, 1))


def counted(vote: Sitting) -> Sitting:
    """Close, count and declare an open vote."""
    vote.close()
    vote.count()
    vote.declare()
    return vote


def opened(**changed: Any) -> Sitting:
    """A vote that is open."""
    vote = sitting(**changed)
    vote.announce()
    vote.open()
    return vote


def refusal(statement: Statement) -> Refused:
    """How the statement is refused; whether it holds its ledger or names the file."""
    with pytest.raises(Refused) as caught:
        proof.verify_statement(statement, PKI.anchors())
    with pytest.raises(Refused) as of_file:
        proven_apart(statement, PKI.anchors())
    assert (of_file.value.code, of_file.value.facts) == (caught.value.code, caught.value.facts)
    return caught.value


def test_a_true_statement_is_proven() -> None:
    """What is proven names every voter's choice, and each transition with its actor."""
    vote = played()
    proven = proof.verify_statement(vote.statement(), PKI.anchors())
    assert {member: one.choice for member, one in proven.votes.items()} == vote.choices
    assert [step.act for step in proven.steps] == ["announce", "open", "close", "declare"]
    assert {step.actor for step in proven.steps} == {vote.presiding}


def test_a_vote_held_extended_changed_and_closed_by_the_clock_is_proven() -> None:
    """The clock stands while a poll is held; an extension, changed votes and the ledger's own act are proven."""
    vote = opened(changes=True, duration_s=60)
    vote.cast("db001", "reject")
    vote.hold()
    vote.tick(3600)
    vote.resume()
    vote.cast("db001", "approve")
    vote.extend(30)
    vote.cast("db002", "approve")
    vote.tick(120)
    counted(vote)
    proven = proof.verify_statement(vote.statement(), PKI.anchors())
    assert [step.act for step in proven.steps][2:6] == ["hold", "resume", "extend", "close"]
    assert proven.steps[5].actor == ""
    assert proven.votes["db001"].choice == "approve"


def test_the_first_ledger_of_all_is_proven_too() -> None:
    """An extract that begins at the ledger's first line has no frontier."""
    assert proof.verify_statement(played(before=0).statement(), PKI.anchors()).run.first == 0


def test_lines_of_other_polls_may_stand_between_shown_or_withheld() -> None:
    """Another poll's lines, seen or only by their hash, change nothing."""
    vote = opened()
    other = BallotCast(at=vote.at, poll="bq-02", jws="a.b.c")
    shown, hidden = vote.append(other), vote.append(other)
    vote.cast("db001", "approve")
    counted(vote)
    vote.withhold(hidden)
    proven = proof.verify_statement(vote.statement(), PKI.anchors())
    assert shown in {placed.index for placed in proven.run.lines}
    assert hidden not in {placed.index for placed in proven.run.lines}


# --- The ledger --------------------------------------------------------------------------------------------------


def test_an_edited_line_is_not_in_the_tree() -> None:
    """One character changed in a line changes the root."""
    statement = played().statement()
    lines = [line.replace('"at":17', '"at":16', 1) for line in statement.evidence.ledger.lines[:1]]
    assert refusal(with_lines(statement, lines)).code == "ledger_root_wrong"


def with_lines(statement: Statement, lines: list[str]) -> Statement:
    """The statement with its first ledger lines exchanged."""
    old = statement.evidence.ledger
    ledger = msgspec.structs.replace(old, lines=(*lines, *old.lines[len(lines) :]))
    return with_ledger(statement, ledger)


def with_ledger(statement: Statement, ledger: Any) -> Statement:
    """The statement with another ledger."""
    evidence = msgspec.structs.replace(statement.evidence, ledger=ledger)
    return msgspec.structs.replace(statement, evidence=evidence)


def test_a_missing_ballot_line_is_missed() -> None:
    """A line taken out makes another tree."""
    statement = played().statement()
    ledger = statement.evidence.ledger
    fewer = msgspec.structs.replace(ledger, lines=(*ledger.lines[:3], *ledger.lines[4:]))
    assert refusal(with_ledger(statement, fewer)).code == "ledger_root_wrong"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"origin": "other.example"}, "ledger_root_wrong"),
        ({"start": 4}, "ledger_root_wrong"),
        ({"frontier": ()}, "ledger_root_wrong"),
        ({"frontier": ("A" * 43, "A" * 43)}, "ledger_root_wrong"),
        ({"checkpoint": ""}, "checkpoint_wrong"),
        ({"log_key": "x"}, "checkpoint_wrong"),
    ],
)
def test_a_forged_head_is_refused(change: dict[str, Any], code: str) -> None:
    """Origin, place, frontier, checkpoint and key belong together."""
    statement = played().statement()
    ledger = msgspec.structs.replace(statement.evidence.ledger, **change)
    assert refusal(with_ledger(statement, ledger)).code == code


def test_a_checkpoint_of_another_key_is_refused() -> None:
    """Only the ledger's key signs its head."""
    vote = played()
    extract, foreign = vote.extract(), sitting().ledger_key
    size = extract.start + len(extract.lines)
    root = merkle.Frontier().append(vote.leaves()).root()
    forged = msgspec.structs.replace(
        extract, checkpoint=note.sign_checkpoint(extract.origin, size, root, foreign)
    )
    assert refusal(with_ledger(vote.statement(), forged)).code == "checkpoint_wrong"


def test_a_line_written_in_another_way_is_refused() -> None:
    """A space more, and two programs might read two things."""
    vote = opened()
    vote.lines[0] = vote.lines[0].replace(":", ": ", 1)
    counted(vote)
    assert refusal(vote.statement()).code == "ledger_line_wrong"


def test_a_line_of_unknown_kind_is_refused() -> None:
    """What cannot be read cannot be proven."""
    vote = opened()
    vote.lines.append('{"kind":"poll.bribed","at":1,"poll":"bq-01"}')
    counted(vote)
    assert refusal(vote.statement()).code == "ledger_line_wrong"


def test_time_never_goes_backwards() -> None:
    """A line written later is not earlier."""
    vote = opened()
    vote.at -= 3_000
    vote.cast("db001", "approve")
    counted(vote)
    assert refusal(vote.statement()).code == "ledger_line_wrong"


# --- The order ---------------------------------------------------------------------------------------------------


def ballot_after_close(vote: Sitting) -> None:
    vote.close()
    vote.cast("db002", "approve")
    vote.count()
    vote.declare()


def ballot_while_held(vote: Sitting) -> None:
    vote.hold()
    vote.cast("db002", "approve")
    vote.resume()
    counted(vote)


def ballot_after_deadline(vote: Sitting) -> None:
    vote.tick(61)
    vote.cast("db002", "approve")
    counted(vote)


def extended_after_deadline(vote: Sitting) -> None:
    vote.tick(61)
    vote.extend(60)
    counted(vote)


def closed_twice(vote: Sitting) -> None:
    vote.close()
    counted(vote)


def opened_twice(vote: Sitting) -> None:
    vote.open()
    counted(vote)


def not_declared(vote: Sitting) -> None:
    vote.close()
    vote.count()


def not_counted(vote: Sitting) -> None:
    vote.count()
    vote.declare()


def more_time_than_was_left(vote: Sitting) -> None:
    vote.hold()
    assert vote.deadline is not None
    vote.deadline += 1
    vote.resume()
    counted(vote)


def clock_closed_too_early(vote: Sitting) -> None:
    vote.close(cause="deadline")
    vote.count()
    vote.declare()


def fewer_ballots_written_at_close(vote: Sitting) -> None:
    vote.close(ballots=0)
    vote.count()
    vote.declare()


@pytest.mark.parametrize(
    "play",
    [
        ballot_after_close,
        ballot_while_held,
        ballot_after_deadline,
        extended_after_deadline,
        closed_twice,
        opened_twice,
        not_declared,
        not_counted,
        more_time_than_was_left,
        clock_closed_too_early,
        fewer_ballots_written_at_close,
    ],
)
def test_only_the_listed_steps_in_their_order_and_time(play: Callable[[Sitting], None]) -> None:
    """A poll goes its way in order, and its clock is kept."""
    vote = opened(duration_s=60)
    vote.cast("db001", "approve")
    play(vote)
    assert refusal(vote.statement()).code == "order_wrong"


def test_an_unannounced_poll_is_refused() -> None:
    """Nobody votes on what was not shown."""
    vote = sitting()
    vote.open()
    assert refusal(counted(vote).statement()).code == "order_wrong"


def test_a_hidden_ballot_line_of_this_poll_is_noticed() -> None:
    """The closing line says how many ballots there were: none of them can be withheld."""
    vote = played()
    vote.withhold(6)
    assert refusal(vote.statement()).code == "order_wrong"


# --- Keys, question, roll ----------------------------------------------------------------------------------------


def test_a_voter_without_a_credential_in_evidence_is_refused() -> None:
    """A ballot needs the certificate that its key stands in."""
    vote = played()
    statement = vote.statement()
    some = tuple(one for one in statement.evidence.credentials if one.member != "db002")
    evidence = msgspec.structs.replace(statement.evidence, credentials=some)
    caught = refusal(msgspec.structs.replace(statement, evidence=evidence))
    assert (caught.code, caught.facts["what"]) == ("ballot_wrong", "credential_unknown")


def test_a_credential_of_a_foreign_authority_is_refused() -> None:
    """Only what leads to the trust anchor counts."""
    foreign = Pki().person("db002", body="hdnd")
    vote = sitting(keys={"db002": foreign})
    assert refusal(vote.play(by_choice(vote.ids, 3, 1, 1)).statement()).code == "credential_wrong"


def test_a_credential_of_another_body_is_refused() -> None:
    """The same authority may serve two bodies; their members are not each other's."""
    vote = sitting(keys={"db002": PKI.person("db002", body="other-body")})
    assert refusal(vote.play(by_choice(vote.ids, 3, 1, 1)).statement()).code == "credential_wrong"


def test_an_expired_credential_is_refused() -> None:
    """A key is good as long as its certificate says."""
    ends = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    vote = sitting(keys={"db002": PKI.person("db002", ends=ends)})
    caught = refusal(vote.play(by_choice(vote.ids, 3, 1, 1)).statement())
    assert (caught.code, caught.facts["what"]) == ("ballot_wrong", "credential_expired")


def test_a_credential_that_names_somebody_else_is_refused() -> None:
    """The evidence cannot give one member's certificate to another."""
    statement = played().statement()
    renamed = tuple(
        msgspec.structs.replace(one, member="db003") if one.member == "db002" else one
        for one in statement.evidence.credentials
    )
    evidence = msgspec.structs.replace(statement.evidence, credentials=renamed)
    assert refusal(msgspec.structs.replace(statement, evidence=evidence)).code == "credential_wrong"


@pytest.mark.parametrize(
    "change",
    [{"title": "Nghị quyết khác"}, {"meeting": "ky-hop-13"}, {"definition": "A" * 43}],
)
def test_a_statement_about_another_question_is_refused(change: dict[str, Any]) -> None:
    """Title, meeting and hash are those that the chair signed."""
    assert refusal(played().statement(**change)).code in ("definition_wrong", "order_wrong")


def test_a_body_renamed_is_refused() -> None:
    """The body is the one in the signed question."""
    vote = played()
    body = msgspec.structs.replace(vote.body, name="Quốc hội")
    caught = refusal(vote.statement(body=body))
    assert (caught.code, caught.facts["what"]) == ("definition_wrong", "body")


def test_a_question_signed_by_somebody_else_is_refused() -> None:
    """The person who presides opens the vote."""
    vote = sitting()
    vote.announce()
    vote.open(by="db002")
    assert refusal(counted(vote).statement()).code == "definition_wrong"


@pytest.mark.parametrize(
    "change",
    [
        {"options": ()},
        {"title": "Nghị quyết\u202e"},
        {"origin": "other.example/voting/ky-hop-12"},
        {"duration_s": 5},
    ],
)
def test_an_unsound_question_is_refused(change: dict[str, Any]) -> None:
    """Labels are there and clean, the ledger and the deadline are those of the question."""
    vote = sitting()
    vote.definition = vote.define(**change)
    vote.title = vote.definition.title
    vote.announce()
    vote.open()
    assert refusal(counted(vote).statement()).code == "definition_wrong"


def test_two_choices_with_one_label_are_refused() -> None:
    """Who sees a label must know what it counts as."""
    vote = sitting()
    same = tuple(msgspec.structs.replace(one, label="Đồng ý") for one in vote.definition.options)
    vote.definition = vote.define(options=same)
    vote.announce()
    vote.open()
    assert refusal(counted(vote).statement()).code == "definition_wrong"


def test_another_roll_is_refused() -> None:
    """The roll is the one whose hash the chair signed."""
    statement = played().statement()
    roll = statement.evidence.roll.replace("db006", "db007")
    evidence = msgspec.structs.replace(statement.evidence, roll=roll)
    assert refusal(msgspec.structs.replace(statement, evidence=evidence)).code == "roll_wrong"


def test_a_member_twice_on_the_roll_is_refused() -> None:
    """One person, one entry."""
    vote = sitting()
    vote.roll = msgspec.structs.replace(vote.roll, entries=vote.roll.entries + vote.roll.entries[:1])
    vote.roll_text = encode(vote.roll)
    vote.definition = vote.define()
    vote.announce()
    vote.open()
    assert refusal(counted(vote).statement()).code == "roll_wrong"


def test_credentials_known_before_are_not_known_for_others() -> None:
    """What spares work spares no check: the same certificate under another name is refused all the same."""
    vote, known = played(), Known()
    proof.verify_statement(vote.statement(), PKI.anchors(), known)
    assert len(known) == 6
    proof.verify_statement(vote.statement(), PKI.anchors(), known)
    renamed = tuple(
        msgspec.structs.replace(one, member="db003") if one.member == "db002" else one
        for one in vote.credentials()
    )
    statement = vote.statement()
    evidence = msgspec.structs.replace(statement.evidence, credentials=renamed)
    with pytest.raises(Refused) as caught:
        proof.verify_statement(msgspec.structs.replace(statement, evidence=evidence), PKI.anchors(), known)
    assert caught.value.code == "credential_wrong"


# --- Acts --------------------------------------------------------------------------------------------------------


def test_an_act_by_somebody_else_is_refused() -> None:
    """Only the person who presides closes and declares."""
    vote = opened()
    vote.cast("db001", "approve")
    vote.close(jws=vote.act("close", by="db002"))
    vote.count()
    vote.declare()
    assert refusal(vote.statement()).code == "act_line_wrong"


@pytest.mark.parametrize(
    "change", [{"act": "hold"}, {"poll": "bq-02"}, {"meeting": "m2"}, {"definition": "A" * 43}]
)
def test_an_act_that_says_something_else_is_refused(change: dict[str, Any]) -> None:
    """What was signed is what the line says."""
    vote = opened()
    vote.close(jws=vote.act("close", **change))
    vote.count()
    vote.declare()
    assert refusal(vote.statement()).code == "act_line_wrong"


@pytest.mark.parametrize("play", overlooked_plays.BAD, ids=lambda play: play.name)
def test_what_the_ledger_makes_of_a_signature_is_what_was_signed_once(play: Play) -> None:
    """One signature of the chair is one act: a ledger cannot extend, interrupt or resume by it again."""
    vote = play.play(sitting)
    error = refusal(vote.statement())
    assert error.code == play.code
    if "twice" in play.what:
        assert error.facts["what"] == play.what


def test_an_extension_by_other_seconds_than_signed_is_refused() -> None:
    """The chair signs how much longer."""
    vote = opened(duration_s=60)
    assert vote.deadline is not None
    vote.deadline += 60_000
    vote.extend(30)
    assert refusal(counted(vote).statement()).code == "act_line_wrong"


def test_a_deadline_signed_by_another_ledger_is_refused() -> None:
    """The clock's act carries the key of this ledger."""
    vote, other = opened(duration_s=60), opened(duration_s=60)
    vote.tick(61)
    other.tick(61)
    other.close()
    signed = msgspec.json.decode(other.lines[-1])["jws"]
    vote.close(jws=signed)
    vote.count()
    vote.declare()
    assert refusal(vote.statement()).code == "act_line_wrong"


def test_declaring_another_result_is_refused() -> None:
    """The chair signs the hash of the counted line."""
    vote = opened()
    vote.close()
    vote.count()
    vote.declare(result="A" * 43)
    assert refusal(vote.statement()).code == "declaration_wrong"


# --- Ballots -----------------------------------------------------------------------------------------------------


def other_voters_key(vote: Sitting) -> str:
    return vote.ballot("db002", "approve", key=vote.keys["db003"])


def swapped_label(vote: Sitting) -> str:
    return vote.ballot("db002", "approve", label="Không tán thành")


def foreign_poll(vote: Sitting) -> str:
    return vote.ballot("db002", "approve", poll="A" * 43)


def foreign_meeting(vote: Sitting) -> str:
    return vote.ballot("db002", "approve", meeting="m2")


def broken_signature(vote: Sitting) -> str:
    head, payload, _ = vote.ballot("db002", "approve").split(".")
    return f"{head}.{payload}.{vote.ballot('db002', 'reject').split('.')[2]}"


def no_jws(vote: Sitting) -> str:
    return "a.b"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (other_voters_key, "ballot_other_voter"),
        (swapped_label, "ballot_label"),
        (foreign_poll, "ballot_foreign_poll"),
        (foreign_meeting, "ballot_foreign_meeting"),
        (broken_signature, "signature_wrong"),
        (no_jws, "message_malformed"),
    ],
)
def test_a_ballot_that_is_none_is_named(make: Callable[[Sitting], str], what: str) -> None:
    """Each ballot is by its own voter, over this question; the refusal names the line."""
    vote = opened()
    vote.cast("db001", "approve")
    index = vote.cast("db002", "approve", compact=make(vote))
    caught = refusal(counted(vote).statement())
    assert (caught.code, caught.facts) == ("ballot_wrong", {"index": index, "what": what})


def test_a_voter_who_is_not_on_the_roll_is_refused() -> None:
    """A member with a good key, but not entitled, does not vote."""
    vote = sitting(keys={"guest": PKI.person("guest")})
    vote.announce()
    vote.open()
    vote.cast("guest", "approve")
    vote.choices.clear()
    caught = refusal(counted(vote).statement())
    assert (caught.code, caught.facts["what"]) == ("ballot_wrong", "not_on_roll")


def test_a_second_ballot_of_a_voter_is_refused() -> None:
    """A seat votes once where a vote cannot be changed."""
    vote = opened()
    vote.cast("db001", "approve")
    vote.cast("db001", "reject")
    assert refusal(counted(vote).statement()).code == "tally_wrong"


def test_a_changed_vote_must_name_the_one_it_supersedes() -> None:
    """Changes follow each other without a gap."""
    vote = opened(changes=True)
    vote.cast("db001", "approve")
    vote.cast("db001", "reject", compact=vote.ballot("db001", "reject", supersedes="A" * 43))
    assert refusal(counted(vote).statement()).code == "tally_wrong"


# --- Counts and decision -----------------------------------------------------------------------------------------


def test_a_wrong_count_is_refused() -> None:
    """The ballots are counted again."""
    vote = opened()
    vote.cast("db001", "approve")
    vote.choices["db002"] = "approve"
    assert refusal(counted(vote).statement()).code == "count_wrong"


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "rejected"},
        {"needed": 3},
        {"present": 5},
        {"sentence": "Kết quả biểu quyết: đã được thông qua."},
        {"sentence_en": "Carried."},
        {"tie_broken_by": "db001"},
        {"quorum_open": None},
    ],
)
def test_a_forged_decision_is_refused(change: dict[str, Any]) -> None:
    """Outcome, arithmetic and sentences are made again from the rule, to the last letter."""
    vote = opened()
    vote.cast_all(by_choice(vote.ids, 4, 0, 0))
    vote.close()
    vote.count(**change)
    vote.declare()
    caught = refusal(vote.statement())
    assert caught.code == "decision_wrong"
    assert next(iter(change)) in str(caught.facts["what"])


def test_a_statement_that_decides_otherwise_than_its_ledger_is_refused() -> None:
    """The decision on top is the decision in the ledger."""
    vote = played()
    decision = msgspec.structs.replace(vote.decision, sentence="Đã thông qua.")
    caught = refusal(vote.statement(decision=decision))
    assert caught.facts["what"] == "statement: sentence"


def test_opening_without_quorum_needs_a_reason() -> None:
    """Two of six present: only with a reason, which the chair signs."""
    for reason, good in (("", False), ("Kỳ họp bất thường", True)):
        vote = sitting(without_quorum=reason)
        vote.present = ("db001", "db002")
        vote.play(by_choice(vote.ids, 5, 0, 0))
        if good:
            assert proof.verify_statement(vote.statement(), PKI.anchors()).definition.without_quorum == reason
        else:
            assert refusal(vote.statement()).code == "decision_wrong"


@pytest.mark.parametrize("present", [("db001", "db001"), ("nobody",)])
def test_the_present_are_on_the_roll_and_once(present: tuple[str, ...]) -> None:
    """A quorum is made of entitled members."""
    vote = sitting(rule=msgspec.structs.replace(RULE, quorum=None))
    vote.announce()
    vote.open(present=present)
    assert refusal(counted(vote).statement()).code == "decision_wrong"


# --- certificate.json --------------------------------------------------------------------------------------------


def sealed(signed: Statement, **changed: Any) -> bytes:
    """certificate.json by the seal, with some arguments changed."""
    arguments: dict[str, Any] = {
        "statement": msgspec.json.encode(signed),
        "chain": (PKI.seal.der,),
        "key": PKI.seal.key,
        "now_s": signed.issued_at // 1000,
    }
    return seal.sign(**(arguments | changed))


def test_a_sealed_certificate_is_proven() -> None:
    """The seal, then everything under it."""
    assert proof.verify_certificate(sealed(played().statement()), PKI.anchors()).votes


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"key": PKI.root.key}, "signature_wrong"),
        ({"chain": (PKI.person("db001").der, PKI.delegates.der)}, "chain_wrong_use"),
        ({"chain": (Pki().seal.der,)}, "chain_untrusted"),
        ({"now_s": 1}, "chain_not_yet_valid"),
        ({"now_s": 4_000_000_000}, "chain_expired"),
        ({"now_s": 1_795_000_000}, "iat"),
    ],
)
def test_only_the_seal_seals(change: dict[str, Any], what: str) -> None:
    """Another key, a delegate, a foreign seal, another time: none of them is the body's seal."""
    with pytest.raises(Refused) as caught:
        proof.verify_certificate(sealed(played().statement(), **change), PKI.anchors())
    assert (caught.value.code, caught.value.facts["what"]) == ("seal_wrong", what)


def test_a_statement_written_in_another_way_is_refused() -> None:
    """One spelling for what is sealed."""
    raw = msgspec.json.format(msgspec.json.encode(played().statement()))
    with pytest.raises(Refused) as caught:
        proof.verify_certificate(sealed(played().statement(), statement=raw), PKI.anchors())
    assert caught.value.code in ("certificate_malformed", "seal_wrong")


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"payload":"","protected":"","signature":""}']
)
def test_what_is_no_certificate_is_refused(raw: bytes) -> None:
    """Anything else than a certificate is refused, not crashed over."""
    with pytest.raises(Refused) as caught:
        proof.verify_certificate(raw, PKI.anchors())
    assert caught.value.code in ("certificate_malformed", "seal_wrong")


# --- Receipts ----------------------------------------------------------------------------------------------------


def test_every_receipt_is_proven() -> None:
    """A receipt's line stands in the certificate's ledger, where it says."""
    vote = played()
    proof.verify_receipts(vote.receipts(), proof.verify_statement(vote.statement(), PKI.anchors()))


def test_a_receipt_of_a_ballot_left_out_is_the_proof_of_that() -> None:
    """A voter whose ballot is not in the certificate holds the evidence."""
    vote = opened()
    other = vote.append(BallotCast(at=vote.at, poll="bq-02", jws="a.b.c"))
    counted(vote)
    receipts = [one for one in vote.receipts() if one.index == other]
    vote.withhold(other)
    proven = proof.verify_statement(vote.statement(), PKI.anchors())
    with pytest.raises(Refused) as caught:
        proof.verify_receipts(receipts, proven)
    assert caught.value.code == "receipt_wrong"


@pytest.mark.parametrize("change", [{"index": 7}, {"poll": "bq-02"}, {"entry": "{}"}, {"proof": ""}])
def test_a_changed_receipt_is_refused_by_its_place(change: dict[str, Any]) -> None:
    """Nothing in a receipt can be changed."""
    vote = played()
    proven = proof.verify_statement(vote.statement(), PKI.anchors())
    receipts = vote.receipts()
    receipts[1] = msgspec.structs.replace(receipts[1], **change)
    with pytest.raises(Refused) as caught:
        proof.verify_receipts(receipts, proven)
    assert (caught.value.code, caught.value.facts["place"]) == ("receipt_wrong", 2)


def test_the_line_that_was_declared_is_the_counted_line() -> None:
    """The factory's own honesty: what it declares is what the proof asks for."""
    vote = played()
    declared = msgspec.json.decode(vote.lines[-1], type=PollDeclared)
    payload = msgspec.json.decode(jws.b64_decode(declared.jws.split(".")[1].encode()))
    assert payload["result"] == jws.digest(vote.lines[-2].encode())
