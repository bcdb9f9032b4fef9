"""What every test has: a clean environment, and real stores for those that ask (tests/support/stores.py)."""

import gc
import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# Settings of the person who runs the tests must not change what is tested.
for name in [name for name in os.environ if name.startswith("PLENARY_")]:
    del os.environ[name]

# Run in the background by a shell, Ctrl-C is ignored here and in all that is started from here; some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how busy the machine is. `settings()`: what Hypothesis takes where it builds (CI).
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = ["tests.support.stores"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-proto`: write what `proto/` and `docs/problems.md` must say, instead of comparing."""
    parser.addoption("--update-proto", action="store_true", help="rewrite proto/ and docs/problems.md")


def pytest_collection_finish() -> None:
    """The thousands of tests are there to stay: no collection of garbage looks through them again."""
    gc.collect()
    gc.freeze()
