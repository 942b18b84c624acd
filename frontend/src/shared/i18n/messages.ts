import type { Language } from "./language";

/** Chinese, English. A tuple, so that neither can be missing. */
export type Pair = readonly [zh: string, en: string];
export type Messages<K extends string = string> = Readonly<Record<K, Pair>>;
export type MessageParams = Readonly<Record<string, string | number>>;

const INDEX: Record<Language, 0 | 1> = { zh: 0, en: 1 };

/** Types the keys of a feature's words while checking that each has both languages. */
export function defineMessages<K extends string>(messages: Messages<K>): Messages<K> {
  return messages;
}

/**
 * Fills `{name}` and chooses `{name|one|many}` by whether the number is 1.
 * An unknown name stays visible in braces: a bug is to be seen, not hidden.
 */
export function fill(template: string, params: MessageParams = {}): string {
  return template.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    if (one === undefined || many === undefined) return String(value);
    return Number(value) === 1 ? one : many;
  });
}

export function translate<K extends string>(messages: Messages<K>, language: Language, key: K, params?: MessageParams): string {
  return fill(messages[key][INDEX[language]], params);
}
