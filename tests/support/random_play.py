"""A whole sitting at random over HTTP: delegates, two consoles, votes, and things that die; then the books compared.

`python -m tests.support.random_play --seed 7 --acts 400` plays one by hand.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Coroutine
from random import Random
from typing import Any

from tests.support.assembly import plan_of, sitting
from tests.support.books import must_agree
from tests.support.floor_screen import following
from tests.support.random_acts import RULES, Draw
from tests.support.random_sitting import CHAIRS, GENDERS, ITEMS, MEMBERS, Sitting


async def play(
    seed: int, acts: int, faults: tuple[str, ...], polls: int, settings: dict[str, str] | None = None
) -> Counter[str]:
    """One whole sitting; what was told how often. Raises AssertionError where anything disagrees."""
    plan = plan_of(MEMBERS, ITEMS, chairs=CHAIRS, attributes=GENDERS)
    async with sitting(plan, None, **(settings or {})) as (hall, data):
        rng = Random(seed)
        played = Sitting(hall, data, rng, Draw(rng, hall.meeting, ITEMS, list(MEMBERS)))
        # 1. Two screens follow, one of them by a delegate.
        async with (
            following(hall.url, hall.meeting, hall.tokens[CHAIRS[0]]) as first,
            following(hall.url, hall.meeting, hall.tokens["d9"]) as second,
        ):
            # 2. Every lane of the first item is opened and filled; then one act after the other.
            for lane, rules in RULES.items():
                await hall.open_lane(ITEMS[0], lane, rules)
            await _note_openings(played)
            await played.crowd(ITEMS[0])
            await played.quietly(acts // 4)
            # 3. All at once, with votes, and things that die.
            await _together(
                *(played.delegate(by, acts // 20) for by in MEMBERS),
                *(played.console(by, acts) for by in CHAIRS),
                played.votes(polls),
                played.break_things(faults),
            )
            await must_agree(played, first, second)
            # 4. One after the other again; the end.
            await played.quietly(acts // 8)
            await played.end()
            await must_agree(played, first, second)
        played.told["lines"] = len(played.lines)
        played.told["screen visits"] = first.visits + second.visits
        return played.told


async def _note_openings(played: Sitting) -> None:
    """The lanes opened at the start were sent by another hand: what the ledger has of them was sent."""
    await played.catch_up()
    for line in played.lines:
        said = json.loads(line)
        if said["kind"] == "act":
            played.sent[said["jws"]] = []


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)


def main() -> None:
    """Play one sitting."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--acts", type=int, default=400)
    parser.add_argument("--polls", type=int, default=2)
    parser.add_argument("--faults", default="worker,valkey,workers,postgres")
    given = parser.parse_args()
    told = asyncio.run(
        play(given.seed, given.acts, tuple(filter(None, given.faults.split(","))), given.polls)
    )
    for name, count in sorted(told.items(), key=lambda each: -each[1]):
        print(f"{count:6} {name}")


if __name__ == "__main__":
    main()
