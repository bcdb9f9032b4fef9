"""Which genuine ballots are admitted, in the order they came; pure.

All that is decided here is decided under the ledger's lock, so races end here: of a voter's ballots one comes
first, and the others see it.
"""

from collections.abc import Collection, Mapping

import msgspec

from services.refusal import Refused
from services.rules import jws, tally
from services.rules.ballot import Ballot
from services.rules.errors import TallyWrong
from services.voting.errors import AlreadyVoted, BallotsTooMany, SequenceWrong, StepUpMissing
from services.voting.poll import Standing, must_take_ballots
from services.wire import BallotPayload, Choice

# More than anybody thinks better of it: a phone in a loop, or somebody who would have the ledger grow for ever. Not of
# the rules, which judge ledgers from before this, too.
MOST = 10_000


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A ballot that is in the ledger already (or was admitted earlier in this batch: `index` is then its place)."""

    index: int
    raw: bytes
    payload: BallotPayload


class Admitted(msgspec.Struct, frozen=True, gc=False):
    """A ballot to append, and the choice it takes the place of."""

    ballot: Ballot
    instead_of: Choice | None


class Repeated(msgspec.Struct, frozen=True, gc=False):
    """The same bytes again: the same receipt as before, of the line at `index`."""

    index: int


Verdict = Admitted | Repeated | Refused
Histories = Mapping[str, tuple[Stored, ...]]


def admit(
    ballot: Ballot,
    history: tuple[Stored, ...],
    poll: Standing,
    now: int,
    *,
    changes: bool,
    lacking: bool = False,
) -> Admitted | Repeated:
    """Admit a genuine ballot after the voter's `history` in this poll; `lacking`: a confirmation that is demanded.

    Raises AlreadyVoted, SequenceWrong, BallotsTooMany, PollNotOpen, PollHeld, PollClosed, PollVoided, StepUpMissing.
    """
    # 1. The same bytes again are answered as before, whatever has happened since.
    for stored in history:
        if stored.raw == ballot.raw:
            return Repeated(stored.index)
    # 2. Is the poll taking ballots now, by the server's clock?
    must_take_ballots(poll, now)
    # 3. Is there beside it what the question demands?
    if lacking:
        raise StepUpMissing
    # 4. Does the ballot follow the voter's last?
    return Admitted(ballot, must_follow(ballot.payload, history, changes=changes))


def must_follow(payload: BallotPayload, history: tuple[Stored, ...], *, changes: bool) -> Choice | None:
    """The choice that this ballot takes the place of, if it follows the voter's last. Raises AlreadyVoted,
    SequenceWrong, BallotsTooMany."""
    last = history[-1] if history else None
    if last is not None and not changes:
        raise AlreadyVoted
    old = tally.Cast(last.payload, jws.digest(last.raw)) if last else None
    try:
        tally.must_follow(payload, old, changes=changes)
    except TallyWrong as error:
        raise SequenceWrong(what=str(error.facts.get("what", ""))) from error
    if payload.seq > MOST:
        raise BallotsTooMany(most=MOST)
    return last.payload.choice if last else None


def admit_all(
    ballots: list[Ballot],
    histories: Histories,
    poll: Standing,
    now: int,
    start: int,
    *,
    changes: bool,
    lacking: Collection[bytes] = (),
) -> list[Verdict]:
    """Verdicts on a batch of one poll, in order. `start`: the ledger index that the first admitted one will have;
    `lacking`: the bytes of those that came without a confirmation that is demanded, whoever else sent the same."""
    known = dict(histories)
    verdicts: list[Verdict] = []
    index = start
    for ballot in ballots:
        voter = ballot.payload.voter
        try:
            verdict: Verdict = admit(
                ballot, known.get(voter, ()), poll, now, changes=changes, lacking=ballot.raw in lacking
            )
        except Refused as refused:
            verdict = refused
        if isinstance(verdict, Admitted):
            known[voter] = (*known.get(voter, ()), Stored(index, ballot.raw, ballot.payload))
            index += 1
        verdicts.append(verdict)
    return verdicts
