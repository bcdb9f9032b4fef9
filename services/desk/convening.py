"""Convening an assembly over HTTP: its body, members and meeting, the roll, presence, and a key for everybody.

Replays, the sample meeting and the load tests all begin here.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from services.desk.asking import Declined
from services.desk.client import Client
from services.desk.device import Device, KeyKind
from services.wire import AgendaItem, Body, Invite, MeetingPlan, Member, RollEntry

# So many invites and members are sent in one request, so many enrolments wait for their answers at once.
_AT_ONCE = 500
_PARALLEL = 64

Done = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is to meet. `secretary` and `chair` are members, on the roll or not; `present` are checked in."""

    body: Body
    members: Sequence[Member]
    meeting: MeetingPlan
    roll: Sequence[RollEntry]
    present: Collection[str]
    secretary: str
    chair: str
    agenda: Sequence[AgendaItem] = ()


@dataclass(frozen=True, slots=True)
class Convened:
    """A meeting with a frozen roll: its ids, the roll's hash, and the secretary's device and token."""

    body: str
    meeting: str
    roll: str
    secretary: Device
    token: str
    chair: str


def nothing() -> None:
    """Nobody watches the progress."""


async def convene(client: Client, operator: str, plan: Plan) -> Convened:
    """Make all that the plan names. Presence is told before the roll: who knows the roll knows who is there."""
    # 1. The operator founds the body with its members, and invites the secretary.
    body = plan.body.id
    await client.found_body(plan.body, operator)
    for at in range(0, len(plan.members), _AT_ONCE * 10):
        await client.add_members(body, plan.members[at : at + _AT_ONCE * 10], operator)
    secretary = (await enrol_all(client, body, [plan.secretary], operator))[plan.secretary]
    # 2. The secretary does the rest.
    token = await client.sign_in(secretary)
    meeting, roll = await summon(client, plan, token)
    return Convened(body, meeting, roll, secretary, token, plan.chair)


async def summon(client: Client, plan: Plan, token: str) -> tuple[str, str]:
    """Plan a meeting of a body that exists, and open it: its id, and the hash of its frozen roll."""
    meeting = (await client.plan_meeting(plan.body.id, plan.meeting, token)).id
    await client.draft_roll(meeting, plan.roll, token)
    if plan.agenda:
        await client.set_agenda(meeting, plan.agenda, token)
    if plan.present:
        await client.mark_present(meeting, plan.present, token)
    roll = (await client.freeze_roll(meeting, token)).sha256
    await client.open_meeting(meeting, token)
    return meeting, roll


async def enrol_all(
    client: Client,
    body: str,
    members: Sequence[str],
    token: str,
    kind: KeyKind = "p256",
    done: Done = nothing,
) -> dict[str, Device]:
    """A fresh key and a certificate for each member; `done` is called after each."""
    devices: dict[str, Device] = {}
    gate = asyncio.Semaphore(_PARALLEL)

    async def enrol(invite: Invite) -> None:
        async with gate:
            devices[invite.member] = await _enrol(client, body, invite, token, kind)
        done()

    for at in range(0, len(members), _AT_ONCE):
        invites = await client.invite(body, members[at : at + _AT_ONCE], token)
        async with asyncio.TaskGroup() as group:
            for invite in invites:
                group.create_task(enrol(invite))
    return devices


async def _enrol(client: Client, body: str, invite: Invite, token: str, kind: KeyKind) -> Device:
    device = Device.make(invite.member, kind)
    try:
        return await client.enrol(device, invite.code)
    except Declined as declined:
        # The invite was used up by a request of ours whose answer was lost: only then a second one is asked for.
        if not declined.again:
            raise
        (fresh,) = await client.invite(body, [invite.member], token)
        return await client.enrol(device, fresh.code)
