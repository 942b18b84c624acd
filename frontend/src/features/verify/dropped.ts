/** What a dropped file is: proof bundle, trust file or the document itself. */
import { BUNDLE_FORMAT, formatOf, MAX_BUNDLE_BYTES } from "./bundle";
import { Failed, type Values } from "./fields";
import { readStrictly } from "./strictJson";
import { MAX_TRUST_BYTES, readTrust, TRUST_FORMAT, type Trust } from "./trust";
import type { VerdictText } from "./verdictWords";

/** Why an input cannot be read at all, so that there is no verdict on it. */
export interface Unreadable {
  text: VerdictText;
  values: Values;
}

export interface DroppedBundle {
  kind: "bundle";
  name: string;
  value: unknown;
  unreadable: Unreadable | null;
}

/** A trust file as somebody brought it; it counts for nothing until the reader of this page takes it over. */
export interface DroppedTrust {
  kind: "trust";
  name: string;
  value: unknown;
  trust: Trust | null;
  unreadable: Unreadable | null;
}

export type Dropped = DroppedBundle | DroppedTrust | { kind: "document" };

const NO_DOCUMENT = Math.max(MAX_BUNDLE_BYTES, MAX_TRUST_BYTES);

/** The format that a file claims, read as leniently as possible, so that a faulty bundle is named as one. */
function claimed(bytes: Uint8Array): string | null {
  try {
    return formatOf(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

export async function sort(file: File): Promise<Dropped> {
  if (file.size > NO_DOCUMENT) return { kind: "document" };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const format = claimed(bytes);
  if (format !== BUNDLE_FORMAT && format !== TRUST_FORMAT) return { kind: "document" };
  const read = readStrictly(bytes);
  const value = read.ok ? read.value : null;
  const unreadable: Unreadable | null = read.ok ? null : { text: read.text, values: {} };
  if (format === BUNDLE_FORMAT) return { kind: "bundle", name: file.name, value, unreadable };
  const found = { kind: "trust", name: file.name, value } as const;
  if (unreadable) return { ...found, trust: null, unreadable };
  if (bytes.length > MAX_TRUST_BYTES) return { ...found, trust: null, unreadable: { text: "trust_large", values: { limit: MAX_TRUST_BYTES } } };
  try {
    return { ...found, trust: readTrust(value), unreadable: null };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { ...found, trust: null, unreadable: { text: error.text, values: error.values } };
  }
}
