"""A certificate as the press makes it, with all files of its directory; made once and shared."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization

from services.signing import printing
from services.signing.printing import Materials, Printed
from tests.support.evidence import Sitting, by_choice
from tests.support.pki import Pki

PUBLIC_URL = "https://bieuquyet.example.vn"


@dataclass(frozen=True)
class Issued:
    """A sitting, and what was written of it."""

    sitting: Sitting
    printed: Printed
    receipts: bytes
    trust: bytes

    def write(self, directory: Path) -> Path:
        """The directory as `plenary replay` writes it."""
        directory.mkdir(exist_ok=True)
        files = {
            "certificate.json": self.printed.file,
            "certificate.pdf": self.printed.pdf,
            "ledger.jsonl": self.printed.ledger,
            "receipts.jsonl": self.receipts,
            "trust.pem": self.trust,
        }
        for name, content in files.items():
            (directory / name).write_bytes(content)
        return directory


def materials(pki: Pki) -> Materials:
    """What a print shop needs of a PKI."""
    key = pki.seal.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Materials((pki.seal.der,), key, pki.root.pem, PUBLIC_URL)


def issue(sitting: Sitting) -> Issued:
    """Print a certificate of a sitting that was played to its end."""
    printing.equip(materials(sitting.pki))
    printed = printing.print_out(msgspec.json.encode(sitting.statement()))
    assert isinstance(printed, Printed), printed
    assert printing.verify(printed.sha256) is None
    receipts = b"".join(msgspec.json.encode(receipt) + b"\n" for receipt in sitting.receipts())
    return Issued(sitting, printed, receipts, sitting.pki.root.pem)


@cache
def usual() -> Issued:
    """Of 9 members 7 voted: 5 in favour, 1 against, 1 not voting."""
    sitting = Sitting(members=9)
    return issue(sitting.play(by_choice(sitting.ids, 5, 1, 1)))
