"""Evidence beside a ballot: a passkey confirmed this very payload. Offline, and as often as one likes.

The challenge is SHA-256("plenary-ballot-v1\\0" || payload). The evidence is no ballot and no signature of one: it says
that whoever held the passkey, verified by its device, confirmed these bytes. Nothing asks for it yet.
"""

import hashlib

from services.rules import assertion, jws
from services.rules.assertion import Assertion, Enrolled, Flags, Site
from services.rules.assertion_errors import AssertionUnsigned
from services.wire import StepUpEvidence

_PREFIX = b"plenary-ballot-v1\0"


def challenge(payload: bytes) -> bytes:
    """What a passkey is asked for a ballot with these payload bytes."""
    return hashlib.sha256(_PREFIX + payload).digest()


def verify(evidence: StepUpEvidence, payload: bytes, enrolled: Enrolled, site: Site) -> Flags:
    """What the device said, if this passkey confirmed this payload on a page of this site.

    How far the passkey had counted is not asked (`enrolled.sign_count` of 0 takes any): that is for whoever takes the
    evidence in. Raises what assertion.verify raises; AssertionUnsigned also if the evidence names another key.
    """
    if jws.b64_decode(evidence.public_key.encode()) != enrolled.public_key:
        raise AssertionUnsigned
    given = Assertion(
        authenticator_data=jws.b64_decode(evidence.authenticator_data.encode()),
        client_data=jws.b64_decode(evidence.client_data.encode()),
        signature=jws.b64_decode(evidence.signature.encode()),
    )
    return assertion.verify(given, enrolled, site, challenge(payload))
