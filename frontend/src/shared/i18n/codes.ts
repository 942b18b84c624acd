/**
 * Words for the codes that the server speaks, in both languages. The server never sends sentences to show; a code that
 * is not listed here falls back to the problem's English detail.
 */
import { BUSINESS } from "./codes.business";
import { ERRORS } from "./codes.errors";
import { en16931Words } from "./en16931Words";
import type { Pair } from "./messages";

export const CODES = { ...BUSINESS, ...ERRORS } satisfies Record<string, Readonly<Record<string, Pair>>> as {
  readonly [G in keyof typeof BUSINESS | keyof typeof ERRORS]: Readonly<Record<string, Pair | undefined>>;
};

export type CodeGroup = keyof typeof CODES;

/** A code's words. A remark may also be a rule of EN 16931, or the reason why a file was not read. */
export function pairOf(group: CodeGroup, code: string): Pair | undefined {
  const listed = CODES[group][code];
  return listed || group !== "remark" ? listed : (en16931Words(code) ?? CODES.attention[code]);
}
