"""Looking on from outside: glimpses while the sitting goes on, and in the end everything that is left."""

import asyncio
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import redis.asyncio as redis

from services.desk.asking import Declined
from services.kit import stream
from services.wire import MinutesNotice, Snapshot
from tests.faults.history import Glimpse, History, Left
from tests.faults.ledger_book import Book, payload_of
from tests.faults.stage import Play
from tests.support.waiting import until

_FILES = {"certificate.json": "json", "certificate.pdf": "pdf", "ledger.jsonl": "jsonl"}
_SERVICES = ("voting", "floor", "meeting", "signing")
_PAUSE = 0.2
Streams = dict[str, list[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Reads what a delegate may read. `server`: past the wire to phones; `redis_url`: past the wire to Valkey;
    `time_trust`: the anchors of the authority for time."""

    play: Play
    server: str
    redis_url: str
    time_trust: bytes

    # --- Meanwhile -----------------------------------------------------------------------------------------------

    async def look_on(self) -> None:
        """Look until the sitting is over; where nobody answers there is nothing to be seen."""
        while not self.play.over:
            await self._look("ledger", "", f"/voting/meetings/{self.play.hall.meeting}/ledger")
            await self._look("floor ledger", "", f"{self.play.hall.floor_path}/ledger")
            for poll in tuple(self.play.polls):
                await self._look("poll", poll, f"/voting/polls/{poll}")
            for paper, at in tuple(self.play.papers.items()):
                await self._look("signatures", paper, f"{at}/{paper}/signatures")
            await self._look_at_the_hall()
            await asyncio.sleep(_PAUSE)

    async def _look(self, of: str, about: str, path: str) -> None:
        began = self.play.book.now()
        try:
            async with self.play.session.get(self.server + path, headers=self._headers()) as answer:
                body, status = await answer.read(), answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return
        if status == 200 and (of != "ledger" or b'{"checkpoint"' in body):
            self.play.book.glimpses.append(Glimpse(of, about, began, self.play.book.now(), body))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.play.hall.tokens[self.play.delegates[-1]]}"}

    async def _look_at_the_hall(self) -> bytes:
        began = self.play.book.now()
        try:
            shown = await self._snapshot()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return b""
        if shown:
            self.play.book.glimpses.append(Glimpse("hall", "", began, self.play.book.now(), shown))
        return shown

    async def _snapshot(self) -> bytes:
        """The first frame that a screen gets; nothing if there is none soon."""
        path = f"/live/meetings/{self.play.hall.meeting}/events"
        limits = aiohttp.ClientTimeout(total=3)
        async with self.play.session.get(
            self.server + path, headers=self._headers(), timeout=limits
        ) as answer:
            event = ""
            async for line in answer.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                event = value if name == "event" else event
                if name == "data" and event == "snapshot" and answer.status == 200:
                    return value.encode()
        return b""

    # --- In the end ----------------------------------------------------------------------------------------------

    async def history(self) -> History:
        """Wait until the streams and screens have caught up, and gather everything."""
        hall = self.play.hall
        ledger, floor, streams = await until(
            self._caught_up, 60, "certificates to be noted, streams to catch up"
        )
        left = Left(
            ledger=ledger,
            floor=floor,
            polls={poll: await self._get(f"/voting/polls/{poll}") for poll in self.play.polls},
            results=await self._results(Book(ledger)),
            papers=(papers := await self._papers()),
            sheets={
                poll: await asyncio.to_thread(_text, files["certificate.pdf"])
                for poll, files in papers.items()
            },
            hall=await until(lambda: self._hall_caught_up(Book(ledger)), 60, "the hall to catch up"),
            streams=streams,
            trust=await hall.client.trust(),
            turns=await self._turns(Book(floor)),
            signed={paper: await self._signed(f"{at}/{paper}") for paper, at in self.play.papers.items()},
            minutes=await self._minutes(),
            time_trust=self.time_trust,
        )
        keys = {each.thumbprint: (each.member, each.key.public_key()) for each in hall.devices.values()}
        log_key = msgspec.json.decode(ledger.splitlines()[0])["log_key"]
        book = self.play.book
        return History(
            hall.meeting, keys, log_key, hall.log_key, tuple(book.sent), tuple(book.glimpses), left
        )

    async def _get(self, path: str) -> bytes:
        return await self.play.hall.client.ask("GET", path, token=self.play.hall.tokens[self.play.chair])

    async def _caught_up(self) -> "tuple[bytes, bytes, Streams] | None":
        """Both ledgers, once every certificate is noted, with streams that have all of both. Whose turn is over by the
        clock may yet be noted on the floor: it is looked at again until they agree."""
        ledger = await self._get(f"/voting/meetings/{self.play.hall.meeting}/ledger")
        book = Book(ledger)
        if len(book.places("poll.declared")) != len(book.places("poll.certified")):
            return None
        floor = await self._get(f"{self.play.hall.floor_path}/ledger")
        streams = await self._streams(book, Book(floor))
        return (ledger, floor, streams) if streams is not None else None

    async def _results(self, ledger: Book) -> dict[str, bytes]:
        """Of the polls that were counted."""
        counted = [ledger.said[at]["poll"] for at in ledger.places("poll.counted")]
        return {poll: await self._get(f"/voting/polls/{poll}/result") for poll in counted}

    async def _papers(self) -> dict[str, dict[str, bytes]]:
        found = {}
        for poll in self.play.polls:
            try:
                notice = msgspec.json.decode(await self._get(f"/signing/polls/{poll}/certificate"))
            except Declined:
                continue
            path = f"/signing/certificates/{notice['id']}."
            found[poll] = {name: await self._get(path + kind) for name, kind in _FILES.items()}
        return found

    async def _turns(self, floor: Book) -> bytes:
        """The sealed log that was asked for last."""
        client, hall = self.play.hall.client, self.play.hall
        (*_, line) = (
            at for at in floor.places("act") if payload_of(floor.said[at]["jws"])["act"] == "record"
        )
        record = await client.record(hall.meeting, line, hall.tokens[self.play.chair])
        return await client.record_file(record.id, "json")

    async def _signed(self, at: str) -> dict[str, bytes]:
        """Of a paper that persons signed: who did, what they signed, and what came of it."""
        files = {name: await self._get(f"{at}.{name}") for name in ("json", "signed.json", "signed.pdf")}
        return {"signatures": await self._get(f"{at}/signatures"), **files}

    async def _minutes(self) -> tuple[bytes, bytes]:
        """Every edition, and the file of the first."""
        listed = await self._get(f"/signing/meetings/{self.play.hall.meeting}/minutes")
        editions = msgspec.json.decode(listed, type=list[MinutesNotice])
        return listed, await self._get(f"/signing/minutes/{editions[0].id}.json") if editions else b""

    async def _streams(self, ledger: Book, floor: Book) -> Streams | None:
        async with redis.Redis.from_url(self.redis_url) as client:
            found: Streams = {}
            for service in _SERVICES:
                entries: Any = await client.xrange(stream.screen(self.play.hall.meeting, service))
                found[service] = [(at.decode(), fields[stream.FIELD]) for at, fields in entries]
        ends = [stream.index_of(found[name][-1][0]) + 1 if found[name] else 0 for name in ("voting", "floor")]
        return found if ends == [len(ledger.lines), len(floor.lines)] else None

    async def _hall_caught_up(self, ledger: Book) -> bytes | None:
        shown = await self._look_at_the_hall()
        if not shown:
            return None
        states = {poll: each.state for poll, each in msgspec.json.decode(shown, type=Snapshot).polls.items()}
        ends = {said["poll"] for said in ledger.said if said["kind"] in ("poll.certified", "poll.voided")}
        return shown if all(states.get(poll) in ("certified", "voided") for poll in ends) else None


def _text(pdf: bytes) -> str:
    """The words on a sheet, as poppler reads them."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "sheet.pdf"
        path.write_bytes(pdf)
        said = subprocess.run(
            ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, timeout=60
        )
    return said.stdout.decode()
