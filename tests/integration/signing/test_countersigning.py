"""The signing desk on real stores: secretary, chair, then the seal by itself; whoever else comes is told no."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.kit.clock import now
from services.rules import countersigned, jws, proof
from services.rules.credential import Anchors, load_anchors
from services.signing.countersigned import signed_pdf, time_authority
from tests.support.countersigning import CHAIR, SECRETARY, ready
from tests.support.signing_desk import SigningDesk, assemble


@pytest.fixture
async def stamped_desk(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[[Any], Awaitable[Any]]
) -> AsyncIterator[SigningDesk]:
    """Signing with an authority of its own for time."""
    time_authority.ensure_trial(tmp_path, now())
    made = assemble(tmp_path, database_url, redis_url, test_tsa=True)
    made.client = await aiohttp_client(made.root)
    yield made
    await made.client.close()
    await made.streams.aclose()


async def test_two_persons_and_the_seal_sign_a_certificate(stamped_desk: SigningDesk, tmp_path: Path) -> None:
    """From the sealed edition to the signed one, each step by those whose it is; a stranger finds all of it good."""
    signing = await ready(stamped_desk)
    assert (await signing.shown()).awaited == "secretary"
    await signing.sign(SECRETARY, "secretary")
    await signing.until_awaited("chair")
    await signing.sign(CHAIR, "chair")
    shown = await signing.until_awaited("")
    assert (shown.level, shown.test_time, shown.trouble) == ("B-LTA", True, "")
    assert [(each.role, each.member, each.level) for each in shown.signed] == [
        ("secretary", SECRETARY, "B-LT"),
        ("chair", CHAIR, "B-LT"),
    ]
    file, pdf = await signing.signed_file("json"), await signing.signed_file("pdf")
    assert (jws.digest(file), jws.digest(pdf)) == (shown.json_sha256, shown.pdf_sha256)
    trust = await stamped_desk.ask("GET", "/trust.pem")
    time_trust = (tmp_path / "trial-time.pem").read_bytes()
    anchors = Anchors(load_anchors(trust))
    found = countersigned.open_file(file, anchors, load_anchors(time_trust))
    assert found.certificate == jws.digest(signing.file)
    assert proof.verify_statement(found.statement, anchors).definition.presiding == CHAIR
    opened = await asyncio.to_thread(signed_pdf.open_signed, pdf, trust, time_trust)
    assert opened.file == signing.file
