"""How many connections to the stores an installation has, at least and at most.

In each worker each service has a pool of its own for PostgreSQL. Who leads holds a connection for its lock, so each
pool has room for all leads of its service beside what requests take: any worker may come to lead everything.
"""

from services.kit.settings import Settings

# By service with a database: how many of it lead (publishers, who recounts, who seals a signed edition, who sends
# webhooks), and how many consumers for each shard of a work stream that is read in order.
LEADERS = {"meeting": (1, 1), "voting": (2, 4), "floor": (2, 3), "signing": (2, 1)}
# By service, of each worker: consumers that share a work stream with others, for each shard. Each waits on a connection
# of its own to Redis.
SHARING = {"voting": 2, "signing": 5}
# And one for its bell.
_BELLS = len(LEADERS)


def leaders(service: str, settings: Settings) -> int:
    """How many of a service lead, in one worker or another."""
    alone, of_shard = LEADERS[service]
    return alone + of_shard * settings.shards


def largest_pool(service: str, settings: Settings) -> int:
    """The most connections to PostgreSQL that a service has in a worker."""
    return settings.database_pool_max + leaders(service, settings)


def to_postgres(settings: Settings) -> tuple[int, int]:
    """Without so many nothing works at all, and with so many nobody is ever sent away. `settings`: workers settled."""
    led = sum(leaders(service, settings) for service in LEADERS)
    most = sum(largest_pool(service, settings) for service in LEADERS)
    return settings.workers * len(LEADERS) + led, settings.workers * most


def to_redis(settings: Settings) -> int:
    """Without so many some work is never done; each meeting with screens has one more in each worker."""
    in_order = sum(of_shard for _, of_shard in LEADERS.values()) * settings.shards
    return settings.workers * (_BELLS + sum(SHARING.values()) * settings.shards) + in_order + len(LEADERS)
