"""The Merkle tree of a ledger: RFC 6962 section 2.1 and RFC 9162 section 2.1.

To append, only the frontier is needed: the roots of the perfect subtrees that make up the tree, at most one
for each binary digit of its size. A batch is appended in one pass that also yields the inclusion proof of
every new leaf in the new tree, so the cost of a receipt does not grow with the ledger but for one hash per
doubling.

Nothing here answers yes or no: what is not proven is refused with NotProven. All hashes are 32 raw bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import TypeVar

from services.rules.errors import NotProven

EMPTY_ROOT = sha256(b"").digest()

Piece = TypeVar("Piece", str, tuple[bytes, ...])


def leaf_hash(line: bytes) -> bytes:
    """The hash of a ledger line as a leaf (RFC 6962 2.1); the first byte keeps leaves and nodes apart."""
    return sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees as one (RFC 6962 2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree by its perfect subtrees, largest first; `size` is its number of leaves. Raises NotProven if
    unlike.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """A frontier that could not come from any tree is refused: it may be read from a file of others."""
        if self.size < 0 or self.size.bit_count() != len(self.peaks) or not _are_hashes(self.peaks):
            raise NotProven(what="frontier")

    def append(self, leaves: Sequence[bytes]) -> "Frontier":
        """The tree with these leaf hashes after its own."""
        return grow(self, leaves).frontier

    def root(self) -> bytes:
        """The tree's root hash; that of no leaves is the hash of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self.peaks))


def frontier_of(size: int, peaks: bytes) -> Frontier:
    """A frontier as stores keep it: its size, and its peaks one after the other."""
    return Frontier(size, tuple(peaks[at : at + 32] for at in range(0, len(peaks), 32)))


@dataclass(frozen=True, slots=True)
class Growth:
    """A batch appended: the new frontier, and what the batch's proofs are made of.

    `levels` holds, from the leaves up, the nodes at the tree's right edge; where an older perfect subtree
    pairs with the first new node of a level, it stands in front and the level is in `joined` (as bit 1 <<
    level).
    """

    frontier: Frontier
    levels: tuple[Sequence[bytes], ...]
    joined: int

    def proofs(self) -> list[tuple[bytes, ...]]:
        """The inclusion proof of each new leaf in the new tree, the leaf's sibling first (RFC 6962 2.1.1)."""
        return _paths([[(node,) for node in level] for level in self.levels], self.joined, ())

    def proof_lines(self, encode: Callable[[bytes], str]) -> list[str]:
        """The same as text: `encode` is called once for every node, however many proofs share it."""
        return _paths([[encode(node) for node in level] for level in self.levels], self.joined, "")


def grow(frontier: Frontier, leaves: Sequence[bytes]) -> Growth:
    """Append a batch of leaf hashes; about one hash per leaf, and one more per doubling of the tree.

    Raises NotProven if something is no SHA-256 hash.
    """
    if not _are_hashes(leaves):
        raise NotProven(what="leaf hash")
    if not leaves:
        return Growth(frontier, (), 0)
    size = frontier.size + len(leaves)
    old = list(frontier.peaks)
    peaks: list[bytes] = []
    levels: list[Sequence[bytes]] = []
    joined = 0
    nodes = list(leaves)
    for level in range(size.bit_length() + 1):
        if frontier.size >> level & 1:
            nodes.insert(0, old.pop())
            joined |= 1 << level
        if size >> level & 1:
            # The last perfect subtree of this height: a ragged node may stand after it at the right edge.
            peaks.append(nodes[(size >> level) - 1 - _first(frontier.size, level)])
        levels.append(nodes)
        if len(nodes) == 1 and not old:
            break
        nodes = _parents(nodes)
    return Growth(Frontier(size, tuple(reversed(peaks))), tuple(levels), joined)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The inclusion proof of one leaf in the tree of all these leaf hashes (RFC 6962 2.1.1). Raises
    NotProven.
    """
    if not 0 <= index < len(leaves):
        raise NotProven(what="index outside the tree")
    path: list[bytes] = []
    for nodes in grow(Frontier(), leaves).levels:
        if index ^ 1 < len(nodes):
            path.append(nodes[index ^ 1])
        index >>= 1
    return tuple(path)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise NotProven unless `leaf` (a leaf hash) stands at `index` in the tree of `size` leaves with this
    `root`.

    RFC 9162 2.1.3.2.
    """
    if not 0 <= index < size or not _are_hashes((leaf, root, *proof)):
        raise NotProven(what="index or hash")
    node, at, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise NotProven(what="proof too long")
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        at, last = at >> 1, last >> 1
    if last != 0 or node != root:
        raise NotProven(what="inclusion")


def consistency_proof(leaves: Sequence[bytes], old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the tree of the first `old` leaf hashes is the beginning of that of the first `new`.

    RFC 6962 2.1.2; sizes from 1. Raises NotProven.
    """
    if not 0 < old <= new <= len(leaves):
        raise NotProven(what="sizes")
    return tuple(_subproof(leaves[:new], old, whole=True))


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise NotProven unless nothing of the older tree was changed or left out in the newer (RFC 9162
    2.1.4.2).
    """
    if not 0 < old <= new or not _are_hashes((old_root, new_root, *proof)):
        raise NotProven(what="sizes or hash")
    if old == new:
        if proof or old_root != new_root:
            raise NotProven(what="consistency")
        return
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        raise NotProven(what="proof too short")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    _climb_both(path, at, last, old_root, new_root)


def _climb_both(path: list[bytes], at: int, last: int, old_root: bytes, new_root: bytes) -> None:
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise NotProven(what="proof too long")
        if at & 1 or at == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        at, last = at >> 1, last >> 1
    if last != 0 or older != old_root or newer != new_root:
        raise NotProven(what="consistency")


def _subproof(leaves: Sequence[bytes], old: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 2.1.2; `whole` while the verifier still knows the older tree's root."""
    if old == len(leaves):
        return [] if whole else [Frontier().append(leaves).root()]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if old <= split:
        return [*_subproof(left, old, whole=whole), Frontier().append(right).root()]
    return [*_subproof(right, old - split, whole=False), Frontier().append(left).root()]


def _parents(nodes: Sequence[bytes]) -> list[bytes]:
    parents = [sha256(b"\x01" + nodes[at] + nodes[at + 1]).digest() for at in range(0, len(nodes) - 1, 2)]
    if len(nodes) & 1:
        # RFC 6962 hashes no lone node again: it stands for itself one level up.
        parents.append(nodes[-1])
    return parents


def _paths(levels: list[list[Piece]], joined: int, empty: Piece) -> list[Piece]:
    """Paths from the root down, each made once from its parent's: the leaves of one parent share what is
    above.
    """
    paths: list[Piece] = [empty]
    for level in range(len(levels) - 2, -1, -1):
        nodes = levels[level]
        above, paths = paths, []
        for at in range(0, len(nodes) - 1, 2):
            up = above[at >> 1]
            paths += (nodes[at + 1] + up, nodes[at] + up)
        if len(nodes) & 1:
            paths.append(above[-1])
        if joined >> level & 1:
            del paths[0]
    return paths if levels else []


def _first(size: int, level: int) -> int:
    """Index of the first node that a batch after `size` leaves touches or joins at a level: always even."""
    return size >> level & ~1


def _are_hashes(values: Sequence[bytes]) -> bool:
    return set(map(len, values)) <= {32}
