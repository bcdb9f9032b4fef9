"""The whole check of the minutes of a sitting, as any stranger can make it: minutes.json and a trust anchor.

The list of polls is made again from the sitting's ledger, every line of which is there, ballots as leaf hashes alone: a
result left out is a line left out. Attendance and agenda are the word of who seals; of them it is checked that they are
whole, in order, and of this roll. What the minutes name by hash (certificates, the turn log) is compared by
`must_agree_with`, where it is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from services.rules import jws, merkle, proceedings, seal, text
from services.rules.bulk import THREADS
from services.rules.credential import Anchors
from services.rules.extract import Run, open_extract
from services.rules.holders import Known, read_holders
from services.rules.minutes_errors import MinutesDisagree, MinutesIncomplete, MinutesWrong
from services.rules.roll import read_roll
from services.wire import (
    Attendee,
    Extract,
    MinutesStatement,
    Roll,
    Spoken,
    Statement,
    TurnLog,
    TurnsMinuted,
    Voted,
)

# The checks of a statement by name, in the order in which they are made.
CHECKS = ("ledger", "credentials", "acts", "polls", "roll", "attendance", "agenda")


@dataclass(frozen=True, slots=True)
class Minuted:
    """The minutes of a sitting, once all in them has been checked; the ledger, and its leaf hashes by index."""

    statement: MinutesStatement
    roll: Roll
    run: Run

    @property
    def names(self) -> dict[str, str]:
        """Names by member: of the roll, and of the desk."""
        desk = {one.member: one.name for one in (*self.statement.desk, self.statement.asked_by)}
        return desk | {one.member: one.name for one in self.roll.entries}


def matter(told: Literal["sitting", "proceedings"], meeting: str, edition: int) -> str:
    """What an envelope on its way to the minutes is about, so that nobody can put it under another sitting."""
    return f"minutes.{told} {meeting} {edition}"


def verify_file(file: bytes, anchors: Anchors) -> Minuted:
    """Check a whole minutes.json: the seal, then everything that is sealed. Raises a Refused naming the check."""
    statement, _, _ = seal.open_file(file, anchors, seal.MINUTES)
    return verify_statement(statement, anchors)


def verify_statement(statement: MinutesStatement, anchors: Anchors, known: Known | None = None) -> Minuted:
    """Check everything that minutes claim. Raises a Refused that names the check which failed."""
    # 1. The ledger: whole, all lines together the tree that the checkpoint signs; none withheld but ballots.
    evidence = statement.evidence
    if evidence.ledger.start:
        raise MinutesIncomplete(what="the beginning of the ledger")
    run = open_extract(evidence.ledger)
    # 2. The keys of all who signed an act, up to a trust anchor.
    holders = read_holders(
        THREADS,
        evidence.credentials,
        anchors,
        body=statement.body.id,
        at=run.lines[0].entry.at if run.lines else statement.asked_at,
        known=known,
    )
    # 3. Every act on a poll is signed by who may.
    proceedings.must_be_signed(run, statement.meeting, statement.body.id, holders, evidence.ledger.log_key)
    # 4. The list of polls, made again: none is left out, none invented.
    _must_be_listed(statement, run)
    # 5. The roll, who was there of it, and the agenda.
    roll = read_roll(evidence.roll.encode(), statement.body.id, statement.meeting)
    _must_be_attended(statement.attendance, roll)
    _must_be_arranged(statement)
    return Minuted(statement, roll, run)


def polls_of(ledger: Extract, members: Mapping[str, str]) -> tuple[Voted, ...]:
    """The polls that a ledger tells of (see proceedings.polls_of)."""
    return proceedings.polls_of(open_extract(ledger), members)


def presiding_of(polls: Sequence[Voted]) -> str:
    """Who presided over the poll opened last; empty if none was."""
    opened = [one for one in polls if one.opened_at is not None]
    return max(opened, key=lambda one: one.opened_at or 0).presiding if opened else ""


def is_certified(poll: Voted) -> bool:
    """Whether there is, or will be, a certificate of it: it was declared, and in earnest."""
    return poll.declared_at is not None and not poll.practice


def turns_of(log: TurnLog, record: str, sha256: str, line: int) -> TurnsMinuted:
    """A turn log in short, as minutes say it; `sha256` is of its turns.json."""
    spoken: dict[tuple[str, str, str], Spoken] = {}
    for each in log.turns:
        turn = each.turn
        who = (turn.item, turn.member, turn.name)
        before = spoken.get(who)
        spoken[who] = Spoken(
            item=turn.item,
            title=each.title,
            member=turn.member,
            name=turn.name,
            group=turn.group,
            turns=(before.turns if before else 0) + 1,
            used_ms=(before.used_ms if before else 0) + each.used_ms,
        )
    return TurnsMinuted(
        record=record,
        sha256=sha256,
        line=line,
        spoken=tuple(spoken.values()),
        out_of_turn=sum(not each.turn.in_turn for each in log.turns),
        unreached=len(log.unreached),
        opinions=len(log.opinions),
    )


def must_agree_with(minuted: Minuted, statement: Statement, sha256: str, file: str) -> str:
    """Raise unless a certificate, which was proven before, is one that the minutes name, of the very ledger that they
    carry. Returns its poll. Raises MinutesIncomplete, MinutesDisagree."""
    theirs, ours = statement.evidence.ledger, minuted.statement.evidence.ledger
    if (statement.body.id, statement.meeting) != (minuted.statement.body.id, minuted.statement.meeting):
        raise MinutesDisagree(file=file, what="another sitting")
    if (theirs.origin, theirs.log_key) != (ours.origin, ours.log_key):
        raise MinutesDisagree(file=file, what="another ledger")
    named = {one.poll: one for one in minuted.statement.polls}
    poll = named.get(statement.poll)
    if poll is None:
        raise MinutesIncomplete(what=f"poll {statement.poll}")
    if (poll.certificate, poll.sha256) != (statement.id, sha256):
        raise MinutesDisagree(file=file, what="another certificate")
    if (poll.definition, poll.decision) != (statement.definition, statement.decision):
        raise MinutesDisagree(file=file, what="another result")
    _must_be_same_ledger(theirs, ours, file)
    return poll.poll


def must_agree_with_turns(
    minuted: Minuted, log: TurnLog, record: str, line: int, sha256: str, file: str
) -> None:
    """Raise MinutesDisagree unless a turn log, which was proven before, is the one that the minutes sum up."""
    if minuted.statement.turns != turns_of(log, record, sha256, line):
        raise MinutesDisagree(file=file, what="another turn log")


def _must_be_same_ledger(theirs: Extract, ours: Extract, file: str) -> None:
    """Where both have a line, it has the same hash: one ledger, shown alike to both."""
    ended = ours.start + len(ours.lines)
    for index, line in enumerate(theirs.lines, start=theirs.start):
        if index >= ended:
            raise MinutesDisagree(file=file, what="beyond the ledger of the minutes")
        if _leaf(line) != _leaf(ours.lines[index - ours.start]):
            raise MinutesDisagree(file=file, what=f"line {index} of the ledger")


def _leaf(line: str) -> str:
    if line.startswith('{"kind":"withheld"'):
        return str(msgspec.json.decode(line)["leaf"])
    return jws.b64_encode(merkle.leaf_hash(line.encode())).decode()


def _must_be_listed(statement: MinutesStatement, run: Run) -> None:
    members = {one.thumbprint: one.member for one in statement.evidence.credentials}
    found = proceedings.polls_of(run, members)
    stated, named = statement.polls, {one.poll for one in statement.polls}
    for made in found:
        if made.poll not in named:
            raise MinutesIncomplete(what=f"poll {made.poll}")
    if len(stated) > len(found):
        raise MinutesWrong(what="a poll that the ledger does not have")
    for one, made in zip(stated, found, strict=True):
        _must_be_poll(one, made)
    if statement.presiding != presiding_of(found):
        raise MinutesWrong(what="presiding")


def _must_be_poll(stated: Voted, made: Voted) -> None:
    # For which item it was held is the word of the voting room. The certificate may have come after the ledger's last
    # line; then it is the word of who seals, and is compared with the file (see must_agree_with).
    known = {"item": stated.item}
    if not made.certificate:
        known |= {"certificate": stated.certificate, "sha256": stated.sha256}
    if msgspec.structs.replace(made, **known) != stated:
        raise MinutesWrong(what=f"poll {made.poll}")
    if is_certified(made) != bool(stated.certificate) or bool(stated.certificate) != bool(stated.sha256):
        raise MinutesIncomplete(what=f"the certificate of poll {made.poll}")


def _must_be_attended(attendance: Sequence[Attendee], roll: Roll) -> None:
    """Of everybody on the roll it is said, in its order, from when to when they were there."""
    on_roll = [(one.member, one.name, one.group, one.seat) for one in roll.entries]
    said = [(one.member, one.name, one.group, one.seat) for one in attendance]
    if len(said) < len(on_roll):
        raise MinutesIncomplete(what="a member of the roll")
    if said != on_roll:
        raise MinutesWrong(what="attendance")
    for one in attendance:
        moments = [moment for stay in one.stays for moment in (stay.came, stay.left) if moment is not None]
        is_there = any(stay.left is None for stay in one.stays)
        if moments != sorted(moments) or any(stay.left is None for stay in one.stays[:-1]):
            raise MinutesWrong(what=f"attendance of {one.member}")
        if one.reason and is_there:
            raise MinutesWrong(what=f"reason of {one.member}")


def _must_be_arranged(statement: MinutesStatement) -> None:
    items = statement.agenda
    positions, ids = [one.position for one in items], {one.id for one in items}
    if positions != sorted(set(positions)) or len(ids) != len(items):
        raise MinutesWrong(what="agenda")
    if any(poll.item and poll.item not in ids for poll in statement.polls):
        raise MinutesWrong(what="item of a poll")
    if (statement.edition == 1) != (statement.before is None):
        raise MinutesWrong(what="edition")
    if statement.ended_at is not None and statement.ended_at < statement.opened_at:
        raise MinutesWrong(what="times")
    for name in ("title", "place"):
        text.must_be_clean(getattr(statement, name), place=name)
