/**
 * Words for the codes that the server speaks, in both languages. The server never sends sentences to show; a code that
 * is not listed here falls back to the problem's English detail.
 */
import { BUSINESS } from "./codes.business";
import { ERRORS } from "./codes.errors";
import type { Pair } from "./messages";

export const CODES = { ...BUSINESS, ...ERRORS } satisfies Record<string, Readonly<Record<string, Pair>>> as {
  readonly [G in keyof typeof BUSINESS | keyof typeof ERRORS]: Readonly<Record<string, Pair | undefined>>;
};

export type CodeGroup = keyof typeof CODES;
