"""A small sitting for its minutes: a vote annulled and run again, one in practice, two who speak; then it is ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from services.desk.client import Client, opened
from services.desk.convening import Convened, convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.paper_client import MINUTES
from services.desk.presiding import Opened, close_and_declare, open_poll, sign_all
from services.rules import countersigned
from services.wire import (
    ActPayload,
    Ask,
    Call,
    Choice,
    EndTurn,
    FloorActs,
    MinutesNotice,
    OpenLane,
    Poll,
    PollDraft,
    PresenceMark,
    RecordFloor,
    SignatureBegun,
    SigningRole,
    StartTurn,
    Voiding,
)
from tests.support.chair_sitting import (
    BODY,
    CHAIR,
    DELEGATES,
    DEPUTY,
    ITEM,
    MEETING,
    PEOPLE,
    POLL,
    SECRETARY,
    plan,
)
from tests.support.desk import Desk
from tests.support.waiting import until

FIRST = msgspec.structs.replace(POLL, id="lan-dau", item=ITEM)
AGAIN = msgspec.structs.replace(POLL, id="lan-hai", item=ITEM, reruns="lan-dau")
PRACTICE = PollDraft(id="thu", title="Biểu quyết thử", presiding=CHAIR, duration_s=600, practice=True)
REASON = "Nhầm nội dung trình chiếu"
ABSENT, EXCUSED = "hanh", "phuc"
SPEAKERS = ("hong", "thanh")


@dataclass
class MinutedSitting:
    """Where it is, who asks there, whose devices are at hand; tokens by member."""

    url: str
    data: Path
    client: Client
    convened: Convened
    devices: dict[str, Device]
    tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, member: str) -> str:
        """Theirs, signed in once."""
        if member not in self.tokens:
            self.tokens[member] = await self.client.sign_in(self.devices[member])
        return self.tokens[member]

    async def vote(self, draft: PollDraft, choice: Choice = "approve") -> Opened:
        """Opened, and everybody who is there votes."""
        vote = await open_poll(self.client, self.convened, self.devices[CHAIR], draft)
        there = [one for one in DELEGATES if one not in (ABSENT, EXCUSED)]
        for ballot in sign_all(vote.ask, self.devices, dict.fromkeys(there, choice)).values():
            await self.client.cast(vote.poll, ballot)
        return vote

    async def annul(self, vote: Opened) -> None:
        """By chair and deputy, over the same bytes."""
        payload = ActPayload(
            act="void", meeting=MEETING, poll=vote.poll, definition=vote.ask.hash, reason=REASON
        )
        first, second = (self.devices[one].act(payload).decode() for one in (CHAIR, DEPUTY))
        sent = Voiding(act=first, second=second)
        await self.client.send("POST", f"/voting/polls/{vote.poll}/void", sent, Poll, await self.token(CHAIR))

    async def act(self, who: str, act: FloorActs) -> int:
        """An act on the floor: the line that it became."""
        done = await self.client.floor_act(MEETING, self.devices[who].floor_act(act), await self.token(who))
        return done.receipt.index

    async def _seen(self) -> int:
        return (await self.client.floor(MEETING, await self.token(CHAIR))).revision

    async def speak(self) -> str:
        """Two speak, one after the other; the log of it is sealed. Its id."""
        await self.act(CHAIR, OpenLane(meeting=MEETING, seen=await self._seen(), item=ITEM, lane="speech"))
        for member in SPEAKERS:
            await self.act(member, Ask(meeting=MEETING, id=f"cua-{member}", item=ITEM, lane="speech"))
        for member in SPEAKERS:
            request = f"cua-{member}"
            await self.act(CHAIR, Call(meeting=MEETING, seen=await self._seen(), request=request))
            (turn,) = (await self.client.floor(MEETING, await self.token(CHAIR))).turns
            await self.act(CHAIR, StartTurn(meeting=MEETING, seen=await self._seen(), turn=turn.id))
            await self.act(CHAIR, EndTurn(meeting=MEETING, seen=await self._seen(), turn=turn.id))
        line = await self.act(CHAIR, RecordFloor(meeting=MEETING, seen=await self._seen()))
        return (await self.client.record(MEETING, line, await self.token(CHAIR))).id

    async def end(self) -> None:
        """The secretary ends it."""
        await self.client.ask("POST", f"/meeting/meetings/{MEETING}/end", token=self.convened.token)

    async def held(self) -> "MinutedSitting":
        """From the first vote to the end."""
        await self.annul(await self.vote(FIRST, "reject"))
        await close_and_declare(self.client, await self.vote(AGAIN))
        practice = await self.vote(PRACTICE)
        await self._close_practice(practice)
        await self.speak()
        await self.end()
        return self

    async def _close_practice(self, vote: Opened) -> None:
        for name in ("close", "declare"):
            counted = (await self.client.counted(vote.poll, vote.token)).sha256 if name == "declare" else ""
            payload = ActPayload(
                act=name, meeting=MEETING, poll=vote.poll, definition=vote.ask.hash, result=counted
            )
            await self.client.act(vote.poll, name, vote.chair.act(payload), vote.token)

    async def minutes(self, edition: int = 1) -> MinutesNotice:
        """Asked for by the secretary, and there."""
        return await self.client.ask_minutes(MEETING, edition, self.convened.token)

    async def write(self, notice: MinutesNotice, out: Path) -> Path:
        """minutes.json, minutes.pdf and trust.pem in `out`; certificates and turn log in `out/beside`."""
        beside = out / "beside"
        beside.mkdir(parents=True)
        for kind in ("json", "pdf", "jsonl"):
            file = await self.client.minutes_file(notice.id, kind, self.convened.token)
            (out / f"minutes.{kind}").write_bytes(file)
        (out / "trust.pem").write_bytes(await self.client.trust())
        for poll in (AGAIN.id,):
            certificate = await self.client.certificate(str(poll), await self.token(CHAIR))
            file = await self.client.file(certificate, "json", "")
            (beside / f"{certificate}.json").write_bytes(file)
        for record in await self.client.records(MEETING, await self.token(CHAIR)):
            (beside / f"{record.id}.json").write_bytes(await self.client.record_file(record.id, "json"))
        return out

    async def sign(self, notice: MinutesNotice, who: str, role: SigningRole, instead: str = "") -> None:
        """Someone signs the minutes on their own device; returns once what follows by itself is done."""
        token, device = await self.token(who), self.devices[who]
        begun = SignatureBegun(role=role, instead=instead)
        prepared = await self.client.begin_signature(notice.id, begun, token, MINUTES)
        page = await self.client.prepared_page(prepared, token, MINUTES)
        file = await self.client.minutes_file(notice.id, "json", token)
        given = device.countersign(prepared, page, file, countersigned.MINUTES)
        await self.client.countersign(notice.id, given, token, MINUTES)

        async def finished() -> bool:
            shown = await self.client.signatures(notice.id, token, MINUTES)
            return shown.awaited not in (role, "stamp", "seal")

        await until(finished, what=f"the signature of the {role}")

    async def write_signed(self, notice: MinutesNotice, out: Path) -> None:
        """minutes.signed.json and minutes.signed.pdf."""
        for kind in ("json", "pdf"):
            file = await self.client.minutes_file(notice.id, f"signed.{kind}", self.convened.token)
            (out / f"minutes.signed.{kind}").write_bytes(file)


@asynccontextmanager
async def convened(desk: Desk) -> AsyncIterator[MinutedSitting]:
    """A council of nine, one absent, one excused; nothing has happened yet."""
    url = str(desk.wait_until_ready()["url"])
    async with opened(url, connections=8) as client:
        present = [member for member, _, _ in PEOPLE if member not in (ABSENT, EXCUSED)]
        called = await convene(client, mint(desk.data), plan(present))
        marks = [PresenceMark(member=EXCUSED, present=False, reason="đi công tác")]
        path = f"/meeting/meetings/{MEETING}/presence"
        await client.ask("PUT", path, msgspec.json.encode(marks), token=called.token)
        devices = await enrol_all(client, BODY, [CHAIR, DEPUTY, *DELEGATES], called.token)
        devices[SECRETARY] = called.secretary
        yield MinutedSitting(url, desk.data, client, called, devices)
