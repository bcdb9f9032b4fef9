"""How long a signed edition takes: the page of a vote of 500, three signatures at B-LT, an archive, the whole check.

In a process of its own, warm as the print shop is; the time-stamp authority answers over HTTP on this machine. What the
persons take to sign is left out; of what the machine does nothing is.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

from services.rules import proof
from services.rules.credential import Anchors, load_anchors
from services.signing.countersigned import signed_pdf
from services.signing.countersigned.places import Role
from services.signing.countersigned.stamping import TimeStamper, UrlStamper
from services.wire import CHOICES
from tests.support.evidence import Sitting
from tests.support.issued import issue
from tests.support.signed_edition import Edition
from tests.support.tsa_server import honest, serving

VOTERS = 500
ROUNDS = 5


class _Over(Edition):
    """Stamped by an authority over HTTP."""

    url = ""

    @property
    def stamper(self) -> TimeStamper | None:
        return UrlStamper(self.url, self.authority.trust)


async def measure() -> dict[str, float]:
    """Milliseconds of each step, the median of the rounds."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate()
    found: dict[str, float] = json.loads(said)
    return found


def _sitting() -> Sitting:
    sitting = Sitting(members=VOTERS)
    return sitting.play({member: CHOICES[place % len(CHOICES)] for place, member in enumerate(sitting.ids)})


def _round(edition: _Over, watch: dict[str, list[float]]) -> None:
    @contextmanager
    def step(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        watch.setdefault(name, []).append((time.perf_counter() - began) * 1000)

    with step("all"):
        with step("page"):
            edition.laid_out()
        for role in get_args(Role):
            with step(f"{role}_signs"):
                edition.sign(role)
        with step("archive"):
            edition.archived()
        with step("verify"):
            opened = signed_pdf.open_signed(edition.pdf, edition.trust, edition.authority.trust)
            proven = proof.verify_certificate(opened.file, Anchors(load_anchors(edition.trust)))
            signed_pdf.must_agree(opened, proven.statement)


def _measured() -> dict[str, float]:
    issued, watch = issue(_sitting()), dict[str, list[float]]()
    edition = _Over(issued)
    start = edition.now
    with serving(lambda body: honest(edition.authority, edition.now)(body)) as edition.url:
        for place in range(ROUNDS + 1):
            edition.now = start
            _round(edition, watch if place else {})
    found = {f"signed_edition_{name}_ms": statistics.median(taken) for name, taken in watch.items()}
    found["signed_edition_bytes"] = len(edition.pdf)
    return {name: round(value, 1) for name, value in found.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured()))
