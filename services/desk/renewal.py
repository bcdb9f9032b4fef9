"""`plenary renew`: a new archive time-stamp on every signed edition whose last one's authority ends soon.

Run by a clock, once a month. An archive that was not renewed in time is past help: its authority is gone.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.kit import clock
from services.kit.apart_thread import ApartThread
from services.kit.complaint import Complaint
from services.kit.database import open_pool
from services.kit.settings import Settings, load
from services.pki.fetching import Fetcher
from services.refusal import Refused
from services.signing import authority
from services.signing.countersigned import time_authority
from services.signing.countersigned.bindery import Bindery
from services.signing.countersigned.steps import Edition
from services.signing.countersigned.store import EditionStore
from services.signing.revocations import RevocationLists
from services.signing.store import Store

DAY_MS = 86_400_000
DAYS = 180
_SOME_FAILED = 1


class Here:
    """The bench in a thread of this process: there is no press that would wait."""

    async def run(self, do: Callable[..., Any], *arguments: object) -> Any:
        """The result of one of its functions."""
        return await asyncio.to_thread(do, *arguments)


async def renew(settings: Settings, database_url: str, days: int) -> int:
    """Renew what ends within so many days, each by itself; how many could not be renewed."""
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
        store = EditionStore(pool)
        ending = await store.ending(now + days * DAY_MS)
        failed = [each for each in ending if not await _renewed(store, bindery, each)]
        _say(f"{len(ending) - len(failed)} gia hạn / renewed; {len(failed)} chưa được / failed")
        return len(failed)
    finally:
        await fetcher.close()
        await pool.close()


async def _renewed(store: EditionStore, bindery: Bindery, edition: Edition) -> bool:
    """Whether it was. What stands in the way of one is no obstacle to the others."""
    try:
        page, file = await bindery.renew(edition.pdf), await bindery.renew_file(edition.json)
    except Refused as refused:
        _say(f"{edition.certificate}: {refused.text} / {refused.text_en} ({refused.code})")
        return False
    # Somebody else may have renewed it meanwhile: then it is done, too.
    await store.renew(edition, page.pdf, file, page.ends_at or 0)
    _say(f"{edition.certificate}: gia hạn / renewed")
    return True


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
