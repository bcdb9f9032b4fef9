"""`rules.credential`, which checks our own chains, against the path library: it takes nothing that the library refuses.

The other way round is not asked for: it knows no policies' processing, no name constraints, no algorithms but ours, and
refuses whoever uses them. Decision 0021 says why it is made by hand.
"""

import asyncio
import inspect
import random
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pki import paths
from services.pki.anchors import TrustAnchors
from services.pki.demands import SEAL
from services.refusal import Refused
from services.rules import credential
from tests.support.mutated_chains import Case, drawn

# Drawn in a row, the same each time.
CORPUS = 4000

# What is written there, and what is left of it with a check taken out.
CHECKS = {
    "the signature": ("certificate.verify_directly_issued_by(issuer)", "pass"),
    "not yet valid": ("raise ChainNotYetValid", "pass"),
    "expired": ("raise ChainExpired", "pass"),
    "the issuer's beginning": ("max(starts, issuer.starts)", "starts"),
    "the issuer's end": ("min(ends, issuer.ends)", "ends"),
    "the beginning further up": ("max(starts, above.starts)", "starts"),
    "the end further up": ("min(ends, above.ends)", "ends"),
    "an authority by its constraints": (
        "constraints is None or not constraints.ca or",
        "constraints is None or",
    ),
    "an authority by its usage": ("or not usage.key_cert_sign", ""),
    "path length": ("if above.below < 1:", "if False:"),
    "path length further up": ("min(below, above.below - 1)", "below"),
    "name constraints": ('    x509.NameConstraints: "name constraints",\n', ""),
    "policy constraints": ('    x509.PolicyConstraints: "policy constraints",\n', ""),
    "critical extensions": ("if each.critical and kind not in _UNDERSTOOD:", "if False:"),
    "extended key usage": ("if uses is not None and _USES.isdisjoint(uses):", "if False:"),
    "an authority as a person": ("if constraints is not None and constraints.ca:", "if False:"),
    "usage of a person's key": ("if usage is None or not (usage.digital_signature or", "if False and not ("),
    "small RSA keys": ("key.key_size >= jws.RSA_SMALLEST_BITS", "True"),
    "curves": ("isinstance(key.curve, _CURVES)", "True"),
    "weak hashes": ("_HASHES = (SHA256, SHA384, SHA512)", "_HASHES = (object,)"),
    "the key of a person": ("        must_be_spelled(leaf)\n", ""),
}


def _ours(case: Case, checker: Any = credential) -> str:
    """Why we refuse it; empty if we do not."""
    try:
        checker.verify_chain(case.chain, case.anchors, case.at, "person")
    except Refused as refused:
        return refused.code
    return ""


def _theirs(case: Case) -> str:
    """Why the library refuses it, with what a signing leaf must be made for."""
    try:
        asyncio.run(paths.build(case.chain, TrustAnchors(case.anchors), case.at, SEAL))
    except Refused as refused:
        return refused.code
    return ""


@cache
def _case(seed: int) -> Case:
    return drawn(random.Random(seed))


@given(st.integers(0, 2**64))
@settings(max_examples=400)
def test_nothing_is_taken_that_the_library_refuses(seed: int) -> None:
    """Whatever was done to a chain."""
    case = drawn(random.Random(seed))
    if not _ours(case):
        assert _theirs(case) == "", case.done


def test_what_is_drawn() -> None:
    """Every reason there is, and chains that are good though something was done to them."""
    found = {_ours(_case(seed)) for seed in range(400)}
    assert found == {
        *("", "chain_expired", "chain_malformed", "chain_not_yet_valid", "chain_untrusted"),
        *("chain_wrong_use", "key_not_taken"),
    }
    assert any(not _ours(_case(seed)) and _case(seed).done for seed in range(100))


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_that_is_missing_is_found_out(check: str) -> None:
    """Without any one of its checks it takes a chain that the library refuses: the comparison does see each."""
    without = _without(*CHECKS[check])
    assert any(not _ours(case, without) and _theirs(case) for case in map(_case, range(CORPUS)))


def _without(written: str, left: str) -> ModuleType:
    text = inspect.getsource(credential)
    assert text.count(written) == 1
    found = ModuleType(credential.__name__)
    exec(compile(text.replace(written, left), "credential with a check left out", "exec"), found.__dict__)  # noqa: S102
    return found
