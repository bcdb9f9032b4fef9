"""A whole Plenary of our own for as long as we need one: `plenary run` on a free port with a directory of its own."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from services.desk.child import Child
from services.kit.complaint import Complaint
from services.kit.settings import PREFIX

_POLL = 0.05
_PATIENCE = 120.0
# Workers drain, then the stores write what they must: longer than that it never takes.
_STOP_SECONDS = 90.0


class NotStarted(Complaint):
    """Our own server did not start; the text ends in the last it said."""


@asynccontextmanager
async def running(settings: Mapping[str, str], keep: Path | None = None) -> AsyncIterator[tuple[str, Path]]:
    """Its address and data directory; stopped, and its data removed unless `keep` says where, with the block.

    `settings`: names without the prefix, in small letters. Raises NotStarted.
    """
    data = keep or Path(tempfile.mkdtemp(prefix="plenary-"))
    # The stores may run as another user, who must pass through; nothing in here is readable by others.
    data.mkdir(exist_ok=True)
    data.chmod(0o711)
    try:
        child = await Child.start(
            [sys.executable, "-m", "services", "run"],
            environment=_environment(data, settings),
            stop_signal=signal.SIGTERM,
            output=data / "run.log",
        )
        try:
            yield await _address(child, data), data
        finally:
            # Shielded: also when we are cancelled, nothing of it may stay behind.
            await asyncio.shield(child.stop(_STOP_SECONDS))
    finally:
        if keep is None:
            shutil.rmtree(data, ignore_errors=True)


def _environment(data: Path, settings: Mapping[str, str]) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    ours = {"data": str(data), "port": "0", "sample": "false", "log_level": "warning", **settings}
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (here, others.get("PYTHONPATH", ""))))
    return others | {PREFIX + name.upper(): value for name, value in ours.items()} | {"PYTHONPATH": path}


async def _address(child: Child, data: Path) -> str:
    clock = asyncio.get_running_loop().time
    until = clock() + _PATIENCE
    while child.exit_code is None and clock() < until:
        try:
            return str(json.loads((data / "run.json").read_bytes())["url"])
        except FileNotFoundError:
            await asyncio.sleep(_POLL)
    said = (data / "run.log").read_text(errors="replace").strip().splitlines()[-3:]
    raise NotStarted("plenary run did not start: " + " | ".join(said))
