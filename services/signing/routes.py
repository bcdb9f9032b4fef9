"""The routes of enrolment, as data."""

from services.kit.route import Route
from services.refusal import Refused
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.rules.credential_errors import KeyNotTaken
from services.signing import errors, handlers
from services.wire import Credential, Enrolled, Enrolment, Invite, InvitesAsked, Renewal, Revocation

_REQUEST: tuple[type[Refused], ...] = (
    errors.RequestMalformed,
    errors.PossessionUnproven,
    errors.KeyTaken,
    KeyNotTaken,
)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/bodies/{body}/invites",
        handlers.invite,
        "invite.create",
        "Invite members to enrol a key; their older unused invites are cancelled.",
        takes=InvitesAsked,
        gives=list[Invite],
        refuses=(errors.InviteeUnknown,),
    ),
    Route(
        "POST",
        "/enrolments",
        handlers.enrol,
        "anyone",
        "Enrol a key with an invite's code. The same again gets the same certificate.",
        takes=Enrolment,
        gives=Enrolled,
        status=201,
        refuses=(
            *_REQUEST,
            errors.InviteUnknown,
            errors.InviteUsed,
            errors.InviteCancelled,
            errors.InviteExpired,
        ),
    ),
    Route(
        "POST",
        "/credentials/renew",
        handlers.renew,
        "credential.renew",
        "Enrol a new key in place of the one signed in with. The same again gets the same certificate.",
        takes=Renewal,
        gives=Enrolled,
        status=201,
        refuses=(*_REQUEST, errors.NoCredential, CredentialUnknown, CredentialRevoked, CredentialExpired),
    ),
    Route(
        "GET",
        "/credentials/{thumbprint}",
        handlers.credential,
        "body.read",
        "The certificate of a key and its issuers, for whoever checks what it signed.",
        gives=Credential,
        refuses=(CredentialUnknown,),
    ),
    Route(
        "POST",
        "/credentials/{thumbprint}/revoke",
        handlers.revoke,
        "credential.revoke",
        "Refuse a key from now on.",
        takes=Revocation,
        status=204,
        refuses=(CredentialUnknown,),
    ),
    Route(
        "GET",
        "/trust.pem",
        handlers.trust,
        "anyone",
        "The trust anchors.",
        gives_media="application/x-pem-file",
    ),
    Route(
        "GET",
        "/crl/{issuer}.crl",
        handlers.revocation_list,
        "anyone",
        "The list of certificates that an issuer revoked (DER).",
        gives_media="application/pkix-crl",
        refuses=(errors.IssuerUnknown,),
    ),
    Route(
        "POST",
        "/ocsp/{issuer}",
        handlers.ask_posted,
        "anyone",
        "Whether an issuer's certificate is revoked (OCSP, RFC 6960): question and answer in DER.",
        media=("application/ocsp-request",),
        gives_media="application/ocsp-response",
        refuses=(errors.IssuerUnknown,),
    ),
    Route(
        "GET",
        "/ocsp/{issuer}/{question:.+}",
        handlers.ask_in_address,
        "anyone",
        "The same, with the question in base64 in the address.",
        gives_media="application/ocsp-response",
        refuses=(errors.IssuerUnknown,),
    ),
    Route(
        "GET",
        "/ca/{issuer}.cer",
        handlers.issuer_certificate,
        "anyone",
        "The certificate of an issuer (DER).",
        gives_media="application/pkix-cert",
        refuses=(errors.IssuerUnknown,),
    ),
)
