"""The presets are data that a poll can be drafted from as they stand."""

import msgspec
import pytest

from services.rules.errors import ProfileUnknown
from services.rules.majority import must_be_sound
from services.rules.profiles import PROFILES, Profile, profile
from services.rules.text import must_be_legible
from services.wire import CHOICES


@pytest.mark.parametrize("preset", PROFILES.values(), ids=PROFILES.keys())
def test_preset_is_sound_and_clean(preset: Profile) -> None:
    """Every preset has a rule that can be met, three answers in order, clean words, and no changes."""
    must_be_sound(preset.rule)
    assert tuple(option.choice for option in preset.options) == CHOICES
    words = [preset.name, preset.name_en, preset.noun, preset.noun_en]
    for text in [*words, *(option.label for option in preset.options)]:
        must_be_legible(text, place=preset.id)
    assert not preset.changes
    assert preset.duration_s >= 30


@pytest.mark.parametrize("preset", PROFILES.values(), ids=PROFILES.keys())
def test_preset_keeps_to_its_own_type(preset: Profile) -> None:
    """Every preset survives being written and read as JSON, limits of its fields included."""
    assert msgspec.json.decode(msgspec.json.encode(preset), type=Profile) == preset


def test_unknown_profile_is_refused() -> None:
    """A body cannot follow rules that nobody wrote."""
    with pytest.raises(ProfileUnknown):
        profile("duma")
