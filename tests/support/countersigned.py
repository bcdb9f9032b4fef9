"""certificate.signed.json made in memory, of a sitting that was played to its end; each part may be made wrongly."""

from dataclasses import dataclass
from functools import cache

import msgspec

from services.rules import countersigning, jws, seal, signed_file
from services.wire import SignedFile, SignedPart, SigningRole
from tests.support.evidence import Sitting, by_choice
from tests.support.pki import Keyed
from tests.support.stamps import TimeAuthority, behind

_files = msgspec.json.Decoder(SignedFile)


@dataclass
class Making:
    """The statement of a sitting, signed by whom the test wants."""

    sitting: Sitting
    time: TimeAuthority | None

    @property
    def statement(self) -> bytes:
        """The exact bytes that are signed."""
        return STATEMENTS[id(self.sitting)]

    def chain(self, signer: Keyed) -> tuple[bytes, ...]:
        """A person's chain."""
        return (signer.der, self.sitting.pki.delegates.der)

    def at_s(self, later: int) -> int:
        """So many seconds after the certificate was issued."""
        return int(msgspec.json.decode(self.statement)["issued_at"]) // 1000 + later

    def person(
        self, role: SigningRole, signer: Keyed, later: int, revoked: dict[int, int] | None = None
    ) -> SignedPart:
        """The signature of a person in a place."""
        protected = countersigning.prepare(role, self.chain(signer), self.at_s(later))
        signature = jws.sign_bytes(
            "ES256", signer.key, countersigning.signing_input(protected, self.statement)
        )
        return self.part(protected, signature, later, revoked)

    def part(
        self, protected: str, signature: bytes, later: int, revoked: dict[int, int] | None = None
    ) -> SignedPart:
        """A signature as it stands in the file, stamped two seconds after."""
        if self.time is None:
            return countersigning.part(protected, signature, None)
        over = countersigning.stamped_bytes(signature)
        at = (self.at_s(later) + 2) * 1000
        return countersigning.part(
            protected, signature, behind(self.sitting.pki, self.time, over, at, revoked)
        )

    def sealed(self, *parts: SignedPart, certificate: str = "") -> bytes:
        """The file over these parts, sealed."""
        pki = self.sitting.pki
        certificate = certificate or jws.digest(self.certificate())
        protected, signature = countersigning.seal_over(
            parts, self.statement, certificate, (pki.seal.der,), pki.seal.key, self.at_s(20)
        )
        return signed_file.write(self.statement, (*parts, self.part(protected, signature, 20)))

    def certificate(self) -> bytes:
        """certificate.json of the same statement."""
        pki = self.sitting.pki
        return seal.sign(self.statement, (pki.seal.der,), pki.seal.key, self.at_s(0))

    def usual(self) -> bytes:
        """Signed by db002 as the secretary, by db001, who declared it, as the chair."""
        keys = self.sitting.keys
        return self.sealed(
            self.person("secretary", keys["db002"], 5), self.person("chair", keys["db001"], 10)
        )


STATEMENTS: dict[int, bytes] = {}


@cache
def making(*, stamped: bool) -> Making:
    """A sitting of five, ready to be signed; the same each time."""
    sitting = Sitting(members=5)
    sitting.play(by_choice(sitting.ids, 3, 1, 1))
    STATEMENTS[id(sitting)] = msgspec.json.encode(sitting.statement())
    return Making(sitting, TimeAuthority() if stamped else None)


def parts_of(file: bytes) -> list[SignedPart]:
    """The signatures of a file."""
    return list(_files.decode(file).signatures)
