"""The bodies' rules of speaking are data that a lane can be opened by as they stand, and say what their sources say."""

import msgspec
import pytest

from services.rules.floor.lanes import must_be_sound
from services.rules.floor.order import QUESTION
from services.rules.floor.profiles import FLOOR_PROFILES, floor_profile_of
from services.rules.profiles import PROFILES
from services.rules.text import must_be_legible
from services.wire import FloorProfile

EACH = pytest.mark.parametrize("profile", FLOOR_PROFILES.values(), ids=FLOOR_PROFILES.keys())
KINDS = {"speech", "debate", "question", "point_of_order", "presentation"}


@EACH
def test_profile_is_sound_clean_and_has_a_source(profile: FloorProfile) -> None:
    """Every lane's rules can work, its words may be shown, and it says where it is from and that it must be checked."""
    for rules in profile.lanes.values():
        must_be_sound(rules)
    for text in (profile.name, profile.name_en, profile.source):
        must_be_legible(text, place=profile.id)
    assert len(profile.source) > 60


@EACH
def test_nobody_makes_a_ledger_long_alone(profile: FloorProfile) -> None:
    """What one person can add to a list by themselves: so many requests, each changed so often, and withdrawn."""
    for rules in profile.lanes.values():
        asked = rules.withdrawals_per_person + rules.waiting_per_person
        changed = asked * rules.changes_per_request
        assert asked + changed + rules.withdrawals_per_person + rules.opinions_per_person <= 141


@EACH
def test_profile_keeps_to_its_own_type(profile: FloorProfile) -> None:
    """Every profile survives being written and read as JSON, limits of its fields included."""
    assert msgspec.json.decode(msgspec.json.encode(profile), type=FloorProfile) == profile


@EACH
def test_every_body_has_every_kind_of_lane(profile: FloorProfile) -> None:
    """Speech, debate, question, point of order, presentation: each with a limit, for those who are there; warned of."""
    assert set(profile.lanes) >= KINDS
    for rules in profile.lanes.values():
        assert rules.turn_s is not None
        assert rules.presence
        assert (rules.at_limit, rules.warn_s, rules.waiting_per_person) == ("warn", 30, 1)
        assert rules.paused_by_vote


@EACH
def test_points_of_order_come_before_all_and_wait_for_votes(profile: FloorProfile) -> None:
    """One minute; only this lane interrupts and only this one is shut while a vote is open."""
    for name, rules in profile.lanes.items():
        procedural = name == "point_of_order"
        assert (rules.interrupts, rules.blocked_by_vote) == (procedural, procedural), name
    assert profile.lanes["point_of_order"].turn_s == 60


@EACH
def test_guests_lay_before_and_explain_but_do_not_debate(profile: FloorProfile) -> None:
    """Guests ask for the floor only to present and to explain; who answers is called and asks for nothing."""
    assert {name for name, rules in profile.lanes.items() if rules.guests} == set(profile.lanes) & {
        "presentation",
        "explanation",
    }


@pytest.mark.parametrize("name", ["quoc-hoi", "hdnd"])
def test_national_assembly_speaks_by_its_rules(name: str) -> None:
    """NQ 71/2022/QH15 Đ.17–19 and NQ 102/2015/QH13 Đ.16, in seconds."""
    lanes = FLOOR_PROFILES[name].lanes
    speech = lanes["speech"]
    assert (speech.order, speech.turn_s, speech.second_s, speech.turns_per_person) == (
        "registration",
        420,
        180,
        2,
    )
    assert (lanes["debate"].turn_s, lanes["explanation"].turn_s, lanes["presentation"].turn_s) == (
        180,
        600,
        900,
    )
    question, debate = lanes[QUESTION], lanes["question_debate"]
    assert (question.order, question.turn_s, question.answer_s) == ("registration", 60, 180)
    assert (debate.order, debate.turn_s, debate.answer_s) == ("askers_first", 120, 180)


def test_who_has_not_spoken_comes_first_where_the_rules_say_so() -> None:
    """Party charter Đ.9: each member may speak before the vote. Robert's Rules § 42: twice, ten minutes each."""
    assert FLOOR_PROFILES["cap-uy"].lanes["speech"].order == "fewest_turns"
    meeting = FLOOR_PROFILES["general-meeting"].lanes["speech"]
    assert (meeting.order, meeting.turn_s, meeting.turns_per_person) == ("fewest_turns", 600, 2)
    assert FLOOR_PROFILES["for-and-against"].lanes["speech"].order == "alternating"


def test_every_body_that_votes_has_rules_of_speaking() -> None:
    """Each of voting's presets has its own; a body of unknown rules speaks as a general meeting does."""
    assert {name: floor_profile_of(name).id for name in PROFILES} == {
        "quoc-hoi": "quoc-hoi",
        "quoc-hoi-hien-phap": "quoc-hoi",
        "hdnd": "hdnd",
        "hdnd-bai-nhiem": "hdnd",
        "ubnd": "ubnd",
        "chinh-phu": "ubnd",
        "cap-uy": "cap-uy",
        "general-meeting": "general-meeting",
        "for-and-against": "for-and-against",
    }
    assert floor_profile_of("duma").id == "general-meeting"
