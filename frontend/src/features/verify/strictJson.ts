/**
 * JSON as the outside verifier reads it (abs_verify.py, load_json): UTF-8 without a byte order mark, whole numbers only,
 * no key twice in one object, no half of a surrogate pair, and not too many lists and objects. JSON.parse alone would take the last of two keys and read 4467.0 as 4467.
 */
import type { VerdictText } from "./verdictWords";

export type Read = { ok: true; value: unknown } | { ok: false; text: VerdictText };

const MOST_DIGITS = 20;
const MOST_BRACKETS = 1000;
const LONE_SURROGATE = /\p{Cs}/u;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]/g;

export function readStrictly(bytes: Uint8Array): Read {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return { ok: false, text: "json_malformed" };
  }
  const fault = faultIn(text);
  return fault ? { ok: false, text: fault } : { ok: true, value };
}

/** What a text that JSON.parse takes still has against it. */
function faultIn(text: string): VerdictText | null {
  const open: (Set<string> | null)[] = []; // the keys of each open object, null for a list
  let before = "";
  let brackets = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if ((token === "{" || token === "[") && (brackets += 1) > MOST_BRACKETS) return "json_brackets";
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token.startsWith('"')) {
      const text = JSON.parse(token) as string;
      if (LONE_SURROGATE.test(text)) return "json_surrogate";
      const keys = before === "{" || before === "," ? open.at(-1) : null;
      if (keys?.has(text)) return "json_key_twice";
      keys?.add(text);
    } else if (/\d/.test(token)) {
      if (/[.eE]/.test(token)) return "json_not_whole";
      if (token.length > MOST_DIGITS) return "json_digits";
    }
    before = token;
  }
  return null;
}
