"""What a soak says has grown: whatever is more in the last quarter than its allowance; or that it cannot tell."""

import pytest

from loadtests.soak import ALLOWED, Sample, grown

FLAT: Sample = {
    "memory_mb": 800.0,
    "files": 300.0,
    "threads": 60.0,
    "postgres_connections": 20.0,
    "valkey_connections": 30.0,
    "valkey_mb": 60.0,
    "p99_ms": 12.0,
    "certificate_ms": 900.0,
}


def test_what_is_flat_has_not_grown() -> None:
    assert grown([FLAT] * 12) == []


def test_the_first_quarter_warms_up() -> None:
    cold = {name: 1.0 for name in FLAT}
    assert grown([cold] * 3 + [FLAT] * 9) == []


@pytest.mark.parametrize("name", ALLOWED)
def test_what_has_grown_is_told(name: str) -> None:
    share, beyond = ALLOWED[name]
    more = FLAT | {name: FLAT[name] * share + beyond + 0.5}
    (told,) = grown([FLAT] * 8 + [more] * 4)
    assert told.startswith(name)


def test_too_short_a_run_says_nothing() -> None:
    assert grown([FLAT] * 7) == ["7 polls are too few to tell"]
