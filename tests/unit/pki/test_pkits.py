"""NIST PKITS: every path that must be good is, and every other is refused by a refusal of ours.

What does not apply, by name:

- `ValidDSAParameterInheritanceTest5` with revocation: the list is signed by a DSA key that inherits its parameters,
  which the library does not verify. Its path alone is tested. We take no DSA anyway; the suite's DSA tests run with an
  algorithm policy of their own.
- Section 4.2 asks for a time before 2030; some lists and certificates of the suite end in 2030: the clock is set to
  2022-05-01.
- Section 4.16 is about extensions alone and applies whole. The texts of user notices (4.8.15 to 4.8.19) are to be
  displayed to somebody, which no page of ours does: that part of these tests does not apply.
"""

from datetime import UTC, datetime

import pytest
from pyhanko_certvalidator.policy_decl import DisallowWeakAlgorithmsPolicy

from services.pki import paths
from services.pki.anchors import TrustAnchors
from services.pki.errors import ChainRevoked, ChainStatusUnknown
from services.pki.paths import Evidence
from services.refusal import Refused
from tests.support import pkits

AT = int(datetime(2022, 5, 1, tzinfo=UTC).timestamp() * 1000)
ANCHORS = TrustAnchors((pkits.anchor(),))
# The suite signs with RSA 2048 and SHA-256; its DSA keys have 1024 bits and sign SHA-1.
ALGORITHMS = DisallowWeakAlgorithmsPolicy(
    weak_hash_algos=frozenset({"md2", "md5"}), dsa_key_size_threshold=1024
)
WITHOUT_REVOCATION = {"ValidDSAParameterInheritanceTest5"}
DSA = {"ValidDSASignaturesTest4", "ValidDSAParameterInheritanceTest5", "InvalidDSASignatureTest6"}
CASES = list(pkits.cases())


def test_all_are_there() -> None:
    """All messages of the suite, and with every setting of the inputs more than the 246 that others count."""
    assert len({case.name for case in CASES}) == 224
    assert len(CASES) == 259
    assert pkits.SETTINGS.keys() <= {case.name for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=[f"{case.name}-{case.run}" for case in CASES])
async def test_path(case: pkits.Case) -> None:
    """The path is good, or refused, as the suite says."""
    chain, given = pkits.message(case.name)
    evidence: Evidence | None = None if case.name in WITHOUT_REVOCATION else given
    proving = paths.proven(chain, ANCHORS, AT, evidence, case.inputs, ALGORITHMS)
    if case.good:
        assert (await proving).certificates[-1] == pkits.anchor()
    else:
        with pytest.raises(Refused):
            await proving


@pytest.mark.parametrize("name", sorted(DSA))
async def test_dsa_is_refused_as_we_are_set(name: str) -> None:
    """By our own policy no path with DSA is good."""
    chain, given = pkits.message(name)
    with pytest.raises(Refused):
        await paths.proven(chain, ANCHORS, AT, given, paths.Inputs())


@pytest.mark.parametrize("name", ["InvalidRevokedCATest2", "InvalidRevokedEETest3"])
async def test_revoked_says_so(name: str) -> None:
    """Who is revoked is told so, not anything else."""
    chain, given = pkits.message(name)
    with pytest.raises(ChainRevoked):
        await paths.proven(chain, ANCHORS, AT, given, paths.Inputs())


@pytest.mark.parametrize("name", ["ValidSignaturesTest1", "InvalidRevokedEETest3", "MissingCRLTest1"])
async def test_no_list_is_no_proof(name: str) -> None:
    """Without any list nobody is good, revoked or not."""
    chain, _ = pkits.message(name)
    with pytest.raises(ChainStatusUnknown):
        await paths.proven(chain, ANCHORS, AT, Evidence(), paths.Inputs())
