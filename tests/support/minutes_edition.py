"""The signed edition of minutes made in memory, as `signed_edition` makes that of a certificate."""

from functools import cache

import msgspec

from services.rules import countersigned, jws, minutes
from services.signing import printing
from services.signing.countersigned import pages
from services.signing.printing import Printed
from tests.support.issued import PUBLIC_URL, Issued, materials
from tests.support.minuted import MinutedSitting, usual
from tests.support.signed_edition import Edition


class MinutesEdition(Edition):
    """Plays the acts on the minutes of a sitting."""

    paper = countersigned.MINUTES

    def laid_out(self) -> "MinutesEdition":
        """The page, with empty fields."""
        file = self.issued.printed.file
        minuted = minutes.verify_file(file, self.issued.sitting.pki.anchors())
        digest = jws.digest(file)
        self.pdf = pages.lay_out(minuted, file, digest, f"{PUBLIC_URL}/verify#{digest}", self.stamps)
        return self


@cache
def minuted() -> MinutedSitting:
    """A sitting, played once."""
    return usual()


@cache
def issued() -> Issued:
    """Its minutes as the press makes them."""
    sitting = minuted()
    printing.equip(materials(sitting.play.pki))
    printed = printing.print_out(msgspec.json.encode(sitting.statement()))
    assert isinstance(printed, Printed), printed
    assert printing.verify(printed.sha256) is None
    return Issued(sitting.play, printed, b"", sitting.play.pki.root.pem)


@cache
def finished() -> Edition:
    """Signed by secretary, chair and seal, under an archive: made once."""
    return MinutesEdition(issued()).finished()
