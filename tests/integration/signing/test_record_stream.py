"""From the work stream `records` to the files over HTTP; what programs of others, and ours without a network, find."""

import asyncio
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from services.desk import audit
from services.floor import turn_sheet
from services.kit import stream
from services.rules import jws
from services.rules.floor import record
from services.rules.floor.turn_log import log_of
from services.signing import holdings, sealed_pdf
from services.wire import RecordIssued
from tests.support import floor_record
from tests.support.floor_record import RecordedSitting, play, record_again
from tests.support.floor_sitting import BODY, MEETING, START
from tests.support.pki import Keyed, Pki
from tests.support.signing_desk import SigningDesk
from tests.support.tools import needs, run
from tests.support.waiting import until


def played(desk: SigningDesk) -> RecordedSitting:
    """A floor of people certified by the authority that signing made for itself."""
    authority = desk.app[holdings.AUTHORITY]
    pki = Pki(body=BODY.id)
    pki.root = Keyed(authority.root.key, authority.root.certificate)
    pki.delegates = Keyed(authority.delegates.key, authority.delegates.certificate)
    pki.seal = Keyed(authority.seal.key, authority.seal.certificate)
    sitting = RecordedSitting(pki=pki)
    assert sitting.now == START
    return play(sitting)


def token(desk: SigningDesk, body: str = BODY.id) -> str:
    """Of a delegate of the body."""
    return desk.token("an", "delegate", body=body)


async def issued(desk: SigningDesk, sitting: RecordedSitting, number: int = 1) -> list[dict[str, Any]]:
    """The notices of the meeting's records, once there are so many."""
    message = msgspec.json.encode(sitting.record(request="req-12345678"))
    await desk.streams.xadd(stream.work(MEETING, "records", 1), {stream.FIELD: message})

    async def notices() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = await desk.ask(
            "GET", f"/meetings/{MEETING}/records", who=token(desk), status=200
        )
        return found if len(found) == number else None

    return await until(notices, what="a record")


async def test_a_record_on_the_stream_becomes_files_that_an_audit_proves(
    desk: SigningDesk, tmp_path: Path
) -> None:
    """Everything served verifies with the trust anchor that is served beside it."""
    desk.clock.ahead = START + 600_000 - desk.clock()
    sitting = played(desk)
    (notice,) = await issued(desk, sitting)
    assert (notice["line"], notice["id"][:3]) == (len(sitting.lines) - 1, "nk-")
    files = {"trust.pem": await desk.ask("GET", "/trust.pem")}
    for name, kind in (("turns.json", "json"), ("turns.pdf", "pdf"), ("floor.jsonl", "jsonl")):
        async with desk.client.get(f"/signing/records/{notice['id']}.{kind}") as answer:
            files[name] = await answer.read()
    assert jws.digest(files["turns.json"]) == notice["sha256"]
    files["turns.csv"] = turn_sheet.render(log_of(sitting.lines), sitting.actors())
    directory = floor_record.write(files, tmp_path / "out")
    verdict = await asyncio.to_thread(audit.audit, directory, directory / "trust.pem")
    assert verdict.refused is None
    assert (verdict.figures["out_of_turn"], verdict.figures["issued_at"]) == (1, notice["issued_at"])


async def test_it_is_told_on_the_screens_stream_and_to_nobody_else(desk: SigningDesk) -> None:
    """`record.issued`, with the id of the request that asked; heard twice, told once."""
    sitting = played(desk)
    (notice,) = await issued(desk, sitting)

    async def told() -> list[Any] | None:
        return await desk.on_stream(f"{{{MEETING}}}:signing") or None

    (event,) = await until(told, what="record.issued")
    assert isinstance(event, RecordIssued)
    assert (event.record, event.sha256, event.line) == (notice["id"], notice["sha256"], notice["line"])
    assert event.request == "req-12345678"
    assert await desk.on_stream("{0}:certificates") == []
    again = await issued(desk, sitting)
    assert again == [notice]


async def test_recorded_twice_there_are_two(desk: SigningDesk) -> None:
    """Each line that asks has a record of its own; the first stays as it is."""
    sitting = played(desk)
    (first,) = await issued(desk, sitting)
    record_again(sitting)
    both = await issued(desk, sitting, 2)
    assert both[0] == first
    assert [each["line"] for each in both] == [len(sitting.lines) - 3, len(sitting.lines) - 1]


async def test_a_forged_record_gets_no_paper_and_holds_up_nobody(desk: SigningDesk) -> None:
    """What does not hold is refused; what comes after it is sealed."""
    sitting = played(desk)
    forged = msgspec.structs.replace(
        sitting.record(), log=msgspec.structs.replace(sitting.record().log, overrides=())
    )
    await desk.streams.xadd(stream.work(MEETING, "records", 1), {stream.FIELD: msgspec.json.encode(forged)})
    record_again(sitting)
    (notice,) = await issued(desk, sitting)
    assert notice["line"] == forged.index + 2


async def test_who_may_list_and_who_may_read(desk: SigningDesk) -> None:
    """The list is for the body's own people; a file for whoever was given its id, as certificates are."""
    (notice,) = await issued(desk, played(desk))
    path = f"/meetings/{MEETING}/records"
    assert await desk.refused("GET", path) == "not_signed_in"
    assert await desk.ask("GET", path, who=token(desk, "khac"), status=200) == []
    assert await desk.refused("GET", "/records/nk-0.pdf", status=404) == "record_unknown"
    assert await desk.refused("GET", f"/certificates/{notice['id']}.pdf", status=404) == "certificate_unknown"
    async with desk.client.get(f"/signing/records/{notice['id']}.pdf") as answer:
        etag = answer.headers["ETag"]
        assert "immutable" in answer.headers["Cache-Control"]
    async with desk.client.get(
        f"/signing/records/{notice['id']}.pdf", headers={"If-None-Match": etag}
    ) as again:
        assert again.status == 304


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """All files of the usual record."""
    sitting, printed = floor_record.usual()
    sheet = turn_sheet.render(log_of(sitting.lines), sitting.actors())
    return floor_record.write(floor_record.files_of(sitting, printed, sheet), tmp_path / "out")


@needs("pdfsig", "qpdf", "pdfinfo")
def test_programs_of_others_find_it_sound(directory: Path) -> None:
    """The seal is valid and covers the whole; the syntax is good; PDF/A-3a; what is detached is what was sealed."""
    path = str(directory / "turns.pdf")
    said = run("pdfsig", path, must=False)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", path)
    meta = run("pdfinfo", "-meta", path)
    assert re.search(r"pdfaid:part[>=\"]+3", meta)
    assert re.search(r"pdfaid:conformance[>=\"]+A", meta)
    for name in ("turns.json", "floor.jsonl"):
        done = subprocess.run(["qpdf", path, f"--show-attachment={name}"], capture_output=True, check=True)
        assert done.stdout == (directory / name).read_bytes()


def test_the_seal_says_what_it_is_for(directory: Path) -> None:
    """Not that of a vote's minutes."""
    pdf = (directory / "turns.pdf").read_bytes()
    attached = sealed_pdf.open_pdf(pdf, (directory / "trust.pem").read_bytes())
    assert attached.names == ("turns.json", "floor.jsonl")
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert signature.sig_object["/Reason"] == "Đóng dấu số nhật ký phát biểu"
    assert attached.file == (directory / "turns.json").read_bytes()
    sitting, _ = floor_record.usual()
    assert record.verify_file(attached.file, sitting.pki.anchors()).floor == sitting.floor


@needs("unshare")
@pytest.mark.parametrize("command", ["verify", "audit"])
def test_it_is_proven_where_there_is_no_network(directory: Path, tmp_path: Path, command: str) -> None:
    """In a network namespace of its own, which has no interface but a dead loopback; and with no settings."""
    if not os.environ.get("CI") and subprocess.run(["unshare", "-rn", "true"], check=False).returncode:
        pytest.skip("the kernel does not let us unshare the network")
    what = directory if command == "audit" else directory / "turns.pdf"
    trust = tmp_path / "anchor.pem"
    trust.write_bytes((directory / "trust.pem").read_bytes())
    ours = [sys.executable, "-m", "services", command, str(what), "--trust", str(trust), "--json"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        ["unshare", "-rn", *ours], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["ok"], said["out_of_turn"]) == (True, 1)
    assert [each["reason"] for each in said["overrides"] if each["passed_over"]] == [
        "Đại biểu phải đi công tác"
    ]
