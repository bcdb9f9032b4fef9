"""The delegates of a sitting: they cast, change and retry, and ask for the floor."""

import asyncio
from random import Random

from services.wire import Ask as AskToSpeak
from services.wire import Choice
from tests.faults import voting_outside
from tests.faults.history import BALLOT, Sent
from tests.faults.stage import ITEM, LANE, OpenPoll, Play
from tests.support.waiting import until

CHOICES: tuple[Choice, ...] = ("approve", "reject", "abstain")


async def take_part(play: Play, who: str, rng: Random) -> None:
    """One phone from the first poll to the last."""
    votes = voting_outside.vote if who in play.outside.members else vote
    for number in range(play.plot.polls):
        poll = await until(lambda number=number: _poll_number(play, number), 300, "the next poll")  # type: ignore[misc]
        for _ in range(rng.randint(1, play.plot.ballots)):
            await votes(play, poll, who, rng)
            await asyncio.sleep(rng.uniform(0, play.plot.spread))
        for at in range(play.plot.asks):
            await wish(play, who, f"{who}-{number}-{at}")


async def _poll_number(play: Play, number: int) -> OpenPoll | None:
    return list(play.polls.values())[number] if len(play.polls) > number else None


async def vote(play: Play, poll: OpenPoll, who: str, rng: Random) -> None:
    """A ballot after one's last, insisted on or sometimes given up for now; sometimes an old one again, or two at once
    that cannot both count."""
    sent = poll.cast.setdefault(who, [])
    dice = rng.random()
    if sent and dice < 0.2:
        await cast(play, poll, who, rng.choice(sent))
        return
    device, last = play.hall.devices[who], sent[-1] if sent else None
    first, second = (
        device.ballot(poll.ask, choice, last, len(sent) + 1) for choice in rng.sample(CHOICES, 2)
    )
    if dice < 0.3:
        for each in await asyncio.gather(cast(play, poll, who, first), cast(play, poll, who, second)):
            if each.taken:
                sent.append(each.raw)
    elif (await cast(play, poll, who, first)).taken:
        sent.append(first)


async def cast(play: Play, poll: OpenPoll, who: str, raw: bytes, *, final: bool = False) -> Sent:
    """One ballot until it is answered."""
    path = f"/voting/polls/{poll.poll}/ballots"
    return await play.insist(lambda: play.once(BALLOT, who, poll.poll, path, raw, final=final))


async def wish(play: Play, who: str, identifier: str) -> None:
    """Ask for the floor."""
    await play.floor(who, AskToSpeak(meeting=play.hall.meeting, id=identifier, item=ITEM, lane=LANE))
