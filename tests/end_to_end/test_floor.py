"""A sitting on real servers, all of them killed within a turn: the clock is right, and a stranger proves it."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

import msgspec

from services.desk.client import Client, opened
from services.desk.convening import Convened, Plan, convene, enrol_all
from services.desk.device import Device, must_hold_act
from services.desk.operator_token import mint
from services.desk.presiding import open_poll
from services.rules.ballot import Holder
from services.rules.floor.replay import replay
from services.rules.floor.speakers import shown
from services.wire import (
    ActPayload,
    AgendaItem,
    Ask,
    Body,
    Call,
    EndTurn,
    FloorActs,
    FloorDone,
    FloorEntry,
    FloorShown,
    LaneRules,
    MeetingPlan,
    Member,
    OpenLane,
    PollDraft,
    ResumeTurn,
    RollEntry,
    StartTurn,
    Turn,
)
from tests.support.desk import Desk, running
from tests.support.waiting import eventually, until

MEETING, ITEM, CHAIR, SECRETARY = "phien-1", "noi-dung-1", "chu-toa", "thu-ky"
DELEGATES = ("an", "binh", "chi")
ENDS = LaneRules(turn_s=8, warn_s=2, at_limit="end", paused_by_vote=True)

_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)


def _plan() -> Plan:
    roles = {CHAIR: ("chair", "delegate"), SECRETARY: ("secretary",)}
    everybody = (SECRETARY, CHAIR, *DELEGATES)
    members = [Member(id=one, name=f"Ông {one}", roles=roles.get(one, ("delegate",))) for one in everybody]  # type: ignore[arg-type]
    on_roll = (CHAIR, *DELEGATES)
    return Plan(
        body=Body(id="hdnd", name="Hội đồng nhân dân tỉnh", profile="hdnd"),
        members=members,
        meeting=MeetingPlan(id=MEETING, title="Kỳ họp thứ nhất"),
        roll=[RollEntry(member=one, name=f"Ông {one}") for one in on_roll],
        present=on_roll,
        secretary=SECRETARY,
        chair=CHAIR,
        agenda=[AgendaItem(id=ITEM, position=1, title="Nội dung thứ nhất")],
    )


class _Sitting:
    """Whoever does something, with their device and token."""

    def __init__(self, client: Client, devices: Mapping[str, Device], tokens: Mapping[str, str]) -> None:
        self.client, self.devices, self.tokens = client, devices, tokens
        self.done: list[tuple[bytes, FloorDone]] = []

    async def floor(self) -> FloorShown:
        return await self.client.floor(MEETING, self.tokens[CHAIR])

    async def act(self, who: str, act: FloorActs) -> FloorDone:
        raw = self.devices[who].floor_act(act)
        done = await self.client.floor_act(MEETING, raw, self.tokens[who])
        self.done.append((raw, done))
        return done

    async def call_and_start(self, request: str) -> Turn:
        seen = (await self.floor()).revision
        await self.act(CHAIR, Call(meeting=MEETING, seen=seen, request=request))
        floor = await self.floor()
        await self.act(CHAIR, StartTurn(meeting=MEETING, seen=floor.revision, turn=floor.turns[0].id))
        return (await self.floor()).turns[0]


async def test_a_sitting_through_the_death_of_everything(data_directory: Path) -> None:
    """A turn ends at its very deadline though all died within it; a vote pauses the next; the ledger proves it all."""
    with running(data_directory, SAMPLE="false") as desk:
        async with opened(str(desk.facts()["url"]), connections=8) as client:
            convened = await convene(client, mint(data_directory), _plan())
            people = (CHAIR, *DELEGATES)
            devices = await enrol_all(client, "hdnd", people, convened.token)
            tokens = {one: await client.sign_in(device) for one, device in devices.items()}
            sitting = _Sitting(client, devices, tokens)
            own = OpenLane(meeting=MEETING, seen=0, item=ITEM, lane="speech", rules=ENDS, reason="Lượt ngắn")
            await sitting.act(CHAIR, own)
            for one in DELEGATES:
                await sitting.act(one, Ask(meeting=MEETING, id=f"cua-{one}", item=ITEM, lane="speech"))
            await _must_end_in_time(desk, sitting)
            await _must_wait_for_the_vote(sitting, convened)
            await _must_be_proven(sitting)


async def _must_end_in_time(desk: Desk, sitting: _Sitting) -> None:
    """Everything is killed while somebody speaks, and comes back by itself."""
    turn = await sitting.call_and_start("cua-an")
    facts = desk.facts()
    victims = [facts["postgres"], facts["valkey"], *facts["workers"]]
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    eventually(lambda: not {desk.facts()["postgres"], *desk.facts()["workers"]} & {None, *victims}, 60)

    async def over() -> Turn | None:
        return (await sitting.floor()).last

    ended = await until(over, 60, "the turn ended")
    assert (ended.id, ended.used_ms, ended.ended_at) == (turn.id, 8_000, turn.deadline)


async def _must_wait_for_the_vote(sitting: _Sitting, convened: Convened) -> None:
    """Voting opens a poll: who speaks is paused; the poll is closed: they go on with the time that was left."""
    turn = await sitting.call_and_start("cua-binh")
    draft = PollDraft(title="Thông qua nghị quyết", presiding=CHAIR)
    vote = await open_poll(sitting.client, convened, sitting.devices[CHAIR], draft)

    async def paused() -> bool:
        return (await sitting.floor()).votes == (vote.poll,)

    await until(paused, 60, "the floor knows of the vote")
    (speaks,) = (await sitting.floor()).turns
    assert (speaks.id, speaks.state) == (turn.id, "paused")
    payload = ActPayload(act="close", meeting=MEETING, poll=vote.poll, definition=vote.ask.hash)
    await sitting.client.act(vote.poll, "close", sitting.devices[CHAIR].act(payload), vote.token)

    async def free() -> bool:
        return (await sitting.floor()).votes == ()

    await until(free, 60, "the floor knows that the vote is over")
    seen = (await sitting.floor()).revision
    await sitting.act(CHAIR, ResumeTurn(meeting=MEETING, seen=seen, turn=turn.id))
    (resumed,) = (await sitting.floor()).turns
    assert resumed.deadline is not None
    assert resumed.running_since is not None
    assert resumed.deadline - resumed.running_since == 8_000 - speaks.used_ms
    seen = (await sitting.floor()).revision
    await sitting.act(CHAIR, EndTurn(meeting=MEETING, seen=seen, turn=turn.id))


async def _must_be_proven(sitting: _Sitting) -> None:
    """Every receipt that was given stands in the ledger, and the rules make of the ledger what is shown."""
    raw = await sitting.client.ask("GET", f"/floor/meetings/{MEETING}/ledger", token=sitting.tokens["chi"])
    head, *lines, _ = raw.splitlines()
    log_key = msgspec.json.decode(head)["log_key"]
    for sent, done in sitting.done:
        must_hold_act(done.receipt, sent, log_key)
        assert done.receipt.entry.encode() == lines[done.receipt.index]
    holders = {
        device.thumbprint: Holder(device.thumbprint, member, device.key.public_key(), 0, 2**53)
        for member, device in sitting.devices.items()
    }
    proved = replay(map(_entries.decode, lines), lambda thumbprint, _: holders[thumbprint])
    assert shown(proved) == await sitting.floor()
