"""The floor's ledger proved again: every act's signature, and that the rules make of it exactly what its line says.

So a stranger sees who was called out of turn, by whom and why; and that nobody was bent past the rules, nor the clock
held back: what the clock had to do must stand in the ledger before anything later does.
"""

from collections.abc import Callable, Iterable

from services.refusal import Refused
from services.rules import jws
from services.rules.ballot import Holder
from services.rules.floor import acts, ticking
from services.rules.floor.errors import ReplayDiffers
from services.rules.floor.requests import Facts, Repeat
from services.rules.floor.state import Floor, begin, fold
from services.wire import AnyNews, FloorActed, FloorBegun, FloorEntry, FloorTicked, FloorVote, RollTaken

HolderAt = Callable[[str, int], Holder]


def replay(lines: Iterable[FloorEntry], holder_at: HolderAt) -> Floor:
    """The floor after these lines, the first of which begins it. Raises ReplayDiffers, naming the line.

    `holder_at(thumbprint, at)`: the holder of a credential that was valid then; raises a refusal if there is none.
    """
    floor: Floor | None = None
    acted: set[str] = set()
    for line in lines:
        if floor is None:
            floor = begin(line)
            continue
        if isinstance(line, FloorActed):
            # A signature stands for one act: the same bytes again are nobody's will.
            if line.jws in acted:
                raise ReplayDiffers(index=floor.size, what="the same act twice")
            acted.add(line.jws)
        _must_follow(floor, line, holder_at)
        floor = fold(floor, line)
    if floor is None:
        raise ReplayDiffers(index=0, what="no beginning")
    return floor


def _must_follow(floor: Floor, line: FloorEntry, holder_at: HolderAt) -> None:
    due = ticking.due(floor)
    if due is not None and due <= line.at and not isinstance(line, FloorTicked):
        raise ReplayDiffers(index=floor.size, what="the clock was due")
    if isinstance(line, RollTaken):
        if jws.digest(line.roll.encode()) != line.sha256:
            raise ReplayDiffers(index=floor.size, what="roll")
        return
    if isinstance(line, FloorBegun):
        raise ReplayDiffers(index=floor.size, what="a second beginning")
    try:
        expected = _made(floor, line, holder_at)
    except ReplayDiffers:
        raise
    except (Refused, Repeat) as refused:
        what = refused.code if isinstance(refused, Refused) else "a repeat"
        raise ReplayDiffers(index=floor.size, what=what) from refused
    if expected != line.news:
        raise ReplayDiffers(index=floor.size, what="what the rules make of it")


def _made(
    floor: Floor, line: FloorActed | FloorTicked | FloorVote, holder_at: HolderAt
) -> tuple[AnyNews, ...]:
    match line:
        case FloorTicked(at=at):
            due = ticking.due(floor)
            if due is None or at != max(due, floor.at):
                raise ReplayDiffers(index=floor.size, what="nothing was due then")
            return ticking.tick(floor, at)
        case FloorVote(at=at, poll=poll, state=state):
            return ticking.voting(floor, poll, state, at)
        case FloorActed():
            act, holder = acts.read(line.jws.encode(), lambda thumbprint: holder_at(thumbprint, line.at))
            if holder.member != line.by:
                raise ReplayDiffers(index=floor.size, what="by")
            facts = Facts(line.at, line.by, line.roles, line.present, line.title)
            return acts.decide(floor, act, facts)
