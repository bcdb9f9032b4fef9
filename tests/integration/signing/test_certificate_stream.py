"""From the work stream `results` to the files over HTTP, as a worker mounts it; and the process it is printed in."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from services.kit import stream
from services.rules import jws, proof
from services.rules.credential import Anchors, load_anchors
from services.signing import holdings, print_shop, printing, sealed_pdf
from services.signing.print_shop import PrintShop
from services.signing.printing import Printed
from services.wire import CertificateIssued
from tests.support.evidence import Sitting, by_choice
from tests.support.issued import materials
from tests.support.pki import Keyed, Pki
from tests.support.signing_desk import SigningDesk
from tests.support.waiting import until


def pki_of(desk: SigningDesk) -> Pki:
    """The authority that signing made for itself on its first start."""
    authority = desk.app[holdings.AUTHORITY]
    made = Pki()
    made.root = Keyed(authority.root.key, authority.root.certificate)
    made.delegates = Keyed(authority.delegates.key, authority.delegates.certificate)
    made.seal = Keyed(authority.seal.key, authority.seal.certificate)
    return made


def declared(desk: SigningDesk) -> Sitting:
    """A vote of that body, now."""
    sitting = Sitting(members=5, pki=pki_of(desk), at=desk.clock() + 1_000)
    return sitting.play(by_choice(sitting.ids, 3, 1, 1))


async def issued(desk: SigningDesk, sitting: Sitting) -> dict[str, Any]:
    """The notice of the certificate, once there is one."""
    message = msgspec.json.encode(sitting.result(request="req-12345678"))
    await desk.streams.xadd(stream.work(sitting.meeting, "results", 1), {stream.FIELD: message})

    async def notice() -> dict[str, Any] | None:
        answer: dict[str, Any] = await desk.ask("GET", f"/polls/{sitting.poll}/certificate")
        return answer if "sha256" in answer else None

    return await until(notice, what="a certificate")


async def test_a_result_on_the_stream_becomes_files_over_http(desk: SigningDesk) -> None:
    """Everything served verifies with the trust anchor that is served beside it."""
    assert await desk.refused("GET", "/polls/bq-01/certificate") == "certificate_not_yet"
    notice = await issued(desk, declared(desk))
    trust = await desk.ask("GET", "/trust.pem")
    async with desk.client.get(f"/signing/certificates/{notice['id']}.json") as answer:
        certificate = await answer.read()
    assert jws.digest(certificate) == notice["sha256"]
    assert await desk.ask("GET", f"/hashes/{notice['sha256']}.json") == msgspec.json.decode(certificate)
    proven = proof.verify_certificate(certificate, Anchors(load_anchors(trust)))
    assert proven.statement.issued_at == notice["issued_at"]
    pdf = await desk.ask("GET", f"/certificates/{notice['id']}.pdf", status=200)
    attached = await asyncio.to_thread(sealed_pdf.open_pdf, pdf, trust)
    assert attached.file == certificate
    async with desk.client.get(f"/signing/certificates/{notice['id']}.jsonl") as answer:
        assert await answer.read() == attached.ledger


async def test_it_is_told_on_the_screens_stream_and_to_voting(desk: SigningDesk) -> None:
    """`certificate.issued`, with the id of the request that declared the result."""
    notice = await issued(desk, declared(desk))

    async def told(name: str) -> list[Any]:
        async def read() -> list[Any] | None:
            return await desk.on_stream(name) or None

        return await until(read, what=f"certificate.issued on {name}")

    # They are told one after the other, in no order that anybody may count on.
    (event,) = await told("{0}:certificates")
    assert isinstance(event, CertificateIssued)
    assert (event.certificate, event.sha256) == (notice["id"], notice["sha256"])
    assert event.request == "req-12345678"
    assert await told("{ky-hop-12}:signing") == [event]


@pytest.mark.parametrize("kind", ["json", "pdf", "jsonl"])
async def test_a_file_never_changes_and_says_so(desk: SigningDesk, kind: str) -> None:
    """Who has it is told that nothing changed, without getting it again."""
    notice = await issued(desk, declared(desk))
    path = f"/signing/certificates/{notice['id']}.{kind}"
    async with desk.client.get(path) as answer:
        etag = answer.headers["ETag"]
        assert jws.digest(await answer.read()) == etag.strip('"')
        assert "immutable" in answer.headers["Cache-Control"]
    async with desk.client.get(path, headers={"If-None-Match": etag}) as again:
        assert again.status == 304


async def test_a_certificate_that_is_not_there_is_not_found(desk: SigningDesk) -> None:
    """With a code of its own."""
    assert await desk.refused("GET", f"/hashes/{'A' * 43}.json", status=404) == "certificate_unknown"
    for kind in ("json", "pdf", "jsonl"):
        assert await desk.refused("GET", f"/certificates/gcn-0.{kind}", status=404) == "certificate_unknown"


async def test_a_print_shop_that_died_is_replaced() -> None:
    """What it had in hand fails, and the next finds a new process."""
    shop = PrintShop(materials(Pki()))
    try:
        first = await shop.run(os.getpid)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(BrokenProcessPool):
            await shop.run(os.getpid)
        assert await shop.run(os.getpid) != first
        await shop.warm()
    finally:
        await shop.close()


async def test_a_print_shop_that_has_grown_is_replaced_when_another_is_ready() -> None:
    """Nobody waits for it: the old process works until then."""
    shop = PrintShop(materials(Pki()), largest_bytes=1)
    try:
        first = await shop.run(os.getpid)
        assert await shop.run(os.getpid) == first

        async def another() -> bool:
            return await shop.run(os.getpid) != first

        await until(another, what="another process")
    finally:
        await shop.close()


async def test_a_print_shop_forgets_what_it_has_laid_out_once_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After each paper and after nothing else; who waits for the paper does not wait for that."""
    pki = Pki()
    shop, done = PrintShop(materials(pki)), []
    submit = ProcessPoolExecutor.submit

    def submitted(self: ProcessPoolExecutor, do: Any, *given: Any) -> Any:
        done.append(submit(self, do, *given))
        return done[-1]

    try:
        vote = Sitting(members=3, pki=pki)
        statement = msgspec.json.encode(vote.play(by_choice(vote.ids, 1, 1, 1)).statement())
        printed = await shop.run(printing.print_out, statement)
        assert isinstance(printed, Printed)
        monkeypatch.setattr(ProcessPoolExecutor, "submit", submitted)
        assert await shop.run(printing.verify, printed.sha256) is None
        assert len(done) == 1

        async def forgotten() -> bool:
            return len(done) == 2 and done[1].done()

        await until(forgotten, what="what was laid out is forgotten")
        await shop.run(os.getpid)
    finally:
        await shop.close()
    assert (len(done), done[1].result()) == (3, None)


async def test_a_print_shop_that_has_grown_by_a_paper_is_not_replaced_before_it_forgets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who comes next has every key to learn again: what is about to be let go is no reason for that."""
    monkeypatch.setattr(print_shop, "TIDY_SECONDS", 3_600.0)
    pki = Pki()
    shop = PrintShop(materials(pki), largest_bytes=1)
    try:
        vote = Sitting(members=3, pki=pki)
        printed = await shop.run(
            printing.print_out, msgspec.json.encode(vote.play(by_choice(vote.ids, 1, 1, 1)).statement())
        )
        assert isinstance(printed, Printed)
        assert await shop.run(printing.verify, printed.sha256) is None
        same = await shop.run(os.getpid)
        assert [await shop.run(os.getpid) for _ in range(3)] == [same] * 3
    finally:
        await shop.close()


_PARENT = """
import asyncio, os, pickle, signal, sys
from services.signing.print_shop import PrintShop

async def main():
    shop = PrintShop(pickle.loads(bytes.fromhex(sys.argv[1])))
    print(await shop.run(os.getpid), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_print_shop_does_not_outlive_its_worker(tmp_path: Path) -> None:
    """A worker killed without warning leaves nothing behind."""
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, str(script), pickle.dumps(materials(Pki())).hex()],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    child = int(done.stdout)
    if psutil.pid_exists(child):
        psutil.wait_procs([psutil.Process(child)], timeout=10)
    assert not psutil.pid_exists(child)
