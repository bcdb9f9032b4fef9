"""The rules of the meeting desk: rolls, members, sittings, agenda, presence."""

import msgspec
import pytest

from services.meeting import agenda, errors, login, membership, presence, roll, sitting
from services.meeting.login import Bearer
from services.roster.errors import MeetingNotBegun
from services.rules.errors import TextUnclean
from services.wire import (
    AgendaItem,
    Document,
    Meeting,
    MeetingPlan,
    Member,
    Presence,
    PresenceLogged,
    PresenceMark,
    Roll,
    RollEntry,
)

ENTRIES = [RollEntry(member="b", name="Bình", seat="2"), RollEntry(member="a", name="An", group="Tổ 1")]
LAN = Member(id="lan", name="Lan", roles=("secretary",))
MAI = Member(id="mai", name="Mai")


def test_frozen_bytes() -> None:
    """The bytes of a roll are written in one way only, in the order of the draft; this is their hash for ever."""
    frozen = roll.freeze("hdnd", "ky-hop", 1, ENTRIES)
    assert frozen.raw.decode() == (
        '{"v":1,"body":"hdnd","meeting":"ky-hop","revision":1,"entries":['
        '{"member":"b","name":"Bình","group":"","seat":"2","attributes":{}},'
        '{"member":"a","name":"An","group":"Tổ 1","seat":"","attributes":{}}]}'
    )
    assert frozen.sha256 == "eQYxNwffzbXZaNKUkvVp6SE_z_Ez__4-esLvKuTtDnE"
    assert msgspec.json.decode(frozen.raw, type=Roll).entries == tuple(ENTRIES)


def test_frozen_again() -> None:
    """Freezing the same draft again changes nothing; another draft, or another order, is the next revision."""
    first = roll.follow("hdnd", "ky-hop", None, ENTRIES)
    assert roll.follow("hdnd", "ky-hop", first, ENTRIES) is first
    second = roll.follow("hdnd", "ky-hop", first, ENTRIES[::-1])
    assert (first.revision, second.revision) == (1, 2)
    assert first.sha256 != second.sha256


def test_a_roll_from_before_attributes() -> None:
    """A roll that was frozen without them reads as having none, and stays in force while it says the same."""
    raw = (
        '{"v":1,"body":"hdnd","meeting":"ky-hop","revision":1,"entries":['
        '{"member":"b","name":"Bình","group":"","seat":"2"},{"member":"a","name":"An","group":"Tổ 1","seat":""}]}'
    ).encode()
    old = roll.Frozen(1, raw, "oaTFCIFImfjL5ikVsiftO4GzTOcKlXpvkB4ERFiWsAg")
    assert roll.follow("hdnd", "ky-hop", old, ENTRIES) is old
    told = [msgspec.structs.replace(ENTRIES[0], attributes={"khối": "Đảng"}), ENTRIES[1]]
    assert roll.follow("hdnd", "ky-hop", old, told).revision == 2


def test_empty_roll() -> None:
    """A roll with nobody on it cannot be frozen."""
    with pytest.raises(errors.RollEmpty):
        roll.follow("hdnd", "ky-hop", None, [])


def test_json_roll_must_be_composed() -> None:
    """A JSON list is taken as it is or not at all: decomposed letters are refused."""
    with pytest.raises(errors.CellWrong):
        roll.from_entries([RollEntry(member="b", name="Bi\u0300nh")])


def test_json_roll_once() -> None:
    """A member and a seat stand once in a list."""
    with pytest.raises(errors.MemberTwice):
        roll.from_entries([ENTRIES[0], RollEntry(member="b", name="B")])
    with pytest.raises(errors.SeatTwice):
        roll.from_entries([ENTRIES[0], RollEntry(member="c", name="C", seat="2")])


def test_roles_kept() -> None:
    """Who is imported without roles keeps theirs, or begins as a delegate."""
    entrants = membership.from_sheet(b"id,name\nlan,Lan\nmai,Mai\n")
    assert membership.merged(entrants, {"lan": LAN}) == [LAN, MAI]


def test_last_secretary() -> None:
    """A body keeps its last secretary; it may have none only before its first."""
    gone = msgspec.structs.replace(LAN, roles=("delegate",))
    with pytest.raises(errors.LastSecretary):
        membership.must_keep_secretary([gone], {"lan": LAN, "mai": MAI})
    membership.must_keep_secretary([gone, msgspec.structs.replace(MAI, roles=("secretary",))], {"lan": LAN})
    membership.must_keep_secretary([MAI], {})


def test_meeting_goes_forward() -> None:
    """A meeting goes from planned to open to ended, and never back."""
    planned = Meeting(id="m", body="b", title="Họp")
    opened = sitting.opened(planned)
    assert sitting.opened(opened) == opened
    ended = sitting.ended(opened)
    assert sitting.ended(ended) == ended
    with pytest.raises(errors.MeetingEnded):
        sitting.opened(ended)
    with pytest.raises(MeetingNotBegun):
        sitting.ended(planned)


def test_plan() -> None:
    """A plan names no other body, and its title can be shown."""
    assert sitting.planned("b", MeetingPlan(title="Họp"), "m1").id == "m1"
    with pytest.raises(errors.OtherBody):
        sitting.planned("b", MeetingPlan(title="Họp", body="c"), "m1")
    with pytest.raises(TextUnclean):
        sitting.planned("b", MeetingPlan(title="H\u202eọp"), "m1")


def test_agenda_in_order() -> None:
    """Items are put in order of position; an id or a position twice is refused."""
    one, two = AgendaItem(id="a", position=1, title="A"), AgendaItem(id="b", position=2, title="B")
    assert agenda.arranged([two, one]) == (one, two)
    for twin in (AgendaItem(id="a", position=3, title="C"), AgendaItem(id="c", position=1, title="C")):
        with pytest.raises(errors.ItemTwice):
            agenda.arranged([one, twin])


def test_presence_time() -> None:
    """Time is the server's and never goes backwards; the same again changes nothing."""
    came = presence.marked([PresenceMark(member="a", present=True)], {}, 100)
    assert came == [Presence(member="a", present=True, at=100)]
    before = {"a": came[0]}
    again = presence.marked([PresenceMark(member="a", present=True)], before, 200)
    assert again == came
    assert presence.changed(again, before) == []
    left = presence.marked([PresenceMark(member="a", present=False, reason="ốm")], before, 50)
    assert left == [Presence(member="a", present=False, at=100, reason="ốm")]


def test_presence_reasons() -> None:
    """A reason belongs to an absence, and nobody is marked twice at once."""
    with pytest.raises(errors.ReasonWithoutAbsence):
        presence.must_be_marks([PresenceMark(member="a", present=True, reason="ốm")])
    with pytest.raises(errors.MemberTwice):
        presence.must_be_marks(
            [PresenceMark(member="a", present=True), PresenceMark(member="a", present=False)]
        )


def test_summoned() -> None:
    """The roll, the secretary and the chair have a place; an observer or a stranger has none."""
    members = {"lan": LAN, "mai": MAI}
    presence.must_be_summoned([PresenceMark(member="lan", present=True)], set(), members)
    presence.must_be_summoned([PresenceMark(member="mai", present=True)], {"mai"}, members)
    for stranger in ("mai", "ai"):
        with pytest.raises(errors.NotSummoned):
            presence.must_be_summoned([PresenceMark(member=stranger, present=True)], set(), members)


def test_the_best_key_counts() -> None:
    """Good before expired before revoked, whatever their order; of two good ones the one that lasts longest."""

    def bearer(member: str, not_after: int, *, revoked: bool = False) -> Bearer:
        return Bearer(f"{member}{not_after}", "b", member, b"", not_after, revoked)

    keys = [
        *(bearer("an", 900, revoked=True), bearer("an", 200), bearer("an", 400)),
        *(bearer("binh", 900, revoked=True), bearer("binh", 50)),
        bearer("chi", 900, revoked=True),
    ]
    for order in (keys, keys[::-1]):
        held = {one.member: (one.state, one.not_after) for one in login.best(order, now=100)}
        assert held == {"an": ("good", 400), "binh": ("expired", 50), "chi": ("revoked", 900)}


def test_who_changed_presence_is_kept() -> None:
    """Only what changed, with who said so and their reason."""
    marks = [PresenceMark(member="a", present=True, why="máy hỏng"), PresenceMark(member="b", present=True)]
    (change,) = presence.logged([Presence(member="a", present=True, at=5)], marks, "lan")
    assert change == PresenceLogged(member="a", present=True, at=5, by="lan", why="máy hỏng")


def test_papers_of_an_item() -> None:
    """A paper stands once on its item, under a title that can be shown."""
    paper = Document(title="Tờ trình", sha256="h" * 43)
    item = AgendaItem(id="a", position=1, title="A", documents=(paper,))
    assert agenda.arranged([item]) == (item,)
    for papers, why in (
        ((paper, paper), errors.ItemTwice),
        ((Document(title="T\u202e", sha256="h"),), TextUnclean),
    ):
        with pytest.raises(why):
            agenda.arranged([AgendaItem(id="a", position=1, title="A", documents=papers)])
