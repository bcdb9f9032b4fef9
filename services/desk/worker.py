"""One worker process: every service on one port that all workers share, and health on a socket of its own.

The desk starts it as `python -m services.desk.worker --socket PATH` with resolved settings in the environment.
"""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

import asyncpg
import redis.asyncio as redis
import uvloop
from aiohttp import web

from services.kit.application import build_root
from services.kit.logs import set_up
from services.kit.settings import Settings, load


def build(settings: Settings) -> web.Application:
    """The application of this worker: here the services are mounted."""

    async def database_answers() -> None:
        connection = await asyncpg.connect(settings.database_url, timeout=5)
        await connection.close()

    async def redis_answers() -> None:
        async with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=5) as client:
            await client.ping()

    return build_root({}, (database_answers, redis_answers))


async def serve(settings: Settings, socket: Path) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way for at most `drain_seconds`."""
    asked_to_stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, asked_to_stop.set)
    runner = web.AppRunner(build(settings), shutdown_timeout=settings.drain_seconds, access_log=None)
    try:
        await runner.setup()
        socket.unlink(missing_ok=True)
        await web.TCPSite(runner, settings.host, settings.port, reuse_port=True, backlog=4096).start()
        await web.UnixSite(runner, str(socket)).start()
        await asked_to_stop.wait()
    finally:
        await runner.cleanup()


def main(arguments: list[str]) -> int:
    """Run one worker until it is asked to stop."""
    parser = argparse.ArgumentParser(prog="python -m services.desk.worker", description=main.__doc__)
    parser.add_argument(
        "--socket", type=Path, required=True, help="unix socket on which this worker alone answers"
    )
    socket: Path = parser.parse_args(arguments).socket
    settings = load(os.environ)
    set_up(settings.log_level, settings.log_format, "worker")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, socket))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
