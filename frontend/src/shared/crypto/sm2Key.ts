/** A private SM2 key that stays on this machine: made here, kept in a file under a passphrase, and used to sign. */
import { concat, fromHex, toHex, utf8 } from "./bytes";
import type { Hash } from "./hash";
import { messageDigest, SM2 } from "./sm2";

const { n } = SM2.CURVE();
const FORMAT = "abs-sm2-key/v1";
const ROUNDS = 600_000;

export interface OwnKey {
  /** 32 bytes; never sent anywhere. */
  private: Uint8Array;
  /** 65 bytes, 04 ‖ X ‖ Y. */
  public: Uint8Array;
}

/** What lies in a key file: the private key under AES-256-GCM, its key from the passphrase by PBKDF2-SHA-256. */
interface KeyFile {
  format: string;
  public_key: string;
  rounds: number;
  salt: string;
  iv: string;
  sealed: string;
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

function toBytes(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, "0"));
}

/** A number from 1 to n − 2, every one as likely as another. */
function randomScalar(): bigint {
  for (;;) {
    const value = toNumber(crypto.getRandomValues(new Uint8Array(32)));
    if (value >= 1n && value <= n - 2n) return value;
  }
}

export function publicOf(privateKey: Uint8Array): Uint8Array {
  return SM2.BASE.multiply(toNumber(privateKey)).toBytes(false);
}

export function generateKey(): OwnKey {
  const key = toBytes(randomScalar());
  return { private: key, public: publicOf(key) };
}

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [((value % n) + n) % n, n, 1n, 0n];
  while (a > 1n) {
    const q = a / b;
    [a, b] = [b, a % b];
    [x, y] = [y, x - q * y];
  }
  return ((x % n) + n) % n;
}

function derInteger(value: bigint): Uint8Array {
  const bytes = toBytes(value);
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const content = bytes.subarray(start);
  const padded = (content[0] ?? 0) & 0x80 ? concat(Uint8Array.of(0), content) : content;
  return concat(Uint8Array.of(2, padded.length), padded);
}

/** The DER signature of a message (GB/T 32918.2-2016, 6.1). */
export function sign(key: OwnKey, message: Uint8Array, sm3: Hash): Uint8Array {
  const e = messageDigest(key.public, message, sm3);
  const d = toNumber(key.private);
  for (;;) {
    const k = randomScalar();
    const r = (e + SM2.BASE.multiply(k).toAffine().x) % n;
    if (r === 0n || r + k === n) continue;
    const s = (inverse(1n + d) * ((((k - r * d) % n) + n) % n)) % n;
    if (s === 0n) continue;
    const numbers = concat(derInteger(r), derInteger(s));
    return concat(Uint8Array.of(0x30, numbers.length), numbers);
  }
}

async function sealingKey(passphrase: string, salt: Uint8Array, rounds: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", new Uint8Array(utf8(passphrase)), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(salt), iterations: rounds }, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** The text of a key file. */
export async function lock(key: OwnKey, passphrase: string, rounds = ROUNDS): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealingKey(passphrase, salt, rounds), new Uint8Array(key.private));
  const file: KeyFile = { format: FORMAT, public_key: toHex(key.public), rounds, salt: toHex(salt), iv: toHex(iv), sealed: toHex(new Uint8Array(sealed)) };
  return JSON.stringify(file, null, 2);
}

export type Unlocked = { key: OwnKey } | { problem: "no_key_file" | "wrong_passphrase" };

/** The key of a key file, or why there is none. */
export async function unlock(text: string, passphrase: string): Promise<Unlocked> {
  const file = readKeyFile(text);
  if (!file) return { problem: "no_key_file" };
  try {
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(fromHex(file.iv)) }, await sealingKey(passphrase, fromHex(file.salt), file.rounds), new Uint8Array(fromHex(file.sealed)));
    const key = new Uint8Array(opened);
    return { key: { private: key, public: publicOf(key) } };
  } catch {
    return { problem: "wrong_passphrase" };
  }
}

function readKeyFile(text: string): KeyFile | null {
  try {
    const file = JSON.parse(text) as Partial<KeyFile>;
    const hex = [file.salt, file.iv, file.sealed].every((part) => typeof part === "string" && /^([0-9a-f]{2})+$/.test(part));
    const known = file.format === FORMAT && typeof file.rounds === "number" && file.rounds >= 1 && file.rounds <= 10_000_000;
    return hex && known ? (file as KeyFile) : null;
  } catch {
    return null;
  }
}
