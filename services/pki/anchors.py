"""Trust anchors of a body: its own, given as data, never the system's. Without anchors nobody is trusted.

`<data>/trust/<body>/*.pem`: authorities, each in canonical PEM. `policies.txt` beside them, if it is there: the
certificate policies (dotted numbers, one a line) of which a person's path must assert one.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509

from services.kit.complaint import Complaint
from services.refusal import Refused
from services.rules.certified import blocks, extension, load_one
from services.rules.credential_errors import ChainWrongUse

_BODY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_POLICY = re.compile(r"[0-2](\.(0|[1-9][0-9]*)){1,30}")


class AnchorsRefused(Complaint):
    """A body's trust anchors cannot be read; the text says which file and why."""


@dataclass(frozen=True)
class TrustAnchors:
    """Authorities in DER, and the policies that are taken of those below them; no policies: any, or none."""

    certificates: tuple[bytes, ...]
    policies: frozenset[str] = frozenset()

    @cached_property
    def version(self) -> str:
        """Changes whenever an anchor or a policy does: whatever was found good under others is asked again."""
        told = hashlib.sha256()
        for each in sorted(self.certificates):
            told.update(hashlib.sha256(each).digest())
        told.update(" ".join(sorted(self.policies)).encode())
        return told.hexdigest()


NONE = TrustAnchors(())


def of(certificates: Iterable[bytes], policies: Iterable[str] = ()) -> TrustAnchors:
    """Anchors given as DER. Raises ChainMalformed, ChainWrongUse for what is no authority."""
    anchors = tuple(dict.fromkeys(certificates))
    for each in anchors:
        _must_be_authority(load_one(each))
    return TrustAnchors(anchors, frozenset(policies))


def load(trust: Path, body: str) -> TrustAnchors:
    """The anchors of a body, from the files under `trust`; none if it has no directory. Raises AnchorsRefused."""
    if not _BODY.fullmatch(body):
        raise AnchorsRefused(f"{body!r} is no body")
    directory = trust / body
    ders: list[bytes] = []
    for file in sorted(directory.glob("*.pem")):
        try:
            found = blocks(file.read_bytes())
            of(found)
        except (OSError, Refused) as error:
            raise AnchorsRefused(f"{file}: {error}") from error
        ders += found
    return of(ders, _policies(directory / "policies.txt"))


def _policies(file: Path) -> list[str]:
    try:
        lines = file.read_text().split()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise AnchorsRefused(f"{file} cannot be read") from error
    wrong = [each for each in lines if not _POLICY.fullmatch(each)]
    if wrong:
        raise AnchorsRefused(f"{file}: {wrong[0]!r} is no policy; dotted numbers, one a line")
    return lines


def _must_be_authority(certificate: x509.Certificate) -> None:
    constraints = extension(certificate, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        raise ChainWrongUse(what="an anchor that is no authority")
