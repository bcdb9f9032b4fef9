"""Where the time of a certificate goes: each step of the print shop alone, one after the other, on a vote of 500.

In a process of its own, warm as the shop is, every key known before it signs. The shop does some of it side by side:
what was signed is verified while Typst works, the page while it is stored. So the parts add up to more than the wait.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding

from services.rules import jws, ledger_file, proof, seal
from services.rules.credential import Anchors
from services.rules.holders import Known
from services.signing import minutes, printing, sealed_pdf
from services.signing import seal as page_seal
from services.wire import CHOICES
from tests.support.evidence import Sitting

VOTERS = 500
ROUNDS = 7
ADDRESS = "https://bieuquyet.example.vn"


async def measure() -> dict[str, float]:
    """Milliseconds of each step, the median of the rounds."""
    shop = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await shop.communicate()
    found: dict[str, float] = json.loads(said)
    return found


class _Watch:
    """Milliseconds by step, one for each round."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.taken.setdefault(name, []).append((time.perf_counter() - began) * 1000)


def _sitting() -> Sitting:
    sitting = Sitting(members=VOTERS)
    sitting.announce()
    sitting.open()
    for place, member in enumerate(sitting.ids):
        sitting.cast(member, CHOICES[place % len(CHOICES)])
    sitting.close()
    sitting.count()
    sitting.declare()
    return sitting


def _round(sitting: Sitting, anchors: Anchors, known: Known, watch: _Watch) -> None:
    certified, trust = sitting.pki.seal, sitting.pki.root.pem
    statement = msgspec.json.encode(sitting.statement())
    issued = sitting.at // 1000 + 1
    with watch.step("prove"):
        proven = proof.verify_statement(seal.CERTIFICATE.read(statement), anchors, known)
    with watch.step("sign"):
        file = seal.sign(statement, (certified.der,), certified.key, issued)
    with watch.step("verify_file"):
        seal.open_file(file, anchors, seal.CERTIFICATE)
    digest = jws.digest(file)
    with watch.step("typeset"):
        pdf = minutes.typeset(proven, file, digest, f"{ADDRESS}/verify#{digest}")
    with watch.step("seal_page"):
        sealed = page_seal.seal(pdf, (certified.der,), certified.key, "Đóng dấu số")
    with watch.step("verify_page"):
        sealed_pdf.must_agree(sealed_pdf.open_pdf(sealed, trust), proven.statement.evidence.ledger)
    with watch.step("write_ledger"):
        ledger_file.render(proven.statement.evidence.ledger)


def _measured() -> dict[str, float]:
    sitting, watch = _sitting(), _Watch()
    key = sitting.pki.seal.key.private_bytes(
        Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    printing.equip(printing.Materials((sitting.pki.seal.der,), key, sitting.pki.root.pem, ADDRESS))
    printing.warm()
    anchors, known = Anchors([sitting.pki.root.der]), Known()
    # The first knows no key: what `learn` takes away from whoever waits.
    _round(sitting, anchors, known, first := _Watch())
    for _ in range(ROUNDS):
        _round(sitting, anchors, known, watch)
    found = {f"certificate_{name}_ms": statistics.median(taken) for name, taken in watch.taken.items()}
    found["certificate_prove_keys_unknown_ms"] = first.taken["prove"][0]
    return {name: round(value, 1) for name, value in found.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured()))
