"""The chair of a sitting: opens, holds, resumes, closes, lets the clock close, annuls, declares; calls who asked."""

from random import Random

import msgspec

from services.desk.device import Ask
from services.rules import jws
from services.wire import (
    ActName,
    ActPayload,
    Call,
    EndTurn,
    OpenLane,
    PollDefinition,
    PollDraft,
    RecordFloor,
    StartTurn,
)
from tests.faults.history import ACT, BALLOT, INTENT, Sent
from tests.faults.stage import ITEM, LANE, OpenPoll, Play
from tests.support.waiting import until

# So long ballots that were begun at a signing service may still come after the end, in half of the polls.
GRACE_S = 20


async def preside(play: Play) -> None:
    """All polls, one after the other: opened, voted on, and ended in one of the ways that there are."""
    rng, annulled = Random(play.rng.random()), ""
    for number in range(play.plot.polls):
        end = "close" if number == 0 else rng.choice(("close", "deadline", "void", "close"))
        end = next(iter(play.plot.ends[number:]), end)
        grace = GRACE_S if rng.random() < 0.5 else 0
        poll = await open_poll(play, number, 4 if end == "deadline" else None, annulled, grace)
        await _voted(play, poll, len(play.delegates))
        await play.may_end.wait()
        if end != "deadline" and rng.random() < 0.4:
            await act(play, poll, "hold")
            await act(play, poll, "resume")
        await _end(play, poll, end)
        annulled = poll.poll if end == "void" else ""


async def open_poll(
    play: Play, number: int, duration: int | None = None, reruns: str = "", grace: int = 0
) -> OpenPoll:
    """Draft, announce, sign and open."""
    client, meeting, token = play.hall.client, play.hall.meeting, play.hall.tokens[play.chair]
    draft = PollDraft(
        id=f"{meeting}-{number}",
        title=f"Biểu quyết {number}",
        presiding=play.chair,
        changes=True,
        duration_s=duration,
        reruns=reruns or None,
        grace_s=grace,
    )
    identifier = (await client.draft_poll(meeting, draft, token)).id
    await _signed(play, identifier, ActPayload(act="announce", meeting=meeting, poll=identifier))
    raw = await client.definition(identifier, play.hall.convened.roll, "", token)
    signed = play.hall.devices[play.chair].definition(raw)
    await do(play, identifier, "open", signed)
    opened = OpenPoll(identifier, Ask(msgspec.json.decode(raw, type=PollDefinition), jws.digest(signed)))
    play.polls[identifier] = opened
    return opened


async def _voted(play: Play, poll: OpenPoll, number: int) -> None:
    """Wait until so many have an answer, or nobody votes any more: the clock may have been quicker."""

    async def enough() -> bool:
        answered = {
            each.who
            for each in play.book.sent
            if each.about == poll.poll and each.kind in (BALLOT, INTENT) and each.told
        }
        return len(answered) >= number

    await until(enough, 300, "the delegates to vote")


async def _end(play: Play, poll: OpenPoll, how: str) -> None:
    """The end of a poll; what is closed is declared as soon as it is counted. Its certificate may come later."""
    if how == "void":
        await _void(play, poll)
        return
    if how == "close":
        await act(play, poll, "close")
    counted = await play.hall.client.counted(poll.poll, play.hall.tokens[play.chair])
    await act(play, poll, "declare", result=counted.sha256)


async def act(play: Play, poll: OpenPoll, name: ActName, result: str = "") -> Sent:
    """One act of the chair on a poll."""
    payload = ActPayload(
        act=name, meeting=play.hall.meeting, poll=poll.poll, definition=poll.ask.hash, result=result
    )
    return await _signed(play, poll.poll, payload)


async def _signed(play: Play, poll: str, payload: ActPayload) -> Sent:
    return await do(play, poll, payload.act, play.hall.devices[play.chair].act(payload))


async def do(play: Play, poll: str, name: str, raw: bytes) -> Sent:
    """Signed bytes until they are answered; they must be done."""
    path = f"/voting/polls/{poll}/{name}"
    sent = await play.insist(lambda: play.once(ACT, play.chair, poll, path, raw, name=name))
    assert sent.taken, (name, sent.status, sent.body)
    return sent


async def _void(play: Play, poll: OpenPoll) -> None:
    """Chair and secretary annul."""
    payload = ActPayload(
        act="void",
        meeting=play.hall.meeting,
        poll=poll.poll,
        definition=poll.ask.hash,
        reason="Nhầm tài liệu",
    )
    devices = play.hall.devices
    by = (devices[play.chair].act(payload), devices[play.secretary].act(payload))
    raw = msgspec.json.encode({"act": by[0].decode(), "second": by[1].decode()})
    await do(play, poll.poll, "void", raw)


# --- The floor ---------------------------------------------------------------------------------------------------


async def open_lane(play: Play) -> None:
    """The list of speakers is open; the floor may hear only later that the meeting is."""

    async def opened() -> bool:
        seen = (await play.floor_now()).revision
        act = OpenLane(meeting=play.hall.meeting, seen=seen, item=ITEM, lane=LANE)
        return (await play.floor(play.chair, act)).taken

    await until(opened, 60, "the list of speakers")


async def call(play: Play) -> None:
    """Give the floor to who is next, and take it back."""
    for _ in range(play.plot.polls):
        floor = await play.floor_now()
        waiting = [each for lane in floor.lanes for each in lane.waiting]
        if not waiting or floor.turns:
            continue
        asked = Call(meeting=play.hall.meeting, seen=floor.revision, request=waiting[0].id)
        await play.floor(play.chair, asked)
        for kind in (StartTurn, EndTurn):
            floor = await play.floor_now()
            for turn in floor.turns[:1]:
                act = kind(meeting=play.hall.meeting, seen=floor.revision, turn=turn.id)
                await play.floor(play.chair, act)


async def record(play: Play) -> None:
    """The desk asks for the sealed log of the turns."""

    async def asked() -> bool:
        act = RecordFloor(meeting=play.hall.meeting, seen=(await play.floor_now()).revision)
        return (await play.floor(play.chair, act)).taken

    await until(asked, 60, "the log of turns to be asked for")
