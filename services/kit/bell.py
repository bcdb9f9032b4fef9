"""Whoever commits rings; the publisher that leads hears it, in this process or another (Redis PUBLISH)."""

import asyncio
import contextlib

import structlog
from redis.exceptions import RedisError

from services.kit import stream
from services.kit.background import stop

log = structlog.get_logger(__name__)

# Between two rounds, unless somebody says that it may be more.
PACE_SECONDS = 0.02
RETRY_SECONDS = 0.5
# Before a key that is called out: no id begins with it.
URGENT = "!"


class Bell:
    """Rung after a commit: wakes the publisher, in this process or another (Redis PUBLISH). May be lost: it sweeps."""

    def __init__(self, redis: stream.Redis, service: str, pace: float = PACE_SECONDS) -> None:
        """`pace`: so many seconds lie between two rounds, unless something urgent rings."""
        self._redis = redis
        self._pace = pace
        self.channel = f"{service}:bell"
        # Whether our own publisher leads: if so, nobody else need be called.
        self.leads = False
        self._rung = asyncio.Event()
        self._urgent = asyncio.Event()
        self._keys: set[str] = set()
        self._to_call: dict[str, bool] = {}
        self._call: asyncio.Task[None] | None = None
        self._silent = False

    def ring(self, key: str, *, urgent: bool = False) -> None:
        """Say that `key` has something new; never waits, never fails. `urgent`: it is no ballot of hundreds."""
        if self.leads:
            self._hear(key, urgent=urgent)
            return
        self._to_call[key] = self._to_call.get(key, False) or urgent
        if urgent:
            self._urgent.set()
        if self._call is None and not self._silent:
            self._call = asyncio.create_task(self._call_leader())

    async def heard(self, seconds: float) -> set[str]:
        """Wait until something rings, at most so long; the keys that have rung since the last time."""
        # Not wait_for: on Python 3.11 it swallows a cancellation that comes together with the ring.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        return self.hush()

    def hush(self) -> set[str]:
        """The keys that have rung since the last time."""
        self._rung.clear()
        keys, self._keys = self._keys, set()
        return keys

    async def pause(self) -> None:
        """The time between two rounds, or what is left of it when something urgent rings."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace):
                await self._urgent.wait()
        self._urgent.clear()

    def _hear(self, key: str, *, urgent: bool) -> None:
        self._keys.add(key)
        self._rung.set()
        if urgent:
            self._urgent.set()

    async def _call_leader(self) -> None:
        """Call at once, and once more for all that rang meanwhile."""
        try:
            while self._to_call:
                keys, self._to_call = self._to_call, {}
                with contextlib.suppress(RedisError, OSError):
                    for key, urgent in keys.items():
                        await self._redis.publish(self.channel, f"{URGENT}{key}" if urgent else key)
                await self.pause()
        except Exception:
            log.exception("bell.not_heard", channel=self.channel)
        finally:
            # Whatever it was: who rings next calls again.
            self._call = None

    async def silence(self) -> None:
        """Call nobody any more, and let go of Redis: the publisher that leads sweeps."""
        self._silent = True
        await stop([self._call] if self._call else [])

    async def listen(self) -> None:
        """Pass on rings from other processes; runs until cancelled."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError):
                pass
            except Exception:
                log.exception("bell.broken_off", channel=self.channel)
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(self.channel)
            while True:
                rung = await channel.get_message(ignore_subscribe_messages=True, timeout=5)
                if rung and self.leads:
                    key = rung["data"].decode(errors="replace")
                    self._hear(key.removeprefix(URGENT), urgent=key.startswith(URGENT))
