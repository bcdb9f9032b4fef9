"""What a certificate must be made for: a person's signature, a body's seal, a time-stamp."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from services.rules.certified import DOCUMENT_SIGNING, extension, key_of, load_one
from services.rules.credential_errors import ChainWrongUse

_SIGNING = frozenset(
    {DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
)


@dataclass(frozen=True, slots=True)
class Demand:
    """The purpose by name, which uses of the key will do, and which extended ones.

    `only`: the extended use must be there, critical, and the only one (RFC 3161 section 2.3). Else one that is left
    out is as good as one of `extended`. `taken`: the key must be one whose ballots we can check.
    """

    purpose: str
    usages: frozenset[str] = frozenset()
    extended: frozenset[x509.ObjectIdentifier] = frozenset()
    only: bool = False
    taken: bool = False


PERSON = Demand("person", frozenset({"content_commitment"}), _SIGNING, taken=True)
SEAL = Demand("seal", frozenset({"content_commitment", "digital_signature"}), _SIGNING, taken=True)
TIME_STAMP = Demand(
    "time-stamp",
    frozenset({"content_commitment", "digital_signature"}),
    frozenset({ExtendedKeyUsageOID.TIME_STAMPING}),
    only=True,
)
BY_NAME = {each.purpose: each for each in (PERSON, SEAL, TIME_STAMP)}


def must_be_for(der: bytes, demand: Demand) -> None:
    """Raise ChainWrongUse unless the certificate is made for that; ChainMalformed, KeyNotTaken."""
    certificate = load_one(der)
    constraints = extension(certificate, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise ChainWrongUse(what="an authority")
    usage = extension(certificate, x509.KeyUsage)
    if usage is None or not any(getattr(usage, each) for each in demand.usages):
        raise ChainWrongUse(what="key usage")
    _must_be_used_for(certificate, demand)
    if demand.taken:
        key_of(certificate)


def _must_be_used_for(certificate: x509.Certificate, demand: Demand) -> None:
    uses = extension(certificate, x509.ExtendedKeyUsage)
    if not demand.only:
        if uses is not None and demand.extended.isdisjoint(uses):
            raise ChainWrongUse(what="extended key usage")
        return
    if uses is None or frozenset(uses) != demand.extended:
        raise ChainWrongUse(what="extended key usage")
    if not certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).critical:
        raise ChainWrongUse(what="extended key usage not critical")
