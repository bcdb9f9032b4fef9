"""Since when we lead, as Redis is told: whoever began later deposes who led before, and does not know it yet."""

from services.kit import stream


class Deposed(Exception):
    """Another has begun to lead since we did; or Redis has lost that we do. Begin again, if we still lead."""


class Term:
    """The term of one publisher: the later it began to lead, the greater."""

    def __init__(self, redis: stream.Redis) -> None:
        self._redis = redis
        self._least = 0
        self.since = 0

    async def begin(self) -> None:
        """We lead from now on. By Redis's own clock: it goes on when everything else there was lost."""
        seconds, microseconds = await self._redis.time()
        self.since = max(seconds * 1_000_000 + microseconds, self._least)

    def ended(self, by: int) -> Deposed:
        """To be raised: another's term is found. One of a clock that was set back since is overcome by the next."""
        self._least = by + 1
        return Deposed()
