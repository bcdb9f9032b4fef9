"""How long a stranger needs for 100,000 ballots: every signature, every line, every receipt, one file and no network.

The vote is made in memory (`tests/support/evidence.py`): 10,000 voters, the longest roll there is, who each changed
their vote nine times. The certificate is sealed and read from disk as it would be, by a process that does nothing
else, with all the hands that `plenary audit` has; its PDF is not part of this.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from services.desk.audit import read_receipts
from services.desk.hands import Forks
from services.rules import merkle, note, proof, seal
from services.rules.credential import Anchors
from services.wire import CHOICES, Receipt
from tests.support.evidence import Sitting

VOTERS, CHANGES = 10_000, 10


async def measure(voters: int = VOTERS, changes: int = CHANGES) -> dict[str, float]:
    """Seconds to audit, with and without the receipts; `audit_ballots` says how many there were."""
    with tempfile.TemporaryDirectory() as directory:
        await asyncio.to_thread(_write, Path(directory), voters, changes)
        stranger = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, directory), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await stranger.communicate()
        certificate, receipts = json.loads(said)
    return {
        "audit_100k_seconds": round(certificate, 2),
        "audit_100k_with_receipts_seconds": round(certificate + receipts, 2),
        "audit_ballots": voters * changes,
    }


def _write(directory: Path, voters: int, changes: int) -> None:
    sitting = Sitting(members=voters, changes=True)
    sitting.announce()
    sitting.open()
    for turn in range(changes):
        for place, member in enumerate(sitting.ids):
            sitting.cast(member, CHOICES[(place + turn) % len(CHOICES)])
    sitting.close()
    sitting.count()
    sitting.declare()
    statement = msgspec.json.encode(sitting.statement())
    file = seal.sign(statement, (sitting.pki.seal.der,), sitting.pki.seal.key, sitting.at // 1000 + 1)
    (directory / "certificate.json").write_bytes(file)
    (directory / "receipts.jsonl").write_bytes(b"".join(_receipts(sitting)))
    (directory / "root.der").write_bytes(sitting.pki.root.der)


def _receipts(sitting: Sitting) -> list[bytes]:
    """A receipt for every ballot, all under the last checkpoint."""
    growth = merkle.grow(merkle.Frontier(), sitting.leaves())
    paths = growth.proof_lines(note.hash_line)
    checkpoint = sitting.extract().checkpoint
    found = []
    for index, line in enumerate(sitting.lines, start=sitting.before):
        if '"kind":"ballot"' in line:
            text = note.render_proof(index, paths[index], checkpoint)
            receipt = Receipt(poll=sitting.poll, index=index, entry=line, proof=text)
            found.append(msgspec.json.encode(receipt) + b"\n")
    return found


def _audit(directory: Path) -> tuple[float, float]:
    began = time.perf_counter()
    anchors, hands = Anchors([(directory / "root.der").read_bytes()]), Forks()
    proven = proof.verify_certificate((directory / "certificate.json").read_bytes(), anchors, hands)
    middle = time.perf_counter()
    proof.verify_receipts(read_receipts((directory / "receipts.jsonl").read_bytes()), proven, hands)
    return middle - began, time.perf_counter() - middle


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_audit(Path(sys.argv[1]))))
