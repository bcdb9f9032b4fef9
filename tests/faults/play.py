"""A sitting that goes on while things break: delegates cast, change and retry, on phones and at a signing service; the
chair opens, holds, closes, annuls and declares; people ask for the floor; secretary and chair sign what was issued.
Drawn from a seed, every request and answer written down."""

import asyncio
from random import Random

from tests.faults import delegates, papers, presiding, voting_outside
from tests.faults.history import BALLOT
from tests.faults.stage import Play


async def perform(play: Play) -> None:
    """From the first list of speakers to the minutes: all at once, as in a hall."""
    await presiding.open_lane(play)
    async with asyncio.TaskGroup() as group:
        group.create_task(presiding.preside(play))
        group.create_task(presiding.call(play))
        if play.plot.papers:
            group.create_task(papers.sign_first_certificate(play))
        for who in play.delegates:
            group.create_task(delegates.take_part(play, who, Random(play.rng.random())))
    await presiding.record(play)
    if play.plot.papers:
        await papers.take_minutes(play)
    play.over = True


async def settle(play: Play) -> None:
    """All is whole and quiet: what became of each ballot is asked once more, of those without a receipt first."""
    ballots = {each.raw: each for each in play.book.sent if each.kind == BALLOT}
    for raw, sent in sorted(ballots.items(), key=lambda pair: pair[1].taken):
        await delegates.cast(play, play.polls[sent.about], sent.who, raw, final=True)
    for poll in play.polls.values():
        for who in play.outside.members:
            await voting_outside.collect_receipts(play, poll, who)
