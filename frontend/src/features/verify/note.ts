/** Checkpoints: C2SP tlog-checkpoint in C2SP signed-note, signature type "sm2-sm3". */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equal, fromBase64, utf8 } from "./bytes";
import { Failed } from "./fields";
import type { Hash } from "./hash";
import type { TrustedKey } from "./inputs";
import { verifySignature } from "./sm2";

const MAX_SIGNATURES = 64;

export interface Note {
  body: Uint8Array;
  origin: string;
  size: number;
  root: Uint8Array;
  signatures: { name: string; id: Uint8Array; signature: Uint8Array }[];
}

/** The four bytes by which a note tells whose signature it carries. */
export function keyId(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(concat(utf8(name), Uint8Array.of(0x0a, 0xff), utf8("sm2-sm3"), publicKey)).slice(0, 4);
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
    const [dash, name, value, ...rest] = line.split(" ");
    const blob = value === undefined ? null : fromBase64(value);
    if (dash !== "\u2014" || !name || name.includes("+") || name.length > 100 || rest.length > 0 || blob === null || blob.length < 5) {
      throw new Failed("note_form");
    }
    return { name, id: blob.slice(0, 4), signature: blob.slice(4) };
  });
  return { body: utf8(`${body}\n`), origin, size: Number(size), root, signatures };
}

/** The name of a trusted key that signed. Raises Failed where none did, or where a line under such a key is wrong. */
export function trustedSigner(note: Note, keys: readonly TrustedKey[], sm3: Hash): string {
  let signer = "";
  for (const line of note.signatures) {
    for (const key of keys) {
      if (key.name !== line.name || !equal(keyId(key.name, key.public), line.id)) continue;
      if (!verifySignature(key.public, note.body, line.signature, sm3)) throw new Failed("signature_wrong", { key: key.name });
      signer = key.name;
    }
  }
  if (!signer) throw new Failed("signature_none");
  return signer;
}
