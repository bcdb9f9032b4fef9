"""`plenary renew`: a new archive time-stamp on every signed page and file whose last one's authority ends soon.

Run by a clock, once a month. An archive that was not renewed in time is past help: its authority is gone. What was
there is replaced only by what a stranger finds good, and only where it lasts longer. The page and the file of one
edition each have an archive of their own, which end by themselves.
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from services.kit import clock
from services.kit.apart_thread import ApartThread
from services.kit.complaint import Complaint
from services.kit.database import close_pool, open_pool
from services.kit.settings import Settings, load
from services.pki.fetching import Fetcher
from services.refusal import Refused
from services.rules import countersigned, signed_file
from services.rules.credential import Anchors, load_anchors
from services.signing import authority
from services.signing.countersigned import signed_pdf, time_authority
from services.signing.countersigned.bindery import Bindery
from services.signing.countersigned.steps import Ending, SealedFile, SignedKind
from services.signing.countersigned.store import EditionStore
from services.signing.revocations import RevocationLists
from services.signing.store import Store

DAY_MS = 86_400_000
DAYS = 180
_SOME_FAILED = 1
# `good`: it lasts long enough, which nobody had noted.
Outcome = Literal["renewed", "good", "failed"]


class LastsNoLonger(Refused):
    """The authority for time has no certificate yet that lasts longer than the one of before."""

    code = "archive_lasts_no_longer"
    vi = "Tổ chức cấp dấu thời gian chưa có chứng thư nào dùng được lâu hơn chứng thư của lần trước."


class RenewedOther(Refused):
    """What came out is not what was to be renewed: {what}."""

    code = "archive_of_another"
    vi = "Kết quả gia hạn không phải là tệp cần gia hạn: {what}."


class Here:
    """The bench in a thread of this process: there is no press that would wait."""

    async def run(self, do: Callable[..., Any], *arguments: object) -> Any:
        """The result of one of its functions."""
        return await asyncio.to_thread(do, *arguments)


async def renew(settings: Settings, database_url: str, days: int) -> int:
    """Renew what ends within so many days, file by file, one in memory at a time; how many could not be renewed."""
    keys, now = settings.data / "keys", clock.now()
    pool = await open_pool(database_url, "signing", 2)
    fetcher = Fetcher(time_authority.may_be_fetched(settings))
    try:
        time = time_authority.of(settings, keys, clock.now, fetcher)
        if time is None:
            raise Complaint("there is no authority for time: set PLENARY_TSA_URL and PLENARY_TSA_TRUST")
        issuer = authority.load(keys, settings.address, now)
        lists = RevocationLists(Store(pool), issuer, ApartThread("authority"), clock.now)
        names = (issuer.root.name, issuer.delegates.name)
        bindery = Bindery(Here(), lists, names, issuer.trust, clock.now, time)
        found = await renew_all(EditionStore(pool), bindery, now + days * DAY_MS)
        _say(f"{found['renewed']} gia hạn / renewed; {found['failed']} chưa được / failed")
        return found["failed"]
    finally:
        await fetcher.close()
        await close_pool(pool)


async def renew_all(store: EditionStore, bindery: Bindery, before: int) -> Counter[Outcome]:
    """Renew every file whose archive ends before that (milliseconds), each by itself and kept before the next begins:
    whoever is killed is followed by a run that finds the rest. How many there were of each outcome."""
    found: Counter[Outcome] = Counter()
    for ending in await store.ending(before):
        found[await _tried(store, bindery, ending, before)] += 1
    return found


async def _tried(store: EditionStore, bindery: Bindery, ending: Ending, before: int) -> Outcome:
    """What became of one. What stands in its way, and be it a fault of ours, is no obstacle to the others."""
    try:
        outcome = await _renewed(store, bindery, ending, before)
    except Refused as refused:
        _say(f"{ending.name}: {refused.text} / {refused.text_en} ({refused.code})")
        return "failed"
    except Exception as error:
        _say(f"{ending.name}: chưa được, xin báo lỗi này / failed, please report: {_fault(error)}")
        return "failed"
    if outcome == "renewed":
        _say(f"{ending.name}: gia hạn / renewed")
    return outcome


async def _renewed(store: EditionStore, bindery: Bindery, ending: Ending, before: int) -> Outcome:
    content, sha256 = await _content(store, ending)
    # 1. Of a file of before nobody noted when it ends: it says so itself.
    ends_at = ending.ends_at
    if ends_at is None:
        ends_at = await asyncio.to_thread(signed_file.archive_ends_at, content)
        if ends_at is not None and ends_at >= before:
            await store.renew(ending, sha256, SealedFile(content, ends_at))
            return "good"
    # 2. A new archive time-stamp, of a certificate that lasts longer, and what comes out as a stranger finds it.
    fresh = await (bindery.renew(content) if ending.kind == "pdf" else bindery.renew_file(content))
    if (fresh.ends_at or 0) <= (ends_at or 0):
        raise LastsNoLonger
    trusts = bindery.trust, bindery.time.trust if bindery.time else b""
    await asyncio.to_thread(_CHECKS[ending.kind], content, fresh.content, trusts)
    # 3. In place of the old one, all or nothing. If somebody else renewed it meanwhile it is done, too.
    await store.renew(ending, sha256, fresh)
    return "renewed"


async def _content(store: EditionStore, ending: Ending) -> tuple[bytes, str]:
    """The file, and its SHA-256."""
    found = await store.file(ending.certificate, ending.kind)
    if found is None:
        raise LookupError(ending.name)
    return found


def _must_be_good_page(before: bytes, pdf: bytes, trusts: tuple[bytes, bytes]) -> None:
    """Raise unless a stranger finds it good, and it is the page of before under one more time-stamp. `trusts`: anchors
    (PEM) of persons and of time, of the time-stamps of before too."""
    if not pdf.startswith(before):
        raise RenewedOther(what="page")
    signed_pdf.open_signed(pdf, *trusts)


def _must_be_good_file(before: bytes, file: bytes, trusts: tuple[bytes, bytes]) -> None:
    """Raise unless a stranger finds it good, and it says what the file of before says; `trusts`: as of a page."""
    trust, time_trust = trusts
    paper, anchors = countersigned.paper_of(file), Anchors(load_anchors(trust))
    found = countersigned.open_paper(paper, file, anchors, load_anchors(time_trust))
    if found.raw != countersigned.open_paper(paper, before, anchors, None).raw:
        raise RenewedOther(what="statement")


_CHECKS: dict[SignedKind, Callable[[bytes, bytes, tuple[bytes, bytes]], None]] = {
    "pdf": _must_be_good_page,
    "json": _must_be_good_file,
}


def _fault(error: Exception) -> str:
    return " ".join(f"{type(error).__name__} {error}".split())[:300]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _running(data: Path) -> str:
    """The database of the Plenary that runs on this data directory."""
    try:
        return str(json.loads((data / "run.json").read_text())["database_url"])
    except (OSError, ValueError, KeyError) as error:
        raise Complaint("start Plenary first (`plenary run`), or set PLENARY_DATABASE_URL") from error


def main(arguments: list[str]) -> int:
    """Renew archive time-stamps that end soon; 0: all of them, 1: some could not be renewed, 2: none was tried."""
    parser = argparse.ArgumentParser(prog="plenary renew", description=main.__doc__)
    parser.add_argument(
        "--within", type=int, default=DAYS, metavar="DAYS", help=f"those that end within DAYS ({DAYS})"
    )
    given = parser.parse_args(arguments)
    settings = load(os.environ)
    url = settings.database_url or _running(settings.data)
    return _SOME_FAILED if asyncio.run(renew(settings, url, given.within)) else 0
