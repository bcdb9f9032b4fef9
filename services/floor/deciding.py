"""One act on the page being written: the rules decide, and what they make of it becomes a line; no IO."""

from dataclasses import dataclass

import msgspec

from services.floor.locked import Known
from services.floor.page import Page
from services.kit.problem import TooLarge
from services.roster.errors import MeetingNotBegun, MeetingOver
from services.rules import jws
from services.rules.ballot import Holder, must_be_valid
from services.rules.floor import acts
from services.rules.floor.requests import Facts, Repeat
from services.rules.text import must_not_be_heaped
from services.wire import (
    Arrange,
    Ask,
    Call,
    CallAnswer,
    ChangeRequest,
    FloorActed,
    FloorActs,
    Interpose,
    LaneRules,
    OpenLane,
    ResumeTurn,
    StartTurn,
    WriteOpinion,
)

# The longest act that becomes a line, in bytes; those with a list of people or a text of their own are as long as
# `acts.read` takes them.
LONGEST = 16_384
_LONG = (Arrange, WriteOpinion)


@dataclass(frozen=True, slots=True)
class Signed:
    """An act found genuine: the signed text and its SHA-256, what it says, who signed, the id of its HTTP request."""

    text: str
    digest: bytes
    act: FloorActs
    holder: Holder
    request: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The act became line `index`; `about`: the request to speak whose place its sender wants to know ("" for none)."""

    index: int
    about: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """The act was done before, by line `index`."""

    index: int
    about: str


# What is not done once the meeting has ended. Turns and items can be ended still, opinions written, the log recorded.
_OF_A_MEETING = (Ask, OpenLane, Call, CallAnswer, Interpose, StartTurn, ResumeTurn)
Outcome = Taken | Repeated | Exception


def must_be_plain(raw: bytes) -> None:
    """Raise NotWellFormed unless header and payload say what they say in the one shortest form of JSON.

    Spaces and escapes mean nothing, but a ledger would keep them for ever. Members may be left out and stand in any
    order, so that older clients of a newer server stay good.
    """
    for piece in raw.split(b".")[:2]:
        said = jws.b64_decode(piece)
        if msgspec.json.encode(msgspec.json.decode(said)) != said:
            raise jws.NotWellFormed(what="JSON with more in it than it says")


def speaker_of(signed: Signed) -> str:
    """The member whose presence decides about the act; "" if nobody's does."""
    match signed.act:
        case Ask(guest="", member=member):
            return member or signed.holder.member
        case _:
            return ""


def decide(
    page: Page, signed: Signed, holder: Holder, known: Known, standing: dict[bytes, int]
) -> Taken | Repeated:
    """The act as one more line of the page, or the line that it is already. Raises what it is refused for.

    `holder`: as the keyring knows them under the lock. `standing`: acts in the ledger before this page, by digest.
    """
    # 1. Is the key good now?
    must_be_valid(holder, page.now)
    # 2. Has it been done?
    about = _about(signed.act)
    index = standing.get(signed.digest, page.acts.get(signed.digest))
    if index is not None:
        return Repeated(index, about)
    # 3. May it be done?
    if known.state == "planned":
        raise MeetingNotBegun
    if known.state == "ended" and isinstance(signed.act, _OF_A_MEETING):
        raise MeetingOver
    facts = _facts(page, signed, known)
    try:
        news = acts.decide(page.floor, signed.act, facts)
    except Repeat as repeat:
        return Repeated(repeat.index, repeat.about)
    _must_be_legible(signed.act)
    # 4. It is, unless it is longer than what it says needs to be.
    if len(signed.text) > LONGEST and not isinstance(signed.act, _LONG):
        raise TooLarge
    line = FloorActed(
        at=facts.at,
        jws=signed.text,
        by=facts.by,
        roles=facts.roles,
        present=facts.present,
        title=facts.title,
        news=news,
    )
    taken = Taken(page.floor.size, about)
    page.write(line, signed.digest, signed.request)
    return taken


def _must_be_legible(act: FloorActs) -> None:
    """Raise TextUnclean where a new act heaps marks. The rules do not ask: they judge ledgers from before this, too."""
    for name in act.__struct_fields__:
        said = getattr(act, name)
        if isinstance(said, LaneRules):
            for each in (said.quoted_by, *said.shares, *said.group_s):
                must_not_be_heaped(each, place="rules")
        elif isinstance(said, str):
            must_not_be_heaped(said, place=name)


def _facts(page: Page, signed: Signed, known: Known) -> Facts:
    speaker = speaker_of(signed)
    return Facts(
        at=page.now,
        by=signed.holder.member,
        roles=known.roles.get(signed.holder.member, ()),
        present=speaker in known.present if speaker else None,
        title=known.agenda.get(signed.act.item, "") if isinstance(signed.act, OpenLane) else "",
    )


def _about(act: FloorActs) -> str:
    match act:
        case Ask(id=identifier) | ChangeRequest(request=identifier):
            return identifier
        case _:
            return ""
