/** Exact decimals as text. Amounts never become floating point numbers. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

interface Parts {
  negative: boolean;
  whole: string;
  fraction: string;
}

function parse(value: string): Parts | null {
  const match = DECIMAL.exec(value.trim());
  if (!match) return null;
  return { negative: match[1] === "-", whole: (match[2] ?? "0").replace(/^0+(?=\d)/, ""), fraction: match[3] ?? "" };
}

function group(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Rounds half away from zero to `places` and groups thousands; text that is no decimal comes back unchanged. */
export function formatDecimal(value: string, places: number): string {
  const parts = parse(value);
  if (!parts) return value;
  const scaled = BigInt(parts.whole + parts.fraction.padEnd(places + 1, "0").slice(0, places + 1));
  const rounded = ((scaled + 5n) / 10n).toString().padStart(places + 1, "0");
  const whole = places ? rounded.slice(0, -places) : rounded;
  const sign = parts.negative && /[1-9]/.test(rounded) ? "−" : "";
  return sign + group(whole) + (places ? `.${rounded.slice(-places)}` : "");
}

/** Groups thousands and drops trailing zeros: quantities and unit prices keep the digits they have. */
export function formatExact(value: string, minimumPlaces = 0): string {
  const parts = parse(value);
  if (!parts) return value;
  const fraction = parts.fraction.replace(/0+$/, "").padEnd(minimumPlaces, "0");
  return (parts.negative ? "−" : "") + group(parts.whole) + (fraction ? `.${fraction}` : "");
}

export function isZero(value: string | null | undefined): boolean {
  return !value || !/[1-9]/.test(value);
}

/** The value in units of 10,000 with two decimals, or null below that; for 万元 beside an exact amount. */
export function inTenThousands(value: string): string | null {
  const parts = parse(value);
  if (!parts || parts.whole.length < 5) return null;
  const cut = parts.whole.length - 4;
  const shifted = `${parts.whole.slice(0, cut)}.${parts.whole.slice(cut)}${parts.fraction}`;
  return formatDecimal((parts.negative ? "-" : "") + shifted, 2);
}

/** A share such as "0.70" as "70%". */
export function formatShare(value: string): string {
  const parts = parse(value);
  if (!parts) return value;
  const digits = parts.fraction.padEnd(2, "0");
  const percent = `${parts.whole}${digits.slice(0, 2)}.${digits.slice(2) || "0"}`;
  return `${formatExact(percent)}%`;
}

/** The exact sum, with as many decimals as the finest of them. Text that is no decimal counts as nothing. */
export function addDecimals(values: readonly string[]): string {
  const known = values.map(parse).filter((parts) => parts !== null);
  const places = Math.max(0, ...known.map((parts) => parts.fraction.length));
  const sum = known.reduce((total, { negative, whole, fraction }) => {
    const scaled = BigInt(whole + fraction.padEnd(places, "0"));
    return negative ? total - scaled : total + scaled;
  }, 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, "0");
  const cut = digits.length - places;
  return (sum < 0n ? "-" : "") + digits.slice(0, cut) + (places ? `.${digits.slice(cut)}` : "");
}

const AMOUNT = /^\d{1,15}(\.\d{1,2})?$/;

/** An amount as typed, without grouping; null where it is none above zero with at most two decimals. */
export function typedAmount(text: string): string | null {
  const plain = text.replaceAll(",", "").trim();
  return AMOUNT.test(plain) && /[1-9]/.test(plain) ? plain : null;
}

/** Whether one decimal is above another. */
export function isAbove(value: string, limit: string): boolean {
  const difference = addDecimals([value, limit.startsWith("-") ? limit.slice(1) : `-${limit}`]);
  return !difference.startsWith("-") && !isZero(difference);
}

/** A percentage as typed, "4.35", as the fraction that the server takes, "0.0435"; null where it is none from 0 to 100. */
export function typedPercent(text: string): string | null {
  const parts = parse(text);
  const fraction = parts?.fraction.replace(/0+$/, "") ?? "";
  if (!parts || parts.negative || fraction.length > 4 || isAbove(text.trim(), "100")) return null;
  const digits = parts.whole.padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}${fraction.padEnd(4, "0")}`;
}
