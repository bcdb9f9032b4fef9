"""By whose certificates a signed edition may be signed, what must be known of them, and how its archive is renewed."""

import datetime
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256

from services.rules import certified
from services.rules.proof_errors import TimeStampWrong
from services.signing.countersigned import (
    finishing,
    long_term,
    prepared,
    revisions,
    signed_pdf,
    trial_authority,
)
from services.signing.countersigned.acts import Materials
from services.signing.countersigned.pdf_errors import MaterialsWrong, PdfSignatureWrong
from services.signing.countersigned.signed_pdf import Opened
from tests.support.issued import usual
from tests.support.pki import Keyed, Pki, certify, subject
from tests.support.signed_edition import DAY_MS, Edition, finished, with_rsa


def _open(edition: Edition, *, complete: bool = True) -> Opened:
    return signed_pdf.open_signed(edition.pdf, edition.trust, edition.authority.trust, complete=complete)


def test_an_rsa_key_signs_too() -> None:
    """As services outside hold them: PKCS #1 v1.5, and by no other scheme."""
    assert _open(with_rsa(Edition(usual()), "secretary").finished()).level == "B-LTA"
    edition = with_rsa(Edition(usual()), "secretary").laid_out()
    begun = prepared.prepare(edition.pdf, "secretary", edition.chain("secretary"), "thu-ky", edition.now)
    key: Any = edition.persons["secretary"].key
    wrong = key.sign(
        begun.signed_attributes, padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32), SHA256()
    )
    with pytest.raises(PdfSignatureWrong):
        finishing.finish(begun, wrong)


def test_a_revoked_person_does_not_count() -> None:
    edition = Edition(usual()).laid_out()
    serial = edition.persons["chair"].certificate.serial_number
    edition.sign("secretary")
    edition.revoked = {serial: edition.now}
    edition.sign("chair").sign("seal").archived()
    with pytest.raises(PdfSignatureWrong, match="chain_revoked"):
        _open(edition)


def test_who_was_revoked_later_still_counts() -> None:
    """What was signed before stands; the lists of then say so."""
    edition = Edition(usual()).laid_out().sign("secretary")
    edition.revoked = {edition.persons["secretary"].certificate.serial_number: edition.now + 1}
    edition.sign("chair").sign("seal").archived()
    assert _open(edition).level == "B-LTA"


@pytest.mark.parametrize("missing", ["persons", "root", "time"])
def test_nobody_may_be_unknown(missing: str) -> None:
    edition = Edition(usual()).laid_out()
    whole = edition.materials()
    assert whole is not None
    place = ["persons", "root", "time"].index(missing)
    lists = tuple(each for at, each in enumerate(whole.crls) if at != place)
    begun = prepared.prepare(edition.pdf, "secretary", edition.chain("secretary"), "thu-ky", edition.now)
    signature = edition.persons["secretary"].key.sign(begun.signed_attributes, ec.ECDSA(SHA256()))
    edition.pdf = finishing.finish(begun, signature, edition.stamper, replace(whole, crls=lists))
    with pytest.raises(MaterialsWrong):
        _open(edition, complete=False)


def _as_seal(edition: Edition) -> Keyed:
    return edition.issued.sitting.pki.person("mai")


def _of_a_stranger(edition: Edition) -> Keyed:
    return Pki().person("chu-toa")


def _of_nobody(edition: Edition) -> Keyed:
    pki = edition.issued.sitting.pki
    return certify(subject("chu-toa"), _key(), pki.delegates, policy=certified.PERSON_POLICY)


def _of_before(edition: Edition) -> Keyed:
    return edition.issued.sitting.pki.person(
        "chu-toa", ends=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    )


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("who", [_of_a_stranger, _of_nobody, _of_before])
@pytest.mark.parametrize("stamped", [True, False])
def test_a_certificate_must_be_a_persons_of_ours_and_good(who: object, stamped: bool) -> None:
    edition = Edition(usual(), stamped=stamped).laid_out().sign("secretary")
    edition.persons["chair"] = who(edition)  # type: ignore[operator]
    edition.sign("chair").sign("seal")
    if stamped:
        edition.archived()
    with pytest.raises(PdfSignatureWrong):
        _open(edition)


def test_a_delegate_does_not_seal() -> None:
    """Every delegate has a certificate under the same anchor."""
    edition = Edition(usual(), stamped=False).laid_out().sign("secretary").sign("chair")
    person = _as_seal(edition)
    chain = (person.der, edition.issued.sitting.pki.delegates.der)
    name = edition.issued.sitting.body.name

    def sign(attributes: bytes) -> bytes:
        return person.key.sign(attributes, ec.ECDSA(SHA256()))

    edition.pdf = finishing.seal(edition.pdf, chain, sign, name, edition.now)
    with pytest.raises(PdfSignatureWrong):
        _open(edition)


def test_the_name_shown_is_the_certificates() -> None:
    edition = Edition(usual(), stamped=False).laid_out()
    begun = prepared.prepare(edition.pdf, "secretary", edition.chain("secretary"), "Người khác", edition.now)
    assert begun.name == "thu-ky"
    long = "Công Tằng Tôn Nữ Thị Phương Thảo Nguyễn Trần Lê Phạm Hoàng Huỳnh Võ"
    pki = edition.issued.sitting.pki
    cut = long.encode()[:64].decode(errors="ignore")
    person = certify(
        subject(cut, body=pki.body, member="thu-ky"), _key(), pki.delegates, policy=certified.PERSON_POLICY
    )
    assert prepared.shown_name(long, person.der) == long
    assert prepared.shown_name("Ông " + long, person.der) == cut


def test_clocks_do_not_run_backwards() -> None:
    """Who signs later says a later time; and no authority stamps before what it follows."""
    edition = Edition(usual(), stamped=False).laid_out().sign("secretary")
    edition.now -= 3_600_000
    edition.sign("chair").sign("seal")
    with pytest.raises(Exception, match="pdf_changed"):
        _open(edition)
    edition = Edition(usual()).laid_out().sign("secretary").sign("chair").sign("seal")
    edition.now -= 3_600_000
    with pytest.raises(TimeStampWrong):
        _open(edition.archived())


# --- The archive -------------------------------------------------------------------------------------------------


def test_an_archive_is_renewed_before_its_authority_ends() -> None:
    """Thirty years, by three authorities, each with a certificate of its own; the lists of then are long over."""
    edition = Edition(usual()).laid_out()
    edition.sign("secretary").sign("chair").sign("seal").archived()
    trust = [edition.authority]
    for _ in range(3):
        until = _open_with(edition, trust).archived[-1].until
        edition.now = until - 30 * DAY_MS
        told = trust[-1].materials(edition.now)
        trust.append(trial_authority.found(edition.now, timedelta(days=3650)))
        edition.authority = trust[-1]
        assert edition.stamper is not None
        edition.pdf = long_term.renew(edition.pdf, edition.stamper, told)
    opened = _open_with(edition, trust)
    assert len(opened.archived) == 4
    assert opened.level == "B-LTA"
    assert opened.archived[-1].until == edition.now + 3650 * DAY_MS
    # Each is over all before it: without one of the authorities nothing of it is believed.
    for gone in range(len(trust)):
        with pytest.raises(TimeStampWrong):
            _open_with(edition, trust[:gone] + trust[gone + 1 :])


def test_a_renewal_says_that_the_last_authority_is_good_still() -> None:
    """What was known of it when it stamped is not enough: its key may have been lost since."""
    edition = replace_time(finished(), years=3)
    assert edition.stamper is not None
    before = edition.pdf
    edition.pdf = long_term.renew(before, edition.stamper, Materials())
    with pytest.raises(MaterialsWrong):
        _open(edition)
    edition.pdf = long_term.renew(before, edition.stamper, edition.authority.materials(edition.now))
    assert len(_open(edition).archived) == 2


def test_an_archive_cannot_be_renewed_too_late() -> None:
    edition = replace_time(finished(), years=6)
    told = edition.authority.materials(edition.now)
    ended, edition.authority = edition.authority, trial_authority.found(edition.now)
    assert edition.stamper is not None
    edition.pdf = long_term.renew(edition.pdf, edition.stamper, told)
    with pytest.raises(TimeStampWrong, match="time_stamp_wrong"):
        _open_with(edition, [ended, edition.authority])


def test_the_same_renewal_again_is_one_more_stamp_and_nothing_else() -> None:
    edition = replace_time(finished(), years=1)
    told = edition.authority.materials(edition.now)
    assert edition.stamper is not None
    edition.pdf = long_term.renew(edition.pdf, edition.stamper, told)
    size = len(revisions.read(edition.pdf).acts)
    edition.pdf = long_term.renew(edition.pdf, edition.stamper, told)
    assert len(revisions.read(edition.pdf).acts) == size + 1
    assert _open(edition).level == "B-LTA"


def replace_time(edition: Edition, years: int) -> Edition:
    """The same edition, years later."""
    later = Edition(edition.issued, now=edition.now)
    later.authority, later.pdf = edition.authority, edition.pdf
    later.now = edition.now + years * 365 * DAY_MS
    return later


def _open_with(edition: Edition, trust: list[trial_authority.TrialAuthority]) -> Opened:
    anchors = b"".join(each.trust for each in trust)
    return signed_pdf.open_signed(edition.pdf, edition.trust, anchors)
