"""What is withheld in the ledger of a sitting, as its minutes carry it: ballots, and nothing but ballots.

A leaf hash does not say of what it is. But each vote that ends says how many ballots were cast in it: its cut, or the
line that annuls it while it is under way. What is said of ballots that were begun, lapsed or came is shown, so that in
a stretch of the ledger in which one vote or several are under way exactly as many lines are withheld as those votes
say. One line more, and something else is hidden there: an act, or a whole other poll. A stretch that has no end yet, as
a vote is still under way, says nothing of that.

Lines that annul are of two forms. In the older one the number is not said, so that any of the lines withheld while that
vote was under way may be its ballots: such minutes are good, and it is told of which vote nobody can tell (see
`proceedings.unsaid`). No ledger goes back to the older form after a line of the newer one. To leave the number out of a
line that has it makes another leaf of it; who has the ledger's key when the line is written could as well write a false
number.
"""

from dataclasses import dataclass, field

from services.rules.extract import Placed
from services.rules.proof_errors import OrderWrong
from services.wire import BallotCast, PollClosed, PollOpened, PollVoided


@dataclass(slots=True)
class Stretch:
    """A run of lines in which somebody votes all the time. `voting`: of each vote under way, how many lines may be its
    ballots; `ballots`: how many there are for which no vote that ended has answered."""

    voting: dict[str, int] = field(default_factory=dict)
    ballots: int = 0
    # So many of them may be of votes that ended without a number; whether the ledger has come to the newer form.
    unsaid: int = 0
    is_newer: bool = False

    def pass_over(self, start: int, end: int) -> None:
        """Lines that are withheld, from `start` up to `end`. Raises OrderWrong where nobody votes."""
        if start == end:
            return
        if not self.voting:
            raise OrderWrong(index=start, what="withheld while nobody votes")
        for poll in self.voting:
            self.voting[poll] += end - start
        self.ballots += end - start

    def take(self, placed: Placed) -> None:
        """A line that is shown, where its poll may have it. Raises OrderWrong for an end that does not come out."""
        match placed.entry:
            case PollOpened(poll=poll):
                self.voting[poll] = 0
            case BallotCast(poll=poll):
                if poll not in self.voting:
                    raise OrderWrong(index=placed.index, what="a ballot of a poll that is not open")
                self.voting[poll] += 1
                self.ballots += 1
            case PollClosed(ballots=ballots):
                self._end(placed, ballots)
            case PollVoided(ballots=int(ballots)):
                self.is_newer = True
                self._end(placed, ballots)
            case PollVoided(poll=poll) if poll in self.voting:
                self._end_unsaid(placed)
            case _:
                pass

    def _end(self, placed: Placed, said: int) -> None:
        """One vote ends, with so many ballots."""
        possible = self.voting.pop(placed.entry.poll, None)
        if possible is None or said > possible:
            raise OrderWrong(index=placed.index, what="number of ballots")
        self.ballots -= said
        self._must_come_out(placed)

    def _end_unsaid(self, placed: Placed) -> None:
        """One vote ends in the older form, with as many ballots as may be its own, or fewer."""
        if self.is_newer:
            raise OrderWrong(index=placed.index, what="number of ballots")
        self.unsaid += self.voting.pop(placed.entry.poll)
        self._must_come_out(placed)

    def _must_come_out(self, placed: Placed) -> None:
        """With the last vote nothing may be left over, but what may be of votes of which it was not said."""
        if self.voting:
            return
        if not 0 <= self.ballots <= self.unsaid:
            what = "more withheld than ballots" if self.ballots > 0 else "number of ballots"
            raise OrderWrong(index=placed.index, what=what)
        self.ballots = self.unsaid = 0
