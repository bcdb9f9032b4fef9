"""A floor's ledger as Hypothesis draws it: acts tried by the rules, each line with what its service tells."""

from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from services.floor.locked import Line
from services.floor.page import Page
from services.floor.turn_events import events_of, signed
from services.refusal import Refused
from services.rules import jws
from services.rules.floor import acts, state, ticking
from services.rules.floor.requests import Facts, Repeat
from services.rules.floor.state import Floor
from services.wire import (
    AdjustLane,
    Arrange,
    Ask,
    Body,
    Call,
    CallAnswer,
    ChangeRequest,
    CloseLane,
    Defer,
    EndItem,
    EndTurn,
    ExtendTurn,
    FloorActed,
    FloorActs,
    FloorBegun,
    FloorChanged,
    FloorEntry,
    FloorProfile,
    FloorTicked,
    FloorVote,
    Interpose,
    LaneRules,
    OpenLane,
    PauseTurn,
    QueueChange,
    RecordFloor,
    Remove,
    ResumeTurn,
    ReturnLast,
    Roll,
    RollEntry,
    RollTaken,
    Skip,
    Stance,
    StartTurn,
    Withdraw,
    WriteOpinion,
)
from tests.support import fixed_keys
from tests.unit.live import stories

ITEMS = ("i1", "i2")
KEY = fixed_keys.ed25519("webhook")
LANES = ("speech", "debate", "question", "order")
MEMBERS = tuple(f"d{number}" for number in range(7))
STANCES: tuple[Stance, ...] = ("for", "against", "other")
PROFILE = FloorProfile(
    id="p",
    name="Quy tắc",
    name_en="Rules",
    source="a test",
    lanes={
        "speech": LaneRules(order="alternating", stances=STANCES, turn_s=60, waiting_per_person=2),
        "debate": LaneRules(order="askers_first", paused_by_vote=True, turn_s=30, at_limit="end"),
        "question": LaneRules(order="groups", group_s={"g0": 70}, turn_s=60, answer_s=90, interposed_s=20),
        "order": LaneRules(interrupts=True, blocked_by_vote=True),
    },
)
# What is asked for more often than the rest.
OFTEN = ("ask", "commit") * 6 + ("call", "start", "end") * 2
KINDS = (
    *OFTEN,
    *("change", "withdraw", "write", "open", "adjust", "close", "end_item", "arrange", "skip", "defer"),
    *(
        "remove",
        "return",
        "answer",
        "interpose",
        "pause",
        "resume",
        "extend",
        "record",
        "vote",
        "roll",
        "wait",
    ),
)


@dataclass
class Sitting:
    """A floor, and the events that its service has published of it, page by page; `states` has the floor after each
    page, and how many events there were by then."""

    floor: Floor = field(default_factory=lambda: state.begin(_begun()))
    events: list[FloorChanged] = field(default_factory=list)
    states: list[tuple[int, Floor]] = field(default_factory=list)
    page: Page = field(default_factory=lambda: Page.first(_begun()))

    def commit(self) -> None:
        """Publish what stands on the page as the floor's outbox does, and begin another."""
        self.page.close()
        for line in self.page.lines:
            self.events.append(_event(len(self.events), line))
        self.states.append((len(self.events), self.floor))
        self.page = Page(self.floor, self.floor, self.floor.at)

    def try_act(self, act: FloorActs, by: str = "d0", at: int | None = None) -> bool:
        """One more line, if the rules let it be; whether they did."""
        now = self.floor.at + 1 if at is None else at
        roles: Any = ("chair", "delegate") if by == "d0" else ("delegate",)
        try:
            news = acts.decide(self.floor, act, Facts(now, by, roles, True, "Một nội dung"))
        except (Refused, Repeat):
            return False
        line = FloorActed(at=now, jws=_signed(act), by=by, roles=roles, present=True, title="", news=news)
        self.append(line)
        return True

    def append(self, line: FloorEntry) -> None:
        """One more line on the page."""
        self.page.write(line)
        self.floor = self.page.floor

    def tick(self, milliseconds: int) -> None:
        """Time passes, and the clock does what is due."""
        now = self.floor.at + milliseconds
        if news := ticking.tick(self.floor, now):
            self.append(FloorTicked(at=now, news=news))

    def vote(self, poll: str) -> None:
        """A poll opens, or closes if it was open."""
        now = self.floor.at + 1
        after: Any = "closed" if poll in self.floor.votes else "open"
        if news := ticking.voting(self.floor, poll, after, now):
            self.append(FloorVote(at=now, poll=poll, state=after, line=1, news=news))

    def roll(self) -> None:
        """A roll in force."""
        entries = tuple(
            RollEntry(member=member, name=f"Đại biểu {member}", group=_group(member)) for member in MEMBERS
        )
        text = msgspec.json.encode(
            Roll(body="body", meeting=stories.MEETING, revision=1, entries=entries)
        ).decode()
        self.append(RollTaken(at=self.floor.at + 1, sha256=jws.digest(text.encode()), roll=text))


def _group(member: str) -> str:
    return f"g{int(member[1:]) % 3}"


def _begun() -> FloorBegun:
    body = Body(id=stories.BODY, name="Hội đồng", profile="general-meeting")
    return FloorBegun(at=1_000, meeting=stories.MEETING, title="Kỳ họp", body=body, profile=PROFILE)


def _signed(act: FloorActs) -> str:
    """As if signed: live takes from an act what it says, and leaves it to others to verify it."""
    return ".".join(jws.b64_encode(part).decode() for part in (b"{}", msgspec.json.encode(act), b"s"))


def _event(index: int, line: Line) -> FloorChanged:
    entry: FloorEntry = msgspec.json.decode(line.line, type=FloorEntry)
    turns = events_of(stories.MEETING, index, entry, line.turns)
    told = replace(entry, roll="") if isinstance(entry, RollTaken) else entry
    return FloorChanged(
        index=index,
        meeting=stories.MEETING,
        revision=line.revision,
        line=msgspec.json.encode(told).decode(),
        queues=msgspec.json.decode(line.queues, type=tuple[QueueChange, ...]) if line.queues else (),
        turns=tuple(signed(each, KEY) for each in turns),
    )


Step = tuple[str, int, int, int]
_step: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(KINDS), st.integers(0, 1), st.integers(0, 3), st.integers(0, 99)
)


def sitting_of(drawn: list[Step]) -> Sitting:
    """A floor on which all this was tried; what the rules refuse leaves no line."""
    sitting = Sitting()
    sitting.roll()
    for lane in LANES:
        sitting.try_act(OpenLane(meeting=stories.MEETING, seen=sitting.floor.revision, item="i1", lane=lane))
    sitting = reduce(_tried, enumerate(drawn), sitting)
    sitting.commit()
    return sitting


def _tried(sitting: Sitting, numbered: tuple[int, Step]) -> Sitting:
    place, (kind, item, lane, pick) = numbered
    match kind:
        case "commit":
            sitting.commit()
        case "wait":
            sitting.tick(pick * 1_000)
        case "vote":
            sitting.vote(f"p{pick % 2}")
        case "roll":
            sitting.roll()
        case "ask" | "change" | "withdraw" | "write":
            _own(sitting, kind, place, (ITEMS[item], LANES[lane]), pick)
        case _:
            sitting.try_act(_desk(sitting.floor, kind, ITEMS[item], LANES[lane], pick))
    return sitting


def _own(sitting: Sitting, kind: str, place: int, where: tuple[str, str], pick: int) -> None:
    member = MEMBERS[pick % len(MEMBERS)]
    common: Any = {"meeting": stories.MEETING}
    request = _one_of(list(sitting.floor.requests), pick)
    owner = sitting.floor.requests[request].member if request in sitting.floor.requests else member
    match kind:
        case "ask":
            stance = STANCES[pick % 3] if where[1] == "speech" else "other"
            act: FloorActs = Ask(
                **common, id=f"r{place}", item=where[0], lane=where[1], stance=stance, note=f"Ý {place}"
            )
        case "change":
            act, member = ChangeRequest(**common, request=request, note=f"Ý khác {place}"), owner
        case "withdraw":
            act, member = Withdraw(**common, request=request), owner
        case _:
            act, member = WriteOpinion(**common, item=where[0], text="Ý kiến"), owner
    sitting.try_act(act, member)


def _desk(floor: Floor, kind: str, item: str, lane: str, pick: int) -> FloorActs:
    why: Any = {"meeting": stories.MEETING, "seen": floor.revision, "reason": "Theo đề nghị"}
    here: Any = {"item": item, "lane": lane}
    waiting = [each.id for each in floor.requests.values() if each.state in ("waiting", "called")]
    line = [each.id for each in floor.waiting(item, lane)]
    request, turn = _one_of(waiting, pick), _one_of(list(floor.active), pick)
    rules = LaneRules(order="fewest_turns" if pick % 2 else "manual", stances=STANCES, turn_s=20 + pick)
    made: dict[str, Any] = {
        "open": lambda: OpenLane(**why, **here),
        "adjust": lambda: AdjustLane(**why, **here, rules=rules, closes_in_s=pick + 1 if pick % 3 else None),
        "close": lambda: CloseLane(**why, **here),
        "end_item": lambda: EndItem(**why, item=item),
        "arrange": lambda: Arrange(
            **why, **here, order=tuple(line[pick % (len(line) or 1) :] + line[: pick % (len(line) or 1)])
        ),
        "skip": lambda: Skip(**why, request=request),
        "defer": lambda: Defer(**why, request=request),
        "remove": lambda: Remove(**why, request=request),
        "return": lambda: ReturnLast(**why, **here),
        "call": lambda: Call(**why, request=request),
        "answer": lambda: CallAnswer(**why, turn=_one_of(list(floor.turns), pick), name="Bộ trưởng"),
        "interpose": lambda: Interpose(**why, turn=turn, name="Chủ tọa"),
        "start": lambda: StartTurn(**why, turn=turn),
        "pause": lambda: PauseTurn(**why, turn=turn),
        "resume": lambda: ResumeTurn(**why, turn=turn),
        "extend": lambda: ExtendTurn(**why, turn=turn, seconds=pick + 1),
        "end": lambda: EndTurn(**why, turn=turn),
        "record": lambda: RecordFloor(**why),
    }
    act: FloorActs = made[kind]()
    return act


def _one_of(ids: list[str], pick: int) -> str:
    return ids[pick % len(ids)] if ids else "nobody"


sittings: st.SearchStrategy[Sitting] = st.lists(_step, max_size=60).map(sitting_of)
short_sittings: st.SearchStrategy[Sitting] = st.lists(_step, max_size=12).map(sitting_of)
