"""Clocks: ours, the stores', a time server's; and whether ours has been set back under a ledger."""

import asyncio
import ctypes
import os
import socket
import struct
import time
from datetime import datetime

import asyncpg

from services.desk.checks.finding import Finding, House, bad, good, warn
from services.kit import clock, stream

_PATIENCE = 5.0
# A second is what a deadline on a screen may be off before people see it.
_SOON_MS = 1_000
_UNSYNCHRONISED = 0x40
_NTP_EPOCH = 2_208_988_800
_SET = (
    "đặt đồng hồ tự động: timedatectl set-ntp true (trên cả máy có cơ sở dữ liệu), rồi chạy lại lệnh này",
    "set the clock by a time server: timedatectl set-ntp true (on the database's machine too), then run this again",
)
_AHEAD = "select max(l.at) from {schema}.ledger l join {schema}.meeting m on m.id = l.meeting where m.state <> 'ended'"


async def own(house: House) -> list[Finding]:
    """Does the system keep our clock right, and is the zone one that people here read?"""
    offset = datetime.fromtimestamp(house.clock() / 1000).astimezone().utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else 0.0
    zone = time.tzname[0]
    found = [good("clock.zone", f"múi giờ {zone} ({hours:+g} giờ)", f"time zone {zone} ({hours:+g} h)")]
    if hours not in (0, 7):
        told = (
            f"múi giờ của máy là {zone} ({hours:+g} giờ)",
            f"the machine's time zone is {zone} ({hours:+g} h)",
        )
        todo = (
            "timedatectl set-timezone Asia/Ho_Chi_Minh",
            "logs and this tool tell times of that zone; votes do not",
        )
        found = [warn("clock.zone", told, todo)]
    if _is_kept():
        return [
            *found,
            good("clock.kept", "hệ thống giữ đồng hồ theo máy chủ giờ", "the system keeps the clock right"),
        ]
    told = ("không ai giữ cho đồng hồ đúng", "nobody keeps this clock right, as far as the kernel knows")
    return [*found, warn("clock.kept", told, _SET)]


def _is_kept() -> bool:
    """What the kernel says of its clock (adjtimex(2)); nothing is set."""
    room = ctypes.create_string_buffer(256)
    code = ctypes.CDLL(None, use_errno=True).adjtimex(room)
    # struct timex: modes, offset, freq, maxerror, esterror, status; longs where the machine has them.
    status = struct.unpack_from("@iqqqqi" if ctypes.sizeof(ctypes.c_long) == 8 else "@illlli", room)[5]
    return code >= 0 and not status & _UNSYNCHRONISED


async def stepped(house: House) -> list[Finding]:
    """Was our clock set by hand, or by a time server, since `plenary run` began?"""
    if not house.began_at:
        return []
    by = house.clock() - clock.since_boot() - house.began_at
    if abs(by) < _SOON_MS:
        return [
            good(
                "clock.stepped",
                "đồng hồ chạy đều từ lúc khởi động",
                "the clock went steadily since the start",
            )
        ]
    told = (
        f"đồng hồ đã bị chỉnh {by / 1000:+.0f} giây từ lúc plenary run khởi động",
        f"the clock was set by {by / 1000:+.0f} s since plenary run began",
    )
    todo = (
        "so giờ máy với một điện thoại; sai thì timedatectl set-ntp true, đúng thì chạy lại plenary run trước phiên",
        "hold it against a phone's: if it is wrong, timedatectl set-ntp true; if right, start again before the sitting",
    )
    return [warn("clock.stepped", told, todo)]


async def database(house: House) -> list[Finding]:
    """The clock that decides deadlines, against ours; and neither behind what a ledger has seen."""
    if not house.database_url:
        return []
    connection = await asyncpg.connect(house.database_url, timeout=_PATIENCE)
    try:
        before = house.clock()
        theirs = int(
            await connection.fetchval("select (extract(epoch from clock_timestamp()) * 1000)::bigint")
        )
        middle = (before + house.clock()) // 2
        found = [_compared("clock.database", ("cơ sở dữ liệu", "the database"), theirs - middle, house)]
        for schema in ("voting", "floor"):
            last = await connection.fetchval(_AHEAD.format(schema=schema))
            found += _ahead(schema, int(last or 0) - theirs)
        return found
    finally:
        connection.terminate()


def _ahead(schema: str, ahead_ms: int) -> list[Finding]:
    if ahead_ms <= 0:
        return []
    told = (
        f"đồng hồ đã bị vặn lùi: sổ ({schema}) đã ghi giờ muộn hơn bây giờ {ahead_ms / 1000:.0f} giây",
        f"the clock was set back: a ledger ({schema}) is {ahead_ms / 1000:.0f} s ahead of it",
    )
    todo = (
        "đừng vặn nữa; hạn biểu quyết và giờ phát biểu đứng lại từng ấy lâu, chủ tọa đóng bằng tay; phiếu vẫn nhận",
        "do not set it again: deadlines stand still so long, the chair closes by hand; ballots are taken",
    )
    return [bad("clock.ledger", told, todo)]


async def valkey(house: House) -> list[Finding]:
    """The clock of the streams, against ours."""
    if not house.redis_url:
        return []
    redis = stream.connect(house.redis_url)
    try:
        before = house.clock()
        seconds, micros = await redis.time()
        theirs = int(seconds) * 1000 + int(micros) // 1000
        return [
            _compared("clock.valkey", ("Valkey", "Valkey"), theirs - (before + house.clock()) // 2, house)
        ]
    finally:
        await redis.aclose()


async def time_server(house: House) -> list[Finding]:
    """A time server's word (SNTP, RFC 4330), if one was named."""
    if not house.ntp:
        return []
    try:
        offset = await asyncio.to_thread(_asked, house)
    except (OSError, struct.error) as error:
        told = (
            f"máy chủ giờ {house.ntp} không trả lời",
            f"the time server {house.ntp} does not answer: {error}",
        )
        todo = (
            "mở cổng UDP 123 ra ngoài, hoặc dùng máy chủ khác",
            "let UDP port 123 out, or name another one",
        )
        return [warn("clock.ntp", told, todo)]
    return [
        _compared("clock.ntp", (f"máy chủ giờ {house.ntp}", f"the time server {house.ntp}"), offset, house)
    ]


def _asked(house: House) -> int:
    """How far it is ahead of us, in milliseconds."""
    name, _, port = house.ntp.partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.settimeout(_PATIENCE)
        before, mark = house.clock(), os.urandom(8)
        asked.sendto(b"\x23" + bytes(39) + mark, (name, int(port or 123)))
        answer = asked.recv(1024)
    seconds, fraction = struct.unpack_from("!II", answer, 40)
    if answer[24:32] != mark or not seconds:
        raise OSError("its answer is none to our question")
    theirs = (int(seconds) - _NTP_EPOCH) * 1000 + (int(fraction) * 1000 >> 32)
    return theirs - (before + house.clock()) // 2


def _compared(check: str, whose: tuple[str, str], ahead_ms: int, house: House) -> Finding:
    told = (
        f"đồng hồ {whose[0]} lệch máy này {ahead_ms / 1000:+.3f} giây",
        f"the clock of {whose[1]} is {ahead_ms / 1000:+.3f} s off ours",
    )
    if abs(ahead_ms) >= house.settings.clock_behind_seconds * 1000:
        return bad(check, told, _SET)
    return warn(check, told, _SET) if abs(ahead_ms) >= _SOON_MS else good(check, *told)
