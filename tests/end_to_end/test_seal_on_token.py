"""A house whose seal lies on a token: certificate and minutes signed on its server, with pictures; it hangs once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from services.desk.paper_client import CERTIFICATES, MINUTES
from services.rules import countersigned
from tests.support import drawn_images, tokens
from tests.support.chair_sitting import BODY, CHAIR, SECRETARY
from tests.support.desk import Desk, running
from tests.support.minuted_sitting import AGAIN, MinutedSitting, convened
from tests.support.paper_signing import shown_when, sign_both, until_sealed
from tests.support.signing_sitting import must_be_found_good
from tests.support.stores import reachable_directory
from tests.support.tools import needs, run


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[tuple[Desk, MinutedSitting]]:
    """A sitting that has ended, its vote certified by a seal that was made on a token at the first start."""
    with pytest.MonkeyPatch.context() as patch, reachable_directory() as data:
        patch.setenv("SOFTHSM2_CONF", "")
        tokens.place(tmp_path)
        furnish(data, tokens.make(tmp_path).uri("seal"))
        with running(data, "--test-tsa", SAMPLE="false", WORKERS="1") as desk:
            async with convened(desk) as found:
                yield desk, await found.held()


def furnish(data: Path, uri: str) -> None:
    """Where the seal lies, and how signatures and seal look."""
    (data / "keys").mkdir(mode=0o700)
    (data / "keys" / "seal.uri").write_text(f"{uri}\n")
    pictures = data / "pictures" / BODY
    (pictures / "signatures").mkdir(parents=True)
    for member in (CHAIR, SECRETARY):
        (pictures / "signatures" / f"{member}.png").write_bytes(drawn_images.signature())
    (pictures / "seal.png").write_bytes(drawn_images.seal())


def holding_token(desk: Desk) -> list[psutil.Process]:
    """Those of its processes that have the token's library loaded."""

    def holds(process: psutil.Process) -> bool:
        return "libsofthsm2" in Path(f"/proc/{process.pid}/maps").read_text()

    return [each for each in desk.everybody() if each.is_running() and holds(each)]


async def must_be_good(sitting: MinutedSitting, paper: str, kind: str, at: str, out: Path) -> None:
    """Both files of the signed edition; the page has the pictures of both persons and of the seal."""
    out.mkdir()
    for each in ("pdf", "json"):
        file = await sitting.client.ask(
            "GET", f"{at}/{paper}.signed.{each}", token=await sitting.token(SECRETARY)
        )
        (out / f"{kind}.signed.{each}").write_bytes(file)
    await asyncio.to_thread(must_be_found_good, sitting.data / "keys", kind, out)
    # Each with what lets shine through what lies below.
    listed = run("pdfimages", "-list", str(out / f"{kind}.signed.pdf"))
    assert [line.split()[2] for line in listed.splitlines()[2:]] == ["image", "smask"] * 3


@needs("softhsm2-util", "pdfsig", "certutil", "qpdf", "openssl", "jose", "pdfimages")
async def test_the_seal_signs_from_a_token_that_hangs_once(
    house: tuple[Desk, MinutedSitting], tmp_path: Path
) -> None:
    """It hangs while the seal is wanted: that is said, all else goes on; it comes back, and so does the seal."""
    desk, sitting = house
    client, secretary = sitting.client, await sitting.token(SECRETARY)
    assert not (sitting.data / "keys" / "seal.key").exists()
    certificate = await client.certificate(str(AGAIN.id), secretary)
    # 1. The token hangs from now on: its processes do nothing any more.
    hanging = holding_token(desk)
    assert hanging
    for process in hanging:
        process.suspend()
    # 2. Both sign all the same; what waits for the seal says why, and so does the house.
    await sign_both(sitting, certificate, countersigned.CERTIFICATE, CERTIFICATES)
    waiting = await shown_when(
        sitting, certificate, CERTIFICATES, lambda it: it.trouble != "", "what is in the way"
    )
    assert (waiting.awaited, waiting.trouble) == ("seal", "token_away")
    health = await client.ask("GET", "/health/ready")
    assert b"token_away" in health
    # 3. Who hung when it was asked was ended, the others go on; a new one asks the token, which answers again.
    alive = [process for process in hanging if process.is_running()]
    assert len(alive) < len(hanging)
    for process in alive:
        process.resume()
    done = await until_sealed(sitting, certificate, CERTIFICATES)
    assert (done.level, done.trouble, done.test_time) == ("B-LTA", "", True)
    assert b"token_away" not in await client.ask("GET", "/health/ready")
    # 4. Minutes are sealed and signed by the same token.
    notice = await sitting.minutes()
    await sign_both(sitting, notice.id, countersigned.MINUTES, MINUTES)
    await until_sealed(sitting, notice.id, MINUTES)
    # 5. What others find.
    await must_be_good(sitting, certificate, "certificate", CERTIFICATES, tmp_path / "certificate")
    await must_be_good(sitting, notice.id, "minutes", MINUTES, tmp_path / "minutes")
