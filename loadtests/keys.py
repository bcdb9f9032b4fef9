"""Do ballots by RSA keys, as signing services hold them, cost more than by P-256 keys of phones?

`read` is what a worker does with a ballot before admission: strict parse, the holder's key, the signature, the payload.
Then three hundred delegates, a third with each kind of key, vote at a whole server in turns, round by round.
"""

import dataclasses
import statistics
import time

from loadtests.ballots import cast
from loadtests.ground import Assembly, assembly
from services.desk.convening import enrol_all
from services.desk.device import Device, KeyKind
from services.desk.presiding import Opened
from services.rules import ballot

KINDS: tuple[KeyKind, ...] = ("p256", "rsa", "rsa-pss")
GROUP = 100
POLLS_A_ROUND, ROUNDS = 10, 5
READ_SECONDS = 1.5


async def measure() -> dict[str, float]:
    """Rates of reading and of casting by kind of key, and what RSA is beside P-256."""
    async with assembly(GROUP * len(KINDS)) as held:
        groups = await _groups(held)
        question = await held.poll("Đọc phiếu")
        read = {kind: _read_per_second(question, group) for kind, group in groups.items()}
        cost = await _costs(held, groups)
    figures = {f"read_{kind}_per_second".replace("-", "_"): round(rate) for kind, rate in read.items()}
    figures |= {f"cast_{kind}_per_second".replace("-", "_"): round(1 / each) for kind, each in cost.items()}
    return figures | {
        "read_rsa_beside_p256": round(read["rsa"] / read["p256"], 2),
        "read_rsa_pss_beside_p256": round(read["rsa-pss"] / read["p256"], 2),
        "cast_rsa_beside_p256": round(cost["p256"] / cost["rsa"], 2),
        "cast_rsa_pss_beside_p256": round(cost["p256"] / cost["rsa-pss"], 2),
    }


async def _groups(held: Assembly) -> dict[KeyKind, dict[str, Device]]:
    members = list(held.delegates)
    found: dict[KeyKind, dict[str, Device]] = {}
    for place, kind in enumerate(KINDS):
        mine = members[place * GROUP : (place + 1) * GROUP]
        found[kind] = await enrol_all(held.client, held.convened.body, mine, held.convened.token, kind)
    return found


def _read_per_second(question: Opened, group: dict[str, Device]) -> float:
    ask = question.ask
    asked = ballot.question(ask.definition, ask.hash, frozenset(group))
    holders = {
        device.thumbprint: ballot.Holder(device.thumbprint, member, device.key.public_key(), 0, 2**53)
        for member, device in group.items()
    }
    ballots = [device.ballot(ask, "approve") for device in group.values()]
    began, done = time.perf_counter(), 0
    while (now := time.perf_counter()) - began < READ_SECONDS:
        for raw in ballots:
            ballot.read(raw, asked, holders.__getitem__)
        done += len(ballots)
    return done / (now - began)


async def _costs(held: Assembly, groups: dict[KeyKind, dict[str, Device]]) -> dict[KeyKind, float]:
    costs: dict[KeyKind, list[float]] = {kind: [] for kind in KINDS}
    turns = list(KINDS)
    for number in range(ROUNDS):
        for kind in turns:
            opened = [await held.poll(f"Vòng {number}, {kind} {each}") for each in range(POLLS_A_ROUND)]
            landed = await cast(dataclasses.replace(held, delegates=groups[kind]), opened, 0.0, 3600.0)
            assert set(landed.statuses) == {201}, landed.statuses
            costs[kind].append(1 / landed.per_second)
        # Whoever goes last finds a warmer machine: take turns in that too.
        turns = turns[1:] + turns[:1]
    # The first round finds keys that no worker knows yet.
    return {kind: statistics.median(found[1:]) for kind, found in costs.items()}
