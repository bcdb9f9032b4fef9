"""Programs that know nothing of us find the same in a signed edition: who signed, when, and nothing else was done."""

import asyncio
import io
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import ades, async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from services.rules import proof
from services.rules.credential import Anchors, load_anchors
from services.signing.countersigned import pages
from services.signing.countersigned.places import PERSON, RECTS, SEAL, Role
from tests.support.issued import PUBLIC_URL, usual
from tests.support.pdf_attacks import ATTACKS
from tests.support.signed_edition import Edition, finished
from tests.support.tools import needs, run

A4 = 841.89


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """One at B-LTA; the PDF and both anchors lie in `tmp_path`."""
    made = finished()
    (tmp_path / "signed.pdf").write_bytes(made.pdf)
    (tmp_path / "trust.pem").write_bytes(made.trust)
    (tmp_path / "time.pem").write_bytes(made.authority.trust)
    return made


def _cut_out(pdf: bytes) -> list[tuple[bytes, bytes]]:
    """Each signature and what it covers, by its byte range, with no PDF library at all."""
    found = re.finditer(rb"/Contents<([0-9A-F]+)>/ByteRange\[0 (\d+) (\d+) (\d+) *\]", pdf)
    cut = []
    for each in found:
        start, end, rest = int(each[2]), int(each[3]), int(each[4])
        cut.append((bytes.fromhex(each[1].decode()), pdf[:start] + pdf[end : end + rest]))
    return cut


@needs("pdfsig", "certutil")
def test_pdfsig_finds_all_three_valid_and_trusted(edition: Edition, tmp_path: Path) -> None:
    database = tmp_path / "nss"
    database.mkdir()
    run("certutil", "-N", "-d", f"sql:{database}", "--empty-password")
    anchor = str(tmp_path / "trust.pem")
    run("certutil", "-A", "-d", f"sql:{database}", "-n", "root", "-t", "C,C,C", "-i", anchor)
    said = run("pdfsig", "-nssdir", str(database), "-no-ocsp", str(tmp_path / "signed.pdf"))
    first, second, third, archive = said.split("Signature #")[1:]
    for field, part in (("ThuKy", first), ("ChuToa", second), ("CoQuan", third)):
        assert f"Signature Field Name: {field}\n" in part, said
        assert "Signature Type: ETSI.CAdES.detached" in part, said
        assert "Signature is Valid." in part, said
        assert "Certificate is Trusted." in part, said
    # It does not know document time-stamps; but it sees that this one covers everything.
    assert "1-LuuTru" in archive, said
    assert "Total document signed" in archive, said


@needs("openssl")
def test_openssl_verifies_all_three_as_cades(edition: Edition, tmp_path: Path) -> None:
    for signature, covered in _cut_out(edition.pdf)[:3]:
        (tmp_path / "sig.der").write_bytes(signature)
        (tmp_path / "covered.bin").write_bytes(covered)
        said = run(
            *("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"),
            *("-in", str(tmp_path / "sig.der"), "-content", str(tmp_path / "covered.bin")),
            *("-CAfile", str(tmp_path / "trust.pem"), "-out", "/dev/null"),
        )
        assert "CAdES Verification successful" in said


@needs("openssl")
def test_openssl_verifies_every_time_stamp(edition: Edition, tmp_path: Path) -> None:
    *signatures, (archive, everything) = _cut_out(edition.pdf)
    stamped = [(archive.rstrip(b"\0"), everything)]
    for signature, _ in signatures:
        signer = cms.ContentInfo.load(signature)["content"]["signer_infos"][0]
        token = signer["unsigned_attrs"][0]["values"][0].dump()
        stamped.append((token, bytes(signer["signature"].native)))
    for token, over in stamped:
        (tmp_path / "token.der").write_bytes(token)
        (tmp_path / "over.bin").write_bytes(over)
        said = run(
            *("openssl", "ts", "-verify", "-token_in", "-in", str(tmp_path / "token.der")),
            *("-data", str(tmp_path / "over.bin"), "-CAfile", str(tmp_path / "time.pem")),
        )
        assert "Verification: OK" in said


@needs("qpdf")
def test_qpdf_finds_the_file_sound_and_the_attachments_in_it(edition: Edition, tmp_path: Path) -> None:
    path = str(tmp_path / "signed.pdf")
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", path)
    printed = edition.issued.printed
    for name, content in (("certificate.json", printed.file), ("ledger.jsonl", printed.ledger)):
        done = subprocess.run(["qpdf", path, f"--show-attachment={name}"], capture_output=True, check=True)
        assert done.stdout == content


@needs("mutool")
def test_mupdf_finds_all_three_signatures_valid(edition: Edition, tmp_path: Path) -> None:
    said = run("mutool", "sign", "-v", str(tmp_path / "signed.pdf"), must=False)
    assert said.count("The signature is valid but there have been edits since signing.") == 3, said


def _context(edition: Edition, moment: Any) -> ValidationContext:
    anchors = [*load_anchors(edition.trust), *load_anchors(edition.authority.trust)]
    return ValidationContext(
        trust_roots=[asn1.Certificate.load(der) for der in anchors],
        allow_fetching=False,
        moment=moment,
        revocation_mode="soft-fail",
    )


async def _levels(edition: Edition, pdf: bytes) -> list[tuple[str, bool, ModificationLevel]]:
    """What pyHanko says of each signature: its field, whether all is well, and what was done after it."""
    levels = []
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    for each in reader.embedded_signatures:
        status: Any
        if each.sig_object_type == "/DocTimeStamp":
            status = await async_validate_pdf_timestamp(each, _context(edition, None))
            fine = status.valid and status.intact and status.trusted
        else:
            status = await async_validate_pdf_signature(each, _context(edition, each.self_reported_timestamp))
            fine = status.bottom_line
        levels.append((each.field_name, fine, status.modification_level))
    return levels


def test_pyhanko_finds_nothing_added_but_signatures_and_what_validates_them(edition: Edition) -> None:
    found = asyncio.run(_levels(edition, edition.pdf))
    assert found == [
        ("ThuKy", True, ModificationLevel.FORM_FILLING),
        ("ChuToa", True, ModificationLevel.FORM_FILLING),
        ("CoQuan", True, ModificationLevel.LTA_UPDATES),
        ("1-LuuTru", True, ModificationLevel.NONE),
    ]


@pytest.mark.parametrize("name", ["annotation", "page replaced", "reason replaced", "appearance replaced"])
def test_pyhanko_finds_the_same_attacks(edition: Edition, name: str) -> None:
    """So these are attacks, and not only spellings that we do not take."""
    found = asyncio.run(_levels(edition, ATTACKS[name](edition)))
    assert not all(fine for _, fine, _ in found)


def test_pyhanko_finds_what_validates_all_signatures_in_the_file(edition: Edition) -> None:
    """Revocation is required, nothing may be fetched: all that it takes is there."""
    reader = PdfFileReader(io.BytesIO(edition.pdf), strict=True)
    store = DocumentSecurityStore.read_dss(reader)

    async def validate() -> None:
        for each in reader.embedded_signatures[:3]:
            moment = each.self_reported_timestamp
            context = store.as_validation_context(
                {
                    "trust_roots": [asn1.Certificate.load(der) for der in load_anchors(edition.trust)],
                    "moment": moment,
                    "revocation_mode": "require",
                }
            )
            stamps = store.as_validation_context(
                {
                    "trust_roots": [
                        asn1.Certificate.load(der) for der in load_anchors(edition.authority.trust)
                    ],
                    "moment": moment,
                    "revocation_mode": "require",
                }
            )
            status = await async_validate_pdf_signature(each, context, stamps)
            assert status.bottom_line, status.summary()

    asyncio.run(validate())


@needs("pdftotext", "pdfinfo")
@pytest.mark.parametrize("length", [1, 300, 900])
def test_the_titles_stand_over_the_fields_however_long_the_text(tmp_path: Path, length: int) -> None:
    """Also where the foot does not fit on the page that the text ends on."""
    issued = usual()
    proven = proof.verify_certificate(issued.printed.file, Anchors([issued.sitting.pki.root.der]))
    url = f"{PUBLIC_URL}/{'a-' * length}"
    page = pages.lay_out(proven, issued.printed.file, issued.printed.sha256, url, "trial")
    path = tmp_path / "page.pdf"
    path.write_bytes(page)
    (last,) = re.findall(r"^Pages: +(\d+)$", run("pdfinfo", str(path)), flags=re.MULTILINE)
    said = run("pdftotext", "-bbox", "-f", last, "-l", last, str(path), "-")
    found = re.findall(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="([\d.]+)">(KÝ|TỌA)<', said)
    titles = {word: (float(left), float(right), A4 - float(bottom)) for left, right, bottom, word in found}
    for word, role in (("KÝ", "secretary"), ("TỌA", "chair")):
        left, right, bottom = titles[word]
        field = RECTS[role]  # type: ignore[index]
        assert field[0] < left < right < field[2]
        assert field[3] < bottom < field[3] + 40


def _demands(anchors: bytes) -> CertValidationPolicySpec:
    """Revocation is required of everybody."""
    roots = [asn1.Certificate.load(der) for der in load_anchors(anchors)]
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(roots), revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)
    )


def test_pyhanko_finds_every_signature_valid_for_the_long_term(edition: Edition) -> None:
    """ETSI EN 319 102-1, validation with archival data, a day later; nothing may be fetched."""
    demands = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=_demands(edition.trust),
            ts_cert_validation_policy=_demands(edition.authority.trust),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
        )
    )
    moment = datetime.fromtimestamp(edition.now // 1000, UTC) + timedelta(days=1)
    timing = ValidationTimingInfo(moment, moment, point_in_time_validation=False)

    async def found() -> list[object]:
        reader = PdfFileReader(io.BytesIO(edition.pdf), strict=True)
        signatures = reader.embedded_signatures[:3]
        return [
            (await ades.ades_lta_validation(each, demands, timing_info=timing)).ades_subindic
            for each in signatures
        ]

    assert asyncio.run(found()) == [AdESPassed.OK] * 3


MM = 72 / 25.4


def test_the_seal_covers_the_left_third_of_the_chairs_signature() -> None:
    """Decree 30/2020/NĐ-CP, Appendix I."""
    left, _, right, top = RECTS["chair"]
    picture = (left + right - PERSON[0] * MM) / 2
    seal = RECTS["seal"][0] + SEAL * MM
    assert (seal - picture) / (PERSON[0] * MM) == pytest.approx(1 / 3, abs=0.01)
    assert RECTS["seal"][3] >= top


@needs("pdftoppm", "pdfinfo")
def test_persons_are_seen_in_blue_and_the_body_in_red(edition: Edition, tmp_path: Path) -> None:
    path = str(tmp_path / "signed.pdf")
    (last,) = re.findall(r"^Pages: +(\d+)$", run("pdfinfo", path), flags=re.MULTILINE)
    run("pdftoppm", "-r", "72", "-f", last, "-l", last, "-singlefile", path, str(tmp_path / "seen"))
    _, size, _, pixels = (tmp_path / "seen.ppm").read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())

    def coloured(role: Role, channel: int) -> int:
        """How many pixels of a field are mostly of that channel."""
        left, bottom, right, top = RECTS[role]
        found = 0
        for row in range(int(height - top), int(height - bottom)):
            for column in range(int(left), int(right)):
                pixel = pixels[3 * (row * width + column) :][:3]
                found += pixel[channel] - 60 > max(each for at, each in enumerate(pixel) if at != channel)
        return found

    assert coloured("secretary", 2) > 50
    assert coloured("secretary", 0) == 0
    assert coloured("chair", 2) > 50
    assert coloured("seal", 0) > 500
