"""Sittings whose votes overlap, step by step in any order; and what who holds the keys may hide of them afterwards."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from services.rules import jws, minutes
from services.rules.merkle import leaf_hash
from services.wire import MinutesStatement
from tests.support.evidence import Sitting
from tests.support.minuted import MinutedSitting

# What one voter does: casts a ballot, has one signed by a service, or begins one that lapses.
Vote = Literal["cast", "signed", "lapsed"]
VOTES: tuple[Vote, ...] = get_args(Vote)
# How a vote goes on after its ballots; it may stay open.
End = Literal["open", "annulled open", "closed", "declared", "annulled closed"]
ENDS: tuple[End, ...] = get_args(End)
_OWN = ("poll", "last", "choices", "definition_jws", "definition", "ending", "rechecked")
Step = Callable[[], object]


@dataclass
class Overlapping:
    """Plays votes into one ledger, any step of any of them after any step of another."""

    sitting: MinutedSitting = field(default_factory=MinutedSitting)
    _kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def _turn_to(self, poll: str) -> Sitting:
        play = self.sitting.play
        self._kept[play.poll] = {name: getattr(play, name) for name in _OWN}
        new: dict[str, Any] = {
            "poll": poll,
            "last": {},
            "choices": {},
            "definition_jws": "",
            "ending": None,
            "rechecked": UNSET,
        }
        for name, value in self._kept.get(poll, new).items():
            setattr(play, name, value)
        if not play.definition_jws:
            play.definition = play.define()
        return play

    def steps(self, poll: str, votes: list[Vote], end: End) -> Iterator[Step]:
        """What is to be done of one poll, in its order."""
        yield lambda: self._turn_to(poll).announce()
        yield lambda: self._turn_to(poll).open()
        for member, vote in zip(self.sitting.play.ids, votes, strict=False):
            yield from self._voting(poll, member, vote)
        if end == "annulled open":
            yield lambda: self._void(poll, ballots=sum(each != "lapsed" for each in votes))
        elif end != "open":
            yield lambda: self._turn_to(poll).close()
        if end == "annulled closed":
            yield lambda: self._void(poll)
        elif end == "declared":
            yield lambda: self._turn_to(poll).count()
            yield lambda: self._declare(poll)

    def _voting(self, poll: str, member: str, vote: Vote) -> Iterator[Step]:
        if vote == "cast":
            yield lambda: self._turn_to(poll).cast(member, "approve")
            return
        begun: list[str] = []
        yield lambda: begun.append(self._turn_to(poll).begin(member, "approve"))
        if vote == "signed":
            yield lambda: self._turn_to(poll).come(member, "approve", begun[0])
        else:
            yield lambda: self._turn_to(poll).lapse(member)

    def _void(self, poll: str, ballots: int | UnsetType = UNSET) -> None:
        self._turn_to(poll)
        self.sitting.void(ballots)

    def _declare(self, poll: str) -> None:
        play = self._turn_to(poll)
        counted = next(line for line in play.lines if "poll.counted" in line and f'"{poll}"' in line)
        play.declare(result=jws.digest(counted.encode()))

    def play(self, *steps: Iterator[Step], order: Callable[[int], int]) -> MinutedSitting:
        """All steps of all votes; `order` says which of so many goes on next."""
        under_way = list(steps)
        while under_way:
            place = order(len(under_way))
            step = next(under_way[place], None)
            if step is None:
                del under_way[place]
            else:
                step()
        return self.sitting


def hidden(sitting: MinutedSitting, lines: Callable[[str], bool], **changed: Any) -> MinutesStatement:
    """The minutes with these lines of the ledger as leaf hashes, and what is left of the list of polls."""
    honest = sitting.statement()
    ledger = honest.evidence.ledger
    shown = tuple(withheld(line) if lines(line) else line for line in ledger.lines)
    evidence = msgspec.structs.replace(honest.evidence, ledger=msgspec.structs.replace(ledger, lines=shown))
    told = [line for line in shown if '"kind":"poll.announced"' in line]
    polls = tuple(one for one in honest.polls if any(f'"poll":"{one.poll}"' in line for line in told))
    forged = {"polls": polls, "presiding": minutes.presiding_of(polls), "evidence": evidence}
    return msgspec.structs.replace(honest, **(forged | changed))


def withheld(line: str) -> str:
    """A line as its leaf hash."""
    if '"kind":"withheld"' in line:
        return line
    return '{"kind":"withheld","leaf":"' + jws.b64_encode(leaf_hash(line.encode())).decode() + '"}'
