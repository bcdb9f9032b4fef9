"""SIGTERM to all of it in the midst of a burst: whoever was acknowledged is in the ledger after the next start, and
nothing was kept without an answer."""

import asyncio
import json
import signal
from pathlib import Path

import aiohttp
import psutil
import pytest

from services.desk import own_server
from services.desk.client import Client, opened
from services.desk.convening import convene, enrol_all
from services.desk.operator_token import mint
from services.desk.presiding import Opened, cast_first, close_and_declare, open_poll, sign_all
from services.wire import PollDraft
from tests.faults.conftest import ROUNDS
from tests.faults.house import kill
from tests.faults.stage import JOSE
from tests.support.council import CHAIR, council
from tests.support.stores import reachable_directory
from tests.support.waiting import until

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not ROUNDS, reason="two houses of its own: with `make faults`"),
]
VOTERS = tuple(f"d{number}" for number in range(120))
AT_ONCE = 20
SETTINGS = {"workers": "2"}
# An answer by voter: status, and what came; 0 if nothing whole did.
Answers = dict[str, tuple[int, bytes]]


async def test_a_burst_that_is_ended() -> None:
    """Each ballot is sent once; after the next start each is sent again, and counted once."""
    with reachable_directory() as kept:
        async with own_server.running(SETTINGS, kept) as (url, data), opened(url) as client:
            held, ballots = await _opened(client, data)
            answers = await _burst(url, data, held.poll, ballots)
        told = {who for who, (status, _) in answers.items() if status == 201}
        print(f"{len(told)} of {len(answers)} acknowledged")
        assert 0 < len(told) < len(answers)
        async with own_server.running(SETTINGS, kept) as (url, data), opened(url) as client:
            again: Answers = {}
            await _cast_all(url, held.poll, ballots, again)
            for who in told:
                status, body = again[who]
                assert (status, json.loads(body)) == (200, json.loads(answers[who][1])), who
            kept_silently = {who for who, (status, _) in again.items() if status == 200} - told
            assert not kept_silently
            await close_and_declare(client, held)
            shown = json.loads(await client.ask("GET", f"/voting/polls/{held.poll}", token=held.token))
            assert shown["decision"]["counts"]["approve"] == len(VOTERS)


async def _opened(client: Client, data: Path) -> tuple[Opened, dict[str, bytes]]:
    """A poll that is open, and everybody's ballot but that of one, who has cast it: voting knows their keys."""
    convened = await convene(client, mint(data), council(VOTERS))
    devices = await enrol_all(client, convened.body, [CHAIR, *VOTERS], convened.token)
    held = await open_poll(client, convened, devices[CHAIR], PollDraft(title="Nghị quyết", presiding=CHAIR))
    ballots = sign_all(held.ask, devices, dict.fromkeys(VOTERS, "approve"))
    ballots.pop(await cast_first(client, held.poll, ballots, devices))
    return held, ballots


async def _burst(url: str, data: Path, poll: str, ballots: dict[str, bytes]) -> Answers:
    """Send them, and when a few are answered ask the whole house to end; what was answered until it had."""
    main = psutil.Process(json.loads((data / "run.json").read_bytes())["workers"][0]).parent()
    assert main is not None
    answers: Answers = {}

    async def some() -> bool:
        return len(answers) >= AT_ONCE

    async def end() -> None:
        await until(some, 60, "some answers")
        kill(main.pid, signal.SIGTERM)

    await asyncio.gather(end(), _cast_all(url, poll, ballots, answers))
    return answers


async def _cast_all(url: str, poll: str, ballots: dict[str, bytes], answers: Answers) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:

        async def cast(who: str, raw: bytes) -> None:
            async with gate:
                answers[who] = await _cast(session, f"{url}/voting/polls/{poll}/ballots", raw)

        await asyncio.gather(*(cast(who, raw) for who, raw in ballots.items()))


async def _cast(session: aiohttp.ClientSession, path: str, raw: bytes) -> tuple[int, bytes]:
    """Once, or again as long as voting has not heard of the key."""
    while True:
        try:
            async with session.post(path, data=raw, headers={"Content-Type": JOSE}) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, b""
        if b'"credential_unknown"' not in body:
            return status, body
