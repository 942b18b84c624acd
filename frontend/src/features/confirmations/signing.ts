import { api, data } from "../../api/client";
import type { ConfirmationRow } from "../../api/types";
import { addDecimals } from "../../shared/format/decimal";

export interface Named {
  id: string;
  content_digest: string;
}

export function named(rows: readonly ConfirmationRow[]): Named[] {
  return rows.map(({ id, content_digest }) => ({ id, content_digest }));
}

/** What rows add up to, where they are of one currency and each states an amount. */
export function sumOf(rows: readonly ConfirmationRow[]): { amount: string; currency: string } | null {
  const currencies = new Set(rows.map((row) => row.needs.currency));
  const [currency] = currencies;
  const amounts = rows.map((row) => row.needs.amount);
  if (currencies.size !== 1 || currency === undefined || amounts.some((amount) => amount === null)) return null;
  return { amount: addDecimals(amounts.map((amount) => amount ?? "0")), currency };
}

export const prepareManifest = (documents: Named[], on_behalf_of: string | undefined) => data(api.POST("/api/v1/confirmations/manifests/to-sign", { body: { documents, on_behalf_of } }));
