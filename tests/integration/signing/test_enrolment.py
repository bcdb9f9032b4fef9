"""Enrolment over HTTP on real stores."""

import base64

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.rules import credential
from services.wire import CredentialIssued
from tests.support.signing_desk import SigningDesk, request_of


async def test_certificate_for_the_invited(desk: SigningDesk) -> None:
    """Who has the code gets a certificate in the invited member's name, whatever the request says."""
    given = await desk.enrol(await desk.invite("mai"), request_of(common="nam"))
    chain = [x509.load_pem_x509_certificate(pem.encode()) for pem in given["chain"]]
    der = [each.public_bytes(Encoding.DER) for each in chain]
    anchors = credential.load_anchors(await desk.ask("GET", "/trust.pem", status=200))
    leaf = credential.verify_chain(der, anchors, desk.clock(), "person")
    assert credential.member_of(leaf) == ("hdnd", "mai")
    assert given["member"] == "mai"
    assert given["thumbprint"] == credential.thumbprint(der[0])
    (event,) = await desk.told()
    assert isinstance(event, CredentialIssued)
    assert [base64.b64decode(each) for each in event.credential.chain] == der
    assert event.not_after == given["not_after"]
