"""The client of Plenary: every act of the map, asked until it is answered (see `asking`).

Raises Declined for a refusal, Unanswered when there is no answer in time.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
from yarl import URL

from services.desk.asking import JOSE, LAG_SECONDS, Declined, Unanswered
from services.desk.device import Device
from services.desk.paper_client import PaperClient
from services.wire import (
    ActName,
    Admission,
    AgendaItem,
    Body,
    Challenge,
    Counted,
    Enrolled,
    FloorDone,
    FloorShown,
    FrozenRoll,
    Invite,
    Meeting,
    MeetingPlan,
    Member,
    Place,
    Poll,
    PollDefinition,
    PollDraft,
    PresenceMark,
    Receipt,
    RollEntry,
)

_TRIES = 8
_INTERVAL = 0.05


class Client(PaperClient):
    """Asks one Plenary; may be shared by any number of tasks."""

    # --- Bodies and meetings -------------------------------------------------------------------------------

    async def found_body(self, body: Body, token: str) -> Body:
        """Found a body."""
        return await self.send("POST", "/meeting/bodies", body, Body, token)

    async def add_members(self, body: str, members: Sequence[Member], token: str) -> None:
        """Add or change members."""
        await self.ask("POST", f"/meeting/bodies/{body}/members", msgspec.json.encode(members), token=token)

    async def plan_meeting(self, body: str, plan: MeetingPlan, token: str) -> Meeting:
        """Plan a meeting."""
        return await self.send("POST", f"/meeting/bodies/{body}/meetings", plan, Meeting, token)

    async def open_meeting(self, meeting: str, token: str) -> None:
        """Open a meeting."""
        await self.ask("POST", f"/meeting/meetings/{meeting}/open", token=token)

    async def set_agenda(self, meeting: str, items: Sequence[AgendaItem], token: str) -> None:
        """Set the agenda."""
        path = f"/meeting/meetings/{meeting}/agenda"
        await self.ask("PUT", path, msgspec.json.encode(items), token=token)

    async def draft_roll(self, meeting: str, entries: Sequence[RollEntry], token: str) -> None:
        """Import the roll."""
        path = f"/meeting/meetings/{meeting}/roll"
        await self.ask("PUT", path, msgspec.json.encode(entries), token=token)

    async def freeze_roll(self, meeting: str, token: str) -> FrozenRoll:
        """Freeze the roll."""
        raw = await self.ask("POST", f"/meeting/meetings/{meeting}/roll/freeze", token=token)
        return msgspec.json.decode(raw, type=FrozenRoll)

    async def mark_present(self, meeting: str, members: Collection[str], token: str) -> None:
        """Check members in, by the secretary."""
        marks = [PresenceMark(member=member, present=True) for member in members]
        await self.ask(
            "PUT", f"/meeting/meetings/{meeting}/presence", msgspec.json.encode(marks), token=token
        )

    # --- Keys and tokens -----------------------------------------------------------------------------------

    async def sign_in(self, device: Device) -> str:
        """A token for who holds this key. A challenge whose answer was lost is asked for anew."""
        for _ in range(_TRIES):
            asked = {"credential": device.thumbprint}
            given = await self.send("POST", "/meeting/challenges", asked, Challenge)
            answer = device.login(given.challenge, given.audience)
            try:
                raw = await self.ask("POST", "/meeting/tokens", answer, media=JOSE)
            except Declined as declined:
                if declined.again and declined.code == "challenge_used":
                    continue
                raise
            return msgspec.json.decode(raw, type=Admission).token
        raise Unanswered("sign in: every answer was lost on the way")

    async def invite(self, body: str, members: Sequence[str], token: str) -> list[Invite]:
        """Fresh one-time invites, in the order of the members."""
        path, asked = f"/signing/bodies/{body}/invites", {"members": members}
        given = {each.member: each for each in await self.send("POST", path, asked, list[Invite], token)}
        return [given[member] for member in members]

    async def enrol(self, device: Device, code: str) -> Device:
        """The device with its certificate."""
        asked = {"code": code, "request": device.request()}
        issued = await self.send("POST", "/signing/enrolments", asked, Enrolled)
        return device.enrolled(issued.chain)

    # --- Polls ---------------------------------------------------------------------------------------------

    async def draft_poll(self, meeting: str, draft: PollDraft, token: str) -> Poll:
        """Prepare a poll."""
        return await self.send("POST", f"/voting/meetings/{meeting}/polls", draft, Poll, token)

    async def poll(self, poll: str, token: str) -> Poll:
        """A poll as it stands."""
        return await self.get(f"/voting/polls/{poll}", Poll, token)

    async def definition(self, poll: str, roll: str, without_quorum: str, token: str) -> bytes:
        """The exact bytes that open the poll, once voting knows the roll of this hash. Raises Unanswered."""
        path = f"/voting/polls/{poll}/definition"
        if without_quorum:
            path = str(URL(path).with_query(without_quorum=without_quorum))
        clock = asyncio.get_running_loop().time
        until = clock() + LAG_SECONDS
        while clock() < until:
            raw = await self.ask("GET", path, token=token)
            if msgspec.json.decode(raw, type=PollDefinition).roll == roll:
                return raw
            await asyncio.sleep(_INTERVAL)
        raise Unanswered(f"voting has not heard of the roll {roll} in {LAG_SECONDS:.0f} s")

    async def act(self, poll: str, name: ActName | str, signed: bytes, token: str) -> Poll:
        """A signed act of the chair: announce, open, hold, resume, extend, close, declare."""
        raw = await self.ask("POST", f"/voting/polls/{poll}/{name}", signed, token=token, media=JOSE)
        return msgspec.json.decode(raw, type=Poll)

    async def cast(self, poll: str, ballot: bytes) -> Receipt:
        """Cast a ballot: its receipt."""
        raw = await self.ask("POST", f"/voting/polls/{poll}/ballots", ballot, media=JOSE)
        return msgspec.json.decode(raw, type=Receipt)

    async def counted(self, poll: str, token: str) -> Counted:
        """The counted result, as soon as there is one."""

        async def asked() -> Counted | None:
            try:
                return await self.get(f"/voting/polls/{poll}/result", Counted, token)
            except Declined as declined:
                if declined.code != "not_counted":
                    raise
            return None

        return await self.soon(asked, "result")

    # --- The floor -----------------------------------------------------------------------------------------

    async def floor_act(self, meeting: str, signed: bytes, token: str) -> FloorDone:
        """A signed act on the floor: its receipt, and the asker's place."""
        raw = await self.ask("POST", f"/floor/meetings/{meeting}/acts", signed, token=token, media=JOSE)
        return msgspec.json.decode(raw, type=FloorDone)

    async def floor(self, meeting: str, token: str) -> FloorShown:
        """The floor as it stands."""
        return await self.get(f"/floor/meetings/{meeting}", FloorShown, token)

    async def place(self, meeting: str, request: str, token: str) -> Place:
        """Where a waiting request to speak stands."""
        return await self.get(f"/floor/meetings/{meeting}/requests/{request}", Place, token)


@asynccontextmanager
async def opened(
    url: str, connections: int = 200, patience: float = 120.0, socket: Path | None = None
) -> AsyncIterator[Client]:
    """A client with at most so many connections, through a worker's own `socket` if given; closed with the block."""
    limits = aiohttp.ClientTimeout(total=30, sock_connect=5)
    connector = (
        aiohttp.UnixConnector(str(socket), limit=connections)
        if socket
        else aiohttp.TCPConnector(limit=connections)
    )
    async with aiohttp.ClientSession(connector=connector, timeout=limits) as session:
        yield Client(session, url, patience)
