"""Many inclusion proofs of one tree at once: what they share is hashed once. Pure.

Proofs are taken in the order of their leaves. The paths of two leaves meet at a fork and are the same above it. So a proof
holds if the one before it does and the two fit together: each has at the fork, as its sibling, the node that the other
one leads to, and above it they say the same. Whatever does not fit is verified from leaf to root by `verify_inclusion`,
which alone decides what is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from abs_platform.crypto.merkle import HASH_SIZE, Hasher, InvalidProof, verify_inclusion


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That leaf `index` has this hash, by the path from it to the root."""

    index: int
    leaf_hash: bytes
    path: Sequence[bytes]


def verify_many(hasher: Hasher, *, size: int, root: bytes, proofs: Sequence[InclusionProof]) -> list[int]:
    """Which of the proofs do not lead to `root` in the tree of `size` leaves: their places in `proofs`, ascending.

    They are exactly those that `verify_inclusion` refuses.
    """
    wrong = []
    trail: _Trail | None = None
    for place in sorted(range(len(proofs)), key=[proof.index for proof in proofs].__getitem__):
        proof = proofs[place]
        if trail is not None and trail.goes_on_to(proof):
            continue
        index, leaf_hash, path = proof.index, proof.leaf_hash, proof.path
        try:
            verify_inclusion(hasher, leaf_hash=leaf_hash, index=index, size=size, path=path, root=root)
        except InvalidProof:
            wrong.append(place)
        else:
            trail = _Trail(hasher, size, proof)
    return sorted(wrong)


class _Trail:
    """The way from a verified leaf to the root: its path and, level by level, its own nodes beside the path's siblings.

    A sibling's place in a path is its level, but not above the level where the path comes to the tree's right edge (`inner`
    in RFC 9162, section 2.1.3.2). A later leaf's path never meets this one up there. One that came to the edge before it
    meets this one is not taken: there are no more of those than the tree has levels.
    """

    def __init__(self, hasher: Hasher, size: int, proof: InclusionProof) -> None:
        self._copy = hasher._node.copy
        self._last = size - 1
        self._index, self._path = proof.index, proof.path
        self._nodes = [proof.leaf_hash]
        for level, sibling in enumerate(proof.path):
            node = self._nodes[level]
            self._nodes.append(hasher.node(sibling, node) if proof.index >> level & 1 else hasher.node(node, sibling))

    def goes_on_to(self, proof: InclusionProof) -> bool:
        """Whether the proof of a later leaf holds because this trail does. If so, the trail is that leaf's now."""
        index, node, path = proof.index, proof.leaf_hash, proof.path
        fork = (index ^ self._index).bit_length() - 1
        if not 0 <= fork <= (index ^ self._last).bit_length() or index > self._last or len(path) <= fork:
            return False
        own, known = self._nodes, self._path
        if path[fork] != own[fork] or path[fork + 1 :] != known[fork + 1 :] or len(node) != HASH_SIZE:
            return False
        nodes = [node]
        if fork:
            copy, bits = self._copy, index
            for sibling in path[:fork]:
                if len(sibling) != HASH_SIZE:
                    return False
                state = copy()
                state.update(sibling + node if bits & 1 else node + sibling)
                node = state.digest()
                nodes.append(node)
                bits >>= 1
        if node != known[fork]:
            return False
        own[: fork + 1] = nodes
        self._index, self._path = index, path
        return True
