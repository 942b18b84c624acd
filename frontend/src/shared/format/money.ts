import type { Language } from "../i18n/language";
import { formatDecimal, inTenThousands } from "./decimal";

// As core.currencies of the server.
const WITHOUT_CENTS = new Set(["JPY", "KRW", "VND", "CLP"]);

/** An amount, grouped, with the digits of its currency. */
export function formatAmount(value: string, currency: string | null | undefined): string {
  return formatDecimal(value, currency && WITHOUT_CENTS.has(currency) ? 0 : 2);
}

const WORDS: Record<string, string> = { CNY: "元" };

/** An amount with its currency: "1,234.50 元" or "CNY 1,234.50". */
export function formatMoney(value: string, currency: string | null | undefined, language: Language): string {
  const amount = formatAmount(value, currency);
  if (!currency) return amount;
  const word = WORDS[currency];
  return language === "zh" && word ? `${amount} ${word}` : `${currency} ${amount}`;
}

/** "123.45 万元" for large amounts in Chinese, else null. */
export function formatWan(value: string, currency: string | null | undefined, language: Language): string | null {
  if (language !== "zh") return null;
  const amount = inTenThousands(value);
  if (amount === null) return null;
  return currency === "CNY" ? `${amount} 万元` : `${amount} 万`;
}
