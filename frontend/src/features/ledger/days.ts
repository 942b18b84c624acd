/** The instant at which a local calendar day ("2026-11-26") begins, or `after` days later; "" for what is no day. */
export function startOfDay(day: string, after = 0): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) return "";
  const at = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + after);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
