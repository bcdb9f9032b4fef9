"""Whatever a turn log can name, it names in Vietnamese."""

from typing import get_args

import pytest

from services.rules.floor.profiles import FLOOR_PROFILES
from services.rules.floor.wording import ROLES, act_name, lane_name
from services.wire import DeskAct, FloorActs, Turn

LANES = sorted({lane for profile in FLOOR_PROFILES.values() for lane in profile.lanes})
ACTS = sorted(str(act.__struct_config__.tag) for act in get_args(FloorActs) if issubclass(act, DeskAct))


@pytest.mark.parametrize("lane", LANES)
def test_every_list_of_the_bodies_rules_has_a_name(lane: str) -> None:
    """No clerk reads the id of a list that we ship."""
    assert lane_name(lane) != lane


@pytest.mark.parametrize("act", ACTS)
def test_every_act_of_the_desk_has_a_name(act: str) -> None:
    """Each may stand among the overrides, with its reason."""
    assert act_name(act) != act


def test_every_role_has_a_name() -> None:
    """A speech is what a turn is unless something else is said of it."""
    roles = get_args(Turn.__annotations__["role"])
    assert set(ROLES) == set(roles)
    assert [role for role in roles if not ROLES[role]] == ["speech"]


def test_a_list_of_the_bodys_own_is_called_as_it_is() -> None:
    """Nobody else knows a name for it."""
    assert lane_name("ban-luan") == "ban-luan"
