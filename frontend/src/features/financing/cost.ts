/**
 * What money costs until a day, as the platform books it: interest by day count (ISDA 2006, 4.16), the fee once, both
 * rounded half up to the cent. Exact arithmetic; the server's figures count.
 */

export interface Terms {
  annual_rate: string;
  fee_rate: string;
  day_count: string;
}

export interface Cost {
  days: number;
  interest: string;
  fee: string;
  /** Interest and fee together. */
  total: string;
  /** What is paid back on the day: the amount, which is paid out whole, with interest and fee. */
  back: string;
}

const DECIMAL = /^(\d+)(?:\.(\d+))?$/;
const CENTS = 2;

/** The value times 10^places, or null for what is no decimal of that fineness. */
function scaled(value: string, places: number): bigint | null {
  const match = DECIMAL.exec(value);
  const fraction = (match?.[2] ?? "").replace(/0+$/, "");
  if (!match || fraction.length > places) return null;
  return BigInt(match[1] + fraction.padEnd(places, "0"));
}

function text(cents: bigint): string {
  const digits = cents.toString().padStart(CENTS + 1, "0");
  return `${digits.slice(0, -CENTS)}.${digits.slice(-CENTS)}`;
}

function dividedHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n);
}

function actualDays(from: string, until: string): number {
  return Math.round((Date.parse(`${until}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** Days between two dates by a day count; for 30/360 by months of 30 days (Bond Basis). */
export function daysBetween(from: string, until: string, dayCount: string): number {
  if (dayCount !== "30/360") return actualDays(from, until);
  const [y1 = 0, m1 = 0, first = 0] = from.split("-").map(Number);
  const [y2 = 0, m2 = 0, last = 0] = until.split("-").map(Number);
  const d1 = Math.min(first, 30);
  const d2 = d1 === 30 ? Math.min(last, 30) : last;
  return 360 * (y2 - y1) + 30 * (m2 - m1) + (d2 - d1);
}

/** What an amount costs from one day until another; null where one of them is no amount, rate or date in order. */
export function costOf(amount: string, terms: Terms, from: string, until: string): Cost | null {
  const cents = scaled(amount, CENTS);
  const rate = scaled(terms.annual_rate, 6);
  const feeRate = scaled(terms.fee_rate, 6);
  const days = daysBetween(from, until, terms.day_count);
  if (cents === null || rate === null || feeRate === null || !(days > 0)) return null;
  const basis = terms.day_count === "ACT/365" ? 365n : 360n;
  const interest = dividedHalfUp(cents * rate * BigInt(days), basis * 1_000_000n);
  const fee = dividedHalfUp(cents * feeRate, 1_000_000n);
  return { days, interest: text(interest), fee: text(fee), total: text(interest + fee), back: text(cents + interest + fee) };
}
