"""HTTP in, HTTP out, no rule."""

import base64

from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding

from services.kit import metrics, pieces, request_body
from services.kit.problem import MediaWrong
from services.kit.route import Call
from services.refusal import Refused
from services.signing.errors import IssuerUnknown, LinkUnknown
from services.signing.holdings import AUTHORITY, ENROLMENTS, INVITES, LINK_STORE, LINKS, LISTS, RESPONDER
from services.signing.responder import LARGEST_QUESTION
from services.wire import Credential, Enrolled, Invite, LinkChallenge, LinkShown, LinkStanding


async def invite(call: Call) -> list[Invite]:
    """Members of the path's body, which must be the token's."""
    body = call.part("body")
    call.must_be_of(body)
    return await call.app[INVITES].invite(body, call.body.members, call.who.sub)


async def enrol(call: Call) -> Enrolled:
    """Anybody with a code. Who tries codes shows in the metric."""
    try:
        enrolled = await call.app[ENROLMENTS].enrol(call.body.code, call.body.request, call.request_id)
    except Refused as refused:
        metrics.enrolments.labels(refused.code).inc()
        raise
    metrics.enrolments.labels("enrolled").inc()
    return enrolled


async def ask_to_link(call: Call) -> LinkChallenge:
    """Anybody with a code, and a certificate of another authority."""
    return await call.app[LINKS].ask(call.body)


async def link(call: Call) -> Enrolled:
    """The same, with the signature of its key."""
    try:
        enrolled = await call.app[LINKS].link(call.body, call.request_id)
    except Refused as refused:
        metrics.enrolments.labels(refused.code).inc()
        raise
    metrics.enrolments.labels("linked").inc()
    return enrolled


async def links(call: Call) -> list[LinkStanding]:
    """What is known of the links of the token's body."""
    body = call.part("body")
    call.must_be_of(body)
    return await call.app[LINK_STORE].standings(body)


async def link_shown(call: Call) -> LinkShown:
    """What a link of the token's body rests on."""
    found = await call.app[LINK_STORE].shown(call.part("thumbprint"))
    if found is None:
        raise LinkUnknown
    call.must_be_of(found[0])
    return found[1]


async def renew(call: Call) -> Enrolled:
    """The person of the token, in place of the key they signed in with."""
    return await call.app[ENROLMENTS].renew(call.who, call.body.request, call.request_id)


async def credential(call: Call) -> Credential:
    """A credential of the token's body."""
    return await call.app[ENROLMENTS].credential(call.part("thumbprint"), call.must_be_of)


async def revoke(call: Call) -> None:
    """A key of the token's body."""
    await call.app[ENROLMENTS].revoke(
        call.part("thumbprint"), call.body.reason, call.must_be_of, call.request_id
    )


async def trust(call: Call) -> bytes:
    """The trust anchors, exactly as they lie in trust.pem."""
    return call.app[AUTHORITY].trust


async def revocation_list(call: Call) -> web.StreamResponse:
    """The CRL of the issuer in the path: of 50,000 entries it has 2.6 MB."""
    der = await call.app[LISTS].current(call.part("issuer"))
    return await pieces.send(call.request, pieces.cut(der), "application/pkix-crl", len(der))


async def ask_posted(call: Call) -> bytes:
    """The answer to a question about one certificate (RFC 6960 appendix A.1)."""
    if call.request.content_type != "application/ocsp-request":
        raise MediaWrong
    question = await request_body.read(call.request, LARGEST_QUESTION)
    return await call.app[RESPONDER].answer(call.part("issuer"), question)


async def ask_in_address(call: Call) -> bytes:
    """The same, the question in base64 in the address."""
    text = call.request.match_info["question"]
    try:
        question = base64.b64decode(text, validate=True) if len(text) <= LARGEST_QUESTION else b""
    except ValueError:
        question = b""
    return await call.app[RESPONDER].answer(call.part("issuer"), question)


async def issuer_certificate(call: Call) -> bytes:
    """The certificate of the issuer in the path, as certificates name it (caIssuers)."""
    issuer = call.app[AUTHORITY].issuer(call.part("issuer"))
    if issuer is None:
        raise IssuerUnknown
    return issuer.certificate.public_bytes(Encoding.DER)
