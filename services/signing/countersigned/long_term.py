"""Long-term validation: what is added to a PDF beside signatures (DSS), and the archive time-stamp over all of it.

An archive time-stamp holds as long as its authority's certificate does. Before that ends, what it takes to validate it
is added, and a new one is put over the old (ETSI EN 319 142-1, 5.4.3): `renew`.
"""

from dataclasses import replace

from services.signing.countersigned import revisions, tokens
from services.signing.countersigned.acts import Materials, Stamp
from services.signing.countersigned.revisions import Document
from services.signing.countersigned.stamping import TimeStamper

# Certificates and revocation data, as DER.
LongTerm = Materials
# A token of an authority with a long chain of large keys.
_ROOM = 12_000


def archive(pdf: bytes, time_stamper: TimeStamper) -> bytes:
    """The PDF under an archive time-stamp (B-LTA). Raises PdfChanged, PdfMalformed, StamperAway, TimeStampWrong."""
    return _stamped(revisions.read(pdf), time_stamper).pdf


def renew(pdf: bytes, time_stamper: TimeStamper, validation: LongTerm) -> bytes:
    """The PDF under one more archive time-stamp; `validation`: what says that the authority of the last was not revoked
    since. Raises as `archive`."""
    return _stamped(keep(revisions.read(pdf), validation), time_stamper).pdf


def keep(document: Document, validation: LongTerm) -> Document:
    """The document with what of this is not in it yet."""
    fresh = validation.without(document.materials)
    return revisions.add(document, fresh) if fresh else document


def _stamped(document: Document, time_stamper: TimeStamper) -> Document:
    before = document
    empty = revisions.add(before, Stamp(_ROOM))
    covered = revisions.covered(empty, -1)
    token = time_stamper.stamp(covered)
    tokens.read(token, covered)
    return revisions.add(before, replace(Stamp(_ROOM), held=token))
