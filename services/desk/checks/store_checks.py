"""The database: that it answers, keeps what it is told, is of our version, and has nothing stuck in it."""

import asyncpg

from services.desk.checks import damage, own_keys
from services.desk.checks.finding import Both, Finding, House, bad, good, warn
from services.desk.migrate import directories
from services.kit import migrations
from services.kit.database import Connection

_PATIENCE = 5.0
_OLDEST = 150_000
_TODAY_MS = 12 * 3_600_000
# What an acknowledged ballot rests on; any other value loses some with the power. Our own connections see to it that a
# commit waits for the disk (kit/database.py).
_DURABLE = ("fsync", "full_page_writes")
_AWAY: Both = (
    "không phiếu nào được nhận khi thiếu nó: xem máy chủ của nó có chạy không, mật khẩu, mạng",
    "without it no ballot is taken: see whether its server runs, the password, the network",
)
_CROWDED: tuple[Both, Both] = (
    ("cơ sở dữ liệu hết kết nối trống", "the database has no connection left"),
    (
        "đóng chương trình khác dùng nó; giảm PLENARY_WORKERS, PLENARY_DATABASE_POOL_MAX, hoặc tăng max_connections",
        "close what else uses it; fewer workers, a smaller pool, or more max_connections",
    ),
)
_STUCK = {
    "count_alarm": (
        "select count(*) from voting.poll where alarm",
        ("cuộc biểu quyết có hai lần kiểm phiếu KHÁC NHAU", "polls whose two counts DIFFER"),
        ("không tuyên bố; sao lưu ngay; biểu quyết lại bằng cuộc mới", "declare nothing; back up; vote anew"),
    ),
    "uncounted": (
        "select count(*) from voting.poll where state = 'closed' and counted_index is null and not alarm"
        " and closed_at < (extract(epoch from clock_timestamp()) * 1000)::bigint - 60000",
        ("cuộc biểu quyết đóng quá một phút mà chưa kiểm xong", "polls closed for over a minute and not counted"),
        ("khởi động lại plenary run; nhật ký voting nói vì sao", "start plenary run again; the log of voting says why"),
    ),
    "unissued": (
        "select count(*) from signing.paper where sha256 is null"
        " and issued_at < (extract(epoch from clock_timestamp()) * 1000)::bigint - 60000",
        ("văn bản chờ đóng dấu quá một phút", "papers waiting for the seal for over a minute"),
        ("xem khóa con dấu (token?) rồi khởi động lại plenary run", "see the seal's key, start plenary run again"),
    ),
    "uncertified": (
        "select count(*) from voting.poll p join voting.entry e on e.poll = p.no and e.voter is null"
        " cross join lateral (select convert_from(e.line, 'UTF8')::jsonb as told) l"
        " where p.state = 'declared' and position('\"practice\":true' in convert_from(p.draft, 'UTF8')) = 0"
        " and told->>'kind' = 'poll.declared'"
        " and (told->>'at')::bigint < (extract(epoch from clock_timestamp()) * 1000)::bigint - 600000",
        ("cuộc biểu quyết đã tuyên bố quá mười phút mà chưa có giấy chứng nhận",
         "polls declared for over ten minutes and without a certificate"),
        ("không có gì chờ đóng dấu: việc đã mất trong Valkey, flushall rồi khởi động lại plenary run, sổ sẽ nạp lại",
         "if no paper waits for its seal Valkey has lost the work: flushall, start plenary run again, ledgers fill it"),
    ),
    "signing_trouble": (
        "select count(*) from signing.signing_trouble where code <> ''",
        ("bản có chữ ký đang tắc", "signed editions that do not go on"),
        ("thường do nơi cấp dấu thời gian: xem dòng network.tsa", "mostly the time-stamp authority: see network.tsa"),
    ),
    "webhooks": (
        "select count(*) from floor.webhook where active and failures > 0",
        ("webhook đang lỗi (micro, bảng điện tử)", "webhooks that fail (microphones, boards)"),
        ("xem thiết bị nhận; hội trường bật micro bằng tay", "see the receiver; switch microphones by hand"),
    ),
}  # fmt: skip


async def postgres(house: House) -> list[Finding]:
    """The database, whoever's it is."""
    if not house.database_url:
        return []
    try:
        connection = await asyncpg.connect(house.database_url, timeout=_PATIENCE)
    except asyncpg.TooManyConnectionsError:
        return [bad("postgres", *_CROWDED)]
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError) as error:
        told = ("cơ sở dữ liệu không trả lời", f"the database does not answer: {type(error).__name__}")
        return [bad("postgres", told, _AWAY)]
    try:
        found = [_version(connection.get_server_version().major * 10_000)]
        if await connection.fetchval("select pg_is_in_recovery()"):
            return [*found, _only_reads()]
        if unwritten := await damage.unwritten(connection):
            return [*found, *unwritten]
        found += await damage.damaged(connection)
        found += await _durable(connection)
        found += await _replicas(connection)
        found += await _room(connection)
        if migrated := await _migrations(connection):
            return [*found, *migrated]
        found += await own_keys.of_this_house(connection, house)
        return [*found, *await _stuck(connection), *await _outside_status(connection, house)]
    finally:
        connection.terminate()


def _version(number: int) -> Finding:
    major = number // 10_000
    if number < _OLDEST:
        told = (f"PostgreSQL {major} quá cũ", f"PostgreSQL {major} is too old")
        return warn("postgres", told, ("nâng cấp lên PostgreSQL 15 trở lên", "use PostgreSQL 15 or newer"))
    return good("postgres", f"PostgreSQL {major} trả lời", f"PostgreSQL {major} answers")


def _only_reads() -> Finding:
    told = (
        "PostgreSQL này chỉ đọc: là máy dự phòng, hoặc đang khôi phục",
        "this PostgreSQL only reads: a standby, or still in recovery",
    )
    todo = (
        "nối tới máy chính (PLENARY_DATABASE_URL); máy chính đã mất thì: select pg_promote()",
        "name the primary in PLENARY_DATABASE_URL; if that is lost: select pg_promote()",
    )
    return bad("postgres.recovery", told, todo)


async def _durable(connection: Connection) -> list[Finding]:
    found = []
    for name in _DURABLE:
        value = str(await connection.fetchval("select current_setting($1)", name))
        if value != "on":
            told = (
                f"PostgreSQL đặt {name} = {value}: mất điện là mất phiếu đã xác nhận",
                f"PostgreSQL has {name} = {value}: acknowledged ballots are lost with the power",
            )
            todo = (
                f"alter system set {name} = on; rồi khởi động lại PostgreSQL",
                f"alter system set {name} = on; restart",
            )
            found.append(bad(f"postgres.{name}", told, todo))
    return found or [good("postgres.durable", "ghi xong mới xác nhận", "what is acknowledged is on disk")]


async def _replicas(connection: Connection) -> list[Finding]:
    rows = await connection.fetch(
        "select application_name as name, sync_state,"
        " coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn), 0)::bigint as behind from pg_stat_replication"
        " where application_name not like 'pg_basebackup%'"
    )
    wanted = str(await connection.fetchval("select current_setting('synchronous_standby_names')"))
    if wanted and not any(row["sync_state"] in ("sync", "quorum") for row in rows):
        told = (
            "máy dự phòng đồng bộ không nối: mọi lá phiếu sẽ chờ mãi",
            "no synchronous standby is connected: every ballot will wait for ever",
        )
        todo = (
            "bật máy dự phòng, hoặc đặt synchronous_standby_names = ''",
            "start the standby, or empty synchronous_standby_names",
        )
        return [bad("postgres.standby", told, todo)]
    found = []
    for row in rows:
        told = (
            f"bản sao {row['name']} chậm {row['behind']} byte",
            f"the copy {row['name']} is {row['behind']} bytes behind",
        )
        slow = row["behind"] > 64 * 1024 * 1024
        todo = ("xem mạng và đĩa của máy dự phòng", "see the network and the disk of the standby")
        found.append(warn("postgres.replica", told, todo) if slow else good("postgres.replica", *told))
    return found


async def _room(connection: Connection) -> list[Finding]:
    used, most = await connection.fetchrow(
        "select count(*), current_setting('max_connections')::int from pg_stat_activity"
        " where backend_type = 'client backend'"
    ) or (0, 1)
    told = (f"{used}/{most} kết nối cơ sở dữ liệu đang dùng", f"{used}/{most} database connections in use")
    todo = (
        "giảm PLENARY_WORKERS hoặc PLENARY_DATABASE_POOL_MAX, hay tăng max_connections",
        "fewer workers, or more max_connections",
    )
    return [
        warn("postgres.connections", told, todo) if used > 0.8 * most else good("postgres.connections", *told)
    ]


async def _migrations(connection: Connection) -> list[Finding]:
    """What of the schemas is missing, or newer than we are; nothing if they are just right."""
    found = []
    for schema, places in directories().items():
        names = migrations.names(*places)
        known = set(names.values())
        if await connection.fetchval("select to_regclass($1) is null", f"{schema}._yoyo_migration"):
            applied = set()
        else:
            rows = await connection.fetch(f"select migration_id from {schema}._yoyo_migration")  # noqa: S608 - a name of ours
            # Until they are brought up to date, schemas have migrations under the names of before.
            applied = {names.get(row["migration_id"], row["migration_id"]) for row in rows}
        if applied - known:
            told = (
                f"lược đồ {schema} mới hơn chương trình này",
                f"the schema {schema} is newer than this program",
            )
            todo = (
                "dùng bản Plenary mới hơn; đừng khởi động bản này",
                "use the newer Plenary; do not start this one",
            )
            found.append(bad(f"migrations.{schema}", told, todo))
        elif known - applied:
            told = (
                f"lược đồ {schema} thiếu {len(known - applied)} bước",
                f"{schema} lacks {len(known - applied)} migrations",
            )
            todo = (
                "plenary run tự làm khi khởi động; với PostgreSQL bên ngoài: plenary migrate",
                "plenary run does it, or plenary migrate",
            )
            found.append(warn(f"migrations.{schema}", told, todo))
    return found


async def _stuck(connection: Connection) -> list[Finding]:
    found = []
    for check, (question, what, todo) in _STUCK.items():
        count = int(await connection.fetchval(question))
        if count:
            told = (f"{count} {what[0]}", f"{count} {what[1]}")
            make = bad if check in ("count_alarm", "uncounted") else warn
            found.append(make(f"work.{check}", told, todo))
    return found or [good("work", "không có việc nào bị tắc", "nothing is stuck")]


async def _outside_status(connection: Connection, house: House) -> list[Finding]:
    """Of certificates of other authorities: is known of those who came today whether they were revoked?"""
    oldest_ms = house.settings.revocation_hours * 3_600_000
    count = await connection.fetchval(
        "select count(*) from signing.link where wanted_at > $1 and kind <> 'revoked'"
        " and (kind = 'unknown' or checked_at < $2)",
        house.clock() - _TODAY_MS,
        house.clock() - oldest_ms,
    )
    if not count:
        return []
    told = (
        f"{count} chứng thư số của đại biểu: không biết còn hiệu lực không (danh sách thu hồi cũ hoặc thiếu)",
        f"of {count} delegates' certificates nobody can tell whether they were revoked: lists are stale or away",
    )
    todo = (
        "mở mạng ra ngoài cho máy chủ (HTTP tới nhà cung cấp chứng thư), xem PLENARY_REVOCATION_HOSTS; phiếu vẫn nhận",
        "let this machine reach the authorities by HTTP, see PLENARY_REVOCATION_HOSTS; ballots are taken",
    )
    return [warn("revocation", told, todo)]
