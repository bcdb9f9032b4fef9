"""The ledger's tree on the test vectors of Certificate Transparency, and proofs that do not hold."""

import pytest

from services.rules.errors import NotProven
from services.rules.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    grow,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

# The eight inputs and roots that google/certificate-transparency and its successors test with.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
FIRST_OF_EIGHT = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
SIX_TO_EIGHT = (
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
)
LEAVES = [leaf_hash(bytes.fromhex(value)) for value in INPUTS]
ROOT = bytes.fromhex(ROOTS[7])


def test_empty_tree() -> None:
    """A ledger without lines has the hash of nothing as its root."""
    assert Frontier().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_of_certificate_transparency(size: int) -> None:
    """The eight standard trees have the roots that every other implementation finds."""
    assert Frontier().append(LEAVES[:size]).root().hex() == ROOTS[size - 1]


def test_proofs_of_certificate_transparency() -> None:
    """A known inclusion proof and a known consistency proof come out hash for hash."""
    assert tuple(value.hex() for value in inclusion_proof(LEAVES, 0)) == FIRST_OF_EIGHT
    assert tuple(value.hex() for value in grow(Frontier(), LEAVES).proofs()[0]) == FIRST_OF_EIGHT
    assert tuple(value.hex() for value in consistency_proof(LEAVES, 6, 8)) == SIX_TO_EIGHT


def test_empty_batch_changes_nothing() -> None:
    """Appending no line leaves the tree as it was and proves nothing."""
    frontier = Frontier().append(LEAVES[:5])
    growth = grow(frontier, [])
    assert (growth.frontier, growth.proofs(), growth.proof_lines(bytes.hex)) == (frontier, [], [])


def test_text_proofs_are_the_byte_proofs() -> None:
    """A receipt's lines, made once for the whole batch, say what the single proofs say."""
    growth = grow(Frontier().append(LEAVES[:3]), LEAVES[3:])
    texts = ["".join(value.hex() for value in proof) for proof in growth.proofs()]
    assert growth.proof_lines(bytes.hex) == texts


@pytest.mark.parametrize(("index", "size"), [(8, 8), (-1, 8), (0, 0), (0, 4), (0, 16), (1, 8), (4, 8)])
def test_inclusion_elsewhere_is_refused(index: int, size: int) -> None:
    """A proof of the first leaf proves no other place and no tree of another height."""
    proof = [bytes.fromhex(value) for value in FIRST_OF_EIGHT]
    verify_inclusion(LEAVES[0], 0, 8, proof, ROOT)
    with pytest.raises(NotProven):
        verify_inclusion(LEAVES[0], index, size, proof, ROOT)


@pytest.mark.parametrize("change", ["shorter", "longer", "short hash", "leaf", "root"])
def test_changed_inclusion_proof_is_refused(change: str) -> None:
    """A hash left out, added or cut, another leaf or another root prove nothing."""
    proof = [bytes.fromhex(value) for value in FIRST_OF_EIGHT]
    leaf, root = LEAVES[0], ROOT
    match change:
        case "shorter":
            del proof[-1]
        case "longer":
            proof.append(ROOT)
        case "short hash":
            proof[0] = proof[0][:31]
        case "leaf":
            leaf = LEAVES[1]
        case _:
            root = proof[2]
    with pytest.raises(NotProven):
        verify_inclusion(leaf, 0, 8, proof, root)


@pytest.mark.parametrize(
    ("old", "new", "count"), [(0, 8, 0), (9, 8, 3), (8, 8, 1), (6, 8, 0), (6, 8, 2), (5, 8, 3), (4, 8, 3)]
)
def test_wrong_consistency_proof_is_refused(old: int, new: int, count: int) -> None:
    """Sizes from nothing, backwards, or other than those proven, and cut proofs, prove no continuity."""
    proof = [bytes.fromhex(value) for value in SIX_TO_EIGHT]
    verify_consistency(6, 8, proof, bytes.fromhex(ROOTS[5]), ROOT)
    with pytest.raises(NotProven):
        verify_consistency(old, new, proof[:count], bytes.fromhex(ROOTS[5]), ROOT)


def test_longer_consistency_proof_is_refused() -> None:
    """A hash too many is not overlooked, also where nothing was to be proven."""
    with pytest.raises(NotProven):
        verify_consistency(8, 8, [ROOT], ROOT, ROOT)
    proof = [*(bytes.fromhex(value) for value in SIX_TO_EIGHT), ROOT]
    with pytest.raises(NotProven):
        verify_consistency(6, 8, proof, bytes.fromhex(ROOTS[5]), ROOT)


@pytest.mark.parametrize(("old", "new"), [(0, 8), (3, 2), (1, 9)])
def test_consistency_of_impossible_sizes_is_not_built(old: int, new: int) -> None:
    """Nobody can be given a proof from nothing, backwards or beyond the ledger."""
    with pytest.raises(NotProven):
        consistency_proof(LEAVES, old, new)


def test_index_beyond_the_ledger_is_not_proven() -> None:
    """There is no proof of a line that is not there."""
    for index in (-1, 8):
        with pytest.raises(NotProven):
            inclusion_proof(LEAVES, index)


@pytest.mark.parametrize(("size", "peaks"), [(3, 1), (4, 2), (0, 1), (-1, 1)])
def test_frontier_of_no_tree_is_refused(size: int, peaks: int) -> None:
    """A tree of n leaves has as many perfect subtrees as n has binary ones."""
    with pytest.raises(NotProven):
        Frontier(size, (ROOT,) * peaks)


def test_what_is_no_hash_is_not_appended() -> None:
    """A line given where its hash belongs is refused instead of silently hashed on."""
    with pytest.raises(NotProven):
        Frontier().append([b"a line"])
    with pytest.raises(NotProven):
        Frontier(1, (b"short",))
