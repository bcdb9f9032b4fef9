"""A signed edition made in memory, step by step: the page, the three who sign it, the archive; and what it takes."""

from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from services.rules import jws, proof
from services.rules.credential import Anchors
from services.signing.countersigned import finishing, long_term, pages, prepared, trial_authority
from services.signing.countersigned.acts import Materials
from services.signing.countersigned.places import Role
from services.signing.countersigned.stamping import TimeStamper
from services.signing.countersigned.trial_authority import TrialAuthority, TrialStamper
from tests.support.evidence import BODY
from tests.support.issued import PUBLIC_URL, Issued, usual
from tests.support.pki import Keyed
from tests.support.stamps import revocation_list

DAY_MS = 86_400_000


@dataclass
class Edition:
    """Plays the acts on the certificate of a sitting. `now`: the clock (milliseconds), a minute on with each."""

    issued: Issued
    now: int = 0
    stamped: bool = True
    authority: TrialAuthority = field(init=False)
    persons: dict[Role, Keyed] = field(init=False)
    revoked: dict[int, int] = field(default_factory=dict)
    image: bytes | None = None
    pdf: bytes = b""

    def __post_init__(self) -> None:
        """Who signs, and when the first of them does."""
        sitting = self.issued.sitting
        self.now = self.now or sitting.statement().issued_at + 60_000
        self.authority = trial_authority.found(self.now)
        chair = sitting.pki.person("chu-toa")
        self.persons = {"secretary": sitting.pki.person("thu-ky"), "chair": chair, "seal": sitting.pki.seal}

    @property
    def trust(self) -> bytes:
        """The anchor of persons and seal."""
        return self.issued.trust

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
        self.pdf = pages.lay_out(proven, file, digest, url, "trial" if self.stamped else "none")
        return self

    def sign(self, role: Role) -> "Edition":
        """One of the three signs: on a device of their own, as it were."""
        self.now += 60_000
        person = self.persons[role]
        name = BODY.name if role == "seal" else role_name(role)
        begun = prepared.prepare(self.pdf, role, self.chain(role), name, self.now, self.image)
        signature = person.key.sign(begun.signed_attributes, ec.ECDSA(SHA256()))
        # As it would be taken up again in another process.
        begun = prepared.reopen(begun.document, self.chain(role))
        self.pdf = finishing.finish(begun, signature, self.stamper, self.materials())
        return self

    def archived(self) -> "Edition":
        """Under an archive time-stamp."""
        assert self.stamper is not None
        self.now += 60_000
        self.pdf = long_term.archive(self.pdf, self.stamper)
        return self

    def finished(self) -> "Edition":
        """From the page to the end."""
        self.laid_out().sign("secretary").sign("chair").sign("seal")
        return self.archived() if self.stamped else self


def role_name(role: Role) -> str:
    """The common names in the certificates of `tests.support.pki` are the members' ids."""
    return {"secretary": "thu-ky", "chair": "chu-toa"}[role]


@cache
def finished() -> Edition:
    """One at B-LTA, made once."""
    return Edition(usual()).finished()
