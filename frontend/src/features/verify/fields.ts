/** Reading JSON strictly: every field's form is checked before it is used. */
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

  raw(key: string): unknown {
    if (!Object.hasOwn(this.#value, key)) throw new Failed("missing", { field: this.#name(key) });
    return this.#value[key];
  }

  optional(key: string): unknown {
    return Object.hasOwn(this.#value, key) ? this.#value[key] : null;
  }

  object(key: string): Fields {
    return new Fields(this.raw(key), this.#name(key));
  }

  text(key: string, form: RegExp): string {
    const value = this.raw(key);
    if (typeof value !== "string" || !form.test(value)) throw new Failed("malformed", { field: this.#name(key) });
    return value;
  }

  integer(key: string): number {
    const value = this.raw(key);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw new Failed("malformed", { field: this.#name(key) });
    return value;
  }

  items(key: string): readonly unknown[] {
    const value = this.raw(key);
    if (!Array.isArray(value) || value.length > MAX_LIST) throw new Failed("malformed", { field: this.#name(key) });
    return value;
  }

  objects(key: string): Fields[] {
    return this.items(key).map((item, position) => new Fields(item, `${this.#name(key)}[${position}]`));
  }
}
