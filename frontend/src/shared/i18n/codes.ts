/**
 * Words for the codes that the server speaks, in both languages. The server never sends sentences to show; a code that
 * is not listed here falls back to the problem's English detail.
 */
import { BUSINESS } from "./codes.business";
import { ERRORS } from "./codes.errors";
import { FINANCING } from "./codes.financing";
import { IMPORTS } from "./codes.imports";
import { LEDGER } from "./codes.ledger";
import { LENDING } from "./codes.lending";
import { en16931Words } from "./en16931Words";
import type { Pair } from "./messages";

export const CODES = { ...BUSINESS, ...LEDGER, ...ERRORS, ...IMPORTS, ...FINANCING, ...LENDING } satisfies Record<string, Readonly<Record<string, Pair>>> as {
  readonly [G in keyof typeof BUSINESS | keyof typeof LEDGER | keyof typeof ERRORS | keyof typeof IMPORTS | keyof typeof FINANCING | keyof typeof LENDING]: Readonly<Record<string, Pair | undefined>>;
};

export type CodeGroup = keyof typeof CODES;

/**
 * A code's words. Why a document wants attention is a reason why it was not read, a remark on it, or a rule of
 * EN 16931: one list for the two groups, so that no reason is without words in either place.
 */
export function pairOf(group: CodeGroup, code: string): Pair | undefined {
  const listed = CODES[group][code];
  if (listed || (group !== "remark" && group !== "attention")) return listed;
  return CODES.remark[code] ?? CODES.attention[code] ?? en16931Words(code);
}
