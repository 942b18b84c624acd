/**
 * JSON as the outside verifier reads it (abs_verify.py, load_json): UTF-8 without a byte order mark, whole numbers only,
 * and no key twice in one object. JSON.parse alone would take the last of two keys and read 4467.0 as 4467.
 */
import type { VerdictText } from "./verdictWords";

export type Read = { ok: true; value: unknown } | { ok: false; text: VerdictText };

const MOST_DIGITS = 20;
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
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token.startsWith('"')) {
      const keys = before === "{" || before === "," ? open.at(-1) : null;
      const key = keys && (JSON.parse(token) as string);
      if (keys && key !== null && key !== undefined) {
        if (keys.has(key)) return "json_key_twice";
        keys.add(key);
      }
    } else if (/\d/.test(token)) {
      if (/[.eE]/.test(token)) return "json_not_whole";
      if (token.length > MOST_DIGITS) return "json_digits";
    }
    before = token;
  }
  return null;
}
