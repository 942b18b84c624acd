import type { Language } from "../i18n/language";

/** Names in a row: "甲、乙" or "A, B". */
export function joinNames(names: readonly string[], language: Language): string {
  return names.join(language === "zh" ? "、" : ", ");
}

/** Clauses of one sentence: "…；…" or "…; …". */
export function joinClauses(clauses: readonly string[], language: Language): string {
  return clauses.join(language === "zh" ? "；" : "; ");
}

/** Two sentences, the first of which has no full stop yet. */
export function joinSentences(first: string, second: string, language: Language): string {
  return language === "zh" ? `${first}。${second}` : `${first}. ${second}`;
}
