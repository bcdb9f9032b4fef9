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
from services.wire import CertificateSigned
from tests.support.countersigning import CHAIR, SECRETARY, Countersigning, ready
from tests.support.signing_desk import SigningDesk, assemble
from tests.support.waiting import until


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
    await must_be_told(stamped_desk, signing, jws.digest(pdf))


async def must_be_told(desk: SigningDesk, signing: Countersigning, sha256: str) -> None:
    """`certificate.signed` on the screens' stream of the meeting, after `certificate.issued`, and on no work stream."""

    async def told() -> list[CertificateSigned]:
        events = await desk.on_stream("{ky-hop-12}:signing")
        return [each for each in events if isinstance(each, CertificateSigned)]

    (event,) = await until(told, what="certificate.signed on the stream")
    assert (event.certificate, event.secretary, event.chair) == (signing.certificate, SECRETARY, CHAIR)
    assert event.sha256 == sha256
    assert len(await desk.on_stream("{0}:certificates")) == 1
