import { HTML_LANG, type Language } from "../i18n/language";

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A moment in the local zone: "2026-03-04 14:05", or with seconds. */
export function formatTime(value: string, seconds = false): string {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return value;
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return `${date} ${time}${seconds ? `:${two(at.getSeconds())}` : ""}`;
}

/** The local calendar date of a moment, or a business date as it is. */
export function formatDate(value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : formatTime(value).slice(0, 10);
}

/** A moment or date as prose: "2026年3月4日 14:05" or "4 March 2026 at 14:05". */
export function formatLong(value: string, language: Language): string {
  const dateOnly = /^\d{4}-\d{2}-\d{2}$/.test(value);
  const at = new Date(dateOnly ? `${value}T00:00:00` : value);
  if (Number.isNaN(at.getTime())) return value;
  const locale = language === "zh" ? HTML_LANG.zh : "en-GB";
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", ...(dateOnly ? {} : { timeStyle: "short" }) }).format(at);
}

/** "3 minutes ago", "in 2 days". */
export function formatRelative(value: string, language: Language, now: number = Date.now()): string {
  const at = new Date(value).getTime();
  if (Number.isNaN(at)) return value;
  const seconds = Math.round((at - now) / 1000);
  const words = new Intl.RelativeTimeFormat(HTML_LANG[language], { numeric: "auto" });
  for (const [unit, size] of [["day", 86_400], ["hour", 3_600], ["minute", 60]] as const) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return words.format(Math.min(0, seconds), "second");
}

/** A length of time in seconds as the two largest parts, "2 h 5 min". */
export function formatDuration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds) % 60, "s"],
  ];
  const kept = parts.filter(([count]) => count > 0).slice(0, 2);
  return kept.length ? kept.map(([count, unit]) => `${count} ${unit}`).join(" ") : "0 s";
}

const BEIJING_MS = 8 * 3_600_000; // ahead of UTC, all year

/** The business day of a moment, which is Beijing's wherever the reader sits: "2026-11-26". */
export function businessDay(moment: Date): string {
  return new Date(moment.getTime() + BEIJING_MS).toISOString().slice(0, 10);
}

/** The present business day. */
export function today(now: Date = new Date()): string {
  return businessDay(now);
}
