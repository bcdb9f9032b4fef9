"""How long a signed edition takes: the page of a vote of 500, three signatures at B-LT, an archive, the whole check.

Two ways: step by step in a process of its own, warm as the print shop is; and on a whole server, as people wait for it:
from the moment at which the chair's signature is sent until the signed page can be fetched. The time-stamp authority is
on this machine. What the persons take to sign is left out; of what the machine does nothing is.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

from loadtests.ground import Assembly
from loadtests.signing import sign
from services.desk.device import Device
from services.desk.presiding import cast_all, close_and_declare
from services.rules import jws, proof
from services.rules.credential import Anchors, load_anchors
from services.signing.countersigned import signed_pdf
from services.signing.countersigned.places import Role
from services.signing.countersigned.stamping import TimeStamper, UrlStamper
from services.wire import CHOICES, SignatureBegun, SigningRole
from tests.support.evidence import Sitting
from tests.support.issued import issue
from tests.support.signed_edition import Edition
from tests.support.tsa_server import honest, serving

VOTERS = 500
ROUNDS = 5
# On the server: each of them a vote of its own.
VOTES = 4
_PAUSE = 0.005


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


async def on_server(held: Assembly) -> dict[str, float]:
    """Milliseconds from the sending of a signature until what follows by itself can be fetched: after the secretary's,
    that the chair may sign; after the chair's, certificate.signed.pdf."""
    secretary, chair = [], []
    for number in range(VOTES + 1):
        certificate = await _certified(held, f"Biểu quyết để ký, lần {number}")
        secretary.append(await _signs(held, certificate, held.convened.secretary, "secretary"))
        chair.append(await _signs(held, certificate, held.chair, "chair"))
    return {
        "signed_server_secretary_ms": round(statistics.median(secretary[1:]), 1),
        "signed_server_sealed_ms": round(statistics.median(chair[1:]), 1),
        "signed_server_sealed_worst_ms": round(max(chair[1:]), 1),
        # Of a server that has signed nothing yet.
        "signed_server_sealed_first_ms": round(chair[0], 1),
    }


async def _certified(held: Assembly, title: str) -> str:
    """A vote of all, certified; its certificate."""
    opened = await held.poll(title)
    (ballots,) = await sign([opened.ask], held.delegates)
    await cast_all(held.client, opened.poll, list(ballots.values()))
    return (await close_and_declare(held.client, opened)).certificate


async def _signs(held: Assembly, certificate: str, device: Device, role: SigningRole) -> float:
    """A person signs on their own device; how long what follows takes."""
    client = held.client
    token = await client.sign_in(device)
    prepared = await client.begin_signature(certificate, SignatureBegun(role=role), token)
    page = await client.prepared_page(prepared, token)
    given = device.countersign(prepared, page, await client.file(certificate, "json", token))
    began = time.perf_counter()
    shown = await client.countersign(certificate, given, token)
    while shown.awaited != ("chair" if role == "secretary" else ""):
        assert not shown.trouble, shown.trouble
        await asyncio.sleep(_PAUSE)
        shown = await client.signatures(certificate, token)
    if role == "chair":
        pdf = await client.file(certificate, "signed.pdf", token)
        assert shown.level == "B-LTA"
        assert jws.digest(pdf) == shown.pdf_sha256
    return (time.perf_counter() - began) * 1000


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
            edition.parts.clear()
            _round(edition, watch if place else {})
    found = {f"signed_edition_{name}_ms": statistics.median(taken) for name, taken in watch.items()}
    found["signed_edition_bytes"] = len(edition.pdf)
    return {name: round(value, 1) for name, value in found.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured()))
