"""The fast tree and its proofs against the definitions of RFC 6962, written out as they stand there."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rules.errors import NotProven
from services.rules.merkle import (
    Frontier,
    consistency_proof,
    grow,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(str(number).encode()) for number in range(300)]


def split(size: int) -> int:
    """The largest power of two below `size` (RFC 6962 2.1)."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]) of RFC 6962 2.1, over leaf hashes."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], b: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 2.1.2."""
    if m == len(leaves):
        return [] if b else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], b), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def test_every_small_batch_on_every_small_tree() -> None:
    """Appending 0 to 20 lines to 0 to 40: root, frontier and every new line's proof are those of RFC 6962."""
    for before in range(41):
        frontier = Frontier().append(LEAVES[:before])
        for after in range(before, before + 21):
            growth = grow(frontier, LEAVES[before:after])
            assert growth.frontier == Frontier().append(LEAVES[:after])
            assert growth.frontier.root() == mth(LEAVES[:after])
            expected = [tuple(path(index, LEAVES[:after])) for index in range(before, after)]
            assert growth.proofs() == expected


@settings(max_examples=150)
@given(st.lists(st.integers(0, 60), max_size=6))
def test_batches_of_any_size_make_one_tree(sizes: list[int]) -> None:
    """However the lines came in batches, the tree is that of all of them, and each batch's proofs verify."""
    frontier, done = Frontier(), 0
    for size in sizes:
        batch = LEAVES[done : done + size]
        proofs = grow(frontier, batch).proofs()
        frontier = frontier.append(batch)
        for index, (leaf, proof) in enumerate(zip(batch, proofs, strict=True), done):
            verify_inclusion(leaf, index, frontier.size, proof, frontier.root())
        done += len(batch)
    assert frontier.root() == mth(LEAVES[:done])


@settings(max_examples=300)
@given(st.integers(1, 200), st.data())
def test_inclusion_proofs_are_those_of_the_rfc(size: int, data: st.DataObject) -> None:
    """A single proof is PATH, verifies, and proves neither another line nor another place."""
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(LEAVES[:size], index), mth(LEAVES[:size])
    assert list(proof) == path(index, LEAVES[:size])
    verify_inclusion(LEAVES[index], index, size, proof, root)
    if other != index:
        with pytest.raises(NotProven):
            verify_inclusion(LEAVES[other], index, size, proof, root)
        with pytest.raises(NotProven):
            verify_inclusion(LEAVES[index], other, size, proof, root)


@settings(max_examples=300)
@given(st.integers(2, 200), st.data())
def test_any_changed_bit_of_an_inclusion_proof_is_noticed(size: int, data: st.DataObject) -> None:
    """One bit anywhere in the hashes, and the proof proves nothing."""
    index = data.draw(st.integers(0, size - 1))
    proof = list(inclusion_proof(LEAVES[:size], index))
    step, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    proof[step] = (int.from_bytes(proof[step]) ^ 1 << bit).to_bytes(32)
    with pytest.raises(NotProven):
        verify_inclusion(LEAVES[index], index, size, proof, mth(LEAVES[:size]))


@settings(max_examples=300)
@given(st.integers(1, 150), st.data())
def test_consistency_proofs_are_those_of_the_rfc(new: int, data: st.DataObject) -> None:
    """Every earlier head is provably the beginning of a later one, by the proof of RFC 6962."""
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(LEAVES, old, new)
    assert list(proof) == subproof(old, LEAVES[:new], True)
    verify_consistency(old, new, proof, mth(LEAVES[:old]), mth(LEAVES[:new]))


@settings(max_examples=300)
@given(st.integers(2, 150), st.data())
def test_rewritten_ledger_is_not_consistent(new: int, data: st.DataObject) -> None:
    """A line changed below the older head cannot be covered by any proof built over the changed lines."""
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*LEAVES[:changed], leaf_hash(b"rewritten"), *LEAVES[changed + 1 : new]]
    for proof in (consistency_proof(LEAVES, old, new), consistency_proof(rewritten, old, new)):
        with pytest.raises(NotProven):
            verify_consistency(old, new, proof, mth(LEAVES[:old]), mth(rewritten))


@settings(max_examples=200)
@given(st.integers(2, 150), st.data())
def test_any_changed_bit_of_a_consistency_proof_is_noticed(new: int, data: st.DataObject) -> None:
    """One bit anywhere in the hashes, and continuity is not proven."""
    old = data.draw(st.integers(1, new - 1))
    proof = list(consistency_proof(LEAVES, old, new))
    step, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    proof[step] = (int.from_bytes(proof[step]) ^ 1 << bit).to_bytes(32)
    with pytest.raises(NotProven):
        verify_consistency(old, new, proof, mth(LEAVES[:old]), mth(LEAVES[:new]))
