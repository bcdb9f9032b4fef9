"""A sitting that goes on while things break: delegates cast, change and retry, the chair opens, holds, extends, closes,
annuls and declares, people ask for the floor; drawn from a seed, every request and answer written down."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import aiohttp
import msgspec

from services.desk.device import Ask
from services.rules import jws
from services.wire import (
    ActName,
    ActPayload,
    Call,
    Choice,
    EndTurn,
    FloorActs,
    FloorShown,
    OpenLane,
    PollDefinition,
    PollDraft,
    RecordFloor,
    StartTurn,
)
from services.wire import Ask as AskToSpeak
from tests.faults.history import ACT, BALLOT, FLOOR, Notebook, Sent
from tests.support.assembly import Assembly
from tests.support.waiting import until

JOSE, JSON = "application/jose", "application/json"
ITEM, LANE = "nd-1", "speech"
CHOICES: tuple[Choice, ...] = ("approve", "reject", "abstain")
# News that comes over streams: a service may not have heard yet of what another has done.
LATE = frozenset(
    {
        "credential_unknown",
        "meeting_unknown",
        "meeting_not_begun",
        "roll_missing",
        "poll_not_open",
        "not_counted",
    }
    | {"item_unknown", "floor_desk_only", "roll_differs", "poll_unknown"}
)
_PAUSE = 0.05
_PATIENCE = 150


@dataclass(frozen=True, slots=True)
class Plot:
    """What will be done: how many polls, and how many ballots and wishes to speak of each delegate in each."""

    polls: int = 2
    ballots: int = 2
    asks: int = 1
    spread: float = 0.05
    """Seconds, at most, that a delegate thinks between two ballots."""


@dataclass
class OpenPoll:
    """A poll that takes ballots, and what each voter has cast in it, as far as they know."""

    poll: str
    ask: Ask
    cast: dict[str, list[bytes]] = field(default_factory=dict)


@dataclass
class Play:
    """One sitting under way. `url`: where phones reach the server, perhaps through a wire of ours."""

    hall: Assembly
    session: aiohttp.ClientSession
    url: str
    rng: Random
    plot: Plot
    book: Notebook = field(default_factory=Notebook)
    polls: dict[str, OpenPoll] = field(default_factory=dict)
    now_open: OpenPoll | None = None
    over: bool = False
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, unless a fault wants the poll that is open to stay so."""

    @property
    def chair(self) -> str:
        """Who presides."""
        return self.hall.plan.chair

    @property
    def delegates(self) -> list[str]:
        """All on the roll."""
        return [entry.member for entry in self.hall.plan.roll]

    # --- One request ---------------------------------------------------------------------------------------------

    async def once(
        self, kind: str, who: str, about: str, path: str, raw: bytes, *, name: str = "", final: bool = False
    ) -> Sent:
        """One try, written down."""
        headers = {"Content-Type": JSON if name == "void" else JOSE}
        if kind != BALLOT:
            headers["Authorization"] = f"Bearer {self.hall.tokens[who]}"
        began = self.book.now()
        try:
            async with self.session.post(self.url + path, data=raw, headers=headers) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            status, body = 0, b""
        sent = Sent(kind, who, about, raw, began, self.book.now(), status, body, name, final)
        self.book.sent.append(sent)
        return sent

    async def insist(self, send: Callable[[], Awaitable[Sent]]) -> Sent:
        """The same bytes again until somebody says whether it is done, and it is not too early."""
        until_then = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            sent = await send()
            if sent.told and (sent.taken or json.loads(sent.body)["code"] not in LATE):
                return sent
            assert asyncio.get_running_loop().time() < until_then, (
                sent.kind,
                sent.name,
                sent.status,
                sent.body,
            )
            await asyncio.sleep(_PAUSE)

    # --- Delegates -----------------------------------------------------------------------------------------------

    async def delegate(self, who: str, rng: Random) -> None:
        """One phone from the first poll to the last."""
        for number in range(self.plot.polls):
            poll = await until(lambda number=number: self._poll_number(number), 300, "the next poll")  # type: ignore[misc]
            for _ in range(rng.randint(1, self.plot.ballots)):
                await self.vote(poll, who, rng)
                await asyncio.sleep(rng.uniform(0, self.plot.spread))
            for at in range(self.plot.asks):
                await self.wish(who, f"{who}-{number}-{at}")

    async def _poll_number(self, number: int) -> OpenPoll | None:
        return list(self.polls.values())[number] if len(self.polls) > number else None

    async def vote(self, poll: OpenPoll, who: str, rng: Random) -> None:
        """A ballot after one's last, insisted on or sometimes given up for now; sometimes an old one again, or two at
        once that cannot both count."""
        cast = poll.cast.setdefault(who, [])
        dice = rng.random()
        if cast and dice < 0.2:
            await self.cast(poll, who, rng.choice(cast))
            return
        device, last = self.hall.devices[who], cast[-1] if cast else None
        first, second = (
            device.ballot(poll.ask, choice, last, len(cast) + 1) for choice in rng.sample(CHOICES, 2)
        )
        if dice < 0.3:
            for sent in await asyncio.gather(self.cast(poll, who, first), self.cast(poll, who, second)):
                if sent.taken:
                    cast.append(sent.raw)
        elif (await self.cast(poll, who, first)).taken:
            cast.append(first)

    async def cast(self, poll: OpenPoll, who: str, raw: bytes, *, final: bool = False) -> Sent:
        """One ballot until it is answered."""
        path = f"/voting/polls/{poll.poll}/ballots"
        return await self.insist(lambda: self.once(BALLOT, who, poll.poll, path, raw, final=final))

    async def wish(self, who: str, identifier: str) -> None:
        """Ask for the floor."""
        await self.floor(who, AskToSpeak(meeting=self.hall.meeting, id=identifier, item=ITEM, lane=LANE))

    async def floor(self, who: str, act: FloorActs) -> Sent:
        """An act on the floor until it is answered."""
        raw, path = self.hall.devices[who].floor_act(act), f"{self.hall.floor_path}/acts"
        return await self.insist(
            lambda: self.once(FLOOR, who, self.hall.meeting, path, raw, name=type(act).__name__)
        )

    # --- The chair -----------------------------------------------------------------------------------------------

    async def preside(self) -> None:
        """All polls, one after the other: opened, voted on, and ended in one of the ways that there are."""
        rng, annulled = Random(self.rng.random()), ""
        for number in range(self.plot.polls):
            end = "close" if number == 0 else rng.choice(("close", "deadline", "void", "close"))
            poll = await self.open(number, 4 if end == "deadline" else None, annulled)
            await self.voted(poll, len(self.delegates))
            await self.may_end.wait()
            if end != "deadline" and rng.random() < 0.4:
                await self.act(poll, "hold")
                await self.act(poll, "resume")
            await self.end(poll, end)
            annulled = poll.poll if end == "void" else ""

    async def open(self, number: int, duration: int | None, reruns: str) -> OpenPoll:
        """Draft, announce, sign and open."""
        client, meeting, token = self.hall.client, self.hall.meeting, self.hall.tokens[self.chair]
        draft = PollDraft(
            id=f"{meeting}-{number}",
            title=f"Biểu quyết {number}",
            presiding=self.chair,
            changes=True,
            duration_s=duration,
            reruns=reruns or None,
        )
        identifier = (await client.draft_poll(meeting, draft, token)).id
        await self.signed(identifier, ActPayload(act="announce", meeting=meeting, poll=identifier))
        raw = await client.definition(identifier, self.hall.convened.roll, "", token)
        signed = self.hall.devices[self.chair].definition(raw)
        await self.do(identifier, "open", signed)
        opened = OpenPoll(identifier, Ask(msgspec.json.decode(raw, type=PollDefinition), jws.digest(signed)))
        self.polls[identifier] = opened
        return opened

    async def voted(self, poll: OpenPoll, number: int) -> None:
        """Wait until so many have a receipt, or nobody votes any more: the clock may have been quicker."""

        async def enough() -> bool:
            answered = {
                each.who
                for each in self.book.sent
                if each.about == poll.poll and each.kind == BALLOT and each.told
            }
            return len(answered) >= number

        await until(enough, 300, "the delegates to vote")

    async def end(self, poll: OpenPoll, how: str) -> None:
        """The end of a poll; what is closed is declared as soon as it is counted. Its certificate may come later."""
        if how == "void":
            await self.void(poll)
            return
        if how == "close":
            await self.act(poll, "close")
        token = self.hall.tokens[self.chair]
        counted = await self.hall.client.counted(poll.poll, token)
        await self.act(poll, "declare", result=counted.sha256)

    async def act(self, poll: OpenPoll, name: ActName, result: str = "") -> Sent:
        """One act of the chair on a poll."""
        payload = ActPayload(
            act=name, meeting=self.hall.meeting, poll=poll.poll, definition=poll.ask.hash, result=result
        )
        return await self.signed(poll.poll, payload)

    async def signed(self, poll: str, payload: ActPayload) -> Sent:
        """An act, signed."""
        return await self.do(poll, payload.act, self.hall.devices[self.chair].act(payload))

    async def do(self, poll: str, name: str, raw: bytes) -> Sent:
        """Signed bytes until they are answered; they must be done."""
        path = f"/voting/polls/{poll}/{name}"
        sent = await self.insist(lambda: self.once(ACT, self.chair, poll, path, raw, name=name))
        assert sent.taken, (name, sent.status, sent.body)
        return sent

    async def void(self, poll: OpenPoll) -> None:
        """Chair and secretary annul."""
        payload = ActPayload(
            act="void",
            meeting=self.hall.meeting,
            poll=poll.poll,
            definition=poll.ask.hash,
            reason="Nhầm tài liệu",
        )
        devices = self.hall.devices
        by = (devices[self.chair].act(payload), devices[self.hall.plan.secretary].act(payload))
        raw = msgspec.json.encode({"act": by[0].decode(), "second": by[1].decode()})
        await self.do(poll.poll, "void", raw)

    async def open_lane(self) -> None:
        """The list of speakers is open; the floor may hear only later that the meeting is."""

        async def opened() -> bool:
            seen = (await self._floor()).revision
            sent = await self.floor(
                self.chair, OpenLane(meeting=self.hall.meeting, seen=seen, item=ITEM, lane=LANE)
            )
            return sent.taken

        await until(opened, 60, "the list of speakers")

    async def call(self) -> None:
        """Give the floor to who is next, and take it back."""
        for _ in range(self.plot.polls):
            floor = await self._floor()
            waiting = [each for lane in floor.lanes for each in lane.waiting]
            if not waiting or floor.turns:
                continue
            await self.floor(
                self.chair, Call(meeting=self.hall.meeting, seen=floor.revision, request=waiting[0].id)
            )
            for kind in (StartTurn, EndTurn):
                floor = await self._floor()
                for turn in floor.turns[:1]:
                    act = kind(meeting=self.hall.meeting, seen=floor.revision, turn=turn.id)
                    await self.floor(self.chair, act)

    async def _floor(self) -> FloorShown:
        return await self.hall.client.floor(self.hall.meeting, self.hall.tokens[self.chair])

    # --- The whole -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """All of them at once."""
        await self.open_lane()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.preside())
            group.create_task(self.call())
            for who in self.delegates:
                group.create_task(self.delegate(who, Random(self.rng.random())))
        await self.record()
        self.over = True

    async def record(self) -> None:
        """The desk asks for the sealed log of the turns."""

        async def asked() -> bool:
            act = RecordFloor(meeting=self.hall.meeting, seen=(await self._floor()).revision)
            return (await self.floor(self.chair, act)).taken

        await until(asked, 60, "the log of turns to be asked for")

    async def settle(self) -> None:
        """All is whole and quiet: what became of each ballot is asked once more, of those without a receipt first."""
        ballots = {each.raw: each for each in self.book.sent if each.kind == BALLOT}
        for raw, sent in sorted(ballots.items(), key=lambda pair: pair[1].taken):
            await self.cast(self.polls[sent.about], sent.who, raw, final=True)
