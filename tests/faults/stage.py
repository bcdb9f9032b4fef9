"""The stage: a sitting under way, and every request that anybody makes in it, written down with its answer."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import aiohttp

from services.desk.device import Ask
from services.wire import FloorActs, FloorShown
from tests.faults.history import BALLOT, FLOOR, Notebook, Sent
from tests.faults.services_outside import SigningServices
from tests.support.assembly import Assembly

JOSE, JSON = "application/jose", "application/json"
ITEM, LANE = "nd-1", "speech"
# News that comes over streams: a service may not have heard yet of what another has done.
LATE = frozenset(
    {"credential_unknown", "meeting_unknown", "meeting_not_begun", "roll_missing", "roll_differs"}
    | {"poll_unknown", "poll_not_open", "not_counted", "item_unknown", "floor_desk_only"}
    | {"time_stamp_awaited"}
)
_JSON_ACTS = frozenset({"void", "begun", "countersign", "intent", "minutes"})
_PAUSE = 0.05
_PATIENCE = 150


@dataclass(frozen=True, slots=True)
class Plot:
    """What will be done: how many polls, and how many ballots and wishes to speak of each delegate in each; whether
    secretary and chair sign what is issued, and minutes are asked for."""

    polls: int = 2
    ballots: int = 2
    asks: int = 1
    spread: float = 0.05
    """Seconds, at most, that a delegate thinks between two ballots."""
    papers: bool = True
    ends: tuple[str, ...] = ()
    """How the first polls end: close, deadline, void; of the others it is drawn."""


@dataclass
class OpenPoll:
    """A poll that takes ballots, and what each voter has cast in it, as far as they know."""

    poll: str
    ask: Ask
    cast: dict[str, list[bytes]] = field(default_factory=dict)


@dataclass
class Play:
    """One sitting under way. `url`: where phones reach the server, perhaps through a wire of ours; `outside`: the
    services where some have their keys; `papers`: where what persons sign is found, by its id."""

    hall: Assembly
    session: aiohttp.ClientSession
    url: str
    rng: Random
    plot: Plot
    outside: SigningServices
    book: Notebook = field(default_factory=Notebook)
    polls: dict[str, OpenPoll] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    over: bool = False
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, unless a fault wants the poll that is open to stay so."""

    @property
    def chair(self) -> str:
        """Who presides."""
        return self.hall.plan.chair

    @property
    def secretary(self) -> str:
        """Who keeps the desk."""
        return self.hall.plan.secretary

    @property
    def delegates(self) -> list[str]:
        """All on the roll."""
        return [entry.member for entry in self.hall.plan.roll]

    async def once(
        self, kind: str, who: str, about: str, path: str, raw: bytes, *, name: str = "", final: bool = False
    ) -> Sent:
        """One try, written down."""
        headers = {"Content-Type": JSON if name in _JSON_ACTS else JOSE}
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

    async def floor(self, who: str, act: FloorActs) -> Sent:
        """An act on the floor until it is answered."""
        raw, path = self.hall.devices[who].floor_act(act), f"{self.hall.floor_path}/acts"
        return await self.insist(
            lambda: self.once(FLOOR, who, self.hall.meeting, path, raw, name=type(act).__name__)
        )

    async def floor_now(self) -> FloorShown:
        """The floor as it stands."""
        return await self.hall.client.floor(self.hall.meeting, self.hall.tokens[self.chair])
