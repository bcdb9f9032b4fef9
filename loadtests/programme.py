"""What a sitting under load does and when: pure values, read by those who play it (`people`) and who judge it.

Times are seconds from the moment when everybody who is to be there at the beginning is there.
"""

from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace


class Vote(Struct, frozen=True, tag="vote"):
    """A poll: opened `at`, every delegate votes `within` so many seconds, closed `lasts` seconds after it was opened.
    `changes`: one in three votes again, otherwise."""

    at: float
    within: float
    lasts: float
    changes: bool = False


class Questions(Struct, frozen=True, tag="questions"):
    """Question time: the list is opened `at`, every delegate asks `within` so many seconds; `turns` are called."""

    at: float
    within: float
    turns: int = 3


class Cut(Struct, frozen=True, tag="cut"):
    """Every live stream of the hall is cut `at` the same instant; all come back at once."""

    at: float


Step = Vote | Questions | Cut


class Programme(Struct, frozen=True):
    """So many halls, each with so many delegates and screens. `crowd`: at these seconds this share of the delegates is
    there, in between as the line goes."""

    name: str
    words: str
    halls: int
    delegates: int
    screens: int
    steps: tuple[Step, ...]
    crowd: tuple[tuple[float, float], ...] = ((0.0, 1.0),)

    def share(self, at: float) -> float:
        """The share of the delegates that is there at that time."""
        if at <= self.crowd[0][0]:
            return self.crowd[0][1]
        for (start, one), (end, other) in pairwise(self.crowd):
            if at < end:
                return one + (other - one) * (at - start) / (end - start)
        return self.crowd[-1][1]

    @property
    def ballots(self) -> int | None:
        """How many voters' ballots count in the end, all polls together; None where people come and go."""
        if any(share != 1 for _, share in self.crowd):
            return None
        return self.halls * self.delegates * self.votes

    @property
    def questions(self) -> dict[str, Questions]:
        """Each question time by the agenda item that it is of."""
        steps = [step for step in self.steps if isinstance(step, Questions)]
        return {f"chat-van-{number}": step for number, step in enumerate(steps, start=1)}

    @property
    def votes(self) -> int:
        """How many polls one hall holds."""
        return sum(isinstance(step, Vote) for step in self.steps)

    def quicker(self, pace: float) -> "Programme":
        """The same so many times as fast; turns of speakers last as long as before."""
        return replace(
            self,
            steps=tuple(_quicker(step, pace) for step in self.steps),
            crowd=tuple((at / pace, share) for at, share in self.crowd),
        )

    def smaller(self, halls: int, delegates: int, screens: int) -> "Programme":
        """The same with fewer people; the times stay."""
        return replace(
            self,
            halls=min(self.halls, halls),
            delegates=min(self.delegates, delegates),
            screens=min(self.screens, screens),
        )


def _day() -> tuple[Step, ...]:
    """Eight hours in ten minutes: one minute of the run is 48 of the day. Two questions, six votes, then the next."""
    steps: list[Step] = []
    for start in (20.0, 130.0, 360.0, 470.0):
        steps.append(Questions(at=start, within=8, turns=4))
        steps += [
            Vote(at=start + 20 + 13 * number, within=8, lasts=11, changes=number == 2) for number in range(6)
        ]
    return tuple(steps)


SHAPES: dict[str, Programme] = {
    shape.name: shape
    for shape in (
        Programme(
            "day",
            "a sitting of eight hours in ten minutes: people come, leave for lunch, come back",
            halls=1,
            delegates=400,
            screens=20,
            steps=_day(),
            crowd=((0, 0.7), (20, 1), (240, 1), (260, 0.3), (310, 0.3), (340, 1), (560, 1), (590, 0.8)),
        ),
        Programme(
            "burst",
            "everybody votes within five seconds, six times",
            halls=1,
            delegates=500,
            screens=20,
            steps=tuple(Vote(at=2 + 10 * n, within=5, lasts=7, changes=n == 5) for n in range(6)),
        ),
        Programme(
            "reconnect",
            "the hall's network is gone and comes back, once idle and twice in the middle of a vote",
            halls=1,
            delegates=400,
            screens=100,
            steps=(
                Cut(at=2),
                Vote(at=8, within=8, lasts=14),
                Cut(at=12),
                Vote(at=28, within=8, lasts=14),
                Cut(at=30),
            ),
        ),
        Programme(
            "rush",
            "question time: everybody asks to speak within three seconds, three times, a vote in between",
            halls=1,
            delegates=500,
            screens=20,
            steps=(
                Questions(at=2, within=3, turns=4),
                Vote(at=14, within=5, lasts=7),
                Questions(at=26, within=3, turns=4),
                Questions(at=38, within=3, turns=4),
            ),
        ),
        Programme(
            "provinces",
            "63 provinces sit at once and vote at the same time",
            halls=63,
            delegates=30,
            screens=1,
            steps=tuple(Vote(at=3 + 16 * n, within=8, lasts=11) for n in range(4)),
        ),
    )
}


def _quicker(step: Step, pace: float) -> Step:
    match step:
        case Vote():
            return replace(step, at=step.at / pace, within=step.within / pace, lasts=step.lasts / pace)
        case Questions():
            return replace(step, at=step.at / pace, within=step.within / pace)
        case Cut():
            return replace(step, at=step.at / pace)
