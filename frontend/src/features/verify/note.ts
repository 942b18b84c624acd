/** Checkpoints: C2SP tlog-checkpoint in C2SP signed-note, with the signature types "sm2-sm3", "ed25519", "cosignature/v1". */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equal, fromBase64, utf8 } from "../../shared/crypto/bytes";
import { verifyEd25519 } from "./ed25519";
import { Failed } from "./fields";
import type { Hash } from "../../shared/crypto/hash";
import { verifySignature } from "../../shared/crypto/sm2";
import { NAME, type KeyType, type TrustedKey } from "./trust";

const MAX_SIGNATURES = 64;
/** 9999-12-31T23:59:59Z, the last time that can be written. */
const LATEST = 253_402_300_799n;
const TYPE_BYTES: Record<KeyType, Uint8Array> = {
  "sm2-sm3": concat(Uint8Array.of(0xff), utf8("sm2-sm3")),
  ed25519: Uint8Array.of(0x01),
  "cosignature/v1": Uint8Array.of(0x04),
};

export interface Note {
  body: Uint8Array;
  origin: string;
  size: number;
  root: Uint8Array;
  signatures: { name: string; id: Uint8Array; signature: Uint8Array }[];
}

/** The four bytes by which a note tells whose signature it carries. */
export function keyId(key: Pick<TrustedKey, "name" | "type" | "public">): Uint8Array {
  return sha256(concat(utf8(key.name), Uint8Array.of(0x0a), TYPE_BYTES[key.type], key.public)).slice(0, 4);
}

function hasControls(text: string): boolean {
  // Everything below the space but the newline.
  return [...text].some((character) => character < " " && character !== "\n");
}

/** Raises Failed("note_form"). */
export function parseNote(text: string): Note {
  const cut = text.lastIndexOf("\n\n");
  const tail = text.slice(cut + 2);
  const body = text.slice(0, cut);
  const lines = body.split("\n");
  const [origin = "", size = "", root64 = ""] = lines;
  if (cut < 0 || !tail.endsWith("\n") || hasControls(text) || lines.length < 3 || lines.includes("") || !/^(0|[1-9]\d{0,15})$/.test(size)) {
    throw new Failed("note_form");
  }
  const root = fromBase64(root64);
  if (root?.length !== 32 || !Number.isSafeInteger(Number(size))) throw new Failed("note_form");
  const signed = tail.slice(0, -1).split("\n");
  if (signed.length > MAX_SIGNATURES) throw new Failed("note_form");
  const signatures = signed.map((line) => {
    const [dash, name = "", value, ...rest] = line.split(" ");
    const blob = value === undefined ? null : fromBase64(value);
    if (dash !== "\u2014" || !NAME.test(name) || rest.length > 0 || blob === null || blob.length < 5) throw new Failed("note_form");
    return { name, id: blob.slice(0, 4), signature: blob.slice(4) };
  });
  return { body: utf8(`${body}\n`), origin, size: Number(size), root, signatures };
}

/** The signatures that say they are this key's. */
function signaturesBy(note: Note, key: TrustedKey): Uint8Array[] {
  const id = keyId(key);
  return note.signatures.filter((line) => line.name === key.name && equal(line.id, id)).map((line) => line.signature);
}

/**
 * The trusted keys that signed. Raises Failed where a line under a key's name and id is wrong, and unless there is a
 * signature of every type of key that counts at this size: were one enough, a forger who holds one key could leave the
 * other's line out. A key retired at a smaller size is a stranger's.
 */
export function trustedSigners(note: Note, keys: readonly TrustedKey[], sm3: Hash): TrustedKey[] {
  const counting = keys.filter((key) => note.size <= key.lastSize);
  const signers = counting.filter((key) => {
    const signatures = signaturesBy(note, key);
    for (const signature of signatures) {
      const holds = key.type === "sm2-sm3" ? verifySignature(key.public, note.body, signature, sm3) : verifyEd25519(key.public, note.body, signature);
      if (!holds) throw new Failed("signature_wrong", { key: key.name, type: key.type });
    }
    return signatures.length > 0;
  });
  if (signers.length === 0) throw new Failed("signature_none");
  const missing = counting.find((key) => !signers.some((signer) => signer.type === key.type));
  if (missing) throw new Failed("signature_missing", { type: missing.type });
  return signers;
}

/**
 * When the witness with these keys cosigned (C2SP tlog-cosignature), the first time in Unix seconds; null where it did
 * not. Raises Failed where a line under its name and id is wrong.
 */
export function cosignedAt(note: Note, keys: readonly TrustedKey[]): number | null {
  const times = keys.flatMap((key) =>
    signaturesBy(note, key).map((line) => {
      const seconds = line.subarray(0, 8).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
      const message = concat(utf8(`cosignature/v1\ntime ${seconds}\n`), note.body);
      if (seconds > LATEST || !verifyEd25519(key.public, message, line.subarray(8))) throw new Failed("witness_wrong", { key: key.name });
      return Number(seconds);
    }),
  );
  return times.length > 0 ? Math.min(...times) : null;
}
