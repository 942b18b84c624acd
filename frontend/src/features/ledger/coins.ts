const DECIMALS = 18;

/** A balance in a chain's smallest unit (wei) as whole coins with four decimals, cut off: "9999.9987". */
export function formatCoins(smallest: string): string {
  const digits = smallest.padStart(DECIMALS + 1, "0");
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS, -DECIMALS + 4)}`;
}
