/** The queue's filters as they stand in the address. */
export const QUEUE_FILTERS = ["state", "supplier", "kind", "amount_from", "amount_to", "overdue", "sort"] as const;
export const QUEUE_DEFAULTS = { state: "pending", sort: "deadline" } as const;

const AMOUNT = /^\d{1,16}(\.\d{1,4})?$/;

/** The filters as the API takes them; an amount that is none filters nothing. */
export function asked(filters: Readonly<Record<(typeof QUEUE_FILTERS)[number], string>>): Record<string, string> {
  const amount = (text: string) => {
    const plain = text.replaceAll(",", "").trim();
    return AMOUNT.test(plain) ? plain : "";
  };
  return { ...filters, amount_from: amount(filters.amount_from), amount_to: amount(filters.amount_to) };
}
