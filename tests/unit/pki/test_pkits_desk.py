"""NIST PKITS as the server meets it: the desk that asks about persons, its lists, its path library, our own anchors.

`test_pkits` has the suite through the path library alone. Here stand before and behind it what our desk does: a path
for a signing person, each certificate by the lists that are fetched for it, forms that we do not read left to the
library.

What is different, and why, by name:

- No DSA is taken, so two valid paths are refused as weak (`WEAK`).
- The leaf of some tests is an authority, which is no person (`AUTHORITIES`).
- `ValiddeltaCRLTest5`: the whole list has the person on hold, and only a list of changes takes it back. We look for no
  lists of changes (an input of RFC 5280 section 6.3.1): a whole list that is in time has the word.
- `InvalidNegativeSerialNumberTest15`: a number that is not positive is refused before anybody is asked.
- A body may trust the authority under the suite's anchor in place of it. Then nobody vouches for who signs the lists of
  some tests, whom the anchor itself certified (`LISTS_FROM_ABOVE`), and nobody asks about that authority itself.
- Runs whose inputs no body's trust anchors can say are left out: `test_pkits` has them.
"""

import asyncio

import pytest

from services.pki.errors import ChainWeak
from services.refusal import Refused
from services.rules.credential_errors import ChainWrongUse
from tests.support import pkits, pkits_desk
from tests.support.pkits_reasons import OF_CASE, REASONS


def _name(case: pkits.Case) -> str:
    return f"{case.name}-{case.run}" if case.run else case.name


CASES = [case for case in pkits.cases() if pkits_desk.representable(case)]
WEAK = {"ValidDSASignaturesTest4", "ValidDSAParameterInheritanceTest5"}
AUTHORITIES = {
    "OverlappingPoliciesTest6",
    "ValidonlyContainsCACertsCRLTest13",
    "ValidpathLenConstraintTest8",
    "ValidpathLenConstraintTest14",
}
ON_HOLD = {"ValiddeltaCRLTest5"}
LISTS_FROM_ABOVE = {
    "ValidIDPwithindirectCRLTest24",
    "ValidIDPwithindirectCRLTest25",
    "ValidSeparateCertificateandCRLKeysTest19",
    "ValidcRLIssuerTest33",
    "InvalidSeparateCertificateandCRLKeysTest20",
    "InvalidcRLIssuerTest31",
    "InvalidcRLIssuerTest32",
}
GOOD = [case for case in CASES if case.good and case.name not in WEAK | AUTHORITIES | ON_HOLD]
BAD = [case for case in CASES if not case.good]
REVOKED = [case for case in BAD if OF_CASE[_name(case)][0] == "revoked"]

pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")


def test_all_are_there() -> None:
    """Every test of the suite, each refusal with its reason, and no reason for what is not there."""
    assert {case.name for case in CASES} == {case.name for case in pkits.cases()}
    assert {_name(case) for case in BAD} == OF_CASE.keys()
    assert sum(map(len, REASONS.values())) == len(OF_CASE)
    assert {case.name for case in CASES if case.good} >= WEAK | AUTHORITIES | ON_HOLD


@pytest.mark.parametrize("case", GOOD, ids=map(_name, GOOD))
async def test_good(case: pkits.Case) -> None:
    """Good by what was fetched, all of which is kept."""
    status, shelf = await pkits_desk.asked(case)
    assert (status.kind, status.why) == ("good", "")
    assert status.path.anchor == pkits.anchor()
    assert status.evidence
    assert set(status.evidence) == shelf.kept.keys()


@pytest.mark.parametrize("case", GOOD, ids=map(_name, GOOD))
async def test_good_up_to_the_authority_below(case: pkits.Case) -> None:
    """An anchor that did not sign itself: by its own lists, and by lists that chain to it."""
    anchor = await asyncio.to_thread(pkits_desk.below, case)
    if anchor == pkits.message(case.name)[0][0]:
        pytest.skip("the anchor itself certified the person")
    status, _ = await pkits_desk.asked(case, anchor)
    assert status.path.anchor == anchor
    assert status.kind == ("unknown" if case.name in LISTS_FROM_ABOVE else "good"), status.why


@pytest.mark.parametrize("case", REVOKED, ids=map(_name, REVOKED))
async def test_revoked_up_to_the_authority_below(case: pkits.Case) -> None:
    """The same lists say no as well."""
    status, _ = await pkits_desk.asked(case, await asyncio.to_thread(pkits_desk.below, case))
    kind, why = OF_CASE[_name(case)]
    unknown = case.name in LISTS_FROM_ABOVE
    assert (status.kind, unknown or status.why) == ("unknown" if unknown else kind, unknown or why)


@pytest.mark.parametrize("case", BAD, ids=map(_name, BAD))
async def test_refused(case: pkits.Case) -> None:
    """Each for its own reason."""
    try:
        status, _ = await pkits_desk.asked(case)
    except Refused as refused:
        found, said = refused.code, str(refused.facts.get("what", ""))
    else:
        found, said = status.kind, status.why
    kind, words = OF_CASE[_name(case)]
    assert (found, words in said) == (kind, True), said


@pytest.mark.parametrize("case", CASES, ids=map(_name, CASES))
async def test_nobody_is_good_without_lists(case: pkits.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same persons nothing is known when nothing can be fetched."""
    monkeypatch.setattr(pkits_desk.Shelf, "_places", lambda *_: ["http://lists.example/none.crl"])
    try:
        status, _ = await pkits_desk.asked(case)
    except Refused:
        return
    assert (status.kind, "http 404" in status.why) == ("unknown", True)


@pytest.mark.parametrize("name", sorted(WEAK | AUTHORITIES | ON_HOLD))
async def test_good_paths_that_are_not_for_us(name: str) -> None:
    """Refused for what we are stricter in, and for nothing else."""
    case = next(each for each in CASES if each.name == name)
    if name in ON_HOLD:
        status, _ = await pkits_desk.asked(case)
        assert (status.kind, status.why) == ("revoked", "certificateHold")
        return
    with pytest.raises(ChainWeak if name in WEAK else ChainWrongUse):
        await pkits_desk.asked(case)
