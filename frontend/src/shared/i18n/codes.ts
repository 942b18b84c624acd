/**
 * Words for the codes that the server speaks, in both languages. The server never sends sentences to show; a code that
 * is not listed here falls back to the problem's English detail.
 */
import { BUSINESS } from "./codes.business";
import { ERRORS } from "./codes.errors";
import { IMPORTS } from "./codes.imports";
import type { Pair } from "./messages";

export const CODES = { ...BUSINESS, ...ERRORS, ...IMPORTS } satisfies Record<string, Readonly<Record<string, Pair>>> as {
  readonly [G in keyof typeof BUSINESS | keyof typeof ERRORS | keyof typeof IMPORTS]: Readonly<Record<string, Pair | undefined>>;
};

export type CodeGroup = keyof typeof CODES;
