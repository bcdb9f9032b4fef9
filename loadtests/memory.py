"""The memory of a whole server: its proportional set size (PSS), by who holds it.

PSS is what of the machine's memory a process takes, pages that several share being divided among them: so it may be
added up.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from loadtests.run_json import pid_of

# A word in how a process was called, and who it is; whoever has none is the desk that started them all.
_ROLES = {
    "services.desk.worker": "workers",
    "spawn_main": "print_shops",
    "resource_tracker": "trackers",
    "postgres": "postgres",
    "valkey": "valkey",
}
Held = Counter[str]


@dataclass(slots=True)
class Memory:
    """The most that was held at one time, in MB, and by whom it was held then."""

    most: Held = field(default_factory=Counter)

    def figures(self, name: str) -> dict[str, float]:
        """By the names of great.json: all in all, and each."""
        each = {f"{name}_memory_{role}_mb": round(held / 1e6) for role, held in sorted(self.most.items())}
        return {f"{name}_memory_mb": round(self.most.total() / 1e6), **each}


@asynccontextmanager
async def watched(data: Path) -> AsyncIterator[Memory]:
    """The memory of the server on this data directory and all that it started, taken every second and at the end."""
    server, memory = psutil.Process(pid_of(data)), Memory()

    def take() -> None:
        memory.most = max(memory.most, held_by(server), key=Counter.total)

    async def watch() -> None:
        while True:
            await asyncio.to_thread(take)
            await asyncio.sleep(1)

    task = asyncio.create_task(watch())
    try:
        yield memory
        await asyncio.to_thread(take)
    finally:
        task.cancel()


def held_by(server: psutil.Process) -> Held:
    """Bytes by role, of a process and all below it."""
    held: Held = Counter()
    for process in (server, *server.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            held[_role(process.cmdline())] += process.memory_full_info().pss
    return held


def _role(called: list[str]) -> str:
    words = " ".join(called)
    return next((role for word, role in _ROLES.items() if word in words), "desk")
