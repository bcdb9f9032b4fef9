"""A simulated conference unit: seats with microphones and a camera, behind Televic CoCon's commands; it can fail."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

# What happens to the nth command for a seat (from 0): "ok", "busy" (HTTP 503), "no" (answers 1), "gone" (done, but not
# answered), "late" (done only when the test lets it, long after whoever sent it has given up).
Mode = Callable[[int], str]


@dataclass
class SimulatedUnit:
    """Its state, and every command that it carried out, in order."""

    mode: Mode = lambda _: "ok"
    on: set[int] = field(default_factory=set)
    log: list[tuple[int, str]] = field(default_factory=list)
    camera: list[str] = field(default_factory=list)
    let_late_go: asyncio.Event = field(default_factory=asyncio.Event)
    late: int = 0
    url: str = ""
    _commands: Counter[int] = field(default_factory=Counter)
    _runner: web.AppRunner | None = None

    async def open(self) -> "SimulatedUnit":
        """Listen on a free port."""
        app = web.Application()
        app.router.add_get("/CoCon/Microphone/SetState/", self._set_state)
        app.router.add_get("/camera/{seat}", self._aim)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def close(self) -> None:
        """Listen no more."""
        self.let_late_go.set()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def received(self) -> int:
        """How many commands came, whatever became of them."""
        return self._commands.total()

    async def _set_state(self, request: web.Request) -> web.Response:
        seat, state = int(request.query["SeatNr"]), request.query["State"]
        assert state in ("On", "Off")
        mode = self.mode(self._commands[seat])
        self._commands[seat] += 1
        if mode == "busy":
            return web.Response(status=503)
        if mode == "no":
            return web.json_response(1)
        if mode == "late":
            self.late += 1
            await self.let_late_go.wait()
        self.log.append((seat, state))
        (self.on.add if state == "On" else self.on.discard)(seat)
        if mode == "gone":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(0)

    async def _aim(self, request: web.Request) -> web.Response:
        self.camera.append(request.match_info["seat"])
        return web.Response()
