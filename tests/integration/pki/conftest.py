"""A server of another authority's lists and answers, and who asks there."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from services.pki.examiner import Examiner
from tests.support.ca_server import serving
from tests.support.outside_world import World


@pytest.fixture(scope="module")
def examiner() -> Iterator[Examiner]:
    """One process for all."""
    found = Examiner()
    yield found
    asyncio.run(found.close())


@pytest.fixture
async def world(examiner: Examiner) -> AsyncIterator[World]:
    """Server and book."""
    async with serving() as server:
        found = World(server, examiner)
        yield found
        await found.fetcher.close()
