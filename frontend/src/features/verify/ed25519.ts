/** Ed25519 signature verification (RFC 8032 section 5.1.7): one form of everything, no cofactor, no key of small order. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { concat, equal } from "../../shared/crypto/bytes";

const { Point } = ed25519;
type Ed25519Point = InstanceType<typeof Point>;
const ORDER = Point.CURVE().n;

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** The point of a public key: 32 bytes in their one form, not of small order (under such a key, anything verifies). */
function pointOf(publicKey: Uint8Array): Ed25519Point | null {
  if (publicKey.length !== 32) return null;
  try {
    const point = Point.fromBytes(publicKey, false);
    return point.isSmallOrder() ? null : point;
  } catch {
    return null;
  }
}

export function isEd25519Key(publicKey: Uint8Array): boolean {
  return pointOf(publicKey) !== null;
}

/** As most libraries check it: [s]B - [k]A must be R itself. The library's own check multiplies both sides by 8. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = pointOf(publicKey);
  if (key === null || signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = fromLittleEndian(signature.subarray(32));
  if (s >= ORDER) return false;
  const k = fromLittleEndian(sha512(concat(r, publicKey, message))) % ORDER;
  return equal(Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k)).toBytes(), r);
}
