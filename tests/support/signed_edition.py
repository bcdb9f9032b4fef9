"""A signed edition made in memory, step by step: page and file, the three who sign, the archives; and what it takes."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from services.rules import certified, countersigned, countersigning, jws, proof, signed_file, time_stamp
from services.rules.countersigned import Paper
from services.rules.credential import Anchors
from services.rules.long_term import LongTerm
from services.signing.countersigned import finishing, long_term, pages, prepared, trial_authority
from services.signing.countersigned.acts import Materials
from services.signing.countersigned.pages import Stamps
from services.signing.countersigned.places import ROLES, Role
from services.signing.countersigned.stamping import TimeStamper
from services.signing.countersigned.trial_authority import TrialAuthority, TrialStamper
from services.wire import CertificateFile, SignedPart
from tests.support.engines import Trusted
from tests.support.evidence import BODY
from tests.support.issued import PUBLIC_URL, Issued, usual
from tests.support.pki import Keyed, certify, subject
from tests.support.stamps import revocation_list

DAY_MS = 86_400_000


@dataclass
class Edition:
    """Plays the acts on the certificate of a sitting. `now`: the clock (milliseconds), a minute on with each."""

    paper: ClassVar[Paper] = countersigned.CERTIFICATE  # type: ignore[type-arg]

    issued: Issued
    now: int = 0
    stamped: bool = True
    note: Stamps = "trial"
    authority: TrialAuthority = field(init=False)
    authorities: list[TrialAuthority] = field(init=False)
    persons: dict[Role, Keyed] = field(init=False)
    revoked: dict[int, int] = field(default_factory=dict)
    images: dict[Role, bytes] = field(default_factory=dict)
    pdf: bytes = b""
    parts: list[SignedPart] = field(default_factory=list)
    json: bytes = b""
    archives: int = 0

    def __post_init__(self) -> None:
        """Who signs, and when the first of them does."""
        sitting = self.issued.sitting
        self.now = self.now or sitting.statement().issued_at + 60_000
        self.authority = trial_authority.found(self.now)
        self.authorities = [self.authority]
        chair = sitting.pki.person("chu-toa")
        self.persons = {"secretary": sitting.pki.person("thu-ky"), "chair": chair, "seal": sitting.pki.seal}

    @property
    def trust(self) -> bytes:
        """The anchor of persons and seal."""
        return self.issued.trust

    @property
    def trusted(self) -> Trusted:
        """What programs of others are told to trust, and whom they must find."""
        secretary, chair, body = (_common_name(self.persons[role]) for role in ROLES)
        time = b"".join(each.trust for each in self.authorities)
        return Trusted(self.trust, time, (secretary, chair, body), self.archives)

    @property
    def stamps(self) -> Stamps:
        """What the page says of its time-stamps: the truth, unless `note` is another."""
        return self.note if self.stamped else "none"

    @property
    def statement(self) -> bytes:
        """The exact bytes that persons and seal sign."""
        found = msgspec.json.decode(self.issued.printed.file, type=CertificateFile)
        return jws.b64_decode(found.payload.encode())

    @property
    def stamper(self) -> TimeStamper | None:
        """The authority for time, by this clock."""
        return TrialStamper(self.authority, lambda: self.now) if self.stamped else None

    def chain(self, role: Role) -> tuple[bytes, ...]:
        """Their certificate and those above it, without the anchor."""
        above = () if role == "seal" else (self.issued.sitting.pki.delegates.der,)
        return (self.persons[role].der, *above)

    def materials(self) -> Materials | None:
        """What says now that nobody is revoked."""
        if not self.stamped:
            return None
        pki = self.issued.sitting.pki
        lists = (
            revocation_list(pki.delegates, self.now, self.revoked),
            revocation_list(pki.root, self.now, self.revoked),
        )
        return Materials((pki.root.der,), lists) + self.authority.materials(self.now)

    def laid_out(self) -> "Edition":
        """The page, with empty fields."""
        file = self.issued.printed.file
        proven = proof.verify_certificate(file, Anchors([self.issued.sitting.pki.root.der]))
        digest = jws.digest(file)
        url = f"{PUBLIC_URL}/verify#{digest}"
        self.pdf = pages.lay_out(proven, file, digest, url, self.stamps)
        return self

    def sign(self, role: Role) -> "Edition":
        """One of the three signs page and statement: on a device of their own, as it were."""
        self.now += 60_000
        person = self.persons[role]
        name = BODY.name if role == "seal" else role_name(role)
        image = self.images.get(role)
        begun = prepared.prepare(self.pdf, role, self.chain(role), name, self.now, image)
        signature = signed_by(person, begun.signed_attributes)
        # As it would be taken up again in another process.
        begun = prepared.reopen(begun.document, self.chain(role))
        self.pdf = finishing.finish(begun, signature, self.stamper, self.materials())
        self.parts.append(self._part(role))
        if role == "seal":
            self.json = signed_file.write(self.statement, self.parts)
        return self

    def _part(self, role: Role) -> SignedPart:
        """The signature on the statement, and what stands behind it."""
        chain, key, now_s = self.chain(role), self.persons[role].key, self.now // 1000
        if role == "seal":
            digest = self.issued.printed.sha256
            types = self.paper.types
            protected, signature = countersigning.seal_over(
                self.parts, self.statement, digest, chain, key, now_s, types
            )
        else:
            protected = countersigning.prepare(role, chain, now_s, self.paper.types)
            said = countersigning.signing_input(protected, self.statement)
            signature = jws.sign_bytes(countersigning.algorithm_of(chain[0]), key, said)
        return countersigning.part(protected, signature, self._behind(signature))

    def _behind(self, signature: bytes) -> LongTerm | None:
        stamper, told = self.stamper, self.materials()
        if stamper is None or told is None:
            return None
        over = countersigning.stamped_bytes(signature)
        token = stamper.stamp(over)
        return LongTerm(token, time_stamp.read(token, over), told.certificates, told.crls)

    def archived(self) -> "Edition":
        """Under an archive time-stamp."""
        assert self.stamper is not None
        self.now += 60_000
        self.archives += 1
        self.pdf = long_term.archive(self.pdf, self.stamper)
        self.json = signed_file.archive(self.json, self.stamper.stamp, ((), ()))
        return self

    def renewed(self, years: int) -> "Edition":
        """Years later under one more, by another authority for time, which was founded since."""
        self.now += years * 365 * DAY_MS
        self.archives += 1
        told = self.authority.materials(self.now)
        self.authority = trial_authority.found(self.now)
        self.authorities.append(self.authority)
        assert self.stamper is not None
        self.pdf = long_term.renew(self.pdf, self.stamper, told)
        self.json = signed_file.archive(self.json, self.stamper.stamp, (told.certificates, told.crls))
        return self

    def finished(self) -> "Edition":
        """From the page to the end."""
        self.laid_out().sign("secretary").sign("chair").sign("seal")
        return self.archived() if self.stamped else self


def role_name(role: Role) -> str:
    """The common names in the certificates of `tests.support.pki` are the members' ids."""
    return {"secretary": "thu-ky", "chair": "chu-toa"}[role]


def signed_by(person: Keyed, data: bytes) -> bytes:
    """As CMS has it, by whichever kind of key."""
    key: object = person.key
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    return person.key.sign(data, ec.ECDSA(SHA256()))


def with_rsa(edition: Edition, *roles: Role) -> Edition:
    """The same before it is signed; these persons hold RSA keys, as services outside do."""
    pki = edition.issued.sitting.pki
    for role in roles:
        name = subject(role_name(role), body=pki.body, member=role_name(role))
        key: Any = rsa.generate_private_key(65537, 2048)
        edition.persons[role] = certify(name, key, pki.delegates, policy=certified.PERSON_POLICY)
    return edition


def _common_name(person: Keyed) -> str:
    (name,) = person.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)


@cache
def finished() -> Edition:
    """One at B-LTA, made once."""
    return Edition(usual()).finished()
