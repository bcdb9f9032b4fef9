"""What a vote leaves behind: five files, proven offline, and compared with the record they replay."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from services.desk.audit import audit, read_receipts
from services.desk.client import Client
from services.desk.device import must_be_of
from services.desk.presiding import Vote
from services.desk.rollcall import RollCall
from services.rules import jws
from services.wire import CertificateFile, Statement

FILES = ("certificate.pdf", "certificate.json", "ledger.jsonl", "receipts.jsonl", "trust.pem")
_DOWNLOADS = {"certificate.pdf": "pdf", "certificate.json": "json", "ledger.jsonl": "jsonl"}


class Differs(Exception):
    """What was written is not what was recorded; the text says where."""


@dataclass(frozen=True, slots=True)
class Proceedings:
    """A vote that is over: its certificate's id, who may read it, its ballots, and how long things took.

    `votes` are in the order of the ledger, as the receipts are written.
    """

    certificate: str
    token: str
    votes: Sequence[Vote]
    cast_seconds: float
    close_to_certificate_ms: float

    async def write(self, client: Client, out: Path) -> None:
        """Write the files into `out`."""
        for name, kind in _DOWNLOADS.items():
            (out / name).write_bytes(await client.file(self.certificate, kind, self.token))
        (out / "trust.pem").write_bytes(await client.trust())
        receipts = [msgspec.json.encode(vote.receipt) for vote in self.votes]
        (out / "receipts.jsonl").write_bytes(b"".join(line + b"\n" for line in receipts))

    def must_be_proven(self, out: Path) -> None:
        """Audit what is on disk as a stranger would, and that each receipt is for the ballot that was sent.

        Raises a Refused that names the check which failed.
        """
        verdict = audit(out, out / "trust.pem")
        if verdict.refused is not None:
            raise verdict.refused
        receipts = read_receipts((out / "receipts.jsonl").read_bytes())
        for vote, receipt in zip(self.votes, receipts, strict=True):
            must_be_of(receipt, vote.ballot)

    def must_equal(self, out: Path, recorded: RollCall) -> dict[str, object]:
        """The summary, if the certificate counts what the record's ballots add up to. Raises Differs."""
        statement = _statement(out)
        decision, expected = statement.decision, recorded.counts
        ours = (decision.roll, decision.participating, decision.counts)
        theirs = (len(recorded.roll), len(recorded.ballots), expected)
        if ours != theirs or len(self.votes) != len(recorded.ballots):
            raise Differs(f"roll, taking part and counts are {ours}, but the file's ballots give {theirs}")
        return {
            "roll": decision.roll,
            "participating": decision.participating,
            **msgspec.to_builtins(decision.counts),
            "carried": decision.outcome == "carried",
            "outcome": decision.outcome,
            "sentence": decision.sentence,
            "receipts": len(self.votes),
            "ballots_per_second": round(len(self.votes) / self.cast_seconds, 1) if self.votes else 0.0,
            "close_to_certificate_ms": round(self.close_to_certificate_ms, 1),
            "certificate": statement.id,
        }


def _statement(out: Path) -> Statement:
    """What the certificate states; it was proven before."""
    file = msgspec.json.decode((out / "certificate.json").read_bytes(), type=CertificateFile)
    return msgspec.json.decode(jws.b64_decode(file.payload.encode()), type=Statement)
