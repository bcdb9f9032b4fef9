"""A sitting played over HTTP: what delegates, consoles and voters do in it, what dies, and what was answered."""

import asyncio
import json
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec

from services.desk.presiding import open_poll
from services.kit import clock
from services.wire import (
    ActPayload,
    Ask,
    EndItem,
    FloorActs,
    PollDraft,
    WriteOpinion,
)
from tests.support.assembly import Answer, Assembly
from tests.support.naive_clerk import NaiveClerk
from tests.support.naive_complaints import complaints
from tests.support.naive_order import Json
from tests.support.random_acts import RULES, Draw
from tests.support.waiting import until

ITEMS = ("nd-1", "nd-2")
CHAIRS = ("d1", "d2")
MEMBERS = {f"d{number}": f"g{number % 4}" for number in range(1, 15)}
GENDERS = {member: {"gender": "nu" if at % 3 else "nam"} for at, member in enumerate(MEMBERS)}
_SOON_MS = 3_000


@dataclass
class Sitting:
    """What happened so far. `sent`: signed text by who was answered what; `asked`: ids by who asked under them."""

    hall: Assembly
    data: Path
    rng: Random
    draw: Draw
    clerk: NaiveClerk = field(default_factory=NaiveClerk)
    lines: list[bytes] = field(default_factory=list)
    sent: dict[str, list[Answer]] = field(default_factory=dict)
    asked: dict[str, dict[str, None]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    consoles: int = 0

    # --- Looking -------------------------------------------------------------------------------------------------

    async def floor(self, by: str = CHAIRS[0]) -> Json:
        """GET, as JSON."""
        raw = await self.hall.client.ask("GET", self.hall.floor_path, token=self.hall.tokens[by])
        said: Json = msgspec.json.decode(raw)
        return said

    async def catch_up(self) -> int:
        """The clerk reads what the ledger has more; how many lines."""
        path = f"{self.hall.floor_path}/ledger?start={len(self.lines)}"
        raw = await self.hall.client.ask("GET", path, token=self.hall.tokens[CHAIRS[0]])
        head, *lines, _ = raw.splitlines()
        new = lines[len(self.lines) - msgspec.json.decode(head)["start"] :]
        for line in new:
            self.clerk.take(json.loads(line))
        self.lines += new
        return len(new)

    # --- Doing ---------------------------------------------------------------------------------------------------

    async def send(self, by: str, act: FloorActs, *, taps: int = 1) -> Answer:
        """One act, tapped so often at once: all answers must be the same but for who was first."""
        raw = self.hall.devices[by].floor_act(act)
        answers = await asyncio.gather(*(self.hall.post(by, raw) for _ in range(taps)))
        taken = [each for each in answers if each.status in (200, 201)]
        # A refusal may come before what makes it possible has come; an answer that was given is never taken back.
        if taken:
            assert len({each.said["receipt"]["index"] for each in taken}) == 1
            assert sum(each.status == 201 for each in answers) <= 1
        answer = taken[0] if taken else answers[0]
        self.sent.setdefault(raw.decode(), []).extend(answers)
        self.told[answer.code or type(act).__name__] += 1
        identifier = getattr(act, "id", "")
        if identifier and taken:
            self.asked.setdefault(by, {})[identifier] = None
        return answer

    async def crowd(self, item: str) -> None:
        """Many wait in every lane, so that there is an order to be right or wrong."""
        members = list(MEMBERS)
        for lane, rules in RULES.items():
            for place, by in enumerate(self.rng.choices(members, k=9)):
                stance, identifier = self.rng.choice(rules.stances), f"{lane}-{place}"
                meeting = self.hall.meeting
                await self.send(by, Ask(meeting=meeting, id=identifier, item=item, lane=lane, stance=stance))

    async def quietly(self, acts: int) -> None:
        """One act after the other: what is refused, the clerk refuses too, and for one of the same reasons."""
        for _ in range(acts):
            await self.catch_up()
            by, act = await self._any()
            said = msgspec.to_builtins(act)
            expected = self._complaints(by, said)
            answer = await self.send(by, act)
            # The clock may have been quicker: then what it did counts as well, and what was said meanwhile.
            await self.catch_up()
            if not answer.status < 300:
                expected |= self._complaints(by, said)
            await self.must_show()
            if answer.status == 201:
                continue
            if answer.status == 200:
                assert said["act"] == "ask" or "repeat" in expected, (by, said, answer)
                continue
            assert answer.code in expected, (by, said, answer, expected)

    async def must_show(self) -> Json:
        """The floor as the server and the clerk have it: lines, turns, who is next in every lane."""
        floor = await until(self._read, what="a moment in which the clock does nothing")
        assert floor == self.clerk.shown()
        return floor

    async def _read(self) -> Json | None:
        await self.catch_up()
        floor = await self.floor()
        return floor if floor["revision"] == self.clerk.revision else None

    def _complaints(self, by: str, act: Json) -> set[str]:
        """As of this moment: who speaks beyond their time leaves less to others the longer they do."""
        member = next(each for each in self.hall.plan.members if each.id == by)
        title, last = "Nội dung" if act.get("item") in ITEMS else "", self.clerk.at
        self.clerk.at = max(last, clock.now())
        found = complaints(self.clerk, act, by, list(member.roles), True, title)
        self.clerk.at = last
        return found

    async def _any(self) -> tuple[str, FloorActs]:
        if self.rng.random() < 0.5:
            by = self.rng.choice(list(MEMBERS))
            return by, self.draw.own(self.asked.get(by, {}))
        by = self.rng.choice((*CHAIRS, "thu-ky", "d5" if self.rng.random() < 0.1 else CHAIRS[0]))
        return by, self.draw.desk(await self.floor())

    async def delegate(self, by: str, acts: int) -> None:
        """A phone in a hurry."""
        for _ in range(acts):
            await self.send(by, self.draw.own(self.asked.get(by, {})), taps=self.rng.choice((1, 1, 1, 2, 3)))

    async def console(self, by: str, acts: int) -> None:
        """A console that does something on what it sees, and sometimes waits for the clock."""
        self.consoles += 1
        for _ in range(acts):
            floor = await self.floor(by)
            soon = clock.now() + _SOON_MS
            due = [
                each for each in floor["turns"] if each["warned"] < 2 and (each["deadline"] or soon) < soon
            ]
            if due and self.rng.random() < 0.2:
                await until(lambda seen=floor["revision"]: self._moved(by, seen), 30, "the clock")  # type: ignore[misc]
                continue
            answer = await self.send(by, self.draw.desk(floor))
            if answer.code == "floor_moved":
                # What is refused for that carries the floor as it stands, not older than what was seen.
                assert answer.said["floor"]["revision"] >= floor["revision"]
        self.consoles -= 1

    async def _moved(self, by: str, seen: int) -> bool:
        return bool((await self.floor(by))["revision"] != seen)

    async def votes(self, polls: int) -> None:
        """Polls that open and close meanwhile; the floor hears of each."""
        chair = CHAIRS[0]
        for number in range(polls):
            draft = PollDraft(
                id=f"{self.hall.meeting}-{number}",
                title=f"Biểu quyết {number}",
                presiding=chair,
                changes=False,
            )
            opened = await open_poll(self.hall.client, self.hall.convened, self.hall.devices[chair], draft)
            await until(lambda poll=opened.poll: self._votes_on(poll), 60, "the vote on the floor")  # type: ignore[misc]
            acts = self.told.total()
            await until(lambda acts=acts: self._busy(acts + 30), 60, "acts beside the vote")  # type: ignore[misc]
            close = ActPayload(
                act="close", meeting=self.hall.meeting, poll=opened.poll, definition=opened.ask.hash
            )
            await self.hall.client.act(opened.poll, "close", opened.chair.act(close), opened.token)
            await until(lambda poll=opened.poll: self._over(poll), 60, "the end of the vote on the floor")  # type: ignore[misc]

    async def _busy(self, acts: int) -> bool:
        """Whether so many acts were sent; consoles that have done theirs send no more."""
        return self.told.total() >= acts or not self.consoles

    async def _votes_on(self, poll: str) -> bool:
        return poll in (await self.floor())["votes"]

    async def _over(self, poll: str) -> bool:
        return not await self._votes_on(poll)

    async def break_things(self, names: tuple[str, ...]) -> None:
        """Kill -9, each in the middle of a turn; the next only when all is up again."""
        for name in names:
            await until(self._somebody_speaks, 60, "somebody who speaks")
            facts = self._facts()
            pids = {"worker": facts["workers"][:1], "workers": facts["workers"]}.get(name) or [facts[name]]
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            self.told[f"killed {name}"] += 1
            await until(lambda gone=tuple(pids): self._replaced(gone), 60, f"{name} again")  # type: ignore[misc]

    async def _somebody_speaks(self) -> bool:
        turns = (await self.floor())["turns"]
        return not self.consoles or any(each["state"] == "running" for each in turns)

    async def _replaced(self, gone: tuple[int, ...]) -> bool:
        facts = self._facts()
        pids = {*facts["workers"], facts["valkey"], facts["postgres"]}
        return not pids & set(gone) and None not in pids

    def _facts(self) -> Json:
        facts: Json = json.loads((self.data / "run.json").read_bytes())
        return facts

    # --- The end --------------------------------------------------------------------------------------------------

    async def end(self) -> None:
        """The chair ends every item, whoever did not speak writes, and nothing more can happen."""
        for item in sorted({item for item, _ in self.clerk.lanes}):
            await until(lambda item=item: self._ended(item), 60, "the end of the item")  # type: ignore[misc]
        await self.catch_up()
        for request in [each for each in self.clerk.requests.values() if each["state"] == "unreached"]:
            if request["member"]:
                act = WriteOpinion(meeting=self.hall.meeting, item=request["item"], text="Gửi bằng văn bản.")
                # Who was not reached in several lists has perhaps written often enough.
                expected = self._complaints(request["member"], msgspec.to_builtins(act))
                assert (await self.send(request["member"], act)).code in (expected or {""})
                await self.catch_up()

    async def _ended(self, item: str) -> bool:
        act = EndItem(meeting=self.hall.meeting, seen=(await self.floor())["revision"], item=item)
        return (await self.send(CHAIRS[1], act)).code in ("", "item_ended", "item_unknown")
