"""In which order those who wait are called: one pure function for each algorithm that a lane can name.

The same requests in any order of arrival give the same line. Who was put ahead by hand counts as having spoken just
before, so that the algorithm goes on from there. Only speeches count: an answer or an interposed question takes
nobody's turn. `number` is the order of registration and breaks every tie. 1,000 requests take about a millisecond.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import lcm

from services.rules.floor.speaking_time import SECOND, person, spending
from services.wire import Lane, SpeakRequest, Stance, Turn

QUESTION = "question"
"""The lane whose speakers are the askers of `askers_first`."""

Speakers = tuple[SpeakRequest, ...]
# Who has spoken, or counts as if they had.
Heard = Turn | SpeakRequest
_OPPOSITE: Mapping[Stance, Stance] = {"for": "against", "against": "for"}


def order_of(
    lane: Lane,
    waiting: Sequence[SpeakRequest],
    ahead: Sequence[SpeakRequest],
    past: Sequence[Turn],
    value_of: Callable[[str, str], str],
    now: int,
) -> Speakers:
    """Those waiting in a lane, next first, by the algorithm that its rules name.

    `ahead`: requests that come before them by hand. `past`: the turns of the item in all its lanes, as called, without
    dropped ones. `value_of(member, group)`: what the attribute `quoted_by` says of a person, "" if nothing.
    `now`: up to when time is counted (milliseconds).
    """
    line = tuple(sorted(waiting, key=_number))
    spoken = (turn for turn in past if turn.role == "speech" and turn.lane == lane.lane)
    before: tuple[Heard, ...] = (*spoken, *ahead)
    match lane.rules.order:
        case "registration" | "manual":
            return line
        case "alternating":
            return alternating(line, before)
        case "groups":
            return groups(line, before, lane.rules.shares, used_up(lane, past, now))
        case "quoted":
            return quoted(line, before, lane.rules.shares, value_of)
        case "fewest_turns":
            return fewest_turns(line, before)
        case "askers_first":
            return askers_first(line, past)


def alternating(line: Speakers, before: Sequence[Heard]) -> Speakers:
    """For and against by turns: next comes the side that did not speak last, each side as registered.

    At the very start it is the side that registered first; when one side is exhausted the other goes on. Who is neither
    for nor against comes when theirs is the earliest registration of all that wait, and changes no side's turn.
    "Rede und Gegenrede", speech and reply: Geschäftsordnung des Deutschen Bundestages § 28 (1), there a duty of the
    chair, here counted.
    """
    sides: dict[Stance, deque[SpeakRequest]] = {"for": deque(), "against": deque(), "other": deque()}
    for request in line:
        sides[request.stance].append(request)
    last: Stance = next((each.stance for each in reversed(before) if each.stance != "other"), "other")
    placed = []
    while any(sides.values()):
        head = min((side[0] for side in sides.values() if side), key=_number)
        if head.stance != "other":
            due = _OPPOSITE.get(last, head.stance)
            head = sides[due][0] if sides[due] else head
            last = head.stance
        placed.append(sides[head.stance].popleft())
    return tuple(placed)


def groups(
    line: Speakers, before: Sequence[Heard], shares: Mapping[str, int], spent: frozenset[str]
) -> Speakers:
    """Round robin by group: next comes the group with the fewest speeches for its share, each group as registered.

    Who has no group is of the group "". Groups that have used up their time (`spent`) come after all others, by the
    same rule. "Before another member of a group all other groups have had the floor": Geschäftsordnung des Deutschen
    Bundestages § 28 (1) as of 2025; time by group as Televic CoCon and OpenSlides (structure levels) have it.
    """
    return _by_turns(line, before, shares, lambda each: each.group, spent)


def quoted(
    line: Speakers, before: Sequence[Heard], shares: Mapping[str, int], value_of: Callable[[str, str], str]
) -> Speakers:
    """Round robin by any attribute of the roll, as `groups` without time budgets: a quoted list of speakers.

    OpenSlides#3294 and #3544 ask for it: women and men by turns, regions, ages.
    """
    return _by_turns(line, before, shares, lambda each: value_of(each.member, each.group))


def fewest_turns(line: Speakers, before: Sequence[Heard]) -> Speakers:
    """Who has spoken least in this lane comes first, then who registered first.

    Only this lane of this item counts: a point of order costs nobody their place in the debate. A person's second
    waiting request counts as if they had spoken to the first. Robert's Rules of Order (1915) § 42: nobody speaks a
    second time while somebody wishes to who has not spoken; OpenSlides#3294.
    """
    return _by_turns(line, before, {}, _who)


def askers_first(line: Speakers, past: Sequence[Turn]) -> Speakers:
    """Who put a question in this item comes first, as registered; then the rest, as registered.

    NQ 71/2022/QH15 Đ.19 k.2: the deputy who asked has priority to debate.
    """
    askers = {_who(turn) for turn in past if turn.role == "speech" and turn.lane == QUESTION}
    return tuple(sorted(line, key=lambda each: (_who(each) not in askers, each.number)))


def used_up(lane: Lane, past: Iterable[Turn], now: int) -> frozenset[str]:
    """The groups with a time budget in this lane that have none left by now."""
    gone = spending(lane, past, now).groups
    budgets = lane.rules.group_s.items()
    return frozenset(group for group, seconds in budgets if gone.get(group, 0) >= seconds * SECOND)


def _by_turns(
    line: Speakers,
    before: Sequence[Heard],
    shares: Mapping[str, int],
    side_of: Callable[[Heard], str],
    last: frozenset[str] = frozenset(),
) -> Speakers:
    """At each step the side with the least speeches / share, then the earlier registration; `last` after all others.

    A side's k-th waiting request stands behind (speeches + k) / share of its turns, whoever else waits: so one sort
    gives all the steps. Fractions are compared as integers, over the least common multiple of the shares.
    """
    whole = lcm(*shares.values())
    turns = Counter(side_of(each) for each in before)
    placed = []
    for request in line:
        side = side_of(request)
        weight = turns[side] * (whole // shares.get(side, 1))
        placed.append((side in last, weight, request.number, request))
        turns[side] += 1
    return tuple(request for *_, request in sorted(placed, key=lambda each: each[:3]))


def _who(each: Heard) -> str:
    return person(each.member, each.name)


def _number(request: SpeakRequest) -> int:
    return request.number
