"""A poll from draft to certificate, as the chair's console and the delegates' phones do it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from services.desk.client import Client
from services.desk.convening import Convened, Done, nothing
from services.desk.device import Ask, Device
from services.rules import jws
from services.wire import ActName, ActPayload, Choice, PollDefinition, PollDraft, Receipt


@dataclass(frozen=True, slots=True)
class Opened:
    """An open poll, and the chair who presides."""

    poll: str
    ask: Ask
    chair: Device
    token: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A ballot as it was sent, and the receipt that came back."""

    ballot: bytes
    receipt: Receipt


async def open_poll(
    client: Client, convened: Convened, chair: Device, draft: PollDraft, without_quorum: str = ""
) -> Opened:
    """Draft, announce and open a poll on the frozen roll; `without_quorum`: the reason to open it short of one."""
    token = await client.sign_in(chair)
    poll = await announce_poll(client, convened.meeting, chair, token, draft)
    raw = await client.definition(poll, convened.roll, without_quorum, token)
    signed = chair.definition(raw)
    await client.act(poll, "open", signed, token)
    definition = msgspec.json.decode(raw, type=PollDefinition)
    return Opened(poll, Ask(definition, jws.digest(signed)), chair, token)


async def announce_poll(client: Client, meeting: str, chair: Device, token: str, draft: PollDraft) -> str:
    """Draft a poll and put it on the screens: its id."""
    poll = (await client.draft_poll(meeting, draft, token)).id
    payload = ActPayload(act="announce", meeting=meeting, poll=poll)
    await client.act(poll, "announce", chair.act(payload), token)
    return poll


def sign_all(ask: Ask, devices: Mapping[str, Device], choices: Mapping[str, Choice]) -> dict[str, bytes]:
    """Every ballot, signed by its voter's own device, by voter."""
    return {member: devices[member].ballot(ask, choice) for member, choice in choices.items()}


async def cast_first(
    client: Client, poll: str, ballots: Mapping[str, bytes], devices: Mapping[str, Device]
) -> str:
    """Cast the ballot of who enrolled last, and say who that was; empty if there are no ballots.

    Voting learns of certificates in their order: once it takes this one it knows (nearly) all, and a thousand ballots
    that come too early need not ask again and again.
    """
    last = next((member for member in reversed(list(devices)) if member in ballots), "")
    if last:
        await client.cast(poll, ballots[last])
    return last


async def cast_all(client: Client, poll: str, ballots: Sequence[bytes], done: Done = nothing) -> list[Vote]:
    """Cast all at once, as many at a time as the client has connections; in the order given."""

    async def cast(ballot: bytes) -> Vote:
        receipt = await client.cast(poll, ballot)
        done()
        return Vote(ballot, receipt)

    return list(await asyncio.gather(*map(cast, ballots)))


@dataclass(frozen=True, slots=True)
class Certified:
    """The id of a certificate, and the milliseconds from each act until the next could begin."""

    certificate: str
    close_ms: float
    count_ms: float
    declare_ms: float
    issue_ms: float

    @property
    def milliseconds(self) -> float:
        """From the close until the certificate could be fetched."""
        return self.close_ms + self.count_ms + self.declare_ms + self.issue_ms


async def close_and_declare(client: Client, opened: Opened) -> Certified:
    """Close, declare what was counted, wait for the certificate."""
    moments = [time.perf_counter()]
    await _act(client, opened, "close")
    moments.append(time.perf_counter())
    counted = await client.counted(opened.poll, opened.token)
    moments.append(time.perf_counter())
    await _act(client, opened, "declare", counted.sha256)
    moments.append(time.perf_counter())
    certificate = await client.certificate(opened.poll, opened.token)
    moments.append(time.perf_counter())
    return Certified(certificate, *((end - start) * 1000 for start, end in pairwise(moments)))


async def _act(client: Client, opened: Opened, name: ActName, result: str = "") -> None:
    payload = ActPayload(
        act=name,
        meeting=opened.ask.definition.meeting,
        poll=opened.poll,
        definition=opened.ask.hash,
        result=result,
    )
    await client.act(opened.poll, name, opened.chair.act(payload), opened.token)
