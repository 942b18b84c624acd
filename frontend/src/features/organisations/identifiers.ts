import type { Organisation } from "../../api/types";

type Identifier = Organisation["identifiers"][number];

export const SCHEMES: readonly Identifier["scheme"][] = ["company_id", "endpoint", "party_id", "name"];

export interface Identifiers {
  rows: Identifier[];
  /** The first line that is not a known scheme and a value, counted from 1. */
  wrongLine: number | null;
}

export function parseIdentifiers(text: string): Identifiers {
  const rows: Identifiers["rows"] = [];
  let wrongLine: number | null = null;
  text.split("\n").forEach((line, position) => {
    const trimmed = line.trim();
    if (!trimmed) return;
    const match = /^(\S+)\s+(.+)$/.exec(trimmed);
    const scheme = SCHEMES.find((known) => known === match?.[1]);
    if (scheme && match?.[2]) rows.push({ scheme, value: match[2] });
    else wrongLine ??= position + 1;
  });
  return { rows, wrongLine };
}
