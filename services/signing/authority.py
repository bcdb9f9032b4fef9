"""The authority that certifies persons' keys, and the seal: made on the first start, or given by the operator.

Under `<data>/keys`: `root`, `delegates`, `seal`, each a `.key` (0600) or a `.uri` (where on a token the key lies), and
a `.pem` (the certificate, then its issuers up to, not including, the anchor), and `trust.pem`, the anchors. What is
there is used as it is and checked; what is missing is made, a key on a token there. So an authority of the operator's
own takes the place of ours by putting `delegates.key`, `delegates.pem` and a `trust.pem` (their anchor, and ours if the
seal is to be ours) there before the first start.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from services.kit import clock, ec_keys
from services.kit.complaint import Complaint
from services.kit.files import write_once
from services.refusal import Refused
from services.rules import jws
from services.rules.certified import blocks, load_one, to_pem
from services.rules.credential import Anchors, load_anchors
from services.rules.credential_errors import ChainExpired, ChainNotYetValid
from services.signing import certificate_profile as profile
from services.signing.revocation_list import hash_for


class AuthorityRefused(Complaint):
    """The keys and certificates of the authority do not fit together; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """A key that issues certificates; `chain` is its certificate and those above it, without the anchor."""

    name: str
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """The key that seals results; `chain` begins with its certificate and leaves out the anchor."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """All that issues and seals. `trust` are the bytes of trust.pem; `root` issues nothing but the seal."""

    public_url: str
    trust: bytes
    root: Issuer
    delegates: Issuer
    seal: Seal

    def issuer(self, name: str) -> Issuer | None:
        """The issuer of that name, as in the addresses of its CRL and certificate."""
        return {self.root.name: self.root, self.delegates.name: self.delegates}.get(name)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was issued: DER chain from the leaf, without the anchor; `not_after` in milliseconds."""

    chain: tuple[bytes, ...]
    serial: int
    not_after: int


def ensure(directory: Path, public_url: str, now: int | None = None) -> Authority:
    """The authority in this directory, made where something is missing. Raises AuthorityRefused, KeyRefused.

    Safe when several processes start at once: whoever writes a file first is followed by the others.
    """
    now = clock.now() if now is None else now
    with _refusing(directory, now):
        root = _root(directory, public_url, now)
        if not (directory / "delegates.pem").exists():
            _make(directory, "delegates", root, profile.delegates(public_url), now)
        if not (directory / "seal.pem").exists():
            _make(directory, "seal", root, profile.seal(public_url), now)
    write_once(directory / "trust.pem", to_pem(_der(root.certificate)).encode())
    return load(directory, public_url, now)


def load(directory: Path, public_url: str, now: int) -> Authority:
    """The authority as its files say. Raises AuthorityRefused if they do not fit together, KeyRefused."""
    trust = _read(directory / "trust.pem")
    with _refusing(directory, now):
        anchors = Anchors(load_anchors(trust))
        root = _issuer(directory, "root")
        delegates = _issuer(directory, "delegates")
        seal = _issuer(directory, "seal")
        _must_lead_to_anchor(anchors, delegates, now)
        anchors.verify(seal.chain, now, "seal")
    return Authority(public_url, trust, root, delegates, Seal(seal.certificate, seal.key, seal.chain))


def issue(
    authority: Authority,
    key: jws.PublicKey,
    person: profile.Person,
    now: int,
    life: timedelta = profile.PERSON_LIFE,
    linked: bool = False,
) -> Issued:
    """A person's certificate from the delegates' authority, good from now (milliseconds); `linked`: another authority
    certified the key, too. Raises ChainExpired."""
    made = profile.person(authority.public_url, person, life, linked=linked)
    return _issue(authority.delegates, key, made, now)


def responder(issuer: Issuer, key: ec.EllipticCurvePublicKey, now: int) -> x509.Certificate:
    """A certificate for answering in this issuer's name, for a few days."""
    builder = profile.responder(issuer.certificate, key, now)
    return builder.sign(issuer.key, hash_for(issuer.key))


@contextmanager
def _refusing(directory: Path, now: int) -> Iterator[None]:
    """What is wrong with a certificate is here a matter for the operator."""
    try:
        yield
    except (ChainExpired, ChainNotYetValid) as refused:
        raise AuthorityRefused(
            f"{directory}: {refused.text_en} ({refused.code}) Our clock says {profile.at(now):%Y-%m-%d}: if that is"
            " wrong, set it (timedatectl). If it was wrong when these were made, and nothing was voted yet: move"
            " root.*, delegates.*, seal.*, trust.pem and tls* out of there, start again, and invite people anew"
        ) from refused
    except Refused as refused:
        raise AuthorityRefused(f"{directory}: {refused.text_en} ({refused.code})") from refused


def _root(directory: Path, public_url: str, now: int) -> Issuer:
    key = ec_keys.ensure(directory, "root")
    if not (directory / "root.pem").exists():
        certificate = profile.build(profile.root(public_url), key.public_key(), None, now)
        write_once(directory / "root.pem", to_pem(_sign(certificate, key)).encode())
    return _issuer(directory, "root")


def _make(directory: Path, name: str, root: Issuer, made: profile.Profile, now: int) -> None:
    key = ec_keys.ensure(directory, name)
    issued = _issue(root, key.public_key(), made, now)
    write_once(directory / f"{name}.pem", "".join(map(to_pem, issued.chain)).encode())


def _issue(issuer: Issuer, key: jws.PublicKey, made: profile.Profile, now: int) -> Issued:
    if profile.at(now) > issuer.certificate.not_valid_after_utc:
        raise ChainExpired
    builder = profile.build(made, key, issuer.certificate, now)
    der = _sign(builder, issuer.key)
    certificate = load_one(der)
    ends = int(certificate.not_valid_after_utc.timestamp()) * 1000
    return Issued((der, *issuer.chain), certificate.serial_number, ends)


def _sign(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return builder.sign(key, hash_for(key)).public_bytes(Encoding.DER)


def _issuer(directory: Path, name: str) -> Issuer:
    key = ec_keys.load(directory, name)
    chain = tuple(blocks(_read(directory / f"{name}.pem")))
    certificate = load_one(chain[0])
    if certificate.public_key() != key.public_key():
        raise AuthorityRefused(f"{directory}: {name}.pem is not the certificate of {name}.key")
    return Issuer(name, certificate, key, () if name == "root" else chain)


def _must_lead_to_anchor(anchors: Anchors, issuer: Issuer, now: int) -> None:
    """Issue to a key of the moment and check that: the chain is good if what it issues is."""
    probe = profile.Person("probe", "probe", "probe", "probe")
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    anchors.verify(_issue(issuer, key, profile.person("", probe), now).chain, now, "person")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AuthorityRefused(f"{path} cannot be read") from error


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
