/**
 * Words for the codes that the server speaks, in both languages. The server never sends sentences to show; a code that
 * is not listed here falls back to the problem's English detail.
 */
import { AUDIT } from "./codes.audit";
import { BUSINESS } from "./codes.business";
import { DESK, DESK_ERRORS, DESK_REMEDIES } from "./codes.desk";
import { ERRORS } from "./codes.errors";
import { FINANCING } from "./codes.financing";
import { IMPORTS } from "./codes.imports";
import { LEDGER } from "./codes.ledger";
import { LENDING } from "./codes.lending";
import { RIGHTS } from "./codes.rights";
import { en16931Words } from "./en16931Words";
import type { Pair } from "./messages";

const ALL_ERRORS = { ...ERRORS, error: { ...ERRORS.error, ...DESK_ERRORS }, remedy: { ...ERRORS.remedy, ...DESK_REMEDIES } };
const LISTED = { ...BUSINESS, ...DESK, ...LEDGER, ...ALL_ERRORS, ...IMPORTS, ...FINANCING, ...LENDING, ...RIGHTS, ...AUDIT } satisfies Record<string, Readonly<Record<string, Pair>>>;

export const CODES: { readonly [G in keyof typeof LISTED]: Readonly<Record<string, Pair | undefined>> } = LISTED;

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
