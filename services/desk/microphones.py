"""`plenary microphones`: webhooks of the floor in, microphones and cameras of a hall switched (docs/microphones.md).

A microphone is on while a turn of its seat runs. Of each seat the newest state counts (`newest_state`).
"""

import argparse
import asyncio
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import structlog
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.desk.conference_unit import (
    HALL,
    CoCon,
    ConferenceUnit,
    must_be_address,
    read_seats,
)
from services.desk.newest_state import SETTLE_S, Newest
from services.kit import background, packed_body
from services.kit.complaint import Complaint
from services.kit.files import read_text
from services.kit.logs import set_up
from services.rules import webhook
from services.wire import UNREADABLE, TurnEvent

log = structlog.get_logger(__name__)

LARGEST = 65_536
# What is older than this when it comes is one of many that were waiting.
LATE_MS, CATCH_UP_S = 10_000, 0.5
_REMEMBERED = 1_000
_events = msgspec.json.Decoder(TurnEvent)


class Hall:
    """The microphones and the camera of a hall, as the turns of its meetings want them."""

    def __init__(
        self, unit: ConferenceUnit, settle_s: float = SETTLE_S, now: Callable[[], float] = time.time
    ) -> None:
        """`now`: seconds."""
        self._now = now
        self._unit = unit
        self._settle_s = settle_s
        # Who speaks, by meeting: the last that was heard of their turn.
        self._running: dict[str, TurnEvent] = {}
        self._seats: dict[str, Newest[bool]] = {}
        self._camera: Newest[str] = Newest("camera", unit.aim, settle_s)
        self._tasks: list[asyncio.Task[None]] = [asyncio.create_task(self._camera.run())]
        self._last: dict[str, TurnEvent] = {}
        self._known: deque[str] = deque(maxlen=_REMEMBERED)

    @property
    def is_done(self) -> bool:
        """Whether the unit has taken everything."""
        return self._camera.is_done and all(seat.is_done for seat in self._seats.values())

    async def close(self) -> None:
        """Tell the unit nothing more; what is on stays on."""
        await background.stop(self._tasks)

    def take(self, event: TurnEvent) -> bool:
        """What a webhook says; False for what is known or older than what is known, which is passed over."""
        last = self._last.get(event.meeting)
        goes_back = last is not None and event.index < last.index
        # What happened later under an earlier number: the database was lost with its last lines, and who was heard by
        # those may not be speaking.
        if event.id in self._known or (last is not None and goes_back and event.at <= last.at):
            return False
        missed = last is not None and (event.seq != last.seq + 1 or goes_back)
        if last is not None and missed:
            log.warning("microphones.gap", meeting=event.meeting, after=last.seq, came=event.seq)
        self._known.append(event.id)
        self._last[event.meeting] = event
        self._turn(event, missed=missed)
        return True

    def _turn(self, event: TurnEvent, *, missed: bool) -> None:
        """Of a meeting one turn runs at a time. What was `missed` may have been its end: rather is a speaker's
        microphone off, which everybody hears, than one on of somebody who speaks no more."""
        spoke, runs = self._running.get(event.meeting), event.turn.state == "running"
        if runs:
            self._running[event.meeting] = event
        elif spoke is not None and (missed or spoke.turn.id == event.turn.id):
            del self._running[event.meeting]
        if spoke is not None and spoke.seat != event.seat:
            self._update(spoke.seat)
        if runs and self._now() * 1_000 - event.at > LATE_MS:
            # More will follow at once, perhaps its end: nobody's microphone is opened for a moment.
            asyncio.get_running_loop().call_later(CATCH_UP_S, self._update, event.seat)
        else:
            self._update(event.seat)

    def _update(self, seat: str) -> None:
        speaking = [each.seat for each in self._running.values() if each.seat]
        if seat:
            self._microphone(seat).want(seat in speaking)
        self._camera.want(speaking[-1] if speaking else HALL)

    def _microphone(self, seat: str) -> Newest[bool]:
        if seat not in self._seats:

            async def switch(on: bool) -> None:
                await self._unit.switch(seat, on=on)

            self._seats[seat] = Newest(f"seat {seat}", switch, self._settle_s)
            self._tasks.append(asyncio.create_task(self._seats[seat].run()))
        return self._seats[seat]


def application(
    hall: Hall, key: Ed25519PublicKey | bytes, now: Callable[[], float] = time.time
) -> web.Application:
    """Takes webhooks at any path. `now`: seconds."""

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        try:
            webhook.verify(request.headers, body, key, int(now()))
        except (webhook.WebhookNotGenuine, webhook.WebhookStale) as refused:
            log.warning("microphones.refused", why=str(refused))
            return web.Response(status=401, text=refused.code)
        try:
            hall.take(_events.decode(body))
        except UNREADABLE:
            # It is genuine, and would be sent again for ever: what is understood must not wait behind it.
            log.exception("microphones.not_understood")
        return web.Response(status=204)

    app = web.Application(client_max_size=LARGEST, middlewares=[packed_body.refused])
    app.router.add_post("/{path:.*}", take)
    return app


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve as long as the block lasts; the port. Raises Complaint if nobody can listen there."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise Complaint(f"--listen {host}:{port}: {error.strerror or error}") from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def serve(
    given: argparse.Namespace,
    host: str,
    port: int,
    key: Ed25519PublicKey | bytes,
    seats: dict[str, int] | None,
) -> None:
    """Receive and switch until SIGTERM or SIGINT."""
    asked_to_stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, asked_to_stop.set)
    unit = CoCon(given.unit, seats, given.cameras)
    hall = Hall(unit)
    try:
        async with listening(application(hall, key), host, port) as open_at:
            sys.stdout.write(f"http://{host}:{open_at}/\n")
            sys.stdout.flush()
            await asked_to_stop.wait()
    finally:
        await hall.close()
        await unit.close()


def main(arguments: list[str]) -> int:
    """Switch a hall's microphones and cameras by the floor's webhooks."""
    parser = argparse.ArgumentParser(prog="plenary microphones", description=main.__doc__)
    parser.add_argument("--listen", required=True, metavar="HOST:PORT", help="where webhooks come in")
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument("--key", help="whpk_… of the installation, from the answer that made the webhook")
    keys.add_argument("--key-file", type=Path, help="the same, or the webhook's secret whsec_…, in a file")
    parser.add_argument("--unit", required=True, metavar="URL", help="the conference unit (Televic CoCon)")
    parser.add_argument(
        "--seats", type=Path, metavar="CSV", help="the unit's number of each seat: seat,number"
    )
    parser.add_argument(
        "--cameras", default="", metavar="URL", help="what aims the camera, with {seat} in it"
    )
    given = parser.parse_args(arguments)
    host, _, port = given.listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise Complaint("--listen: HOST:PORT expected")
    must_be_address("--unit", given.unit)
    if given.cameras:
        must_be_address("--cameras", given.cameras)
    key = webhook.read_key(given.key or read_text(given.key_file).strip())
    seats = read_seats(given.seats) if given.seats is not None else None
    set_up("info", "console" if sys.stderr.isatty() else "json", "microphones")
    asyncio.run(serve(given, host.strip("[]"), int(port), key, seats))
    return 0
