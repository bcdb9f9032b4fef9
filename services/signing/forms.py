"""What goes over HTTP to and from enrolment, beside the messages of `services.wire`."""

from typing import Annotated, Literal

from msgspec import Meta

from services.wire import Hash, Id, Message, Millis

INVITES_MOST = 10_000
# Longer than any certification request that is taken, so that its own refusal tells.
Pem = Annotated[str, Meta(max_length=16_384)]


class InvitesAsked(Message, frozen=True, kw_only=True):
    """Invite these members of a body to enrol a key."""

    members: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=INVITES_MOST)]


class Invite(Message, frozen=True, kw_only=True):
    """A code for one member, good once and until `expires_at`. It is shown here and never again."""

    member: Id
    code: str
    expires_at: Millis


class Enrolment(Message, frozen=True, kw_only=True):
    """An invite's code, as read or typed, and a PKCS#10 request in PEM, signed by the key it is for."""

    code: Annotated[str, Meta(max_length=100)]
    request: Pem


class Renewal(Message, frozen=True, kw_only=True):
    """A PKCS#10 request in PEM for the key that takes the place of the one signed in with."""

    request: Pem


class Enrolled(Message, frozen=True, kw_only=True):
    """The certificate (PEM, then its issuers up to, not including, the trust anchor) and how long it is good."""

    member: Id
    thumbprint: Hash
    chain: tuple[str, ...]
    not_after: Millis


class Revocation(Message, frozen=True, kw_only=True):
    """Why a key must be refused from now on."""

    reason: Literal["lost", "left", "compromised"]
