"""`plenary restore DIR`: a whole Plenary again from a backup, at its end or at a moment, and every certificate audited.

Exit codes: 0 restored, everything proven; 1 restored, but something is not proven; 2 nothing was changed.
"""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg

from services.desk import place
from services.desk.backups import (
    belongings,
    catalogue,
    dump,
    moment,
    noted,
    reaudit,
    rebuilding,
    recovery,
    sealing,
)
from services.desk.backups.catalogue import Backup, BackupRefused
from services.desk.migrate import migrate
from services.desk.postgres import Postgres
from services.desk.verdict import shown
from services.kit import clock
from services.kit.settings import Settings, load

_STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be restored where. `until` in milliseconds; `replace`: what is there is put aside, never removed."""

    backup: Backup
    packed: bytes
    data: Path
    until: int | None
    replace: bool
    accept_loss: bool


async def restore(wanted: Wanted, settings: Settings) -> int:
    """Build it beside, audit it, then give it its name; how many things are not proven. Raises BackupRefused."""
    with rebuilding.site(wanted.data, replace=wanted.replace) as site:
        # 1. Keys, anchors, settings.
        belongings.unpack(wanted.packed, site.draft)
        # 2. The database, at the moment asked for; as this Plenary has its tables, where an older one made the backup.
        async with _database(wanted, settings, site.draft) as (database_url, last_commit):
            await asyncio.to_thread(migrate, database_url)
            # 3. Every ledger and every certificate, as a stranger would check them.
            wrong = await asyncio.to_thread(_audited, database_url, site.draft)
            still_open = await asyncio.to_thread(reaudit.open_meetings, database_url)
        # 4. In its place.
        asides = rebuilding.put_in_place(site, clock.now())
    # 5. Remembered beside the backups that one of them was proven.
    remark = "" if wrong else _noted(wanted)
    _tell(wanted, settings, last_commit, still_open, asides, remark)
    return wrong


@contextlib.asynccontextmanager
async def _database(wanted: Wanted, settings: Settings, draft: Path) -> AsyncIterator[tuple[str, str]]:
    """The restored database's address, and when its last commit was, as far as is known."""
    if settings.database_url:
        await dump.put_back(settings.database_url, wanted.backup.path)
        try:
            yield settings.database_url, ""
        except BaseException:
            # Else it would be refused the next time, for it would not be empty.
            await asyncio.to_thread(dump.take_back, settings.database_url)
            raise
        return
    account = place.account(draft)
    home = place.home_of_stores(draft, account)
    if wanted.backup.manifest.kind == "base":
        way = recovery.recovered(wanted.backup, home, account, wanted.until, accept_loss=wanted.accept_loss)
        async with way as found:
            yield found.database_url, found.last_commit
        return
    server = Postgres(home, place.socket_directory(home, "run", account), account)
    await server.prepare()
    child = await server.launch()
    try:
        await dump.put_back(server.url, wanted.backup.path)
        yield server.url, ""
    finally:
        await child.stop(_STOP_SECONDS)


def _audited(database_url: str, draft: Path) -> int:
    """Say of each thing whether it is proven; how many are not."""
    wrong = right = 0
    for each in reaudit.check_all(database_url, draft / "keys", belongings.tsa_trust(draft)):
        refused = each.verdict.refused
        wrong += refused is not None
        right += refused is None and bool(each.verdict.checks)
        if refused:
            sign, words = "✗", f"KHÔNG HỢP LỆ / NOT VALID [{refused.code}] {refused.text}"
        elif each.verdict.checks:
            sign, words = "✓", _sentence(each)
        else:
            sign, words = "–", f"không kiểm tra được, thiếu / not checked, lacks {each.verdict.unchecked[0]}"
        sys.stdout.write(f"{sign} {shown(each.what)}: {words}\n")
    sys.stdout.write(f"  {right} đúng / proven, {wrong} sai / wrong\n")
    return wrong


def _sentence(checked: reaudit.Checked) -> str:
    return shown(str(checked.verdict.figures.get("sentence", "sổ đúng / the ledger is right")), 500)


def _noted(wanted: Wanted) -> str:
    """Write down that this backup was proven; what to say if its disk does not let us."""
    try:
        noted.note_proven(wanted.backup, clock.now())
    except OSError as error:
        return f"! không ghi được lần diễn tập lên đĩa sao lưu / the drill could not be noted there: {error.strerror}"
    return ""


def _tell(
    wanted: Wanted,
    settings: Settings,
    last: str,
    still_open: list[tuple[str, str]],
    asides: list[Path],
    remark: str,
) -> None:
    lines = [f"✓ Đã khôi phục / restored: {wanted.data} (từ / from {wanted.backup.path.name})"]
    if last:
        lines.append(f"  giao dịch cuối cùng / last commit: {last}")
    lines += [f"  dữ liệu cũ ở / what was there lies in: {aside}" for aside in asides]
    lines.append(f"  các thiết lập lúc sao lưu / settings then: {wanted.data / belongings.SETTINGS}")
    if remark:
        lines.append(remark)
    if settings.redis_url:
        lines.append("! xóa Valkey trước khi chạy / empty Valkey before you run: FLUSHALL")
    for meeting, title in still_open:
        lines += [
            f"! Phiên chưa kết thúc / not over: {shown(title)} ({meeting})",
            "  Phiếu và xác nhận sau thời điểm khôi phục không còn trong sổ. Hãy kết thúc phiên này và lập phiên mới;"
            " đừng biểu quyết tiếp.",
            "  What was acknowledged after that moment is not in its ledger: end this meeting, plan a new one.",
        ]
    lines.append("  Tiếp theo: plenary doctor, plenary run, rồi plenary backup ngay / then back up at once")
    sys.stdout.write("\n".join(lines) + "\n")


def _wanted(given: argparse.Namespace, settings: Settings) -> Wanted:
    """Everything that can be refused is refused here, before anything is done."""
    until = moment.read(given.until) if given.until else None
    backup = moment.chosen(given.directory, given.backup, until)
    if settings.database_url and backup.manifest.kind == "base":
        raise BackupRefused(
            "bản này là của PostgreSQL đi kèm: bỏ PLENARY_DATABASE_URL / of our own PostgreSQL: unset that setting"
        )
    if settings.database_url:
        dump.must_be_empty(settings.database_url)
    catalogue.must_be_whole(backup)
    name = next(
        (each for each in backup.manifest.files if each.startswith("belongings.tar")), "belongings.tar"
    )
    sealed = (backup.path / name).read_bytes()
    packed = sealing.opened(sealed, backup.manifest.sealed, given.passphrase_file, given.identity)
    pinned = msgspec.json.decode(belongings.pinned_in(packed), type=dict[str, str])
    if pinned != {each: fact.sha256 for each, fact in backup.manifest.files.items() if each != name}:
        raise BackupRefused(
            "khóa và cơ sở dữ liệu không cùng một bản / keys and database are not of one backup"
        )
    return Wanted(
        backup, packed, settings.data.resolve(), until, replace=given.replace, accept_loss=given.accept_loss
    )


def main(arguments: list[str]) -> int:
    """Restore a backup from DIR into PLENARY_DATA, and audit every certificate in it."""
    parser = argparse.ArgumentParser(prog="plenary restore", description=main.__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help="thư mục sao lưu / directory of backups")
    parser.add_argument("--until", metavar="TIME", help="thời điểm / the moment, like '2026-11-22 15:30:00'")
    parser.add_argument(
        "--backup", default="", metavar="NAME", help="bản nào / which one (default: the newest)"
    )
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="mật khẩu / the passphrase")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="khóa age / the age identity")
    parser.add_argument(
        "--replace", action="store_true", help="cất dữ liệu đang có sang bên / put aside what is there"
    )
    parser.add_argument(
        "--accept-loss",
        action="store_true",
        help="chấp nhận mất phần nhật ký hỏng / restore up to a damage in the log",
    )
    given = parser.parse_args(arguments)
    settings = load(os.environ)
    try:
        return 1 if asyncio.run(restore(_wanted(given, settings), settings)) else 0
    except (OSError, psycopg.Error) as error:
        said = " ".join(str(error).split())
        raise BackupRefused(f"chưa khôi phục được / not restored, nothing is left of it: {said}") from error
