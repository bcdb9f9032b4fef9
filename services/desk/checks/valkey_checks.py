"""The streams: that their store answers, writes, and drops nothing."""

from redis.exceptions import RedisError

from services.desk.checks.finding import Finding, House, bad, good, warn
from services.kit import stream

# What publishers and consumers ask of it, in one step that leaves nothing.
_STREAMING = """
local name = KEYS[1]
redis.call('DEL', name)
local entry = redis.call('XADD', name, '*', 'm', '')
redis.call('XGROUP', 'CREATE', name, 'doctor', '0')
redis.call('XREADGROUP', 'GROUP', 'doctor', 'doctor', 'STREAMS', name, '>')
redis.call('XCLAIM', name, 'doctor', 'doctor', 0, entry)
redis.call('XAUTOCLAIM', name, 'doctor', 'doctor', 0, '0-0')
redis.call('XPENDING', name, 'doctor')
redis.call('XACK', name, 'doctor', entry)
redis.call('XINFO', 'GROUPS', name)
redis.call('XREVRANGE', name, '+', '-', 'COUNT', 1)
redis.call('XTRIM', name, 'MINID', entry)
return redis.call('DEL', name)
"""


async def valkey(house: House) -> list[Finding]:
    """The streams. They may be lost, and are filled again; while they are away screens stand still, ballots do not."""
    if not house.redis_url:
        return []
    redis = stream.connect(house.redis_url)
    try:
        facts = await redis.info()
    except (
        Exception
    ) as error:  # whatever a client may raise of a server that is away, loads, or wants a password
        told = (
            "Valkey không trả lời: màn hình đứng, phiếu vẫn nhận",
            f"Valkey does not answer: {type(error).__name__}",
        )
        todo = (
            "xem máy chủ Valkey; plenary run tự chạy lại cái của mình",
            "see its server; plenary run restarts its own",
        )
        return [bad("valkey", told, todo)]
    else:
        found = judged(facts)
        return found if facts.get("role") != "master" else found + await _writing(redis)
    finally:
        await redis.aclose()


async def _writing(redis: stream.Redis) -> list[Finding]:
    """Does it do what streams want? One that cannot save itself, or lacks its replicas, answers and takes nothing; so
    does one that grants us less than all, or calls a command by another name."""
    try:
        await redis.eval(_STREAMING, 1, stream.shard("plenary-doctor", 0))
    except RedisError as error:
        said = " ".join(str(error).split())[:120]
        told = (
            f"Valkey không nhận ghi, màn hình đứng, phiếu vẫn nhận: {said}",
            f"Valkey takes no writes, screens stand still: {said}",
        )
        todo = (
            "giải phóng đĩa của nó, bật lại bản sao của nó; hoặc config set save '', min-replicas-to-write 0:"
            " trong đó không có phiếu; NOPERM, unknown: cho đủ quyền (ACL), bỏ rename-command",
            "make room on its disk, start its replicas; or config set save '', min-replicas-to-write 0:"
            " no ballot is in it; NOPERM, unknown: grant all rights (ACL), rename no command",
        )
        return [bad("valkey.writes", told, todo)]
    return []


def judged(facts: dict[str, object]) -> list[Finding]:
    """What is to be said of a server with these facts (INFO)."""
    version = facts.get("valkey_version") or facts.get("redis_version")
    found = [good("valkey", f"Valkey {version} trả lời", f"Valkey {version} answers")]
    if facts.get("role") != "master":
        told = ("Valkey là bản sao chỉ đọc", "this Valkey is a replica: nothing can be published")
        found.append(bad("valkey.role", told, ("nối tới máy chính", "name the primary in PLENARY_REDIS_URL")))
    most, used = _number(facts, "maxmemory"), _number(facts, "used_memory")
    if str(facts.get("maxmemory_policy", "noeviction")) != "noeviction":
        told = ("Valkey tự xóa bớt khi đầy: mất tin của màn hình", "Valkey drops streams when it is full")
        found.append(bad("valkey.policy", told, ("config set maxmemory-policy noeviction",) * 2))
    if most and used > 0.8 * most:
        told = (
            f"Valkey dùng {used / most:.0%} bộ nhớ được phép",
            f"Valkey uses {used / most:.0%} of its memory",
        )
        found.append(warn("valkey.memory", told, ("tăng maxmemory", "raise maxmemory")))
    return [*found, *_room(facts)]


def _room(facts: dict[str, object]) -> list[Finding]:
    """Each meeting with screens has a connection of its own in each worker."""
    most, used = _number(facts, "maxclients"), _number(facts, "connected_clients")
    if not most or used <= 0.8 * most:
        return []
    told = (
        f"Valkey đang có {used}/{most} kết nối: phiên họp mở thêm sẽ không có tin",
        f"{used} of {most} connections to Valkey in use: screens of further meetings would stand still",
    )
    todo = (
        "config set maxclients 20000, ulimit -n của nó cũng vậy",
        "config set maxclients 20000, and its ulimit -n",
    )
    return [warn("valkey.connections", told, todo)]


def _number(facts: dict[str, object], name: str) -> int:
    return int(str(facts.get(name, 0)))
