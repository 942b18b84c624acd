/** Merkle inclusion, RFC 9162 section 2.1.3.2. */
import { concat } from "../../shared/crypto/bytes";
import type { Hash } from "../../shared/crypto/hash";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(hash: Hash, entry: Uint8Array): Uint8Array {
  return hash(concat(LEAF, entry));
}

export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(concat(NODE, left, right));
}

/** The root of the tree of `size` leaves with `leaf` at `index`; null when the path has not the right length. */
export function rootFromInclusion(hash: Hash, index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[]): Uint8Array | null {
  if (index < 0 || index >= size) return null;
  let fn = BigInt(index);
  let sn = BigInt(size) - 1n;
  let node = leaf;
  for (const sibling of path) {
    if (sn === 0n) return null;
    if (fn & 1n || fn === sn) {
      node = nodeHash(hash, sibling, node);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      node = nodeHash(hash, node, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n ? node : null;
}
