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

    A sibling's place in a path is its level, but not above the level where the path comes to the tree's right edge (`inner`
    in RFC 9162, section 2.1.3.2). A later leaf's path never meets the known one up there. One that came to the edge before
    it meets the known one is verified alone: there are no more of those than the tree has levels.
    """
    copy, last = hasher._node.copy, size - 1
    wrong = []
    known = -1  # the leaf verified last, its path, and its own nodes beside the path's siblings
    known_path: Sequence[bytes] = []
    known_nodes: list[bytes] = []
    for place in sorted(range(len(proofs)), key=[proof.index for proof in proofs].__getitem__):
        proof = proofs[place]
        index, leaf_hash, path = proof.index, proof.leaf_hash, proof.path
        fork = (index ^ known).bit_length() - 1
        if (
            0 <= known < index <= last
            and fork <= (index ^ last).bit_length()
            and fork < len(path)
            and path[fork] == known_nodes[fork]
            and path[fork + 1 :] == known_path[fork + 1 :]
            and len(leaf_hash) == HASH_SIZE
        ):
            node, bits, nodes = leaf_hash, index, [leaf_hash]
            for sibling in path[:fork]:
                if len(sibling) != HASH_SIZE:
                    break
                state = copy()
                state.update(sibling + node if bits & 1 else node + sibling)
                node = state.digest()
                nodes.append(node)
                bits >>= 1
            else:
                if node == known_path[fork]:
                    known, known_path = index, path
                    known_nodes[: fork + 1] = nodes
                    continue
        try:
            verify_inclusion(hasher, leaf_hash=leaf_hash, index=index, size=size, path=path, root=root)
        except InvalidProof:
            wrong.append(place)
        else:
            known, known_path, known_nodes = index, path, _nodes(hasher, proof)
    return sorted(wrong)


def _nodes(hasher: Hasher, proof: InclusionProof) -> list[bytes]:
    """A leaf's own node at each level, up to where its path comes to the tree's right edge."""
    nodes = [proof.leaf_hash]
    for level, sibling in enumerate(proof.path):
        node = nodes[level]
        nodes.append(hasher.node(sibling, node) if proof.index >> level & 1 else hasher.node(node, sibling))
    return nodes
