/** Reading JSON strictly: every field's form is checked before it is used. */
import { fromBase64, fromHex } from "../../shared/crypto/bytes";
import type { VerdictText } from "./verdictWords";

export type Values = Readonly<Record<string, string | number>>;

/** A link that does not hold; carries the key of a text and its values. */
export class Failed extends Error {
  readonly text: VerdictText;
  readonly values: Values;

  constructor(text: VerdictText, values: Values = {}) {
    super(text);
    this.name = "Failed";
    this.text = text;
    this.values = values;
  }
}

const MAX_LIST = 64;
const MAX_PATH = 64;
const MAX_TOKEN = 1 << 16;

export const HEX32 = /^[0-9a-f]{64}$/;
export const ANY_TEXT = /^/;
const LONE_SURROGATE = /\p{Cs}/u;

/** Whether a text has at most `limit` characters (Unicode code points). */
function fits(text: string, limit: number): boolean {
  return text.length <= limit || (text.length <= 2 * limit && Array.from(text).length <= limit);
}

/** RFC 3339 without fraction, in UTC. */
export function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path = "") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Failed("not_object", { field: path || "document" });
    this.#value = value as Record<string, unknown>;
    this.#path = path;
  }

  #name(key: string): string {
    return this.#path ? `${this.#path}.${key}` : key;
  }

  malformed(key: string): Failed {
    return new Failed("malformed", { field: this.#name(key) });
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#value, key);
  }

  raw(key: string): unknown {
    if (!this.has(key)) throw new Failed("missing", { field: this.#name(key) });
    return this.#value[key];
  }

  object(key: string): Fields {
    return new Fields(this.raw(key), this.#name(key));
  }

  text(key: string, form: RegExp, limit = MAX_TOKEN): string {
    const value = this.raw(key);
    if (typeof value !== "string" || !fits(value, limit) || !form.test(value) || LONE_SURROGATE.test(value)) throw this.malformed(key);
    return value;
  }

  hex32(key: string): Uint8Array {
    return fromHex(this.text(key, HEX32));
  }

  base64(key: string): Uint8Array {
    const data = fromBase64(this.text(key, ANY_TEXT));
    if (!data?.length) throw this.malformed(key);
    return data;
  }

  /** Seconds since 1970 of an RFC 3339 time in UTC, whose first group is the time without fraction and zone. */
  time(key: string, form: RegExp): number {
    const plain = form.exec(this.text(key, form))?.[1] ?? "";
    const milliseconds = Date.parse(`${plain}Z`);
    // Date.parse carries 02-30 over to March: the time must read back as it was written.
    if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(plain)) throw this.malformed(key);
    return milliseconds / 1000;
  }

  integer(key: string, least = 0, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.raw(key);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) throw this.malformed(key);
    return value;
  }

  items(key: string, limit = MAX_LIST): readonly unknown[] {
    const value = this.raw(key);
    if (!Array.isArray(value) || value.length > limit) throw this.malformed(key);
    return value;
  }

  objects(key: string, limit = MAX_LIST): Fields[] {
    return this.items(key, limit).map((item, position) => new Fields(item, `${this.#name(key)}[${position}]`));
  }

  /** The hashes of a Merkle proof. */
  path(key: string): Uint8Array[] {
    return this.items(key, MAX_PATH).map((node) => {
      if (typeof node !== "string" || !HEX32.test(node)) throw this.malformed(key);
      return fromHex(node);
    });
  }
}
