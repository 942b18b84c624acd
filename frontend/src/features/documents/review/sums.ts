/** Exact decimals as text: sums, products, and what a document's figures make together. Never floating point. */

const FIGURE = /^-?\d{1,15}(\.\d{1,13})?$/;

interface Scaled {
  units: bigint;
  places: number;
}

export function isFigure(text: string): boolean {
  return FIGURE.test(text.trim());
}

function scaled(text: string): Scaled {
  const [whole = "0", fraction = ""] = text.trim().split(".");
  return { units: BigInt(whole + fraction), places: fraction.length };
}

function plain({ units, places }: Scaled): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return (units < 0n ? "-" : "") + text;
}

/** The same figure at `places` decimals, rounded half away from zero. */
function rounded({ units, places }: Scaled, wanted: number): Scaled {
  if (places <= wanted) return { units: units * 10n ** BigInt(wanted - places), places: wanted };
  const step = 10n ** BigInt(places - wanted);
  const half = step / 2n;
  return { units: (units < 0n ? units - half : units + half) / step, places: wanted };
}

/** The sum of figures; null unless every one that is stated is a figure and there is at least one. */
export function sum(figures: readonly string[]): string | null {
  const stated = figures.filter((figure) => figure.trim());
  if (!stated.length || !stated.every(isFigure)) return null;
  const parts = stated.map(scaled);
  const places = Math.max(2, ...parts.map((part) => part.places));
  return plain({ units: parts.reduce((total, part) => total + rounded(part, places).units, 0n), places });
}

/** `quantity` × `price` per `base` − `allowances` + `charges`, to the cent; null where one of the first two is no figure. */
export function lineAmount(quantity: string, price: string, base = "1", allowances = "0", charges = "0"): string | null {
  const figures = [quantity, price, base || "1", allowances || "0", charges || "0"];
  if (!figures.every(isFigure)) return null;
  const [q, p, b, less, more] = figures.map(scaled) as [Scaled, Scaled, Scaled, Scaled, Scaled];
  if (b.units === 0n) return null;
  const spare = 8; // decimals beyond those of the product, so that the division rounds once
  const product = q.units * p.units * 10n ** BigInt(b.places + spare);
  const gross = rounded({ units: product / b.units, places: q.places + p.places + spare }, 2);
  return plain({ units: gross.units - rounded(less, 2).units + rounded(more, 2).units, places: 2 });
}

/** Whether two figures are the same, however many zeros they end in. */
export function isSame(one: string, other: string): boolean {
  if (!isFigure(one) || !isFigure(other)) return one.trim() === other.trim();
  const [a, b] = [scaled(one), scaled(other)];
  const places = Math.max(a.places, b.places);
  return rounded(a, places).units === rounded(b, places).units;
}

export interface Figures {
  lines: readonly { amount: string; tax: string }[];
  totals: Readonly<Record<string, string>>;
}

/** What the totals should be by the figures beside them; only those that can be told. */
export function totalsByParts({ lines, totals }: Figures): Readonly<Record<string, string>> {
  const of = (name: string) => totals[name] ?? "";
  const minus = (text: string) => (text.trim() && isFigure(text) ? (text.startsWith("-") ? text.slice(1) : `-${text}`) : "");
  const found: Record<string, string | null> = {
    lines: sum(lines.map((line) => line.amount)),
    tax: sum(lines.map((line) => line.tax)),
    tax_exclusive: of("lines") ? sum([of("lines"), minus(of("allowances")), of("charges")]) : null,
    tax_inclusive: of("tax_exclusive") && of("tax") ? sum([of("tax_exclusive"), of("tax")]) : null,
    payable: of("tax_inclusive") ? sum([of("tax_inclusive"), minus(of("prepaid")), of("rounding")]) : null,
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}
