/** Hash functions by name, synchronous once prepared. */
import { sha256 } from "@noble/hashes/sha2.js";
import { createSM3 } from "hash-wasm";

export type Hash = (data: Uint8Array) => Uint8Array;
export type HashName = "sm3" | "sha256";
export type Hashes = Readonly<Record<HashName, Hash>>;

export async function createHashes(): Promise<Hashes> {
  const sm3 = await createSM3();
  return {
    sm3: (data) => sm3.init().update(data).digest("binary"),
    sha256: (data) => sha256(data),
  };
}
