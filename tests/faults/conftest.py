"""A house that is broken and made whole again, run after run; taken down in the end."""

import os
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.faults.history import History
from tests.faults.house import House, housed
from tests.faults.sitting import run

# What is drawn is drawn from here; `make faults` sets both.
SEED = int(os.environ.get("FAULT_SEED", "20261"))
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "0"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house() -> AsyncIterator[House]:
    """A whole Plenary with a wire before each store and before the workers."""
    async with housed() as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def quiet(house: House) -> History:
    """A sitting in which nothing broke."""
    return (await run(house, SEED)).history
