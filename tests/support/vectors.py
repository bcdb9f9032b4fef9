"""The test vectors of `proto/vectors/`: bytes, what any implementation must make of them, and the bug each catches.

`pytest --update-proto` writes them, from fixed keys; `tests/contract/test_vectors.py` runs each through the product.
Where the product could be wrong in the same way twice, the expectation is made here by another road.
"""

from typing import Any

from tests.support import (
    vectors_certificates,
    vectors_chains,
    vectors_codes,
    vectors_countersigned,
    vectors_live,
    vectors_messages,
    vectors_minutes_files,
    vectors_signed,
    vectors_step_ups,
    vectors_trees,
    vectors_votes,
)


def files() -> dict[str, dict[str, Any]]:
    """Every file of vectors by its name."""
    return {
        "jws": vectors_signed.jws(),
        "tokens": vectors_signed.tokens(),
        "merkle": vectors_trees.merkle(),
        "note": vectors_trees.note(),
        "receipt": vectors_trees.receipt(),
        "chains": vectors_chains.made(),
        "certificates": vectors_certificates.certificates(),
        "countersigned": vectors_countersigned.countersigned_files(),
        "minutes": vectors_minutes_files.minutes_files(),
        "majority": vectors_votes.majority(),
        "step-ups": vectors_step_ups.step_ups(),
        "text": vectors_votes.text(),
        "verification-codes": vectors_codes.codes(),
        "live": vectors_live.live(),
        "messages-good": vectors_messages.good(),
        "messages-bad": vectors_messages.bad(),
    }
