"""The whole check of a certificate, as any stranger can make it: one file, a trust anchor, no network, no clock.

Nothing here answers yes or no: what is not proven is refused, by the class in `proof_errors` that names the check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import UnsetType

from services.refusal import Refused
from services.rules import (
    ballot,
    begun,
    bulk,
    decision,
    fold,
    great_count,
    great_ledger,
    jws,
    note,
    rechecked,
    seal,
    step_up,
    tally,
    text,
)
from services.rules.assertion import Flags
from services.rules.bulk import THREADS, Hands
from services.rules.credential import Anchors
from services.rules.extract import Run, open_extract
from services.rules.fold import History
from services.rules.great_count import Read
from services.rules.great_ledger import Reading
from services.rules.holders import Known, read_holders
from services.rules.proof_errors import (
    CountWrong,
    DefinitionWrong,
    PracticeVote,
    ReceiptWrong,
    RollWrong,
)
from services.rules.rechecked import Weighed
from services.rules.roll import read_roll
from services.rules.signed_acts import Holders, Step, read_definition, read_steps
from services.rules.tally import Vote
from services.wire import Extract, PollDefinition, Receipt, Roll, Statement

# The checks of a statement by name, in the order in which they are made.
CHECKS = ("ledger", "order", "credentials", "question", "roll", "acts", "ballots", "count", "decision")


@dataclass(frozen=True, slots=True)
class Proven:
    """What a statement says, once everything in it has been checked. `votes` is by member id; `weighed`: what became of
    ballots by certificates of other authorities; `confirmed`: by ledger line, what passkeys said that confirmed one.
    Of a great poll neither `run` nor `history` holds the ballots: they were read as a stream."""

    statement: Statement
    definition: PollDefinition
    roll: Roll
    run: Run
    history: History
    steps: tuple[Step, ...]
    votes: Mapping[str, Vote]
    weighed: Weighed
    confirmed: Mapping[int, Flags]


def verify_certificate(
    file: bytes, anchors: Anchors, hands: Hands = THREADS, ledger: Reading | None = None
) -> Proven:
    """Check a whole certificate.json: the seal, then everything that is sealed. Raises a Refused naming the check.
    `ledger`: the file beside it; that of a great poll names it (LedgerFileNeeded without), any other holds it.
    """
    statement, _, _ = seal.open_file(file, anchors, seal.CERTIFICATE)
    return verify_statement(statement, anchors, hands=hands, ledger=ledger)


def verify_statement(
    statement: Statement,
    anchors: Anchors,
    known: Known | None = None,
    hands: Hands = THREADS,
    ledger: Reading | None = None,
) -> Proven:
    """Check everything a statement claims. Raises a Refused that names the check which failed.

    `known`, kept by the caller, spares what goes on verifying the same credentials; one for each `anchors`.
    `ledger`: as for `verify_certificate`.
    """
    evidence = statement.evidence
    # 1. The ledger: every line readable, all lines together the tree that the checkpoint signs.
    # 2. The life of the poll: announced, opened, closed, counted, declared, in order and in time.
    run, history = _open(evidence.ledger, statement.poll, ledger)
    # 3. The keys: every credential up to a trust anchor.
    holders = read_holders(
        hands, evidence.credentials, anchors, body=statement.body.id, at=history.opened.at, known=known
    )
    # 4. The question: signed by the person presiding, with the hash that every ballot names; what it says is stated;
    #    ballots begun with a signing service before the end come within the time of grace that it grants, or not at
    #    all; asked in earnest.
    definition = _read_question(statement, history, holders)
    # 5. The roll: the bytes that the question names.
    roll = _read_roll(statement, definition)
    # 6. The acts: each signed by who may, saying what its line says; the result declared is the result counted.
    steps = read_steps(history, definition, statement.definition, holders, evidence.ledger.log_key)
    # 7. The ballots: each signed by its voter over this question; what passkeys confirmed beside them, where it asks
    #    for that; what was found after the cut of certificates of other authorities, and which do not count for it.
    # 8. The counts, by two roads: a voter's last ballot counts.
    voters = frozenset(entry.member for entry in roll.entries)
    asked = ballot.question(definition, statement.definition, voters)
    read = _read_ballots(hands, evidence.ledger, asked, history, holders, ledger)
    # 9. The decision and its sentences, made again from the rule.
    decision.must_be_made_again(statement, definition, history, roll, read.votes, read.weighed)
    return Proven(statement, definition, roll, run, history, steps, read.votes, read.weighed, read.confirmed)


def _open(extract: Extract, poll: str, ledger: Reading | None) -> tuple[Run, History]:
    """The ledger, and what its lines say of the poll: all at once, or as a stream from the file that is named."""
    if ledger is not None and not isinstance(extract.file, UnsetType):
        return great_ledger.open_file(extract, ledger, poll)
    if ledger is not None:
        great_ledger.must_be_of(extract, ledger)
    run = open_extract(extract)
    return run, fold.follow(run.lines, poll)


def _read_question(statement: Statement, history: History, holders: Holders) -> PollDefinition:
    definition = read_definition(history, holders)
    _must_be_stated(statement, definition, history)
    begun.must_be_granted(history.begun, history.closing, definition)
    if definition.practice:
        raise PracticeVote
    return definition


def _read_ballots(
    hands: Hands,
    extract: Extract,
    asked: ballot.Question,
    history: History,
    holders: Holders,
    ledger: Reading | None,
) -> Read:
    """Every ballot, verified and counted: all at once, or a page of the file that is named after the other."""
    if ledger is not None and not isinstance(extract.file, UnsetType):
        pages = great_ledger.ballots_in(extract, ledger, asked.definition.id)
        return great_count.read(hands, pages, asked, history, holders)
    cast = bulk.read_ballots(hands, history.ballots, asked, holders)
    begun.must_be_theirs(history.begun, history.ballots, cast)
    confirmed = step_up.read(history.ballots, cast, asked.definition)
    weighed = rechecked.read(history, asked.definition, cast, holders)
    last = _count(cast, asked, history, weighed.excluded)
    return Read(_votes(history, cast, last), weighed, confirmed)


def verify_receipts(
    receipts: Sequence[Receipt], proven: Proven, hands: Hands = THREADS, first: int = 1
) -> None:
    """Every receipt is of a line in this ledger, at the place it names. Raises ReceiptWrong (`place` from `first`)."""
    run = proven.run
    shown = {placed.index: placed.line for placed in run.lines}
    log_key = proven.statement.evidence.ledger.log_key
    numbered = list(enumerate(receipts, start=first))
    hands.think(numbered, lambda some: [_receipt(*one, shown, log_key) for one in some], int)


def _receipt(place: int, receipt: Receipt, shown: Mapping[int, bytes], log_key: str) -> int:
    """Its place, once it is proven."""
    try:
        note.verify_receipt(receipt, log_key)
    except Refused as error:
        raise ReceiptWrong(place=place, what=str(error.facts.get("what", error.code))) from error
    if shown.get(receipt.index) != receipt.entry.encode():
        raise ReceiptWrong(place=place, what="its line is not in the certificate")
    return place


def _must_be_stated(statement: Statement, definition: PollDefinition, history: History) -> None:
    """Raise DefinitionWrong unless the statement, the announcement and the signed question say the same."""
    pairs = {
        "hash": (jws.digest(history.opened.definition.encode()), statement.definition),
        "origin": (definition.origin, statement.evidence.ledger.origin),
        "body": (definition.body, statement.body),
        "meeting": (definition.meeting, statement.meeting),
        "poll": (definition.id, statement.poll),
        "title": (definition.title, statement.title),
        "announced title": (definition.title, history.announced.title),
        "deadline": (history.opened.deadline, _deadline(definition, history.opened.at)),
        "hash in the counted line": (history.counted.definition, statement.definition),
    }
    for name, (one, other) in pairs.items():
        if one != other:
            raise DefinitionWrong(what=name)
    _must_have_clean_options(definition)


def _deadline(definition: PollDefinition, opened_at: int) -> int | None:
    return None if definition.duration_s is None else opened_at + definition.duration_s * 1000


def _must_have_clean_options(definition: PollDefinition) -> None:
    choices = {option.choice for option in definition.options}
    labels = {option.label for option in definition.options}
    if not choices or not len(choices) == len(labels) == len(definition.options):
        raise DefinitionWrong(what="options")
    try:
        for label in labels:
            text.must_be_clean(label, place="label")
        text.must_be_clean(definition.title, place="title")
    except Refused as error:
        raise DefinitionWrong(what=error.code) from error


def _read_roll(statement: Statement, definition: PollDefinition) -> Roll:
    raw = statement.evidence.roll.encode()
    if jws.digest(raw) != definition.roll:
        raise RollWrong(what="hash")
    return read_roll(raw, definition.body.id, definition.meeting)


def _count(
    cast: list[tally.Cast], asked: ballot.Question, history: History, excluded: frozenset[str]
) -> dict[str, tally.Cast]:
    """The ballots that count, by voter. Raises TallyWrong, CountWrong."""
    changes = asked.definition.changes
    running = tally.count(cast, asked.voters, changes=changes, excluded=excluded)
    found, last = tally.recount(cast, asked.voters, changes=changes, excluded=excluded)
    if found != running:
        raise CountWrong(what="two counts differ")
    if history.counted.decision.counts != running:
        raise CountWrong(what="counted line")
    return last


def _votes(history: History, cast: list[tally.Cast], last: Mapping[str, tally.Cast]) -> dict[str, Vote]:
    indexes = {one.sha256: placed.index for placed, one in zip(history.ballots, cast, strict=True)}
    return {voter: Vote(one.payload.choice, indexes[one.sha256]) for voter, one in last.items()}
