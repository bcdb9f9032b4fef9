"""What every test has: a clean environment, and real stores for those that ask (tests/support/stores.py)."""

import os

# Settings of the person who runs the tests must not change what is tested.
for name in [name for name in os.environ if name.startswith("PLENARY_")]:
    del os.environ[name]

pytest_plugins = ["tests.support.stores"]
