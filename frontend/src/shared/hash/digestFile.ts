import { createSM3 } from "hash-wasm";

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
