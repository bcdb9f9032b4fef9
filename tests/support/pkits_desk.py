"""NIST's PKITS put before the desk that asks about persons: its lists are found under addresses, as an authority's are.

The certificates of the suite name no addresses. Here each names all lists of its test: first those of its own issuer
and of whoever its distribution points name, then the others, which are wrong ones.
"""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from asn1crypto import crl, x509

from services.pki import judging
from services.pki.anchors import TrustAnchors
from services.pki.demands import PERSON
from services.pki.fetching import Fetched, NotFetched
from services.pki.inquiry import OLDEST_ABOVE_MS, Inquirer, Question, Status
from tests.support import pkits

# Within the year that its lists are of: a person's list of twelve years ago is no evidence here.
AT = int(datetime(2011, 2, 1, tzinfo=UTC).timestamp() * 1000)


class Shelf:
    """The lists of one test, instead of the network; and a thread, instead of the process that examines."""

    def __init__(self, lists: tuple[bytes, ...]) -> None:
        self._lists = {f"http://lists.example/{number}.crl": der for number, der in enumerate(lists)}
        self.kept: dict[bytes, bytes] = {}

    async def fetch_list(self, url: str) -> Fetched:
        """The list at an address."""
        der = self._lists.get(url)
        if der is None:
            raise NotFetched("http 404")
        return Fetched(der, hashlib.sha256(der).digest())

    async def ask(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """What the examiner is asked; where lists are is known here, for the suite's certificates do not say."""
        if do is judging.asked_of:
            return [], b"", self._places(x509.Certificate.load(arguments[0]))
        return await asyncio.to_thread(do, *arguments)

    async def keep(self, sha256: bytes, der: bytes, at: int) -> None:
        """Keep evidence."""
        self.kept[sha256] = der

    def _places(self, certificate: x509.Certificate) -> list[str]:
        issuers = {certificate.issuer.hashable, *_list_issuers(certificate)}

        def stranger(url: str) -> bool:
            return crl.CertificateList.load(self._lists[url]).issuer.hashable not in issuers

        return sorted(self._lists, key=stranger)


def _list_issuers(certificate: x509.Certificate) -> set[str]:
    points = certificate.crl_distribution_points_value or ()
    return {
        name.chosen.hashable
        for point in points
        for name in point["crl_issuer"] or ()
        if name.name == "directory_name"
    }


def representable(case: pkits.Case) -> bool:
    """Whether a body's trust anchors can say these inputs: with policies one of them is wanted, and no more."""
    inputs = case.inputs
    return inputs.explicit_policy == bool(inputs.policies) and not (
        inputs.mapping_inhibited or inputs.any_policy_inhibited
    )


def below(case: pkits.Case) -> bytes:
    """The first authority under the suite's own anchor on the way to the person of a test."""
    chain, _ = pkits.message(case.name)
    anchors = TrustAnchors((pkits.anchor(),), case.inputs.policies)
    return judging.prove(chain, anchors, AT, PERSON.purpose).certificates[-2]


async def asked(case: pkits.Case, anchor: bytes = b"") -> tuple[Status, Shelf]:
    """What the desk finds out about the person of a test, up to the suite's own anchor or another. Raises Refused for a
    path that is not good."""
    chain, evidence = pkits.message(case.name)
    shelf = Shelf(evidence.lists)
    there: Any = shelf
    inquirer = Inquirer(there, there, shelf, OLDEST_ABOVE_MS)
    anchors = TrustAnchors((anchor or pkits.anchor(),), case.inputs.policies)
    return await inquirer.ask(Question(chain, anchors, PERSON), AT), shelf
