"""One worker process: every service on one port that all workers share, and health on a socket of its own.

The desk starts it as `python -m services.desk.worker --socket PATH` with resolved settings in the environment.
`--only voting` mounts a single service, for those who spread them over machines.
"""

import argparse
import asyncio
import contextlib
import faulthandler
import gc
import os
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path

import uvloop
from aiohttp import web

from services.desk import listening, open_files, tls_context
from services.desk.backups import noted
from services.desk.idle import Idle
from services.desk.tls import house
from services.kit import clock, keys, straight, stream
from services.kit.application import build_root
from services.kit.background import beside
from services.kit.context import Context
from services.kit.logs import set_up
from services.kit.route import TOKEN_KEY
from services.kit.settings import Settings, load
from services.pages.app import add_pages

# The desk kills who takes longer than it has patience; where the desk itself is gone, nobody does.
END_SECONDS = 10.0
SERVICES = ("meeting", "voting", "floor", "signing", "live")


def build(settings: Settings, only: str | None) -> web.Application:
    """The application of this worker: here the services are mounted."""
    directory = settings.data / "keys"
    token_key = keys.load_public(directory / "token.pub")
    redis = stream.connect(settings.redis_url)
    context = Context(
        settings=settings,
        redis=redis,
        keys=directory,
        token_key=token_key,
        clock=clock.now,
        worker=f"{os.uname().nodename}.{os.getpid()}",
    )
    # Imported here: a worker that serves voting alone need not load what typesets certificates.
    mounted = {name: import_module(f"services.{name}.app") for name in SERVICES if only in (None, name)}
    apps = {name: service.create(context) for name, service in mounted.items()}
    ready = tuple(service.ready_of(apps[name]) for name, service in mounted.items())
    root = build_root(apps, ready, settings.body_seconds)
    root[TOKEN_KEY] = token_key
    if only is None:
        add_pages(root, house(settings))

    async def closing(_: web.Application) -> None:
        await redis.aclose()

    root.on_cleanup.append(closing)
    return root


async def serve(settings: Settings, socket: Path, only: str | None) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way for at most `drain_seconds`."""
    asked_to_stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, asked_to_stop.set)
    root = build(settings, only)
    runner = web.AppRunner(root, shutdown_timeout=settings.drain_seconds, access_log=None)
    try:
        await runner.setup()
        straight.lay(runner, root)
        assert runner.server is not None  # noqa: S101  # it is set up
        idle = Idle(runner.server)
        socket.unlink(missing_ok=True)
        # What is alive now stays: the collector need not walk through it again while ballots come in.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)
        tls = tls_context.context(settings)
        await listening.listen(runner, settings.host, settings.port, tls)
        await web.UnixSite(runner, str(socket)).start()
        follows = [tls_context.follow(tls, settings, clock.now)] if tls else []
        async with beside("worker", noted.watch(settings.data), open_files.watch(), idle.watch(), *follows):
            await asked_to_stop.wait()
    finally:
        faulthandler.dump_traceback_later(settings.drain_seconds + END_SECONDS, exit=True)
        await runner.cleanup()


def allow_all_files() -> None:
    """Open as many files as we may: each connection is one, and a shell's first limit is soon met."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        # Some systems name a limit that they do not grant.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main(arguments: list[str]) -> int:
    """Run one worker until it is asked to stop."""
    parser = argparse.ArgumentParser(prog="python -m services.desk.worker", description=main.__doc__)
    parser.add_argument(
        "--socket", type=Path, required=True, help="unix socket on which this worker alone answers"
    )
    parser.add_argument("--only", choices=sorted(SERVICES), help="mount this service alone")
    chosen = parser.parse_args(arguments)
    settings = load(os.environ)
    set_up(settings.log_level, settings.log_format, "worker")
    allow_all_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, chosen.socket, chosen.only))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
