"""Minutes signed by persons are good to a stranger; what others make of them, or of a certificate, is not believed."""

import random

import msgspec
import pytest

from services.refusal import Refused
from services.rules import countersigned, countersigning, jws, seal, signed_file
from services.rules.proof_errors import CountersignatureWrong, SealWrong
from services.signing import sealed_pdf
from services.signing.countersigned import places, revisions, signed_pdf
from tests.support import signed_edition
from tests.support.issued import usual
from tests.support.minutes_edition import MinutesEdition, finished, issued, minuted
from tests.support.signed_edition import Edition


def must_be_refused(pdf: bytes, edition: Edition) -> str:
    """By a reader of signed editions, one way or another."""
    with pytest.raises(Refused) as refused:
        signed_pdf.open_signed(pdf, edition.trust, edition.authority.trust)
    return refused.value.code


def test_signed_minutes_are_good() -> None:
    """Who signed, at which level; what is attached is what was proven; the reasons are those of minutes."""
    edition = finished()
    opened = signed_pdf.open_signed(edition.pdf, edition.trust, edition.authority.trust)
    assert (opened.names, opened.file) == (sealed_pdf.MINUTES, issued().printed.file)
    assert [each.member for each in opened.signatories] == ["thu-ky", "chu-toa", ""]
    assert opened.level == "B-LTA"
    signed_pdf.must_agree(opened, minuted().statement())
    for role, reason in places.reasons(revisions.read(edition.pdf).page).items():
        assert reason.encode("utf-16-be").hex().upper().encode() in edition.pdf, role
        assert reason != places.REASONS[role]


def test_no_flipped_byte_is_believed() -> None:
    """Anywhere."""
    edition, dice = finished(), random.Random(11)
    for place in [dice.randrange(len(edition.pdf)) for _ in range(60)]:
        changed = bytearray(edition.pdf)
        changed[place] ^= 1 << dice.randrange(8)
        must_be_refused(bytes(changed), edition)


def test_signatures_on_a_certificate_are_none_on_minutes() -> None:
    """The same three, by the same keys: what they did to one page cannot be put behind the other."""
    minutes, certificate = finished(), signed_edition.finished()
    for ours, theirs in ((minutes, certificate), (certificate, minutes)):
        blank = revisions.begin(revisions.read(ours.pdf).page).pdf
        acts = theirs.pdf[len(revisions.begin(revisions.read(theirs.pdf).page).pdf) :]
        must_be_refused(blank + acts, ours)


def parts_of(edition: MinutesEdition, types: countersigning.Types) -> bytes:
    """minutes.signed.json, each signature of the `typ` that these types say."""
    statement = minuted().statement()
    raw = msgspec.json.encode(statement)
    digest = jws.digest(minuted().file(statement))
    parts, now_s = [], statement.issued_at // 1000
    for role in countersigning.ROLES:
        chain, key = edition.chain(role), edition.persons[role].key
        protected = countersigning.prepare(role, chain, now_s, types)
        signed = jws.sign_bytes("ES256", key, countersigning.signing_input(protected, raw))
        parts.append(countersigning.part(protected, signed, None))
    body = edition.persons["seal"]
    protected, signed = countersigning.seal_over(
        parts, raw, digest, edition.chain("seal"), body.key, now_s, types
    )
    return signed_file.write(raw, [*parts, countersigning.part(protected, signed, None)])


def test_the_kind_of_paper_stands_in_each_signature() -> None:
    """Who signed a statement as a certificate's has not signed minutes, whoever seals it."""
    edition, anchors = MinutesEdition(issued()), minuted().anchors
    good = parts_of(edition, countersigning.MINUTES_TYPES)
    assert countersigned.paper_of(good) is countersigned.MINUTES
    found = countersigned.open_paper(countersigned.MINUTES, good, anchors, None)
    assert [one.member for one in found.signers] == ["thu-ky", "chu-toa", ""]
    assert found.raw == msgspec.json.encode(minuted().statement())
    for place in countersigning.PLACES:
        mixed = countersigning.MINUTES_TYPES | {place: countersigning.TYPES[place]}  # type: ignore[operator]
        with pytest.raises(CountersignatureWrong, match="typ"):
            countersigned.open_paper(countersigned.MINUTES, parts_of(edition, mixed), anchors, None)
    with pytest.raises(Refused):
        countersigned.open_file(good, anchors, None)


def test_one_sealed_file_is_not_another() -> None:
    """A certificate is no minutes, minutes no certificate: the seal says what it is on."""
    file, anchors = issued().printed.file, minuted().anchors
    with pytest.raises(SealWrong, match="typ"):
        seal.open_file(file, anchors, seal.CERTIFICATE)
    certificate = usual()
    with pytest.raises(SealWrong, match="typ"):
        seal.open_file(certificate.printed.file, certificate.sitting.pki.anchors(), seal.MINUTES)
