"""The rules of a poll as a machine: time, hold, resume, extension, close, the deadline, ballots in any order.

Only pure functions are driven (voting/poll.py, voting/admission.py, rules/tally.py); beside them runs a model that
keeps nothing but a stop-watch and each voter's last choice.
"""

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.refusal import Refused
from services.rules import jws, tally
from services.rules.ballot import Ballot
from services.voting import poll
from services.voting.admission import Admitted, Repeated, Stored, admit_all
from services.voting.errors import PollClosed, PollHeld, TransitionWrong
from services.voting.poll import Standing
from services.wire import CHOICES, BallotPayload, Choice, Counts

VOTERS = ("001", "002", "003")
POLL = "A" * 43
DURATION_S = 10


def _ballot(voter: str, choice: Choice, seq: int, supersedes: str | None, mark: int = 0) -> Ballot:
    payload = BallotPayload(
        v=1,
        meeting="m",
        poll=POLL,
        choice=choice,
        label=choice,
        voter=voter,
        seq=seq,
        supersedes=supersedes,
    )
    return Ballot(raw=msgspec.json.encode(payload) + b"%d" % mark, payload=payload, thumbprint="")


class PollMachine(RuleBasedStateMachine):
    """A poll that is open, and everything that may happen to it."""

    def __init__(self) -> None:
        """Open at time 0 with a deadline."""
        super().__init__()
        self.now = 0
        self.changes = True
        self.standing = Standing("open", poll.deadline_on_opening(DURATION_S, 0), None, None)
        self.left = DURATION_S * 1000  # the model's stop-watch: what is left of the time
        self.ledger: list[tuple[int, Stored]] = []
        self.cut: int | None = None
        self.choices: dict[str, Choice] = {}
        self.ran_out = False

    # --- Time ------------------------------------------------------------------------------------------------

    @rule(passed=st.integers(0, 7_000))
    def wait(self, passed: int) -> None:
        """Time passes; the watch runs only while the poll is open."""
        self.now += passed
        if self.standing.state == "open":
            self.left -= passed
            self.ran_out = self.left <= 0

    def _after(self, act: str) -> Any:
        due = poll.is_due(self.standing, self.now)
        return poll.after(act, "closed" if due else self.standing.state)

    @rule()
    def hold(self) -> None:
        """The watch stands."""
        try:
            state = self._after("hold")
        except TransitionWrong:
            assert self.standing.state != "open" or self.ran_out
            return
        remaining = poll.remaining_on_hold(self.standing.deadline, self.now)
        assert remaining == self.left > 0
        self.standing = Standing(state, None, remaining, None)

    @rule()
    def resume(self) -> None:
        """The watch goes on with exactly what was left."""
        try:
            state = self._after("resume")
        except TransitionWrong:
            assert self.standing.state != "held"
            return
        deadline = poll.deadline_on_resuming(self.standing.remaining, self.now)
        assert deadline == self.now + self.left
        self.standing = Standing(state, deadline, None, None)

    @rule(seconds=st.integers(1, 5))
    def extend(self, seconds: int) -> None:
        """More time, only while there is some."""
        try:
            poll.after("extend", self.standing.state)
            deadline = poll.deadline_on_extending(self.standing, seconds, self.now)
        except Refused:
            assert self.standing.state != "open" or self.ran_out
            return
        assert not self.ran_out
        self.left += seconds * 1000
        assert deadline == self.now + self.left
        self.standing = Standing("open", deadline, None, None)

    @rule()
    def close(self) -> None:
        """The cut, by the chair or by the clock that was first."""
        try:
            poll.after("close", self.standing.state)
        except TransitionWrong:
            assert self.cut is not None
            return
        at = self.standing.deadline if poll.is_due(self.standing, self.now) else self.now
        self.standing, self.cut = Standing("closed", None, None, at), len(self.ledger)

    # --- Ballots ---------------------------------------------------------------------------------------------

    @rule(
        sent=st.lists(
            st.tuples(
                st.sampled_from(VOTERS), st.sampled_from(CHOICES), st.integers(-1, 1), st.integers(0, 1)
            ),
            max_size=6,
        )
    )
    def cast(self, sent: list[tuple[str, Choice, int, int]]) -> None:
        """A batch: right ones, stale ones, repeats and forerunners in any order."""
        ballots = [self._made(*each) for each in sent]
        histories = {voter: self._history(voter) for voter in VOTERS}
        start = len(self.ledger)
        verdicts = admit_all(ballots, histories, self.standing, self.now, start, changes=self.changes)
        for ballot, verdict in zip(ballots, verdicts, strict=True):
            self._judge(ballot, verdict)

    def _made(self, voter: str, choice: Choice, step: int, mark: int) -> Ballot:
        history = self._history(voter)
        seq = max(1, len(history) + 1 + step)
        before = history[seq - 2] if 2 <= seq <= len(history) + 1 else None
        return _ballot(voter, choice, seq, jws.digest(before.raw) if before else None, mark)

    def _history(self, voter: str) -> tuple[Stored, ...]:
        return tuple(stored for _, stored in self.ledger if stored.payload.voter == voter)

    def _judge(self, ballot: Ballot, verdict: Admitted | Repeated | Refused) -> None:
        voter = ballot.payload.voter
        if isinstance(verdict, Repeated):
            assert self.ledger[verdict.index][1].raw == ballot.raw
        elif isinstance(verdict, Admitted):
            assert self.standing.state == "open"
            assert not self.ran_out
            assert verdict.instead_of == self.choices.get(voter)
            self.choices[voter] = ballot.payload.choice
            self.ledger.append((self.now, Stored(len(self.ledger), ballot.raw, ballot.payload)))
        elif self.standing.state == "held":
            assert isinstance(verdict, PollHeld)
        elif self.standing.state == "closed" or self.ran_out:
            assert isinstance(verdict, PollClosed)
            assert verdict.facts["closed_at"] <= self.now  # type: ignore[operator]

    @precondition(lambda self: not self.ledger)
    @rule(changes=st.booleans())
    def allow(self, changes: bool) -> None:
        """Whether votes may be changed is settled before the first ballot."""
        self.changes = changes

    # --- What always holds -----------------------------------------------------------------------------------

    @invariant()
    def nothing_stands_below_the_cut(self) -> None:
        """After the cut the ledger grows no more."""
        assert self.cut is None or len(self.ledger) == self.cut

    @invariant()
    def time_never_goes_back(self) -> None:
        """Lines stand in the order of their times."""
        times = [at for at, _ in self.ledger]
        assert times == sorted(times)

    @invariant()
    def each_voter_counts_once(self) -> None:
        """Both roads and the model agree; without changes nobody has two lines."""
        casts = [tally.Cast(stored.payload, jws.digest(stored.raw)) for _, stored in self.ledger]
        chosen = list(self.choices.values())
        model = Counts(**{choice: chosen.count(choice) for choice in CHOICES})
        assert tally.count(casts, VOTERS, changes=self.changes) == model
        assert tally.recount(casts, VOTERS, changes=self.changes)[0] == model
        assert self.changes or len(casts) == len(self.choices)


PollMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestPollMachine = PollMachine.TestCase
