/** Hash functions by name, synchronous once prepared, and the streaming digest of a file. */
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

export interface FileDigest {
  size: number;
  /** Hexadecimal SM3. */
  sm3: string;
}

/** Hashes a file here, chunk by chunk; `onProgress` gets the share read, 0 to 1. */
export async function digestFile(file: Blob, onProgress: (share: number) => void = () => undefined): Promise<FileDigest> {
  const state = await createSM3();
  state.init();
  const reader = file.stream().getReader();
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    state.update(value);
    size += value.length;
    onProgress(file.size ? size / file.size : 1);
  }
  return { size, sm3: state.digest("hex") };
}
