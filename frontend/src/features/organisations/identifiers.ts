export interface Identifiers {
  rows: { scheme: string; value: string }[];
  /** The first line that is not "scheme value", counted from 1. */
  wrongLine: number | null;
}

export function parseIdentifiers(text: string): Identifiers {
  const rows: Identifiers["rows"] = [];
  let wrongLine: number | null = null;
  text.split("\n").forEach((line, position) => {
    const trimmed = line.trim();
    if (!trimmed) return;
    const match = /^(\S+)\s+(.+)$/.exec(trimmed);
    if (match?.[1] && match[2]) rows.push({ scheme: match[1], value: match[2] });
    else wrongLine ??= position + 1;
  });
  return { rows, wrongLine };
}
