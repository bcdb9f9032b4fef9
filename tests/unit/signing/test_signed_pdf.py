"""A signed edition from page to archive: what it proves, at each level, and what finishing refuses."""

import io
import json
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from services.desk import verify
from services.kit import clock
from services.rules.jws import P256_ORDER
from services.signing.countersigned import finishing, prepared, signed_pdf
from services.signing.countersigned.pdf_errors import PdfSignatureWrong, PdfUnfinished
from services.signing.countersigned.signed_pdf import Signatory
from services.signing.press_errors import AttachmentWrong, PdfChanged
from tests.support.issued import usual
from tests.support.signed_edition import DAY_MS, Edition, finished


def test_it_proves_who_signed_and_when() -> None:
    edition = finished()
    opened = signed_pdf.open_signed(edition.pdf, edition.trust, edition.authority.trust)
    assert [(each.role, each.name, each.member, each.level) for each in opened.signatories] == [
        ("secretary", "thu-ky", "thu-ky", "B-LTA"),
        ("chair", "chu-toa", "chu-toa", "B-LTA"),
        ("seal", "Hội đồng nhân dân thành phố Hải Phòng", "", "B-LTA"),
    ]
    assert [each.stamped_at for each in opened.signatories] == [
        each.claimed_at for each in opened.signatories
    ]
    assert opened.level == "B-LTA"
    assert [each.at for each in opened.archived] == [edition.now]
    printed = edition.issued.printed
    assert (opened.file, opened.ledger) == (printed.file, printed.ledger)


def test_without_an_authority_for_time_it_is_b_b() -> None:
    edition = Edition(usual(), stamped=False).finished()
    opened = signed_pdf.open_signed(edition.pdf, edition.trust, edition.trust)
    assert {each.level for each in opened.signatories} == {"B-B"}
    assert opened.level == "B-B"


def test_the_same_acts_make_the_same_bytes() -> None:
    pages = {Edition(usual()).laid_out().pdf for _ in range(2)}
    assert len(pages) == 1


@pytest.mark.parametrize("signed", [0, 1, 2])
def test_one_that_is_not_signed_by_all_is_unfinished(signed: int) -> None:
    edition = Edition(usual()).laid_out()
    for role in ("secretary", "chair")[:signed]:
        edition.sign(role)  # type: ignore[arg-type]
    with pytest.raises(PdfUnfinished):
        signed_pdf.open_signed(edition.pdf, edition.trust, edition.authority.trust)
    opened = signed_pdf.open_signed(edition.pdf, edition.trust, edition.authority.trust, complete=False)
    assert len(opened.signatories) == signed


def test_sealed_but_not_archived_is_unfinished() -> None:
    edition = Edition(usual()).laid_out().sign("secretary").sign("chair").sign("seal")
    with pytest.raises(PdfUnfinished):
        signed_pdf.open_signed(edition.pdf, edition.trust, edition.authority.trust)


def test_nobody_signs_before_their_turn() -> None:
    edition = Edition(usual(), stamped=False).laid_out()
    with pytest.raises(PdfChanged):
        edition.sign("chair")
    edition.sign("secretary")
    with pytest.raises(PdfChanged):
        edition.sign("secretary")


def test_finishing_takes_the_key_that_was_prepared_for_and_no_other() -> None:
    edition = Edition(usual(), stamped=False).laid_out()
    begun = prepared.prepare(edition.pdf, "secretary", edition.chain("secretary"), "thu-ky", edition.now)
    other = edition.persons["chair"].key.sign(begun.signed_attributes, ec.ECDSA(SHA256()))
    for signature in (other, b"", b"\0" * 64, other[:-1]):
        with pytest.raises(PdfSignatureWrong):
            finishing.finish(begun, signature)
    with pytest.raises(PdfSignatureWrong):
        finishing.finish(replace(begun, digest=b"\0" * 32), other)


def test_both_twins_of_an_ecdsa_signature_come_out_as_the_one_file() -> None:
    edition = Edition(usual(), stamped=False).laid_out()
    begun = prepared.prepare(edition.pdf, "secretary", edition.chain("secretary"), "thu-ky", edition.now)
    signature = edition.persons["secretary"].key.sign(begun.signed_attributes, ec.ECDSA(SHA256()))
    r, s = decode_dss_signature(signature)
    twin = encode_dss_signature(r, P256_ORDER - s)
    assert finishing.finish(begun, signature) == finishing.finish(begun, twin)


def test_what_is_prepared_is_not_yet_signed() -> None:
    edition = Edition(usual(), stamped=False).laid_out()
    begun = prepared.prepare(edition.pdf, "secretary", edition.chain("secretary"), "thu-ky", edition.now)
    assert prepared.reopen(begun.document, begun.chain) == begun
    with pytest.raises(PdfSignatureWrong):
        signed_pdf.open_signed(begun.document, edition.trust, edition.trust, complete=False)
    with pytest.raises(PdfSignatureWrong):
        prepared.reopen(edition.pdf, begun.chain)


def _verified(edition: Edition, directory: Path, *more: str) -> tuple[int, list[str]]:
    """What `plenary verify` says of it: exit code and lines."""
    files = {"signed.pdf": edition.pdf, "trust.pem": edition.trust, "time.pem": edition.authority.trust}
    for name, content in files.items():
        (directory / name).write_bytes(content)
    said = io.StringIO()
    with redirect_stdout(said):
        code = verify.main([str(directory / "signed.pdf"), "--trust", str(directory / "trust.pem"), *more])
    return code, said.getvalue().splitlines()


def test_plenary_verify_tells_who_signed(tmp_path: Path) -> None:
    edition = finished()
    code, lines = _verified(edition, tmp_path, "--tsa-trust", str(tmp_path / "time.pem"))
    assert code == 0
    assert {"  ✓ pdf_signatures", "  ✓ pdf_ledger", "  ✓ pdf_signatories"} <= set(lines)
    told = [line for line in lines if line.startswith("  • ")]
    assert [line.split(":")[0] for line in told] == [
        "  • Thư ký / Secretary",
        "  • Chủ tọa / Chair",
        "  • Cơ quan / Body",
        "  • Dấu thời gian lưu trữ / Archive time-stamp",
        "  • THỬ NGHIỆM / TRIAL",
    ]
    assert "ký thay / instead of db001" in told[1]
    assert all("THỬ NGHIỆM" in line for line in told)


def test_an_archive_that_nobody_renewed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = finished()
    for years, told in ((1, "cần gia hạn trước / to be renewed before"), (6, "ĐÃ HẾT HẠN / HAS ENDED")):
        now = edition.now + years * 365 * DAY_MS
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        code, lines = _verified(edition, tmp_path, "--tsa-trust", str(tmp_path / "time.pem"))
        assert code == 0
        assert told in lines[-2]


def test_plenary_verify_tells_it_as_json(tmp_path: Path) -> None:
    code, lines = _verified(finished(), tmp_path, "--json", "--tsa-trust", str(tmp_path / "time.pem"))
    said = json.loads(lines[0])
    assert (code, said["ok"], said["level"]) == (0, True, "B-LTA")
    assert [each["role"] for each in said["signatories"]] == ["secretary", "chair", "seal"]


def test_plenary_verify_takes_nobodys_word_for_time(tmp_path: Path) -> None:
    """Without the anchors of the time-stamp authority its time-stamps are not believed."""
    code, lines = _verified(finished(), tmp_path)
    assert code == 1
    assert "KHÔNG HỢP LỆ / NOT VALID [time_stamp_wrong]" in lines


def test_plenary_verify_says_that_a_time_is_by_their_own_word(tmp_path: Path) -> None:
    code, lines = _verified(Edition(usual(), stamped=False).finished(), tmp_path)
    assert code == 0
    assert sum("theo lời người ký / by their own word" in line for line in lines) == 3


def test_the_signed_edition_is_of_one_body_and_two_persons() -> None:
    edition = finished()
    opened = signed_pdf.open_signed(edition.pdf, edition.trust, edition.authority.trust)
    statement = edition.issued.sitting.statement()
    secretary, chair, seal = opened.signatories
    signed_pdf.must_agree(opened, statement)
    wrong: list[tuple[Signatory, ...]] = [
        (secretary, replace(chair, member=secretary.member), seal),
        (replace(secretary, body="another"), chair, seal),
        (secretary, chair, replace(seal, name="Cơ quan khác")),
        (replace(secretary, claimed_at=statement.issued_at - 5_000), chair, seal),
    ]
    for signatories in wrong:
        with pytest.raises(PdfSignatureWrong):
            signed_pdf.must_agree(replace(opened, signatories=signatories), statement)
    with pytest.raises(AttachmentWrong):
        signed_pdf.must_agree(replace(opened, ledger=b""), statement)
