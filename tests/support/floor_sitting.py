"""A floor by its rules alone: acts signed with test keys, the clock in the test's hand, every line kept.

Whatever is done is checked on the way: the fold of a line is what its news tell, a refusal changes nothing, no act of
a delegate moves the revision, and after the clock has done its work nothing more is due.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from services.refusal import Refused
from services.rules import jws
from services.rules.ballot import CredentialUnknown, Holder
from services.rules.floor import acts, state, ticking
from services.rules.floor.requests import Facts, Repeat
from services.rules.floor.state import Floor
from services.wire import (
    AnyNews,
    Ask,
    Body,
    Call,
    DeskAct,
    FloorActed,
    FloorActs,
    FloorBegun,
    FloorEntry,
    FloorProfile,
    FloorTicked,
    FloorVote,
    Lane,
    LaneRules,
    PollState,
    Role,
    Roll,
    RollEntry,
    RollTaken,
    SpeakRequest,
    StartTurn,
    Turn,
)
from tests.support import fixed_keys

A = TypeVar("A", bound=FloorActs)

MEETING = "meeting-1"
ITEM = "item-1"
TITLE = "Dự án Luật Thử nghiệm"
CHAIR, SECRETARY = "chair-1", "secretary-1"
START = 1_800_000_000_000
ROLES: dict[str, tuple[Role, ...]] = {CHAIR: ("chair", "delegate"), SECRETARY: ("secretary",)}
# Six delegates of three groups; the chair is one of them, the secretary is not on the roll.
MEMBERS = {"an": "A", "binh": "A", "chi": "B", "dung": "B", "em": "C", CHAIR: "C"}
BODY = Body(id="body-1", name="Hội đồng", noun="đại biểu", noun_en="members")


class FloorSitting:
    """A meeting whose floor has begun, with its roll. `now`: the server's clock."""

    def __init__(
        self, lanes: dict[str, LaneRules] | None = None, members: dict[str, str] | None = None
    ) -> None:
        """`lanes`: the profile's; `members`: group by id."""
        self.now = START
        profile = FloorProfile(id="test", name="Thử", name_en="Test", source="-", lanes=lanes or {})
        begun = FloorBegun(at=self.now, meeting=MEETING, title="Phiên họp", body=BODY, profile=profile)
        self.floor = state.begin(begun)
        self.lines: list[FloorEntry] = [begun]
        self.floors = [self.floor]
        self.keys = {
            name: fixed_keys.p256(name) for name in (*MEMBERS, SECRETARY, "stranger", *(members or {}))
        }
        self.take_roll(members or MEMBERS)

    # --- What comes in -------------------------------------------------------------------------------------------

    def act(
        self, by: str, act: FloorActs, present: bool | None = True, title: str = TITLE
    ) -> tuple[AnyNews, ...]:
        """An act done now; raises what the rules raise, and then nothing has changed."""
        facts = Facts(self.now, by, ROLES.get(by, ("delegate",)), present, title)
        before = _copy(self.floor)
        try:
            news = acts.decide(self.floor, act, facts)
        except (Refused, Repeat):
            assert _copy(self.floor) == before
            raise
        line = FloorActed(
            at=self.now,
            jws=self.signed(by, act),
            by=by,
            roles=facts.roles,
            present=present,
            title=title,
            news=news,
        )
        revision = self.floor.revision
        self.append(line)
        moved = isinstance(act, DeskAct) and bool(news)
        assert self.floor.revision == (self.floor.size if moved else revision)
        return news

    def ask(
        self, by: str, /, request: str = "", present: bool | None = True, **said: Any
    ) -> tuple[AnyNews, ...]:
        """Somebody asks for themselves, or as `said`."""
        asked = {"meeting": MEETING, "id": request or f"r-{by}", "item": ITEM, "lane": "speech", **said}
        return self.act(by, Ask(**asked), present=present)

    def call(self, request: str, *, begun: bool = False, reason: str = "") -> str:
        """Call a request; the turn's id."""
        self.chair(Call, request=request, reason=reason)
        turn = self.turn().id
        if begun:
            self.chair(StartTurn, turn=turn)
        return turn

    def chair(self, kind: type[A], by: str = CHAIR, **said: Any) -> tuple[AnyNews, ...]:
        """An act of the desk, by somebody who sees the floor as it is."""
        return self.act(by, self.desk_act(kind, **said))

    def desk_act(self, kind: type[A], **said: Any) -> A:
        """An act of the desk, not done yet."""
        return kind(**{"meeting": MEETING, "seen": self.floor.revision, **said})

    def take_roll(self, members: dict[str, str], revision: int = 1) -> None:
        """A roll in force: group by member."""
        entries = tuple(
            RollEntry(member=member, name=f"Ông {member}", group=group, seat=f"S-{member}")
            for member, group in members.items()
        )
        roll = Roll(body=BODY.id, meeting=MEETING, revision=revision, entries=entries)
        raw = msgspec.json.encode(roll)
        self.append(RollTaken(at=self.now, sha256=jws.digest(raw), roll=raw.decode()))

    def vote(self, poll: str, to: PollState) -> tuple[AnyNews, ...]:
        """Voting tells of a poll; a line is written if it changes anything."""
        news = ticking.voting(self.floor, poll, to, self.now)
        if news:
            self.append(FloorVote(at=self.now, poll=poll, state=to, line=len(self.lines), news=news))
            assert self.floor.revision == self.floor.size
        return news

    def wait(self, milliseconds: int) -> list[AnyNews]:
        """Time passes, and the clock does each thing when it is due."""
        until = self.now + milliseconds
        done: list[AnyNews] = []
        while (due := ticking.due(self.floor)) is not None and due <= until:
            self.now = max(self.now, due)
            done += self.tick()
        self.now = until
        return done

    def tick(self) -> tuple[AnyNews, ...]:
        """What the clock does now; afterwards nothing is due any more."""
        news = ticking.tick(self.floor, self.now)
        due = ticking.due(self.floor)
        assert bool(news) == (due is not None and due <= self.now)
        if news:
            self.append(FloorTicked(at=self.now, news=news))
            assert self.floor.revision == self.floor.size
        return news

    def append(self, line: FloorEntry) -> None:
        """One more line; its fold is the floor that its news tell, and it can be written and read."""
        before, self.floor = self.floor, state.fold(self.floor, line)
        self.lines.append(line)
        self.floors.append(self.floor)
        assert msgspec.json.decode(msgspec.json.encode(line), type=FloorEntry) == line
        if isinstance(line, FloorActed | FloorTicked | FloorVote):
            told = state.told(before, line.news)
            recorded = not line.news
            seen = replace(
                told, at=line.at, size=before.size + 1, revision=self.floor.revision, recorded=recorded
            )
            assert self.floor == seen
            assert line.news or told == before

    # --- Keys ----------------------------------------------------------------------------------------------------

    def signed(self, by: str, act: FloorActs) -> str:
        """The act as its author's key signs it; the header's time makes each signing another."""
        header = jws.Header(
            alg="ES256", typ=acts.TYP, cty=acts.CTY, x5t_S256=jws.digest(by.encode()), iat=len(self.lines)
        )
        return jws.compact(header, msgspec.json.encode(act), self.keys[by], "ES256")

    def holder_at(self, thumbprint: str, at: int) -> Holder:
        """Whose key this is. Raises CredentialUnknown."""
        for member, key in self.keys.items():
            if jws.digest(member.encode()) == thumbprint:
                return Holder(thumbprint, member, key.public_key(), 0, at + 1)
        raise CredentialUnknown

    # --- What is seen --------------------------------------------------------------------------------------------

    def lane(self, lane: str = "speech", item: str = ITEM) -> Lane:
        """A lane as it is."""
        return self.floor.lanes[item, lane]

    def request(self, identifier: str) -> SpeakRequest:
        """A request as it is."""
        return self.floor.requests[identifier]

    def turn(self, identifier: str = "") -> Turn:
        """A turn as it is; without an id, the last one called."""
        turns: Sequence[str] = tuple(self.floor.turns)
        return self.floor.turns[identifier or turns[-1]]


def _copy(floor: Floor) -> dict[str, object]:
    values = {field.name: getattr(floor, field.name) for field in fields(floor)}
    return {
        name: dict(value) if isinstance(value, MappingProxyType) else value for name, value in values.items()
    }
