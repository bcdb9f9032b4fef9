"""A practice vote: like any other up to its declared result, which says what it is; and nothing of it leaves."""

from typing import Any

import msgspec
import redis.asyncio as redis

from services.kit import stream
from services.kit.settings import Settings
from services.voting import handlers
from services.wire import PollDeclared
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk
from tests.support.voting_hall import lines_of, prove
from tests.support.waiting import until


async def _on(redis_url: str, name: str) -> list[Any]:
    async with redis.Redis.from_url(redis_url) as client:
        entries: Any = await client.xrange(name)
    return [msgspec.json.decode(fields[b"m"]) for _, fields in entries]


async def test_a_practice_vote_is_declared_and_never_certified(desk: VotingDesk, redis_url: str) -> None:
    """Signed as practice, counted, told to screens as practice; its sentence says so; signing hears nothing of it."""
    poll, asked = await desk.opened(practice=True, item="muc-1")
    assert asked.definition.practice
    await desk.cast(poll, asked, "001")
    await desk.act(poll, "close", definition=asked.hash)
    declared = await desk.declare(poll, asked)
    assert (declared["state"], declared["practice"], declared["item"]) == ("declared", True, "muc-1")
    assert declared["decision"]["sentence"].startswith("BIỂU QUYẾT THỬ. Kết quả biểu quyết: ")
    assert declared["decision"]["sentence_en"].startswith("PRACTICE VOTE. Result of the vote: ")
    assert msgspec.json.decode((await lines_of(desk))[-1])["kind"] == PollDeclared.__struct_config__.tag
    # A vote in earnest behind it: when its result is out, all before it has been told.
    earnest, asked = await desk.opened()
    await desk.cast(earnest, asked, "001")
    await desk.act(earnest, "close", definition=asked.hash)
    assert not (await desk.declare(earnest, asked))["decision"]["sentence"].startswith("BIỂU QUYẾT THỬ")
    results = stream.work(MEETING, "results", Settings().shards)

    async def out() -> bool:
        return bool(await _on(redis_url, results))

    await until(out, 10)
    assert [result["poll"] for result in await _on(redis_url, results)] == [earnest]
    told = [
        each
        for each in await _on(redis_url, stream.screen(MEETING, "voting"))
        if each["type"] == "poll.changed"
    ]
    said = {(each["poll"], each["practice"], each["item"], each["presiding"]) for each in told}
    assert said == {(poll, True, "muc-1", CHAIR), (earnest, False, "", CHAIR)}
    await prove(desk)


async def test_practice_cannot_be_passed_off_as_earnest(desk: VotingDesk) -> None:
    """What the chair signs says it: the same question without that word is not the poll that stands here."""
    poll = await desk.draft(practice=True)
    await desk.act(poll, "announce")
    shown = await desk.app[handlers.PREPARATION].definition(poll, "")
    forged = desk.devices[CHAIR].definition(
        msgspec.json.encode(msgspec.structs.replace(shown, practice=False))
    )
    answer = await desk.ask("POST", f"/polls/{poll}/open", forged, who=CHAIR, status=409)
    assert answer["code"] == "definition_differs"
