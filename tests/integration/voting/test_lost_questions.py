"""A database that lost its last commits may have another question under the same number by now: nobody answers that."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from tests.support.signing_service import begin
from tests.support.voting_desk import VotingDesk
from tests.support.voting_hall import code_of, lines_of, prove, send

Asks = Callable[[str, str], Awaitable[str]]


@pytest.fixture
async def asks(database_url: str) -> AsyncIterator[Asks]:
    """Has a poll ask something else, as a database that was lost and written anew; gives what it asked before."""
    connection = await asyncpg.connect(database_url)

    async def put(poll: str, definition: str) -> str:
        before = await connection.fetchval("select definition from voting.poll where id = $1", poll)
        await connection.execute("update voting.poll set definition = $2 where id = $1", poll, definition)
        return str(before)

    yield put
    await connection.close()


async def test_a_ballot_for_a_question_that_is_gone_is_not_taken(desk: VotingDesk, asks: Asks) -> None:
    """Though the worker remembers it. Then what there is, is known: this is no answer to it, and others are."""
    poll, asked = await desk.opened()
    await desk.cast(poll, asked, "001")
    lines = await lines_of(desk)
    raw = desk.devices["002"].ballot(asked, "approve")
    before = await asks(poll, "another")
    assert code_of(await send(desk, poll, raw)) == "not_ready"
    assert code_of(await send(desk, poll, raw)) == "ballot_foreign_poll"
    assert await lines_of(desk) == lines
    # And back again, as if "another" were the one that is gone: who answers the one that stands is taken.
    await asks(poll, before)
    assert code_of(await send(desk, poll, raw)) == "not_ready"
    assert (await send(desk, poll, raw))[0] == 201
    assert (await prove(desk))[poll].approve == 2


async def test_nor_is_one_begun(desk: VotingDesk, asks: Asks) -> None:
    """That a signing service is to sign."""
    poll, asked = await desk.opened(grace_s=30)
    await desk.cast(poll, asked, "001")
    lines = await lines_of(desk)
    before = await asks(poll, "another")
    raw = desk.devices["002"].ballot(asked, "approve")
    assert (await begin(desk, poll, raw, "002", status=503))["code"] == "not_ready"
    assert (await begin(desk, poll, raw, "002", status=None))["code"] == "ballot_foreign_poll"
    assert await lines_of(desk) == lines
    await asks(poll, before)
    assert (await begin(desk, poll, raw, "002", status=503))["code"] == "not_ready"
    await begin(desk, poll, raw, "002")
    assert len(await lines_of(desk)) == len(lines) + 1
