/** SM2 signature verification (GB/T 32918.2-2016) on the curve sm2p256v1 (GB/T 32918.5), distinguished id 1234567812345678. */
import { weierstrass } from "@noble/curves/abstract/weierstrass.js";

import { concat, fromHex, toHex, utf8 } from "./bytes";
import type { Hash } from "./hash";

export const SM2 = weierstrass({
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
});

const { a, b, n, Gx, Gy } = SM2.CURVE();
const DISTINGUISHED_ID = utf8("1234567812345678");

function word(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, "0"));
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

/** e of the standard: SM3(ZA ‖ message), where ZA binds the distinguished id, the curve and the public key. */
export function messageDigest(publicKey: Uint8Array, message: Uint8Array, sm3: Hash): bigint {
  const bits = DISTINGUISHED_ID.length * 8;
  const identity = sm3(
    concat(Uint8Array.of(bits >> 8, bits & 0xff), DISTINGUISHED_ID, word(a), word(b), word(Gx), word(Gy), publicKey.subarray(1)),
  );
  return toNumber(sm3(concat(identity, message)));
}

/** r and s of SEQUENCE { INTEGER, INTEGER } in the one DER form, or null. */
export function readSignature(der: Uint8Array): readonly [bigint, bigint] | null {
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const numbers: bigint[] = [];
  let at = 2;
  for (let each = 0; each < 2; each += 1) {
    const size = der[at + 1];
    if (der[at] !== 2 || size === undefined || size < 1 || size > 33) return null;
    const content = der.subarray(at + 2, at + 2 + size);
    const [first = 0, second = 0] = content;
    if (content.length !== size || first & 0x80 || (size > 1 && first === 0 && !(second & 0x80))) return null;
    numbers.push(toNumber(content));
    at += 2 + size;
  }
  const [r, s] = numbers;
  return at === der.length && r !== undefined && s !== undefined ? [r, s] : null;
}

/** A public key is 65 bytes, 04 ‖ X ‖ Y, a point of the curve. */
export function isPublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== 65 || bytes[0] !== 4) return false;
  try {
    SM2.fromBytes(bytes).assertValidity();
    return true;
  } catch {
    return false;
  }
}

export function verifySignature(publicKey: Uint8Array, message: Uint8Array, der: Uint8Array, sm3: Hash): boolean {
  const numbers = readSignature(der);
  if (numbers === null || !isPublicKey(publicKey)) return false;
  const [r, s] = numbers;
  const t = (r + s) % n;
  if (r < 1n || r >= n || s < 1n || s >= n || t === 0n) return false;
  const point = SM2.BASE.mulAddUnsafe(s, SM2.fromBytes(publicKey), t);
  if (point.is0()) return false;
  return (messageDigest(publicKey, message, sm3) + point.x) % n === r;
}
