/** A request as it is being put together. */
export interface Draft {
  rights: readonly string[];
  programmes: readonly string[];
  amount: string;
  until: string;
  note: string;
}

export function emptyDraft(rights: readonly string[]): Draft {
  return { rights, programmes: [], amount: "", until: "", note: "" };
}

const AMOUNT = /^\d{1,15}(\.\d{1,2})?$/;

/** An amount as typed, without grouping; null where it is none above zero with at most two decimals. */
export function typedAmount(text: string): string | null {
  const plain = text.replaceAll(",", "").trim();
  return AMOUNT.test(plain) && /[1-9]/.test(plain) ? plain : null;
}

/** Whether one amount is above another; both plain decimals. */
export function isAbove(amount: string, limit: string): boolean {
  const cents = (value: string) => {
    const [whole = "0", fraction = ""] = value.split(".");
    return BigInt(whole + fraction.padEnd(4, "0").slice(0, 4));
  };
  return cents(amount) > cents(limit);
}

export function toggled(set: readonly string[], id: string): readonly string[] {
  return set.includes(id) ? set.filter((each) => each !== id) : [...set, id];
}
