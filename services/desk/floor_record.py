"""`plenary turns ID --url URL --out DIR`: the files of a sealed turn log, written, and proven as by a stranger.

turns.csv is made here, of what turns.json says. The trust anchor that the server gives is written beside them: whoever
audits them later should have it by another way.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from services.desk.asking import Declined
from services.desk.audit import audit
from services.desk.client import Client, opened
from services.desk.floor_audit import FILES, SHEET
from services.desk.replay import prepare
from services.desk.verdict import Verdict
from services.desk.written import TRUST
from services.floor import turn_sheet
from services.rules.credential import Anchors, load_anchors
from services.rules.floor import record

_DOWNLOADS = {"turns.json": "json", "turns.pdf": "pdf", "floor.jsonl": "jsonl"}


async def write(client: Client, identifier: str, out: Path) -> None:
    """Write the files of a record into `out`. Raises Declined, Unanswered, a Refused if turns.json does not hold."""
    for name, kind in _DOWNLOADS.items():
        (out / name).write_bytes(await client.record_file(identifier, kind))
    trust = await client.trust()
    (out / TRUST).write_bytes(trust)
    sealed = (out / "turns.json").read_bytes()
    replayed = await asyncio.to_thread(record.verify_file, sealed, Anchors(load_anchors(trust)))
    (out / SHEET).write_bytes(turn_sheet.render(replayed.statement.log, replayed.names))


async def fetch(url: str, identifier: str, out: Path) -> Verdict:
    """Write the files of a record, then what an audit says of them."""
    async with opened(url, 4) as client:
        await write(client, identifier, out)
    return await asyncio.to_thread(audit, out, out / TRUST)


def main(arguments: Sequence[str]) -> int:
    """Fetch a record: 0 if everything in it is proven, else 1."""
    parser = argparse.ArgumentParser(prog="plenary turns", description=__doc__)
    parser.add_argument("record", metavar="ID", help="the record's id, as the chair's screen shows it")
    parser.add_argument("--url", required=True, help="a running Plenary")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write the files")
    given = parser.parse_args(arguments)
    prepare(given.out, (*FILES, SHEET, TRUST))
    try:
        return asyncio.run(fetch(given.url, given.record, given.out)).show(as_json=False)
    except Declined as error:
        sys.stderr.write(f"plenary turns: {error}\n")
        return 1
