"""What delegates do for themselves: ask, change, withdraw, write; and every way in which that is refused."""

from typing import Any

import pytest

from services.refusal import Refused
from services.rules.errors import TextUnclean
from services.rules.floor import acts, errors, lane_errors, request_errors, speakers, turn_errors
from services.rules.floor.profiles import FLOOR_PROFILES
from services.rules.floor.requests import LONGEST_NOTE, Repeat
from services.rules.jws import NotWellFormed
from services.wire import (
    AdjustLane,
    Call,
    ChangeRequest,
    CloseLane,
    EndItem,
    EndTurn,
    LaneRules,
    OpenLane,
    Remove,
    Withdraw,
    WriteOpinion,
)
from tests.support.floor_sitting import CHAIR, ITEM, MEETING, SECRETARY, FloorSitting

WHY = "Theo nghị quyết của kỳ họp"
RULES = LaneRules(stances=("for", "against", "other"), turn_s=60)


def sitting(**rules: Any) -> FloorSitting:
    """A sitting with one open lane under these rules."""
    made = FloorSitting({"speech": LaneRules(**{"stances": RULES.stances, "turn_s": 60, **rules})})
    made.chair(OpenLane, item=ITEM, lane="speech")
    return made


def test_a_request_is_what_was_asked() -> None:
    """Name, group and seat are the roll's, the number is the line, nobody else asked."""
    hall = sitting()
    hall.ask("an", stance="against", note="Điều 5\nkhoản 2")
    request = hall.request("r-an")
    assert (request.member, request.name, request.group, request.seat) == ("an", "Ông an", "A", "S-an")
    assert (request.stance, request.note, request.by) == ("against", "Điều 5\nkhoản 2", "")
    assert (request.number, request.at, request.state) == (3, hall.now, "waiting")
    place = speakers.place(hall.floor, request, hall.now)
    assert (place.place, place.before, place.wait_ms) == (1, (), 0)


def test_the_same_id_again_is_the_same_request() -> None:
    """A retry is no second request: not with other words, not when the lane is closed, not when it was called."""
    hall = sitting()
    hall.ask("an", note="một")
    for after in (None, CloseLane, Call):
        if after is CloseLane:
            hall.chair(CloseLane, item=ITEM, lane="speech")
        elif after is Call:
            hall.chair(Call, request="r-an")
        with pytest.raises(Repeat) as repeat:
            hall.ask("an", note="hai")
        assert (repeat.value.index, repeat.value.about) == (hall.request("r-an").number, "r-an")


def test_the_same_id_after_the_roll_named_them_otherwise() -> None:
    """A retry is known by the member, not by how the roll prints them."""
    hall = sitting()
    hall.ask("an")
    hall.take_roll({"an": "Z"}, revision=2)
    with pytest.raises(Repeat):
        hall.ask("an")
    assert hall.request("r-an").group == "A"


def test_a_double_tap_is_one_request() -> None:
    """Another id with the same words repeats; other words are refused."""
    hall = sitting()
    hall.ask("an", note="một")
    with pytest.raises(Repeat) as repeat:
        hall.ask("an", request="r-2", note="một")
    assert (repeat.value.index, repeat.value.about) == (hall.request("r-an").number, "r-an")
    with pytest.raises(request_errors.AlreadyWaiting) as refused:
        hall.ask("an", request="r-2", note="hai")
    assert refused.value.facts == {"request": "r-an", "most": 1}


def test_two_may_wait_where_the_rules_say_so() -> None:
    """The third is refused."""
    hall = sitting(waiting_per_person=2)
    hall.ask("an", request="r-1", note="một")
    hall.ask("an", request="r-2", note="hai")
    with pytest.raises(request_errors.AlreadyWaiting):
        hall.ask("an", request="r-3", note="ba")


@pytest.mark.parametrize("other", [{"by": "binh"}, {"lane": "debate"}, {"item": "item-2"}])
def test_an_id_is_used_once(other: dict[str, str]) -> None:
    """Somebody else's id, or one's own of another list, is taken."""
    hall = sitting()
    hall.chair(OpenLane, item=ITEM, lane="debate", rules=RULES, reason=WHY)
    hall.chair(OpenLane, item="item-2", lane="speech", rules=RULES, reason=WHY)
    hall.ask("an")
    said: dict[str, Any] = {key: value for key, value in other.items() if key != "by"}
    with pytest.raises(request_errors.RequestIdTaken):
        hall.ask(other.get("by", "an"), request="r-an", **said)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"lane": "debate"}, lane_errors.LaneUnknown),
        ({"item": "item-9"}, lane_errors.LaneUnknown),
        ({"meeting": "meeting-2"}, errors.ForeignFloor),
        ({"present": False}, request_errors.SpeakerAbsent),
        ({"present": None}, request_errors.SpeakerAbsent),
        ({"stance": "for"}, request_errors.StanceWrong),
        ({"note": "x" * (LONGEST_NOTE + 1)}, request_errors.NoteTooLong),
        ({"note": "a\x07b"}, TextUnclean),
        ({"note": "a\tb"}, TextUnclean),
        ({"note": "a\r\nb"}, TextUnclean),
        ({"note": "a\u202eb"}, TextUnclean),
        ({"note": "a\u200bb"}, TextUnclean),
        ({"note": " a"}, TextUnclean),
        ({"note": "e\u0323\u0302"}, TextUnclean),
        ({"guest": "Bà Khách"}, request_errors.NotYours),
        ({"member": "binh"}, request_errors.NotYours),
    ],
)
def test_asking_is_refused(said: dict[str, Any], refusal: type[Refused]) -> None:
    """Each bad input has its own refusal."""
    hall = sitting(stances=("other",))
    with pytest.raises(refusal):
        hall.ask("an", **said)


def test_who_is_not_on_the_roll_does_not_speak() -> None:
    """Nor does who is on it no more."""
    hall = sitting()
    with pytest.raises(request_errors.SpeakerNotOnRoll):
        hall.ask("stranger")
    hall.take_roll({"binh": "A"}, revision=2)
    with pytest.raises(request_errors.SpeakerNotOnRoll):
        hall.ask("an")
    hall.ask("binh")


def test_a_note_of_2000_characters_is_taken() -> None:
    """Characters, not bytes; the limit is theirs."""
    hall = sitting()
    hall.ask("an", note="ệ" * 2_000)
    with pytest.raises(request_errors.NoteTooLong) as refused:
        hall.ask("binh", note="ệ" * 2_001)
    assert refused.value.facts == {"length": 2_001, "most": 2_000}


def test_absence_is_nothing_where_presence_is_not_asked_for() -> None:
    """The rules say whether one must be there."""
    hall = sitting(presence=False)
    hall.ask("an", present=False)
    hall.ask("binh", present=None)
    assert len(hall.floor.waiting(ITEM, "speech")) == 2


def test_a_lane_that_is_closed_or_ended() -> None:
    """Takes nobody; who waits stays until the item ends."""
    hall = sitting()
    hall.ask("an")
    hall.chair(CloseLane, item=ITEM, lane="speech")
    with pytest.raises(lane_errors.LaneClosed):
        hall.ask("binh")
    assert [request.id for request in hall.floor.waiting(ITEM, "speech")] == ["r-an"]
    hall.chair(EndItem, item=ITEM)
    with pytest.raises(lane_errors.LaneClosed):
        hall.ask("binh")
    assert not hall.floor.waiting(ITEM, "speech")


def test_a_full_list() -> None:
    """A place that is left can be taken; who was called is on the list no more."""
    hall = sitting(length=2)
    hall.ask("an")
    hall.ask("binh")
    with pytest.raises(lane_errors.ListFull):
        hall.ask("chi")
    hall.act("an", Withdraw(meeting=MEETING, request="r-an"))
    hall.ask("chi")
    hall.call("r-binh")
    hall.ask("dung")
    with pytest.raises(lane_errors.ListFull):
        hall.ask("em")


def test_who_has_spoken_twice_may_still_debate() -> None:
    """NQ 102/2015/QH13 Đ.16 k.2 d counts speeches; debate has minutes of its own (71/2022 Đ.18 k.3) and no number."""
    hall = FloorSitting(lanes=FLOOR_PROFILES["quoc-hoi"].lanes)
    for lane in ("speech", "debate", "point_of_order"):
        hall.chair(OpenLane, item=ITEM, lane=lane)
    for number in (1, 2):
        hall.ask("an", request=f"s-{number}")
        hall.chair(EndTurn, turn=hall.call(f"s-{number}", begun=True))
    with pytest.raises(request_errors.SpeechesUsedUp):
        hall.ask("an", request="s-3")
    for number in range(3):
        hall.ask("an", request=f"d-{number}", lane="debate")
        hall.chair(EndTurn, turn=hall.call(f"d-{number}", begun=True))
    hall.ask("an", request="p-1", lane="point_of_order")
    with pytest.raises(request_errors.SpeechesUsedUp):
        hall.ask("an", request="s-3")


def test_speeches_used_up() -> None:
    """What waits counts, and what was called; a dropped call does not."""
    hall = sitting(turns_per_person=2, waiting_per_person=2)
    hall.ask("an", request="r-1", note="một")
    hall.ask("an", request="r-2", note="hai")
    hall.call("r-1")
    with pytest.raises(request_errors.SpeechesUsedUp):
        hall.ask("an", request="r-3", note="ba")
    hall.act("an", Withdraw(meeting=MEETING, request="r-1"))
    hall.ask("an", request="r-3", note="ba")
    hall.chair(EndTurn, turn=hall.call("r-2", begun=True))
    hall.chair(EndTurn, turn=hall.call("r-3", begun=True))
    with pytest.raises(request_errors.SpeechesUsedUp) as refused:
        hall.ask("an", request="r-4")
    assert refused.value.facts == {"most": 2}


def test_a_vote_blocks_where_the_rules_say_so() -> None:
    """A repeat is still a repeat."""
    hall = sitting(blocked_by_vote=True)
    hall.ask("an")
    hall.vote("poll-1", "open")
    with pytest.raises(errors.VoteUnderWay) as refused:
        hall.ask("binh")
    assert refused.value.facts == {"poll": "poll-1"}
    with pytest.raises(Repeat):
        hall.ask("an")
    hall.vote("poll-1", "closed")
    hall.ask("binh")


def test_a_vote_blocks_no_other_lane() -> None:
    """Asking goes on there, also where turns are paused."""
    hall = sitting(paused_by_vote=True)
    hall.vote("poll-1", "open")
    hall.ask("an")


# --- The desk for somebody else ----------------------------------------------------------------------------------


def test_the_desk_asks_for_a_member() -> None:
    """The request is the member's, and says who asked."""
    hall = sitting()
    hall.ask(SECRETARY, request="r-1", member="an")
    assert (hall.request("r-1").member, hall.request("r-1").by) == ("an", SECRETARY)
    hall.act("an", ChangeRequest(meeting=MEETING, request="r-1", stance="for", note="tôi"))
    hall.act(SECRETARY, ChangeRequest(meeting=MEETING, request="r-1", stance="against"))
    hall.act("an", Withdraw(meeting=MEETING, request="r-1"))
    hall.ask(CHAIR, request="r-2", member=CHAIR)
    assert hall.request("r-2").by == ""
    with pytest.raises(request_errors.SpeakerAbsent):
        hall.ask(SECRETARY, request="r-3", member="binh", present=False)
    with pytest.raises(request_errors.SpeakerNotOnRoll):
        hall.ask(SECRETARY, request="r-3", member="stranger")
    with pytest.raises(request_errors.SpeakerNotOnRoll):
        hall.ask(SECRETARY, request="r-3")


def test_a_guest_speaks_where_the_lane_takes_guests() -> None:
    """By name; one guest is known from another by it."""
    hall = sitting(guests=True)
    hall.ask(SECRETARY, request="r-1", guest="Bà Khách", present=None)
    request = hall.request("r-1")
    assert (request.member, request.name, request.group, request.by) == ("", "Bà Khách", "", SECRETARY)
    with pytest.raises(request_errors.AlreadyWaiting):
        hall.ask(SECRETARY, request="r-2", guest="Bà Khách", note="nữa", present=None)
    hall.ask(SECRETARY, request="r-2", guest="Ông Khách", present=None)
    with pytest.raises(turn_errors.SpeakerMissing):
        hall.ask(SECRETARY, request="r-3", guest="Ai", member="an")
    with pytest.raises(TextUnclean):
        hall.ask(SECRETARY, request="r-3", guest="A\ni")
    hall.act(SECRETARY, Withdraw(meeting=MEETING, request="r-1"))
    assert hall.request("r-1").state == "withdrawn"


def test_no_guests() -> None:
    """Where the lane takes none."""
    hall = sitting()
    with pytest.raises(request_errors.GuestsNotTaken):
        hall.ask(SECRETARY, guest="Bà Khách")
    with pytest.raises(lane_errors.LaneUnknown):
        hall.ask(SECRETARY, guest="Bà Khách", lane="debate")


# --- Change and withdraw -----------------------------------------------------------------------------------------


def test_a_change_keeps_the_place() -> None:
    """Number and time stay; only stance and note are new."""
    hall = sitting()
    hall.ask("an", stance="for")
    hall.ask("binh")
    before = hall.request("r-an")
    hall.now += 5_000
    hall.act("an", ChangeRequest(meeting=MEETING, request="r-an", stance="against", note="đổi ý"))
    after = hall.request("r-an")
    assert (after.stance, after.note) == ("against", "đổi ý")
    assert (after.number, after.at) == (before.number, before.at)
    assert [request.id for request in speakers.queue(hall.floor, hall.lane())] == ["r-an", "r-binh"]
    hall.chair(CloseLane, item=ITEM, lane="speech")
    hall.act("an", ChangeRequest(meeting=MEETING, request="r-an"))


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"request": "r-none"}, request_errors.RequestUnknown),
        ({"request": "r-binh"}, request_errors.NotYours),
        ({"note": "x" * 2_001}, request_errors.NoteTooLong),
        ({"note": "\x00"}, TextUnclean),
        ({"stance": "against"}, request_errors.StanceWrong),
    ],
)
def test_a_change_is_refused(said: dict[str, Any], refusal: type[Refused]) -> None:
    """As asking is."""
    hall = sitting(stances=("for", "other"))
    hall.ask("an")
    hall.ask("binh")
    with pytest.raises(refusal):
        hall.act("an", ChangeRequest(**{"meeting": MEETING, "request": "r-an", **said}))


def test_the_desk_changes_nothing_that_people_asked_themselves() -> None:
    """Another stance would be another place under `alternating`; off the list only with a reason."""
    hall = sitting()
    hall.ask("an")
    for act in (Withdraw(meeting=MEETING, request="r-an"), ChangeRequest(meeting=MEETING, request="r-an")):
        with pytest.raises(request_errors.NotYours):
            hall.act(SECRETARY, act)
    with pytest.raises(errors.FloorReasonMissing):
        hall.chair(Remove, request="r-an")
    hall.chair(Remove, request="r-an", reason="Đã rời phòng họp")


def test_withdrawing() -> None:
    """Waiting: off the list, and one may ask again. A second time there is nothing to withdraw."""
    hall = sitting()
    hall.ask("an")
    with pytest.raises(request_errors.NotYours):
        hall.act("binh", Withdraw(meeting=MEETING, request="r-an"))
    hall.act("an", Withdraw(meeting=MEETING, request="r-an"))
    assert hall.request("r-an").state == "withdrawn"
    for act in (Withdraw(meeting=MEETING, request="r-an"), ChangeRequest(meeting=MEETING, request="r-an")):
        with pytest.raises(request_errors.NotWaiting) as refused:
            hall.act("an", act)
        assert refused.value.facts == {"state": "withdrawn"}
    with pytest.raises(Repeat):
        hall.ask("an")
    hall.ask("an", request="r-2")


def test_withdrawing_when_called() -> None:
    """The turn is dropped and counts for nothing; once it has begun it is too late."""
    hall = sitting()
    hall.ask("an")
    turn = hall.call("r-an")
    hall.now += 7
    hall.act("an", Withdraw(meeting=MEETING, request="r-an"))
    assert (hall.turn(turn).state, hall.turn(turn).ended_at, hall.floor.active) == ("dropped", hall.now, ())
    assert hall.floor.turns_of(ITEM) == []
    hall.ask("binh")
    turn = hall.call("r-binh", begun=True)
    with pytest.raises(request_errors.NotWaiting) as refused:
        hall.act("binh", Withdraw(meeting=MEETING, request="r-binh"))
    assert refused.value.facts == {"state": "running"}
    with pytest.raises(request_errors.NotWaiting):
        hall.act("binh", ChangeRequest(meeting=MEETING, request="r-binh"))


def test_a_change_that_changes_nothing_is_a_repeat() -> None:
    """No line is written of it, also where the list would not take it any more."""
    hall = sitting()
    hall.ask("an", stance="for", note="một")
    hall.act("an", ChangeRequest(meeting=MEETING, request="r-an", stance="against", note="một"))
    with pytest.raises(Repeat) as repeat:
        hall.act("an", ChangeRequest(meeting=MEETING, request="r-an", stance="against", note="một"))
    assert (repeat.value.index, repeat.value.about) == (hall.request("r-an").number, "r-an")
    only = LaneRules(stances=("for",), turn_s=60)
    hall.chair(AdjustLane, item=ITEM, lane="speech", rules=only, reason=WHY)
    with pytest.raises(Repeat):
        hall.act("an", ChangeRequest(meeting=MEETING, request="r-an", stance="against", note="một"))


# --- How often -----------------------------------------------------------------------------------------------------


def test_who_withdraws_again_and_again() -> None:
    """Is taken in this list no more, but in others, and when the desk asks for them; nobody else is concerned."""
    hall = sitting(withdrawals_per_person=2)
    hall.chair(OpenLane, item="item-2", lane="speech")
    for number in range(2):
        hall.ask("an", request=f"r-{number}")
        hall.act("an", Withdraw(meeting=MEETING, request=f"r-{number}"))
    with pytest.raises(request_errors.WithdrawnTooOften) as refused:
        hall.ask("an")
    assert refused.value.facts == {"most": 2}
    hall.ask("binh")
    hall.ask("an", request="r-2", item="item-2")
    hall.ask(SECRETARY, request="r-3", member="an")
    hall.act("an", Withdraw(meeting=MEETING, request="r-3"))
    hall.ask(SECRETARY, request="r-4", member="an")


def test_what_somebody_else_takes_off_is_no_withdrawal() -> None:
    """Removed by the desk, asked for and withdrawn by it, spoken: one may ask on."""
    hall = sitting(withdrawals_per_person=1)
    hall.ask("an", request="r-1")
    hall.chair(Remove, request="r-1", reason=WHY)
    hall.ask(SECRETARY, request="r-2", member="an")
    hall.act(SECRETARY, Withdraw(meeting=MEETING, request="r-2"))
    hall.ask("an", request="r-3")
    hall.chair(EndTurn, turn=hall.call("r-3", begun=True))
    hall.ask("an", request="r-4")


def test_a_request_that_is_changed_again_and_again() -> None:
    """Stays as it is in the end; what repeats it is a repeat still. Another request has changes of its own."""
    hall = sitting(changes_per_request=2, waiting_per_person=2)
    for request in ("r-1", "r-2"):
        hall.ask("an", request=request, note=request)
        for note in ("hai", "ba"):
            hall.act("an", ChangeRequest(meeting=MEETING, request=request, note=note))
        with pytest.raises(request_errors.ChangedTooOften) as refused:
            hall.act("an", ChangeRequest(meeting=MEETING, request=request, note="bốn"))
        assert refused.value.facts == {"most": 2}
        with pytest.raises(Repeat):
            hall.act("an", ChangeRequest(meeting=MEETING, request=request, note="ba"))


def test_opinions_again_and_again() -> None:
    """So many on an item; on another, as many again."""
    hall = sitting(opinions_per_person=2)
    hall.chair(OpenLane, item="item-2", lane="speech")
    for item in (ITEM, "item-2"):
        hall.ask("an", request=f"r-{item}", item=item)
        hall.chair(EndItem, item=item)
        for text in ("một", "hai"):
            hall.act("an", WriteOpinion(meeting=MEETING, item=item, text=text))
        with pytest.raises(request_errors.WrittenTooOften) as refused:
            hall.act("an", WriteOpinion(meeting=MEETING, item=item, text="ba"))
        assert refused.value.facts == {"most": 2}
        assert hall.floor.opinions[item, "an"].text == "hai"


# --- Written opinions --------------------------------------------------------------------------------------------


def test_who_was_not_reached_is_invited_to_write() -> None:
    """They alone, once the item has ended; the last text stands."""
    hall = sitting()
    hall.ask("an")
    hall.ask("binh")
    hall.chair(EndTurn, turn=hall.call("r-an", begun=True))
    opinion = WriteOpinion(meeting=MEETING, item=ITEM, text="Tôi đề nghị\nsửa Điều 5.")
    with pytest.raises(request_errors.NotInvited):
        hall.act("binh", opinion)
    hall.chair(EndItem, item=ITEM)
    for nobody in ("an", "chi", CHAIR):
        with pytest.raises(request_errors.NotInvited):
            hall.act(nobody, opinion)
    hall.act("binh", opinion, present=None)
    hall.now += 9
    hall.act("binh", WriteOpinion(meeting=MEETING, item=ITEM, text="Lần cuối"))
    (written,) = hall.floor.opinions.values()
    assert (written.member, written.name, written.group) == ("binh", "Ông binh", "A")
    assert (written.text, written.at) == ("Lần cuối", hall.now)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"item": "item-9"}, lane_errors.ItemUnknown),
        ({"text": "a\x1b"}, TextUnclean),
        ({"meeting": "meeting-2"}, errors.ForeignFloor),
    ],
)
def test_writing_is_refused(said: dict[str, Any], refusal: type[Refused]) -> None:
    """As asking is."""
    hall = sitting()
    hall.ask("an")
    hall.chair(EndItem, item=ITEM)
    with pytest.raises(refusal):
        hall.act("an", WriteOpinion(**{"meeting": MEETING, "item": ITEM, "text": "x", **said}))


@pytest.mark.parametrize("text", ["", "x" * 20_001])
def test_an_opinion_says_something(text: str) -> None:
    """An empty one would take the place of what was written before, as a blank line of the turn log."""
    signed = sitting().signed("an", WriteOpinion(meeting=MEETING, item=ITEM, text=text))
    with pytest.raises(NotWellFormed):
        acts.said(signed)


def test_the_place_of_who_does_not_wait() -> None:
    """There is none."""
    hall = sitting()
    hall.ask("an")
    hall.call("r-an")
    with pytest.raises(request_errors.NotWaiting):
        speakers.place(hall.floor, hall.request("r-an"), hall.now)
